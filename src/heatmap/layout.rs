//! Owns the layout of a page at one width: samples of many browsers, merged to what is typical.
//! It does not draw it.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    error::HeatmapError,
    rows::{Columns, Row},
    screen::Screen,
};
use crate::model::{ElementKey, Layout, LayoutBox, LayoutFlags, Size};

/// A sample with so many boxes may have left some out: the tracker lists at most 600.
const FULL_SAMPLE: usize = 590;

/// Newest samples among which the typical one is looked for, and of which each element's place is the median.
const TELLING_SAMPLES: usize = 5;

/// Lowest and highest page in CSS pixels. A page can be endless; a picture cannot.
const HEIGHTS: std::ops::RangeInclusive<u32> = 100..=30_000;

/// Screens that differ by no more than this many CSS pixels are of one height.
const SAME_SCREEN: f32 = 8.0;

/// The height of a screen where nobody told one, in CSS pixels.
const USUAL_FOLD: u32 = 720;

/// The page as it typically stands in a viewport of [`Self::width`], in CSS pixels.
#[derive(Debug, Clone, Default)]
pub struct PageLayout {
    pub width: u32,
    pub height: u32,
    /// Height of the typical screen: what is seen without scrolling.
    pub fold: u32,
    /// Number of complete samples behind it; 0 where the page was never measured.
    pub samples: usize,
    /// Viewport width of the samples: far from [`Self::width`] where no nearer ones are known.
    pub measured_width: u32,
    /// In the order of the document.
    pub boxes: Vec<PlacedBox>,
    /// Some elements were too many to be listed.
    truncated: bool,
    index: HashMap<String, usize>,
    /// Places in [`Self::boxes`] by the number that ClickHouse makes of an element's key.
    by_id: HashMap<u64, usize>,
}

/// One element at its typical place; in the viewport where [`LayoutFlags::FIXED`] is set.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedBox {
    pub element: String,
    pub tag: String,
    pub role: String,
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
    pub flags: LayoutFlags,
    /// Share of the complete samples that have it; 0 for what is seen only in some state of the page.
    pub share: f32,
    /// The state of the page that it was seen in, where that is the only one; 0 for the page by itself.
    pub state: u32,
}

impl PlacedBox {
    /// Returns its place in whole pixels: x, y, width, height.
    pub fn rounded(&self) -> [i32; 4] {
        [self.x, self.y, self.width, self.height].map(|side| side.round() as i32)
    }

    /// Returns true where it stays on the screen while the page scrolls.
    pub const fn is_fixed(&self) -> bool {
        self.flags.contains(LayoutFlags::FIXED)
    }
}

/// Usual height of the page and of the screen, as views tell it, in CSS pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PageSize {
    pub document_height: Option<u32>,
    pub viewport_height: Option<u32>,
}

impl PageSize {
    /// Reads the answer to `query::sizes`.
    pub fn read(rows: &[Row]) -> Result<Self, HeatmapError> {
        let Some(row) = rows.first() else { return Ok(Self::default()) };
        let columns = Columns::new("sizes", row);
        let some = |pixels: i32| (pixels > 0).then_some(pixels as u32);
        Ok(Self { document_height: some(columns.pixels(0)?), viewport_height: some(columns.pixels(2)?) })
    }
}

/// Reads the answer to `query::layouts`.
pub fn read_samples(rows: &[Row]) -> Result<Vec<Layout>, HeatmapError> {
    rows.iter().map(|row| read_sample(Columns::new("layouts", row))).collect()
}

/// Reads from the same answer the numbers that ClickHouse makes of the elements' keys.
pub fn read_ids(rows: &[Row]) -> Result<HashMap<String, u64>, HeatmapError> {
    let mut ids = HashMap::new();
    for row in rows {
        let columns = Columns::new("layouts", row);
        for (element, id) in columns.list(5)?.iter().zip(columns.list(14)?) {
            if let (Some(element), Some(id)) = (element.as_str(), id.as_u64()) {
                ids.entry(element.to_owned()).or_insert(id);
            }
        }
    }
    Ok(ids)
}

