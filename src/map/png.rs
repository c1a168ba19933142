//! Owns maps as PNG. It does not know what is drawn.

use tiny_skia::{FillRule, Paint, PathBuilder, Pixmap, PremultipliedColorU8, Stroke, Transform};

use super::drawing::{Corner, Element, Glow, Picture};
use crate::render::{Rgba, text};

/// Why a map could not be made a PNG.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    #[error("a map of {width} × {height} pixels has no room in memory")]
    Size { width: u32, height: u32 },
    #[error("the map could not be encoded: {0}")]
    Encode(#[from] png::EncodingError),
}

/// Draws a picture and returns the file.
pub(super) fn encode(picture: &Picture) -> Result<Vec<u8>, PngError> {
    let (width, height) = (picture.sheet.width, picture.sheet.height);
    let mut pixels = Pixmap::new(width, height).ok_or(PngError::Size { width, height })?;
    for element in &picture.elements {
        draw(&mut pixels, element);
    }
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.add_itxt_chunk("Title".to_owned(), picture.title.clone())?;
    encoder.add_itxt_chunk("Source".to_owned(), picture.description.clone())?;
    let straight: Vec<u8> = pixels
        .pixels()
        .iter()
        .flat_map(|pixel| {
            let pixel = pixel.demultiply();
            [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]
        })
        .collect();
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&straight)?;
    writer.finish()?;
    Ok(file)
}

fn draw(pixels: &mut Pixmap, element: &Element) {
    match element {
        Element::Ground { fill, radius } => {
            let (width, height) = (pixels.width() as f32, pixels.height() as f32);
            fill_path(pixels, round_rect(width, height, *radius), *fill);
        }
        Element::Area { rings, fill } => fill_path(pixels, path(rings, true), *fill),
        Element::Lines { lines, width, stroke } => stroke_path(pixels, path(lines, false), *stroke, *width),
        Element::Glow(glow) => draw_glow(pixels, glow),
        Element::Disc { x, y, radius, fill, edge, edge_width, .. } => {
            let disc = PathBuilder::from_circle(*x, *y, *radius);
            fill_path(pixels, disc.clone(), *fill);
            stroke_path(pixels, disc, *edge, *edge_width);
        }
        Element::Rect { x, y, width, height, fill } => {
            let rect = tiny_skia::Rect::from_xywh(*x, *y, *width, *height);
            fill_path(pixels, rect.map(PathBuilder::from_rect), *fill);
        }
        Element::Text { x, baseline, size, fill, text } => {
            text::rasterise((*x, *baseline), *size, text, |x, y, coverage| blend(pixels, x, y, *fill, coverage));
        }
    }
}

fn paint(colour: Rgba) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(colour.red, colour.green, colour.blue, colour.alpha);
    paint
}

fn fill_path(pixels: &mut Pixmap, path: Option<tiny_skia::Path>, colour: Rgba) {
    if let Some(path) = path {
        pixels.fill_path(&path, &paint(colour), FillRule::EvenOdd, Transform::identity(), None);
    }
}

fn stroke_path(pixels: &mut Pixmap, path: Option<tiny_skia::Path>, colour: Rgba, width: f32) {
    if let Some(path) = path {
        let stroke = Stroke { width, line_join: tiny_skia::LineJoin::Round, ..Stroke::default() };
        pixels.stroke_path(&path, &paint(colour), &stroke, Transform::identity(), None);
    }
}

fn path(lines: &[Vec<Corner>], is_closed: bool) -> Option<tiny_skia::Path> {
    let mut builder = PathBuilder::new();
    let pixel = |tenths: i32| tenths as f32 / 10.0;
    for line in lines {
        for (number, &(x, y)) in line.iter().enumerate() {
            if number == 0 {
                builder.move_to(pixel(x), pixel(y));
            } else {
                builder.line_to(pixel(x), pixel(y));
            }
        }
        if is_closed {
            builder.close();
        }
    }
    builder.finish()
}

fn round_rect(width: f32, height: f32, radius: f32) -> Option<tiny_skia::Path> {
    let mut builder = PathBuilder::new();
    builder.move_to(radius, 0.0);
    builder.line_to(width - radius, 0.0);
    builder.quad_to(width, 0.0, width, radius);
    builder.line_to(width, height - radius);
    builder.quad_to(width, height, width - radius, height);
    builder.line_to(radius, height);
    builder.quad_to(0.0, height, 0.0, height - radius);
    builder.line_to(0.0, radius);
    builder.quad_to(0.0, 0.0, radius, 0.0);
    builder.close();
    builder.finish()
}

/// Lays the glow over the picture; between its points the level is mixed by distance.
fn draw_glow(pixels: &mut Pixmap, glow: &Glow) {
    for y in 0..pixels.height() as i32 {
        let down = (y as f32 + 0.5) / glow.cell + 1.0;
        let row = down as usize;
        if row + 1 >= glow.rows {
            break;
        }
        let below = down - row as f32;
        let [upper, lower] = [row, row + 1].map(|row| &glow.levels[row * glow.columns..][..glow.columns]);
        for x in 0..pixels.width() as i32 {
            let across = (x as f32 + 0.5) / glow.cell + 1.0;
            let column = (across as usize).min(glow.columns - 2);
            let right = across - column as f32;
            let mix = |line: &[f32]| line[column] * (1.0 - right) + line[column + 1] * right;
            let level = mix(upper) * (1.0 - below) + mix(lower) * below;
            if level >= 1.0 {
                blend(pixels, x, y, glow.ramp.colour(level as u8), u8::MAX);
            }
        }
    }
}

/// Lays a colour over a pixel.
fn blend(pixels: &mut Pixmap, x: i32, y: i32, colour: Rgba, coverage: u8) {
    if x < 0 || y < 0 || x >= pixels.width() as i32 || y >= pixels.height() as i32 {
        return;
    }
    let at = y as usize * pixels.width() as usize + x as usize;
    let below = pixels.pixels()[at];
    let alpha = u32::from(colour.alpha) * u32::from(coverage) / 255;
    let mix = |top: u32, below: u8| ((top * alpha + u32::from(below) * (255 - alpha) + 127) / 255) as u8;
    let mixed = PremultipliedColorU8::from_rgba(
        mix(colour.red.into(), below.red()),
        mix(colour.green.into(), below.green()),
        mix(colour.blue.into(), below.blue()),
        mix(255, below.alpha()),
    );
    if let Some(mixed) = mixed {
        pixels.pixels_mut()[at] = mixed;
    }
}
