//! Owns the picture of a heat map: underlay, heat, marks and legend, put together.
//! How each is drawn is in [`crate::render`].

use super::{
    error::HeatmapError,
    map::{Content, HeatMap},
    params::Underlay,
    projection::Projection,
    scroll::ScrollMap,
    skeleton,
};
use crate::render::{
    Canvas, Field, Rect, Scale, Shade, Surface,
    canvas::wireframe,
    encode,
    legend::{self, Legend},
    marks,
    palette::Cover,
};

/// Most pixels of a picture. Drawing takes two bytes each, so one render stays below 80 MB; the longest page
/// (30 000 px) is within it at the default width.
pub const MOST_PIXELS: u64 = 40_000_000;

/// Share of the views at which a scroll map has a mark, in percent.
const QUARTILES: [u32; 3] = [75, 50, 25];

impl HeatMap {
    /// Draws the map and returns it as a PNG of `width × page height × scale` pixels. Takes tens of milliseconds: not
    /// for an async thread.
    pub fn png(&self) -> Result<Vec<u8>, HeatmapError> {
        let mut canvas = self.canvas()?;
        let scale = self.request.scale;
        if self.request.underlay == Underlay::Layout {
            wireframe::draw(&mut canvas, &skeleton::blocks(&self.layout), scale);
        }
        let (cover, legend) = match &self.content {
            Content::Clicks(clicks) => (Cover::Density, self.draw_clicks(&mut canvas, clicks)),
            Content::Scroll(scroll) => (Cover::Wash, self.draw_scroll(&mut canvas, scroll)),
        };
        if self.request.legend {
            legend::draw(&mut canvas, &legend, scale);
        }
        Ok(encode::png(canvas, &self.request.palette.ramp(cover))?)
    }

    fn canvas(&self) -> Result<Canvas, HeatmapError> {
        let side = |css: u32| ((css as f32 * self.request.scale).round() as u32).max(1);
        let (width, height) = (side(self.layout.width), side(self.layout.height));
        if u64::from(width) * u64::from(height) > MOST_PIXELS {
            return Err(HeatmapError::TooLarge { width, height, limit: MOST_PIXELS });
        }
        Ok(Canvas::new(width, height))
    }

    fn draw_clicks(&self, canvas: &mut Canvas, clicks: &Projection) -> Legend {
        let pixels = self.request.scale;
        let mut field = Field::new(canvas.width(), canvas.height(), self.request.sigma());
        for point in &clicks.points {
            field.add(point.x * pixels, point.y * pixels, point.clicks as f32);
        }
        field.blur();
        let scale = Scale::of(&field, self.request.normalise, self.views);
        field.draw(&scale, canvas);
        if self.request.underlay == Underlay::Layout {
            for dialog in skeleton::dialogs(&self.layout, &clicks.by_box) {
                marks::frame(canvas, dialog, pixels, "dialog");
            }
        }
        self.click_legend(clicks, &scale)
    }

    fn click_legend(&self, clicks: &Projection, scale: &Scale) -> Legend {
        let total = clicks.anchored + clicks.unanchored;
        let (title, unit) = if self.views > 0 {
            ("Clicks per 1\u{202f}000 views", 1000.0 / self.views as f32)
        } else {
            ("Clicks", 1.0)
        };
        // A Gaussian spot counts as much as a disc of √2 standard deviations.
        let reach = (self.request.radius as f32 / std::f32::consts::SQRT_2).round();
        let mut notes = vec![
            format!("within {reach} px of a spot"),
            format!("{} · {}", counted(total, "click"), counted(self.views, "view")),
        ];
        if self.layout.samples == 0 {
            notes.push("page not measured yet".to_owned());
        } else if clicks.unanchored > 0 {
            let share = 100.0 * clicks.anchored as f32 / total.max(1) as f32;
            notes.push(format!("{} % placed by element", share.floor()));
        }
        if scale.held_back() {
            notes.push("little data: colours held back".to_owned());
        }
        Legend { title: title.to_owned(), ticks: ticks(scale, unit), notes }
    }

    fn draw_scroll(&self, canvas: &mut Canvas, scroll: &ScrollMap) -> Legend {
        let pixels = self.request.scale;
        let at = |css: u32| (css as f32 * pixels).round() as i32;
        let Rect { width, height, .. } = canvas.bounds();
        for y in 0..height {
            let share = scroll.share_at((y as f32 + 0.5) / height as f32);
            canvas.fill_level(Rect::new(0, y, width, 1), (share * 255.0).round() as u8);
        }
        for percent in QUARTILES {
            if let Some(y) = scroll.falls_below(percent as f32 / 100.0) {
                marks::line(canvas, at(y), pixels, Shade::new(70), &format!("{percent} % scrolled to here"));
            }
        }
        if self.layout.fold < self.layout.height {
            marks::line(
                canvas,
                at(self.layout.fold),
                pixels,
                Shade::new(99),
                &format!("fold · {} px", self.layout.fold),
            );
        }
        Legend {
            title: "Views that saw this part".to_owned(),
            ticks: [0, 25, 50, 75, 100].map(|share| (share as f32 / 100.0, format!("{share} %"))).to_vec(),
            notes: vec![counted(scroll.measured, "view")],
        }
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

/// Returns the largest 1, 2 or 5 times a power of ten that is not above `value`.
fn round_below(value: f32) -> f32 {
    let mut step = 1.0;
    while step > value {
        step /= 10.0;
    }
    while step * 10.0 <= value {
        step *= 10.0;
    }
    [5.0, 2.0].into_iter().map(|times| times * step).find(|&round| round <= value).unwrap_or(step)
}

/// Writes a number as people read it: three places at most below ten, whole and grouped above.
fn figure(value: f32) -> String {
    if value >= 10.0 {
        return grouped(value.round() as u64);
    }
    let text = if value >= 1.0 { format!("{value:.1}") } else { format!("{value:.3}") };
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Writes how many there are of something.
fn counted(number: u64, what: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {what}{ending}", grouped(number))
}

/// Writes a whole number with thin spaces between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        for (value, text) in
            [(0.0, "0"), (0.02, "0.02"), (2.0, "2"), (2.55, "2.5"), (10.4, "10"), (1234.0, "1\u{202f}234")]
        {
            assert_eq!(figure(value), text);
        }
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
    }

    #[test]
    fn ticks_are_round_and_in_order() {
        for (value, round) in [(0.07, 0.05), (1.0, 1.0), (3.9, 2.0), (99.0, 50.0), (100.0, 100.0)] {
            assert!((round_below(value) - round).abs() < round * 1e-3, "{value}: {}", round_below(value));
        }
    }
}