fn read_sample(columns: Columns<'_>) -> Result<Layout, HeatmapError> {
    let size = |width, height| -> Result<Size, HeatmapError> {
        Ok(Size { width: columns.pixels(width)?.max(0) as u32, height: columns.pixels(height)?.max(0) as u32 })
    };
    let lists: Vec<&[Value]> = (5..13).map(|column| columns.list(column)).collect::<Result<_, _>>()?;
    let [elements, tags, roles, lefts, tops, widths, heights, flags] = lists[..] else {
        return Err(HeatmapError::Row { answer: "layouts", column: 5 });
    };
    let text = |list: &[Value], at: usize| list.get(at).and_then(Value::as_str).unwrap_or_default().to_owned();
    let whole = |list: &[Value], at: usize| {
        let number = list.get(at).and_then(Value::as_i64).unwrap_or_default();
        number.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
    };
    let boxes = (0..elements.len()).filter_map(|at| {
        // A key that the beacon parser would not have let through is no key of ours.
        let element = ElementKey::parse(elements[at].as_str()?).ok()?;
        Some(LayoutBox {
            element,
            tag: text(tags, at),
            role: text(roles, at),
            x: whole(lefts, at),
            y: whole(tops, at),
            width: whole(widths, at).max(0) as u32,
            height: whole(heights, at).max(0) as u32,
            flags: LayoutFlags::from_bits(whole(flags, at) as u16),
        })
    });
    Ok(Layout {
        viewport: size(0, 1)?,
        document: size(2, 3)?,
        complete: columns.flag(4)?,
        state: columns.count(13)? as u32,
        boxes: boxes.collect(),
    })
}

impl PageLayout {
    /// Merges samples to the layout at `width`; they are in the order of their weight: nearest width first, then newest first.
    ///
    /// Only samples whose viewport is within a tenth of the one nearest to `width` count: a phone's layout says
    /// nothing about a desk's. Of these, only those that show the page as most of the newest do: after a redesign, or with a
    /// banner on top since this morning, what was before says nothing either. They are stretched to `width`; of every
    /// element the median box counts, so that one visitor's oddity, an advertisement or another language, does not move it.
    pub fn merge(samples: &[Layout], size: PageSize, width: u32) -> Self {
        let nearest = samples
            .iter()
            .filter(|sample| sample.complete && sample.viewport.width > 0)
            .map(|sample| sample.viewport.width)
            .min_by_key(|&viewport| viewport.abs_diff(width));
        let Some(measured_width) = nearest else {
            return Self::unmeasured(size, width);
        };
        let alike: Vec<&Layout> = samples
            .iter()
            .filter(|sample| sample.viewport.width.abs_diff(measured_width) * 10 <= measured_width)
            .collect();
        let complete = current(alike.iter().copied().filter(|sample| sample.complete).collect());
        let of_states = alike.iter().copied().filter(|sample| !sample.complete);
        let merged: Vec<&Layout> = complete.iter().copied().chain(of_states).collect();
        let newest = complete.iter().take(TELLING_SAMPLES);
        let height = median(newest.clone().map(|sample| sample.document.height as f32).collect()) as u32;
        let usual_fold = median(newest.map(|sample| sample.viewport.height as f32).collect()) as u32;
        let fold = size.viewport_height.unwrap_or(usual_fold);
        let boxes = merge_boxes(&merged, complete.len(), width, fold);
        let index = boxes.iter().enumerate().map(|(at, b)| (b.element.clone(), at)).collect();
        Self {
            width,
            height: height.clamp(*HEIGHTS.start(), *HEIGHTS.end()),
            fold,
            samples: complete.len(),
            measured_width,
            boxes,
            by_id: HashMap::new(),
            truncated: complete.iter().any(|sample| sample.boxes.len() >= FULL_SAMPLE),
            index,
        }
    }

    fn unmeasured(size: PageSize, width: u32) -> Self {
        let fold = size.viewport_height.unwrap_or(USUAL_FOLD);
        let height = size.document_height.unwrap_or(fold).clamp(*HEIGHTS.start(), *HEIGHTS.end());
        Self { width, height, fold, ..Self::default() }
    }

    /// Tells whether an element that is not in the layout is not on the page, as far as is known.
    pub const fn is_complete(&self) -> bool {
        self.samples > 0 && !self.truncated
    }

    /// Takes in the numbers that ClickHouse makes of the elements' keys.
    pub fn number(&mut self, ids: &HashMap<String, u64>) {
        let numbered = self.boxes.iter().enumerate();
        self.by_id = numbered.filter_map(|(at, b)| Some((*ids.get(&b.element)?, at))).collect();
    }

