//! Owns the question where things that stay on the screen stand on a screen of another height: a bar at the bottom goes down with it, a
//! dialog stays in its middle.

use crate::model::{Layout, LayoutBox, LayoutFlags};

/// Share of the screen from which on something fills it: the backdrop of a dialog, a bar at the side.
const FILLS: f32 = 0.9;
/// Farthest from the lower edge that something is held there, in CSS pixels: a button for a chat.
const BOTTOM_GAP: f32 = 48.0;
/// Farthest off the middle that something is held there, as a share of what is free above and below it.
const OFF_CENTRE: f32 = 0.05;

/// A rectangle in CSS pixels.
#[derive(Debug, Clone, Copy)]
struct Area {
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
}

impl Area {
    fn of(b: &LayoutBox) -> Self {
        let (left, top) = (b.x as f32, b.y as f32);
        Self { left, top, right: left + b.width as f32, bottom: top + b.height as f32 }
    }

    fn size(&self) -> f32 {
        (self.right - self.left) * (self.bottom - self.top)
    }

    /// Rounded places may lie a pixel outside.
    fn holds(&self, other: &Self) -> bool {
        self.left <= other.left + 1.0
            && self.top <= other.top + 1.0
            && self.right >= other.right - 1.0
            && self.bottom >= other.bottom - 1.0
    }

    fn union(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }
}

/// Something that stays on the screen, with all that is in it.
struct Group {
    area: Area,
    /// Of what is in it.
    content: Option<Area>,
}

/// What stays on the screen in one sample, and how far it moves on a screen of another height.
pub(super) struct Screen {
    /// From this height on, in CSS pixels, something fills the screen.
    tall: f32,
    groups: Vec<(Area, f32)>,
}

impl Screen {
    /// `fold` is the height of the other screen in CSS pixels.
    pub(super) fn of(sample: &Layout, fold: u32) -> Self {
        let (width, height) = (sample.viewport.width as f32, sample.viewport.height as f32);
        let taller = fold as f32 - height;
        let tall = FILLS * height;
        if height < 1.0 || taller.abs() < 1.0 {
            return Self { tall, groups: Vec::new() };
        }
        let mut areas: Vec<Area> =
            sample.boxes.iter().filter(|b| b.flags.contains(LayoutFlags::FIXED)).map(Area::of).collect();
        areas.sort_by(|a, b| b.size().total_cmp(&a.size()));
        let mut groups: Vec<Group> = Vec::new();
        for area in areas {
            match groups.iter_mut().find(|group| group.area.holds(&area)) {
                Some(group) => group.content = Some(group.content.map_or(area, |content| content.union(area))),
                None => groups.push(Group { area, content: None }),
            }
        }
        let is_tall = |area: &Area| area.bottom - area.top >= tall;
        let shift = |group: &Group| {
            let held = if is_tall(&group.area) && group.area.right - group.area.left >= FILLS * width {
                group.content
            } else {
                Some(group.area)
            };
            match held {
                Some(area) if !is_tall(&area) => share_of_growth(area.top, height - area.bottom) * taller,
                _ => 0.0,
            }
        };
        Self { tall, groups: groups.iter().map(|group| (group.area, shift(group))).collect() }
    }

    /// Returns by how many CSS pixels a box of the sample stands lower on the other screen.
    pub(super) fn shift(&self, b: &LayoutBox) -> f32 {
        // What fills one screen fills the other.
        if !b.flags.contains(LayoutFlags::FIXED) || b.height as f32 >= self.tall {
            return 0.0;
        }
        let area = Area::of(b);
        self.groups.iter().find(|(group, _)| group.holds(&area)).map_or(0.0, |&(_, shift)| shift)
    }
}

/// Returns which part of what a screen grows by is added above something with so many pixels free above and below.
fn share_of_growth(above: f32, below: f32) -> f32 {
    if (above - below).abs() <= OFF_CENTRE * (above + below) {
        0.5
    } else if below < above && below <= BOTTOM_GAP {
        1.0
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heatmap::fixture::PageBuilder;

    /// Where each box stands on a screen of 900 pixels, after it was seen on one of 800.
    fn tops(boxes: &[[i32; 4]]) -> Vec<i32> {
        let page = boxes.iter().enumerate().fold(PageBuilder::new(1000, 3000).tall(800), |page, (at, &place)| {
            page.with_flags(&format!("div#box{at}"), place, LayoutFlags::FIXED)
        });
        let sample = page.build();
        let screen = Screen::of(&sample, 900);
        sample.boxes.iter().map(|b| b.y + screen.shift(b) as i32).collect()
    }

    #[test]
    fn a_bar_stays_at_its_edge() {
        assert_eq!(tops(&[[0, 0, 1000, 60], [0, 740, 1000, 60], [900, 720, 60, 60]]), [0, 840, 820]);
    }

    #[test]
    fn a_dialog_stays_in_the_middle_with_all_that_is_in_it() {
        assert_eq!(tops(&[[300, 200, 400, 400], [320, 550, 80, 40], [660, 210, 30, 30]]), [250, 600, 260]);
    }

    #[test]
    fn so_do_parts_of_a_dialog_of_which_only_the_backdrop_is_listed() {
        assert_eq!(tops(&[[0, 0, 1000, 800], [320, 210, 300, 40], [320, 550, 80, 40]]), [0, 260, 600]);
        assert_eq!(tops(&[[0, 0, 1000, 800], [320, 40, 300, 40], [320, 250, 80, 40]]), [0, 40, 250]);
    }

    #[test]
    fn what_is_in_a_bar_at_the_side_hangs_from_the_top() {
        assert_eq!(tops(&[[0, 0, 240, 800], [0, 380, 240, 40], [0, 760, 240, 40]]), [0, 380, 760]);
    }

    #[test]
    fn what_scrolls_with_the_page_stays_where_it_is() {
        let sample = PageBuilder::new(1000, 3000).tall(800).with("a#end", [0, 760, 100, 40]).build();
        assert!(Screen::of(&sample, 900).shift(&sample.boxes[0]).abs() < f32::EPSILON);
    }
}
