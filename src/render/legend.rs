//! Owns the legend: what the colours mean, in units, and how much data is behind them.
//! It does not do the sums.

use super::{Layer, Rect, Shade, Surface, palette::difference_level, text, upsample::STEP as LEVEL_STEP};

/// What the legend says.
#[derive(Debug, Clone, PartialEq)]
pub struct Legend {
    /// The quantity with its unit: `Clicks per 1 000 views`.
    pub title: String,
    /// Places on the colour scale and what stands there: from 0 to 1, of a difference from −1 to 1.
    pub ticks: Vec<(f32, String)>,
    /// Lines below the scale: number of views, of clicks.
    pub notes: Vec<String>,
}

const BAR_WIDTH: f32 = 208.0;
const BAR_HEIGHT: f32 = 10.0;
const PADDING: f32 = 14.0;
const MARGIN: f32 = 14.0;
const TITLE_SIZE: f32 = 12.5;
const NOTE_SIZE: f32 = 11.0;
const TICK_SIZE: f32 = 10.0;

/// Lowest place of the legend's upper edge: it belongs to the first screen.
const LOWEST: f32 = 640.0;

/// Distance of the places that are tried.
const STEP: f32 = 32.0;

/// Room above the scale for what its two sides mean.
const SIDES_HEIGHT: f32 = 15.0;

/// What the colour scale runs between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scale {
    /// Nothing and the hottest.
    Heat,
    /// The strongest decrease and the strongest increase.
    Difference,
}

impl Scale {
    const fn sides_height(self) -> f32 {
        match self {
            Self::Heat => 0.0,
            Self::Difference => SIDES_HEIGHT,
        }
    }

    /// Returns the level at a column of the bar. Of heat only those that a density is drawn with: others would widen the steps
    /// between its colours in the table, and a picture of a hot page would have a fifth more bytes.
    fn level(self, column: i32, last: i32) -> u8 {
        match self {
            Self::Heat => (column * 255 / last) as u8 / LEVEL_STEP * LEVEL_STEP,
            Self::Difference => difference_level((2 * column - last) as f32 / last as f32),
        }
    }

    /// Returns the place on the bar, 0 to 1, of a tick.
    fn place(self, position: f32) -> f32 {
        match self {
            Self::Heat => position,
            Self::Difference => f32::midpoint(position, 1.0),
        }
    }
}

/// Draws the legend at the right or left edge of the first screen, as far up and right as there is a place without
/// heat and with little drawing. On a picture too small for it there is none. `scale` enlarges it; it is never drawn
/// smaller than it can be read.
pub fn draw(surface: &mut dyn Surface, legend: &Legend, scale: f32) {
    if let Some(panel) = place(surface, legend, scale) {
        draw_at(surface, legend, panel, scale);
    }
}

/// Draws the legend of a difference: its scale runs from fewer to more, with nothing in the middle.
pub fn draw_difference(surface: &mut dyn Surface, legend: &Legend, scale: f32) {
    let size = Size::of(legend, Scale::Difference, scale.max(1.0));
    if let Some(panel) = free_place(surface, &size, scale.max(1.0)) {
        draw_with(surface, legend, Scale::Difference, panel, scale.max(1.0));
    }
}

/// Returns where [`draw`] puts the legend. For pictures of several frames: the place is sought once, among the heat of all.
pub fn place(surface: &dyn Surface, legend: &Legend, scale: f32) -> Option<Rect> {
    free_place(surface, &Size::of(legend, Scale::Heat, scale.max(1.0)), scale.max(1.0))
}

/// Draws the legend at a place that [`place`] found.
pub fn draw_at(surface: &mut dyn Surface, legend: &Legend, panel: Rect, scale: f32) {
    draw_with(surface, legend, Scale::Heat, panel, scale.max(1.0));
}

fn draw_with(surface: &mut dyn Surface, legend: &Legend, colours: Scale, panel: Rect, scale: f32) {
    let px = |css: f32| (css * scale) as i32;

    surface.card(panel, px(8.0), px(1.0), Layer::Ink, [Shade::new(26), Shade::WHITE]);
    let left = panel.x + px(PADDING);
    let mut baseline = panel.y as f32 + (PADDING + 10.0) * scale;
    surface.text((left as f32, baseline), TITLE_SIZE * scale, Shade::new(96), &legend.title);

    let below_title = 10.0 + colours.sides_height();
    let bar = Rect::new(left, baseline as i32 + px(below_title), panel.width - 2 * px(PADDING), px(BAR_HEIGHT));
    draw_bar(surface, bar, colours);
    if colours == Scale::Difference {
        draw_sides(surface, bar, scale);
    }
    baseline = bar.bottom() as f32 + 13.0 * scale;
    draw_ticks(surface, legend, colours, bar, baseline, scale);
    baseline += 7.0 * scale;
    for note in &legend.notes {
        baseline += 15.0 * scale;
        surface.text((left as f32, baseline), NOTE_SIZE * scale, Shade::new(66), note);
    }
}

/// Draws the colour scale: paper with every level of heat from left to right.
fn draw_bar(surface: &mut dyn Surface, bar: Rect, colours: Scale) {
    surface.fill(bar.inset(-1), Layer::Ink, Shade::new(20));
    let last = (bar.width - 1).max(1);
    for column in 0..bar.width {
        surface.swatch(Rect::new(bar.x + column, bar.y, 1, bar.height), colours.level(column, last));
    }
}

