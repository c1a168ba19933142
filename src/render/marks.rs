//! Owns marks over a picture: dashed lines, frames and labels. It does not know what they say.

use super::{Layer, Rect, Shade, Surface, text};

/// Font size of labels, in pixels at scale 1.
const LABEL_SIZE: f32 = 12.0;

/// Draws a dashed line across the picture with a label on it; `y` is its middle in pixels of the picture.
pub fn line(surface: &mut dyn Surface, y: i32, scale: f32, shade: Shade, label: &str) {
    let scale = scale.max(1.0);
    let px = |css: f32| (css * scale) as i32;
    surface.dashes(y - px(1.0), px(2.0), px(9.0), Layer::Ink, shade);
    tag(surface, (px(14.0), y), scale, shade, label);
}

/// Frames what lay over the page, whose clicks are in front of it; `place` is in CSS pixels.
pub fn frame(surface: &mut dyn Surface, place: Rect, scale: f32, label: &str) {
    let outline = place.scaled(scale);
    let border = (2.0 * scale.max(1.0)) as i32;
    let shade = Shade::new(70);
    surface.outline(outline, border, Layer::Ink, shade);
    tag(surface, (outline.x + 6 * border, outline.y), scale.max(1.0), shade, label);
}

/// Draws a label; `x` is its left end, `y` its middle.
pub fn tag(surface: &mut dyn Surface, (x, y): (i32, i32), scale: f32, shade: Shade, label: &str) {
    let px = |css: f32| (css * scale) as i32;
    let size = LABEL_SIZE * scale;
    let wide = text::width(label, size).ceil() as i32 + px(20.0);
    let plate = Rect::new(x, y - px(11.0), wide, px(22.0));
    surface.fill_round(plate, plate.height / 2, Layer::Ink, shade);
    surface.text(((x + px(10.0)) as f32, y as f32 + 4.0 * scale), size, Shade::WHITE, label);
}

/// Writes over the upper left corner what a picture of several shows, above a bar of how much of the whole is past.
pub fn caption(surface: &mut dyn Surface, label: &str, progress: Option<f32>, scale: f32) {
    let scale = scale.max(1.0);
    let px = |css: f32| (css * scale) as i32;
    let size = 15.0 * scale;
    // As wide for any label, so that the bar does not jump from one picture to the next.
    let wide = (text::width(label, size).ceil() as i32).max(px(96.0)) + px(28.0);
    let plate = Rect::new(px(12.0), px(12.0), wide, px(if progress.is_some() { 40.0 } else { 32.0 }));
    surface.card(plate, px(8.0), px(1.0), Layer::Ink, [Shade::new(60), Shade::new(88)]);
    let start = plate.x + px(14.0);
    surface.text((start as f32, plate.y as f32 + 21.5 * scale), size, Shade::WHITE, label);
    if let Some(progress) = progress {
        let bar = Rect::new(start, plate.bottom() - px(11.0), plate.width - px(28.0), px(3.0));
        surface.fill(bar, Layer::Ink, Shade::new(66));
        let past = (bar.width as f32 * progress.clamp(0.0, 1.0)).round() as i32;
        surface.fill(Rect::new(bar.x, bar.y, past, bar.height), Layer::Ink, Shade::WHITE);
    }
}
