//! Owns the pictures of what was on screen: colours over the full width of the page.

use super::figures::{counted, figure};
use crate::{
    heatmap::{attention::AttentionMap, map::HeatMap, scroll::ScrollMap},
    render::{Rect, Shade, Surface, legend::Legend, marks},
};

/// Share of the views at which a scroll map has a mark, in percent.
const QUARTILES: [u32; 3] = [75, 50, 25];

/// Levels of a wash that are told apart.
const STEP: f32 = 2.0;

impl HeatMap {
    pub(super) fn draw_scroll(&self, surface: &mut dyn Surface, scroll: &ScrollMap, pixels: f32) -> Legend {
        wash(surface, |place| scroll.share_at(place));
        let at = |css: u32| (css as f32 * pixels).round() as i32;
        for percent in QUARTILES {
            if let Some(y) = scroll.falls_below(percent as f32 / 100.0) {
                marks::line(surface, at(y), pixels, Shade::new(70), &format!("{percent} % scrolled to here"));
            }
        }
        self.draw_fold(surface, pixels);
        Legend {
            title: "Views that saw this part".to_owned(),
            ticks: [0, 25, 50, 75, 100].map(|share| (share as f32 / 100.0, format!("{share} %"))).to_vec(),
            notes: vec![counted(scroll.measured, "view")],
        }
    }

    pub(super) fn draw_attention(&self, surface: &mut dyn Surface, attention: &AttentionMap, pixels: f32) -> Legend {
        // Below a second the colours would tell apart what nobody does.
        let longest = attention.longest().max(1.0);
        wash(surface, |place| (attention.seconds_at(place) / longest) as f32);
        self.draw_fold(surface, pixels);
        let tick = |share: f64| (share as f32, format!("{} s", figure((longest * share) as f32)));
        Legend {
            title: "Time on screen per view".to_owned(),
            ticks: [0.0, 0.5, 1.0].map(tick).to_vec(),
            notes: vec![counted(attention.measured, "view"), "while the page was in use".to_owned()],
        }
    }

    fn draw_fold(&self, surface: &mut dyn Surface, pixels: f32) {
        if self.layout.fold < self.layout.height {
            let y = (self.layout.fold as f32 * pixels).round() as i32;
            marks::line(surface, y, pixels, Shade::new(99), &format!("fold · {} px", self.layout.fold));
        }
    }
}

/// Colours every line by its place on the page, from 0 (the top) to 1. Lines of one colour are one rectangle.
fn wash(surface: &mut dyn Surface, level_at: impl Fn(f32) -> f32) {
    let Rect { width, height, .. } = surface.bounds();
    let level = |y: i32| {
        let level = level_at((y as f32 + 0.5) / height as f32).clamp(0.0, 1.0) * 255.0;
        ((level / STEP).round() * STEP).min(255.0) as u8
    };
    let mut start = 0;
    for y in 1..=height {
        if y == height || level(y) != level(start) {
            surface.fill_level(Rect::new(0, start, width, y - start), level(start));
            start = y;
        }
    }
}