    /// Returns the place in [`Self::boxes`] of the element of this number.
    pub fn find_id(&self, element_id: u64) -> Option<usize> {
        self.by_id.get(&element_id).copied()
    }

    /// Returns the boxes with their numbers.
    pub fn with_ids(&self) -> impl Iterator<Item = (u64, &PlacedBox)> {
        self.by_id.iter().map(|(&id, &at)| (id, &self.boxes[at]))
    }

    /// Returns the place of an element in [`Self::boxes`].
    pub fn find(&self, element: &str) -> Option<usize> {
        self.index.get(element).copied()
    }
}

/// Returns the samples that show the page as most of the newest ones do.
fn current(samples: Vec<&Layout>) -> Vec<&Layout> {
    let outlines: Vec<Outline> = samples.iter().map(|sample| Outline::of(sample)).collect();
    let newest = &outlines[..outlines.len().min(TELLING_SAMPLES)];
    // Of several that are as typical the newest.
    let company = |outline: &&Outline| newest.iter().filter(|other| outline.resembles(other)).count();
    let Some(typical) = newest.iter().rev().max_by_key(company) else { return samples };
    samples
        .into_iter()
        .zip(&outlines)
        .filter(|(_, outline)| typical.resembles(outline))
        .map(|(sample, _)| sample)
        .collect()
}

/// What makes a page what it is: which landmarks and controls stand at which height. Sorted by key.
struct Outline(Vec<(u64, f32)>);

/// Least share of elements that two samples of one design have in common …
const LEAST_COMMON: f32 = 0.5;
/// … and how far, in CSS pixels, most of them may have moved. A line more of text above is no other layout.
const MOST_SHIFT: f32 = 40.0;

impl Outline {
    fn of(sample: &Layout) -> Self {
        let tells = |b: &&LayoutBox| {
            let bits = b.flags.bits();
            // What stays on the screen does not tell where the page is.
            bits & (LayoutFlags::LANDMARK.bits() | LayoutFlags::INTERACTIVE.bits()) != 0
                && bits & LayoutFlags::FIXED.bits() == 0
        };
        let mut places: Vec<(u64, f32)> =
            sample.boxes.iter().filter(tells).map(|b| (hash(b.element.as_str()), b.y as f32)).collect();
        places.sort_by_key(|place| place.0);
        places.dedup_by_key(|place| place.0);
        Self(places)
    }

    fn resembles(&self, other: &Self) -> bool {
        let (mut shifts, mut mine, mut theirs) = (Vec::new(), self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(a), Some(b)) = (mine.peek(), theirs.peek()) {
            match a.0.cmp(&b.0) {
                std::cmp::Ordering::Less => drop(mine.next()),
                std::cmp::Ordering::Greater => drop(theirs.next()),
                std::cmp::Ordering::Equal => {
                    shifts.push((a.1 - b.1).abs());
                    mine.next();
                    theirs.next();
                }
            }
        }
        let all = self.0.len() + other.0.len() - shifts.len();
        all == 0 || (shifts.len() as f32 >= LEAST_COMMON * all as f32 && median(shifts) <= MOST_SHIFT)
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    std::hash::Hash::hash(text, &mut hasher);
    std::hash::Hasher::finish(&hasher)
}

/// What one sample says of an element, stretched to the asked width and moved to the usual screen.
struct Sighting {
    x: f32,
    y: f32,
    width: f32,
    height: f32,
    fixed: bool,
    /// By how many CSS pixels the screen differed from the usual one.
    off: f32,
}

/// What all samples say of an element.
struct Sightings<'a> {
    first: &'a LayoutBox,
    state: u32,
    in_complete: usize,
    seen: Vec<Sighting>,
}

