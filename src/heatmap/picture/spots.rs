//! Owns the picture of clicks and of rests of the pointer.

use super::figures::{counted, figure, round_below};
use crate::{
    heatmap::{
        map::HeatMap,
        params::{Kind, Underlay},
        projection::Projection,
        skeleton,
    },
    render::{Field, Rect, Scale, Surface, legend::Legend, marks},
};

/// A rest counts in seconds.
const MS_OF_REST: f32 = 1000.0;

impl HeatMap {
    /// Draws the heat and the frames of dialogs that were clicked in; returns what the legend says.
    pub(super) fn draw_spots(&self, surface: &mut dyn Surface, spots: &Projection, pixels: f32) -> Legend {
        let field = self.field_of(spots, surface, pixels);
        let scale = Scale::of(&field, self.request.normalise, self.views);
        surface.heat(field, &scale);
        if self.request.underlay == Underlay::Layout {
            for dialog in skeleton::dialogs(&self.layout, &spots.by_box) {
                marks::frame(surface, dialog, pixels, "dialog");
            }
        }
        self.spots_legend(spots, &scale)
    }

    /// Returns the blurred density of a map.
    pub(super) fn field_of(&self, spots: &Projection, surface: &dyn Surface, pixels: f32) -> Field {
        let Rect { width, height, .. } = surface.bounds();
        let mut field = Field::new(width as u32, height as u32, self.request.radius as f32 / 2.0 * pixels);
        let unit = if self.request.kind == Kind::Move { MS_OF_REST } else { 1.0 };
        for point in &spots.points {
            field.add(point.x * pixels, point.y * pixels, point.weight as f32 / unit);
        }
        field.blur();
        field
    }

    pub(super) fn spots_legend(&self, spots: &Projection, scale: &Scale) -> Legend {
        let total = spots.total();
        let what = match self.request.kind {
            Kind::Rage => "Rage clicks",
            Kind::Dead => "Dead clicks",
            Kind::Error => "Clicks before an error",
            Kind::Move => "Seconds of rest",
            Kind::Click | Kind::Scroll | Kind::Attention | Kind::Element => "Clicks",
        };
        let (title, unit) = if self.views > 0 {
            (format!("{what} per 1\u{202f}000 views"), 1000.0 / self.views as f32)
        } else {
            (what.to_owned(), 1.0)
        };
        // A Gaussian spot counts as much as a disc of √2 standard deviations.
        let reach = (self.request.radius as f32 / std::f32::consts::SQRT_2).round();
        let amount = if self.request.kind == Kind::Move {
            format!("{} s", figure(total as f32 / MS_OF_REST))
        } else {
            counted(total, "click")
        };
        let mut notes =
            vec![format!("within {reach} px of a spot"), format!("{amount} · {}", counted(self.views, "view"))];
        if self.layout.samples == 0 {
            notes.push("page not measured yet".to_owned());
        } else if spots.anchored < total {
            let share = 100.0 * spots.anchored as f64 / total.max(1) as f64;
            notes.push(format!("{} % placed by element", share.floor()));
        }
        if spots.gone_clicks > 0 {
            notes.push(format!("{} on elements not shown here", counted(spots.gone_clicks, "click")));
        }
        if let Some(least) = self.least_visitors {
            notes.push(format!("elements with under {least} visitors left out"));
        }
        if scale.held_back() {
            notes.push("little data: colours held back".to_owned());
        }
        Legend { title, ticks: ticks(scale, unit), notes }
    }
}

/// Returns the marks of the colour scale: nothing, two round numbers, and the hottest.
fn ticks(scale: &Scale, unit: f32) -> Vec<(f32, String)> {
    let round = [0.14, 0.5].map(|part| round_below(scale.full() * unit * part));
    let mut ticks = vec![(0.0, "0".to_owned())];
    ticks.extend(round.into_iter().map(|rate| (scale.position(rate / unit), figure(rate))));
    ticks.push((1.0, figure(scale.highest() * unit)));
    ticks
}