/// Writes above the ends of the scale what they mean.
fn draw_sides(surface: &mut dyn Surface, bar: Rect, scale: f32) {
    let baseline = bar.y as f32 - 5.0 * scale;
    let size = NOTE_SIZE * scale;
    surface.text((bar.x as f32, baseline), size, Shade::new(80), "fewer");
    let more = "more";
    surface.text((bar.right() as f32 - text::width(more, size), baseline), size, Shade::new(80), more);
}

/// Draws the numbers below the scale, centred at their place but not beyond its ends.
fn draw_ticks(surface: &mut dyn Surface, legend: &Legend, colours: Scale, bar: Rect, baseline: f32, scale: f32) {
    for (position, label) in &legend.ticks {
        let x = bar.x as f32 + colours.place(*position) * (bar.width - 1) as f32;
        let mark = Rect::new(x as i32, bar.bottom(), 1, (3.0 * scale) as i32);
        surface.fill(mark, Layer::Ink, Shade::new(50));
        let wide = text::width(label, TICK_SIZE * scale);
        let start = (x - wide / 2.0).clamp(bar.x as f32, (bar.right() as f32 - wide).max(bar.x as f32));
        surface.text((start, baseline), TICK_SIZE * scale, Shade::new(80), label);
    }
}

struct Size {
    width: i32,
    height: i32,
}

impl Size {
    fn of(legend: &Legend, colours: Scale, scale: f32) -> Self {
        let notes = legend.notes.iter().map(|note| text::width(note, NOTE_SIZE));
        let widest = notes.chain([text::width(&legend.title, TITLE_SIZE), BAR_WIDTH]).fold(0.0, f32::max);
        let head = 10.0 + 10.0 + colours.sides_height() + BAR_HEIGHT;
        let height = 2.0 * PADDING + head + 13.0 + 7.0 + 15.0 * legend.notes.len() as f32 - 6.0;
        Self { width: ((widest + 2.0 * PADDING) * scale).ceil() as i32, height: (height * scale).ceil() as i32 }
    }
}

/// Returns the place for the legend; none where it would take more than most of the picture.
fn free_place(surface: &dyn Surface, size: &Size, scale: f32) -> Option<Rect> {
    let Rect { width, height, .. } = surface.bounds();
    let margin = (MARGIN * scale) as i32;
    if size.width + 2 * margin > width || size.height + 2 * margin > height / 2 {
        return None;
    }
    let lowest = (height - size.height - margin).min((LOWEST * scale) as i32);
    let mut best: Option<(f32, Rect)> = None;
    for (side, x) in [width - size.width - margin, margin].into_iter().enumerate() {
        for y in (margin..=lowest).step_by((STEP * scale) as usize) {
            let rect = Rect::new(x, y, size.width, size.height);
            let far = (y - margin) as f32 / height as f32;
            let cost = 4.0 * surface.mean_level(rect) / 255.0
                + 0.3 * surface.drawn_share(rect)
                + 0.1 * far
                + 0.05 * side as f32;
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, rect));
            }
        }
    }
    best.map(|(_, rect)| rect)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{Canvas, Field, Normalise, scale as density};

    fn legend() -> Legend {
        Legend { title: "Clicks".to_owned(), ticks: vec![(0.0, "0".to_owned())], notes: vec!["5 views".to_owned()] }
    }

    fn place_with_heat_at(hot: &[(i32, i32)]) -> Rect {
        let mut canvas = Canvas::new(1000, 1000);
        for &(x, y) in hot {
            canvas.fill_level(Rect::new(x, y, 400, 400), 200);
        }
        place(&canvas, &legend(), 1.0).unwrap()
    }

    #[test]
    fn stays_in_the_upper_right_and_gives_way_to_heat() {
        assert_eq!((place_with_heat_at(&[]).right(), place_with_heat_at(&[]).y), (986, 14));
        let lower = place_with_heat_at(&[(600, 0)]);
        assert!(lower.x > 500 && lower.y >= 400, "{lower:?}");
        let left = place_with_heat_at(&[(600, 0), (600, 400), (600, 600)]);
        assert!(left.x < 500 && left.y < 100, "{left:?}");
    }

    #[test]
    fn its_scale_stays_under_a_density_that_is_drawn_later() {
        let mut canvas = Canvas::new(600, 400);
        draw(&mut canvas, &legend(), 1.0);
        let field = Field::new(600, 400, 12.0);
        let nothing = density::Scale::of(&field, Normalise::Max, 1);
        canvas.heat(field, &nothing);
        let levels = canvas.into_planes().levels;
        assert!(levels.contains(&252) && levels.contains(&120), "the bar has its colours");
    }

    #[test]
    fn a_difference_runs_from_less_over_nothing_to_more() {
        let mut canvas = Canvas::new(600, 400);
        draw_difference(&mut canvas, &legend(), 1.0);
        let planes = canvas.into_planes();
        let row = planes.levels.chunks_exact(600).find(|row| row.contains(&255)).unwrap();
        let bar: Vec<u8> = row.iter().copied().skip_while(|&level| level == 0).collect();
        assert_eq!(bar[0], 127, "the strongest decrease is leftmost");
        assert!(bar.iter().any(|level| (1..4).contains(level)) && bar.iter().any(|level| (128..132).contains(level)));
    }

    #[test]
    fn leaves_a_small_picture_alone() {
        let mut canvas = Canvas::new(120, 400);
        draw(&mut canvas, &legend(), 1.0);
        assert!(canvas.into_planes().tones.is_none());
    }
}