fn merge_boxes(samples: &[&Layout], complete: usize, width: u32, fold: u32) -> Vec<PlacedBox> {
    let mut order: HashMap<&str, usize> = HashMap::new();
    let mut all: Vec<Sightings<'_>> = Vec::new();
    for sample in samples {
        let stretch = width as f32 / sample.viewport.width.max(1) as f32;
        let screen = Screen::of(sample, fold);
        // TRICKY: a key that stands twice in one sample is ambiguous; the first in the document is taken, as the
        // tracker numbers the others.
        let mut counted: Vec<bool> = vec![false; all.len()];
        for b in sample.boxes.iter().filter(|b| b.width > 0 && b.height > 0) {
            let at = *order.entry(b.element.as_str()).or_insert(all.len());
            if at == all.len() {
                all.push(Sightings { first: b, state: sample.state, in_complete: 0, seen: Vec::new() });
                counted.push(false);
            }
            if std::mem::replace(&mut counted[at], true) {
                continue;
            }
            // Where an element of the page stands while a dialog is open says nothing about the page.
            if all[at].in_complete > 0 && !sample.complete {
                continue;
            }
            all[at].in_complete += usize::from(sample.complete);
            all[at].seen.push(Sighting {
                x: b.x as f32 * stretch,
                y: b.y as f32 + screen.shift(b),
                width: b.width as f32 * stretch,
                height: b.height as f32,
                fixed: b.flags.contains(LayoutFlags::FIXED),
                off: sample.viewport.height.abs_diff(fold) as f32,
            });
        }
    }
    let mut boxes: Vec<PlacedBox> = all.iter().map(|sightings| sightings.merge(complete)).collect();
    cut_by_containers(&mut boxes);
    boxes
}

/// Leaves of what begins in a scroll container and ends outside the part that is seen: the rest is not on the page as it is drawn.
fn cut_by_containers(boxes: &mut [PlacedBox]) {
    let containers: Vec<PlacedBox> =
        boxes.iter().filter(|b| b.flags.contains(LayoutFlags::SCROLL_CONTAINER)).cloned().collect();
    for b in boxes {
        let fixed = b.is_fixed();
        for c in containers.iter().filter(|container| container.is_fixed() == fixed) {
            let (right, bottom) = (c.x + c.width, c.y + c.height);
            // Rounded places may lie a pixel outside.
            let is_within_sides = b.x >= c.x - 1.0 && b.x + b.width <= right + 1.0;
            let is_within_height = b.y >= c.y - 1.0 && b.y + b.height <= bottom + 1.0;
            if is_within_sides && (c.y..bottom).contains(&b.y) {
                b.height = b.height.min(bottom - b.y);
            }
            if is_within_height && (c.x..right).contains(&b.x) {
                b.width = b.width.min(right - b.x);
            }
        }
    }
}

impl Sightings<'_> {
    fn merge(&self, complete: usize) -> PlacedBox {
        // A sticky element is fixed in some samples and in its place in others. The two kinds of coordinates do not
        // mix: the more frequent one counts.
        let fixed = self.seen.iter().filter(|s| s.fixed).count() * 2 > self.seen.len();
        // What stays on the screen may be as tall as that allows: those who saw it on a screen of the usual height know best.
        let nearest = self.seen.iter().filter(|s| s.fixed == fixed).map(|s| s.off).fold(f32::MAX, f32::min);
        let counts = |s: &&Sighting| s.fixed == fixed && (!fixed || s.off <= nearest + SAME_SCREEN);
        // The newest are enough to be no oddity, and old ones would hold on to a place that the element has left.
        let middle = |part: fn(&Sighting) -> f32| {
            median(self.seen.iter().filter(counts).take(TELLING_SAMPLES).map(part).collect())
        };
        let other_flags = self.first.flags.bits() & !LayoutFlags::FIXED.bits();
        PlacedBox {
            element: self.first.element.as_str().to_owned(),
            tag: self.first.tag.clone(),
            role: self.first.role.clone(),
            x: middle(|s| s.x),
            y: middle(|s| s.y),
            width: middle(|s| s.width),
            height: middle(|s| s.height),
            flags: LayoutFlags::from_bits(other_flags | if fixed { LayoutFlags::FIXED.bits() } else { 0 }),
            share: self.in_complete as f32 / complete.max(1) as f32,
            state: if self.in_complete > 0 { 0 } else { self.state },
        }
    }
}

