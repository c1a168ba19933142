//! Owns the GIF of several canvases: one table of colours for all, and of every frame only what changed.
//! It does not know what changes.

use std::borrow::Cow;

use super::EncodeError;
use crate::render::{
    Canvas, Rect,
    palette::Ramp,
    quantise::{Frame, SharedTable},
};

/// Most frames of an animation: the hours of a day.
pub const MOST_FRAMES: usize = 24;
/// Most pixels of all frames together; two bytes each are in memory for two frames at a time.
pub const MOST_GIF_PIXELS: u64 = 60_000_000;
/// Longest side; the format has 16 bits for it.
pub const MOST_GIF_SIDE: u32 = 10_000;

/// Index that leaves a pixel as it was.
const UNCHANGED: u8 = 255;

/// Returns the largest scale, not above 1, at which so many frames of a page fit an animation.
pub fn gif_scale(css_width: u32, css_height: u32, frames: usize) -> f32 {
    let pixels = f64::from(css_width.max(1)) * f64::from(css_height.max(1)) * frames.max(1) as f64;
    let by_area = (MOST_GIF_PIXELS as f64 / pixels).sqrt();
    let by_side = f64::from(MOST_GIF_SIDE) / f64::from(css_width.max(css_height).max(1));
    // A hundredth less: sides are rounded.
    let scale = by_area.min(by_side);
    if scale >= 1.0 { 1.0 } else { (scale * 0.99) as f32 }
}

pub fn encode(mut frames: impl Iterator<Item = Canvas>, ramp: &Ramp, delay_ms: u32) -> Result<Vec<u8>, EncodeError> {
    let first = frames.next().ok_or(EncodeError::TooMuchForGif)?;
    let (width, height) = (first.width(), first.height());
    if width.max(height) > MOST_GIF_SIDE {
        return Err(EncodeError::TooMuchForGif);
    }
    let first = Frame::of(first, ramp);
    let mut table = SharedTable::of(&first, ramp, usize::from(UNCHANGED));
    let mut colours: Vec<u8> = table.colours().iter().flat_map(|c| [c.red, c.green, c.blue]).collect();
    colours.resize((usize::from(UNCHANGED) + 1) * 3, 0);
    let mut encoder = gif::Encoder::new(Vec::new(), width as u16, height as u16, &colours)?;
    encoder.set_repeat(gif::Repeat::Infinite)?;
    let delay = (delay_ms / 10).clamp(2, u32::from(u16::MAX)) as u16;

    let mut shown = table.indices(first);
    let whole = Rect::new(0, 0, width as i32, height as i32);
    encoder.write_frame(&frame(Cow::Borrowed(&shown), whole, delay))?;
    let mut pixels = u64::from(width) * u64::from(height);
    for (number, canvas) in frames.enumerate() {
        let is_alike = (canvas.width(), canvas.height()) == (width, height);
        pixels += u64::from(width) * u64::from(height);
        if number + 1 >= MOST_FRAMES || !is_alike || pixels > MOST_GIF_PIXELS {
            return Err(EncodeError::TooMuchForGif);
        }
        let indices = table.indices(Frame::of(canvas, ramp));
        let part = changed_part(&shown, &indices, width as usize);
        let changes = changes(&shown, &indices, width as usize, part);
        encoder.write_frame(&frame(Cow::Owned(changes), part, delay))?;
        shown = indices;
    }
    Ok(encoder.into_inner()?)
}

fn frame(indices: Cow<'_, [u8]>, part: Rect, delay: u16) -> gif::Frame<'_> {
    gif::Frame {
        delay,
        dispose: gif::DisposalMethod::Keep,
        transparent: Some(UNCHANGED),
        left: part.x as u16,
        top: part.y as u16,
        width: part.width as u16,
        height: part.height as u16,
        buffer: indices,
        ..gif::Frame::default()
    }
}

/// Returns the smallest rectangle outside of which nothing changed; one pixel where nothing changed at all, for a frame
/// without pixels has no time either.
fn changed_part(before: &[u8], after: &[u8], width: usize) -> Rect {
    let mut part: Option<(usize, usize, usize, usize)> = None;
    for (y, (before, after)) in before.chunks_exact(width).zip(after.chunks_exact(width)).enumerate() {
        let differs = |x: &usize| before[*x] != after[*x];
        let Some(first) = (0..width).find(differs) else { continue };
        let last = (0..width).rfind(differs).unwrap_or(first);
        let (left, top, right, _) = part.unwrap_or((first, y, last, y));
        part = Some((left.min(first), top, right.max(last), y));
    }
    let (left, top, right, bottom) = part.unwrap_or_default();
    Rect::new(left as i32, top as i32, (right - left + 1) as i32, (bottom - top + 1) as i32)
}

/// Returns the pixels of a part of a frame, with [`UNCHANGED`] for those that stay.
fn changes(before: &[u8], after: &[u8], width: usize, part: Rect) -> Vec<u8> {
    let columns = part.x as usize..part.right() as usize;
    let rows =
        before.chunks_exact(width).zip(after.chunks_exact(width)).skip(part.y as usize).take(part.height as usize);
    rows.flat_map(|(before, after)| before[columns.clone()].iter().zip(&after[columns.clone()]))
        .map(|(before, &after)| if *before == after { UNCHANGED } else { after })
        .collect()
}