/// Returns the median, the lower one of two; 0 where there is nothing.
pub(super) fn median(mut values: Vec<f32>) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = (values.len() - 1) / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heatmap::fixture::{PageBuilder, a_narrow_page, a_page, answers};

    fn merge(samples: &[Layout], width: u32) -> PageLayout {
        PageLayout::merge(samples, PageSize::default(), width)
    }

    fn place(layout: &PageLayout, element: &str) -> [i32; 4] {
        let b = &layout.boxes[layout.find(element).unwrap()];
        [b.x, b.y, b.width, b.height].map(|side| side as i32)
    }

    #[test]
    fn reads_samples_as_they_were_sent() {
        let samples = [a_page(), a_narrow_page(), PageBuilder::new(390, 844).partial().build()];
        assert_eq!(read_samples(&answers(&samples, 1).layouts).unwrap(), samples);
    }

    #[test]
    fn refuses_rows_of_another_shape() {
        let row = vec![Value::from(1280), Value::from("720")];
        assert!(matches!(read_samples(&[row]), Err(HeatmapError::Row { answer: "layouts", column: 5 })));
    }

    #[test]
    fn takes_the_median_of_every_box() {
        let at = |y: i32| PageBuilder::new(1280, 900 + y as u32).with("a#buy", [10, y, 100, 40]).build();
        let layout = merge(&[at(100), at(130), at(101), at(102), at(99)], 1280);
        assert_eq!(place(&layout, "a#buy"), [10, 101, 100, 40]);
        assert_eq!((layout.height, layout.samples), (1001, 5));
    }

    #[test]
    fn ignores_what_a_page_looks_like_on_other_screens() {
        let wide = PageBuilder::new(1280, 2000).with("a#buy", [640, 100, 100, 40]).build();
        let narrow = PageBuilder::new(390, 4000).with("a#buy", [20, 700, 350, 52]).with("button#menu", [0, 0, 40, 40]);
        let samples = [narrow.build(), wide];
        let layout = merge(&samples, 1300);
        assert_eq!((layout.height, layout.measured_width), (2000, 1280));
        assert!(layout.find("button#menu").is_none());
        assert_eq!(place(&merge(&samples, 375), "a#buy")[1], 700);
    }

    #[test]
    fn stretches_a_near_layout_to_the_asked_width() {
        let layout = merge(&[PageBuilder::new(1250, 2000).with("a#buy", [625, 100, 125, 40]).build()], 1280);
        assert_eq!(place(&layout, "a#buy"), [640, 100, 128, 40]);
    }

    #[test]
    fn does_not_mix_places_on_the_page_with_places_on_the_screen() {
        let stuck = || PageBuilder::new(1280, 2000).with_flags("nav", [0, 0, 1280, 60], LayoutFlags::FIXED).build();
        let loose = PageBuilder::new(1280, 2000).with("nav", [0, 400, 1280, 60]).build();
        let layout = merge(&[loose.clone(), stuck(), stuck()], 1280);
        assert_eq!(place(&layout, "nav"), [0, 0, 1280, 60]);
        assert!(layout.boxes[0].flags.contains(LayoutFlags::FIXED));
        let layout = merge(&[stuck(), loose.clone(), loose], 1280);
        assert_eq!(place(&layout, "nav"), [0, 400, 1280, 60]);
    }

    #[test]
    fn keeps_the_elements_of_dialogs_apart() {
        let dialog = PageBuilder::new(1280, 2000).partial().with("button#ok", [600, 300, 80, 40]).build();
        let layout = merge(&[a_page(), dialog], 1280);
        assert_eq!((layout.samples, layout.height), (1, 2960));
        let found = &layout.boxes[layout.find("button#ok").unwrap()];
        assert!(found.share < f32::EPSILON, "{found:?}");
        assert_eq!(place(&layout, "button#ok"), [600, 300, 80, 40]);
    }

    #[test]
    fn a_banner_that_came_today_moves_the_page_as_soon_as_most_of_the_newest_have_it() {
        let page = |shift: i32| {
            let control = |page: PageBuilder, (name, y): (&str, i32)| {
                page.with_flags(name, [10, y + shift, 100, 40], LayoutFlags::INTERACTIVE)
            };
            let page = PageBuilder::new(1280, 2000 + shift as u32);
            [("a#one", 100), ("a#two", 400), ("a#three", 900)].into_iter().fold(page, control).build()
        };
        let old = || std::iter::repeat_with(|| page(0)).take(20);
        let with_new = |new: usize| std::iter::repeat_with(|| page(120)).take(new).chain(old()).collect::<Vec<_>>();
        assert_eq!(place(&merge(&with_new(2), 1280), "a#one"), [10, 100, 100, 40], "two may be an oddity");
        let layout = merge(&with_new(3), 1280);
        assert_eq!((place(&layout, "a#one"), layout.height, layout.samples), ([10, 220, 100, 40], 2120, 3));
    }

    #[test]
    fn a_low_banner_moves_the_page_though_it_is_the_same_design() {
        let page =
            |shift: i32| PageBuilder::new(1280, 2000 + shift as u32).with("a#one", [10, 100 + shift, 100, 40]).build();
        let mut samples = vec![page(32), page(32), page(32)];
        samples.extend(std::iter::repeat_with(|| page(0)).take(20));
        let layout = merge(&samples, 1280);
        assert_eq!((place(&layout, "a#one"), layout.height, layout.samples), ([10, 132, 100, 40], 2032, 23));
    }

    #[test]
    fn a_banner_is_seen_beside_a_bar_of_many_links_that_stays_on_the_screen() {
        let page = |shift: i32| {
            let flags = LayoutFlags::from_bits(LayoutFlags::FIXED.bits() | LayoutFlags::INTERACTIVE.bits());
            let link =
                |page: PageBuilder, at: i32| page.with_flags(&format!("a#link{at}"), [0, 40 * at, 200, 40], flags);
            let page = (0..9).fold(PageBuilder::new(1280, 2000 + shift as u32), link);
            page.with_flags("a#one", [300, 100 + shift, 100, 40], LayoutFlags::INTERACTIVE).build()
        };
        let mut samples = vec![page(120), page(120), page(120)];
        samples.extend(std::iter::repeat_with(|| page(0)).take(20));
        assert_eq!(merge(&samples, 1280).samples, 3);
    }

    #[test]
    fn what_stays_on_the_screen_is_as_those_saw_it_whose_screen_is_the_usual_one() {
        let dialog = |height: u32, place: [i32; 4]| {
            PageBuilder::new(1280, 2000).tall(height).with_flags("dialog#box", place, LayoutFlags::FIXED).build()
        };
        let on_low = dialog(700, [300, 150, 400, 400]);
        let size = PageSize { viewport_height: Some(900), document_height: None };
        let samples = [on_low.clone(), on_low.clone(), dialog(900, [300, 200, 400, 500])];
        assert_eq!(place(&PageLayout::merge(&samples, size, 1280), "dialog#box"), [300, 200, 400, 500]);
        // Nobody else has seen it: it stays in the middle.
        assert_eq!(place(&PageLayout::merge(&[on_low], size, 1280), "dialog#box"), [300, 250, 400, 400]);
    }

    #[test]
    fn of_what_the_edge_of_a_container_cuts_the_part_that_is_seen_is_left() {
        let sample = PageBuilder::new(1280, 2000)
            .with_flags("ul#list", [0, 100, 300, 200], LayoutFlags::SCROLL_CONTAINER)
            .with("li#last", [0, 280, 300, 40])
            .with("section#below", [0, 250, 1280, 400])
            .build();
        let layout = merge(&[sample], 1280);
        assert_eq!(place(&layout, "li#last"), [0, 280, 300, 20]);
        assert_eq!(place(&layout, "section#below"), [0, 250, 1280, 400], "wider than the container, it is not in it");
    }

    #[test]
    fn a_redesign_forgets_what_was_before() {
        let page = |name: &str| {
            let page = PageBuilder::new(1280, 2000).with_flags("a#logo", [0, 0, 90, 40], LayoutFlags::INTERACTIVE);
            let part = |at: i32| (format!("section#{name}{at}"), [0, 100 * at, 1280, 100]);
            let parts = (1..8).map(part);
            parts.fold(page, |page, (name, place)| page.with_flags(&name, place, LayoutFlags::LANDMARK)).build()
        };
        let mut samples = vec![page("new"), page("new"), page("new")];
        samples.extend(std::iter::repeat_with(|| page("old")).take(20));
        let layout = merge(&samples, 1280);
        assert!(layout.find("section#new1").is_some() && layout.find("section#old1").is_none());
        assert_eq!(layout.samples, 3);
    }

    #[test]
    fn does_without_samples() {
        let size = PageSize { document_height: Some(1800), viewport_height: Some(600) };
        let layout = PageLayout::merge(&[], size, 768);
        assert_eq!((layout.width, layout.height, layout.fold, layout.samples), (768, 1800, 600, 0));
        let endless = PageSize { document_height: Some(9_000_000), ..size };
        assert_eq!(PageLayout::merge(&[], endless, 768).height, 30_000);
    }
}
