//! Owns the picture of a heat map: underlay, content, marks and legend, put together, in each of its formats.
//! What each kind of map draws is in its own file; how shapes and heat are drawn is in [`crate::render`].

mod bands;
mod change;
mod figures;
mod rates;
mod spots;

use super::{
    error::HeatmapError,
    map::{Content, HeatMap},
    params::Underlay,
    projection::Projection,
    skeleton,
};
use crate::render::{
    Canvas, Photo, Ramp, Rect, Scale, Surface,
    canvas::wireframe,
    encode,
    legend::{self, Legend},
    marks,
    palette::Cover,
    svg::Svg,
};

/// Most pixels of a picture. Drawing takes two bytes each, so one render stays below 80 MB; the longest page
/// (30 000 px) is within it at the default width.
pub const MOST_PIXELS: u64 = 40_000_000;

/// How long a frame of a moving map stands.
const FRAME_MS: u32 = 700;

impl HeatMap {
    /// Draws the map and returns it as a PNG of `width × page height × scale` pixels, over the owner's picture where one is
    /// given. Takes tens of milliseconds, as do the other formats: not for an async thread.
    pub fn png(&self, photo: Option<Photo>) -> Result<Vec<u8>, HeatmapError> {
        Ok(encode::png(self.canvas(photo)?, &self.ramp())?)
    }

    /// The same as a lossless WebP.
    pub fn webp(&self, photo: Option<Photo>) -> Result<Vec<u8>, HeatmapError> {
        Ok(encode::webp(self.canvas(photo)?, &self.ramp())?)
    }

    /// The same as a drawing: contours of the heat, lines and text.
    pub fn svg(&self, photo: Option<Photo>) -> Result<Vec<u8>, HeatmapError> {
        let (width, height) = self.size(self.request.scale())?;
        let ramp = self.ramp();
        let mut svg = Svg::new(width, height, &ramp);
        let photo = self.fitted(photo, self.request.scale());
        let has_photo = photo.is_some();
        if let Some(photo) = photo {
            svg.set_photo(photo);
        }
        self.draw(&mut svg, has_photo, self.request.scale());
        Ok(svg.finish()?.into_bytes())
    }

    /// Draws a moving map: a frame for each label. One scale for all frames, that of the fullest: only so do they compare.
    pub fn gif(&self, photo: Option<Photo>, labels: &[String]) -> Result<Vec<u8>, HeatmapError> {
        let Content::Frames(frames) = &self.content else { return Err(HeatmapError::NotMoving) };
        let largest = encode::gif_scale(self.layout.width, self.layout.height, frames.len());
        let pixels = self.request.scale.unwrap_or(0.5).min(largest);
        let (width, height) = self.size(pixels)?;
        let (mut base, has_photo) = self.ground(photo, (width, height), pixels);
        self.draw_underlay(&mut base, has_photo, pixels);
        let scale = frames.iter().max_by_key(|frame| frame.total()).map(|fullest| {
            let field = self.field_of(fullest, &base, pixels);
            Scale::of(&field, self.request.normalise, self.views)
        });
        let Some(scale) = scale else { return Err(HeatmapError::NotMoving) };
        let legend = self.spots_legend(&sum_of(frames), &scale);
        let panel =
            if self.request.legend { self.place_over_all(frames, &base, &scale, &legend, pixels) } else { None };
        let drawn = frames.iter().zip(labels).enumerate().map(|(at, (frame, label))| {
            let mut canvas = base.clone();
            let field = self.field_of(frame, &canvas, pixels);
            canvas.heat(field, &scale);
            if let Some(panel) = panel {
                legend::draw_at(&mut canvas, &legend, panel, pixels);
            }
            let progress = (at + 1) as f32 / frames.len() as f32;
            marks::caption(&mut canvas, label, Some(progress), pixels);
            canvas
        });
        Ok(encode::gif(drawn, &self.ramp(), FRAME_MS)?)
    }

    /// Returns the place for a legend that hides the least of all frames together.
    fn place_over_all(
        &self,
        frames: &[Projection],
        base: &Canvas,
        scale: &Scale,
        legend: &Legend,
        pixels: f32,
    ) -> Option<Rect> {
        let all = Projection {
            points: frames.iter().flat_map(|frame| frame.points.iter().copied()).collect(),
            ..Projection::default()
        };
        let mut canvas = base.clone();
        let field = self.field_of(&all, &canvas, pixels);
        canvas.heat(field, scale);
        legend::place(&canvas, legend, pixels)
    }

    fn canvas(&self, photo: Option<Photo>) -> Result<Canvas, HeatmapError> {
        let (width, height) = self.size(self.request.scale())?;
        let (mut canvas, has_photo) = self.ground(photo, (width, height), self.request.scale());
        self.draw(&mut canvas, has_photo, self.request.scale());
        Ok(canvas)
    }

    /// Returns an empty canvas, or one with the photo where there is one.
    fn ground(&self, photo: Option<Photo>, (width, height): (u32, u32), pixels: f32) -> (Canvas, bool) {
        let mut canvas = Canvas::new(width, height);
        let photo = self.fitted(photo, pixels);
        let has_photo = photo.is_some();
        if let Some(photo) = photo {
            canvas.set_photo(photo);
        }
        (canvas, has_photo)
    }

    /// Returns the photo as wide as the picture.
    fn fitted(&self, photo: Option<Photo>, pixels: f32) -> Option<Photo> {
        let photo = photo.filter(|_| self.request.underlay == Underlay::Screenshot)?;
        let side = |css: f32| ((css * pixels).round() as u32).max(1);
        let height = photo.height() as f32 * self.layout.width as f32 / photo.width().max(1) as f32;
        Some(photo.resized(side(self.layout.width as f32), side(height)))
    }

    fn size(&self, scale: f32) -> Result<(u32, u32), HeatmapError> {
        let side = |css: u32| ((css as f32 * scale).round() as u32).max(1);
        let (width, height) = (side(self.layout.width), side(self.layout.height));
        if u64::from(width) * u64::from(height) > MOST_PIXELS {
            return Err(HeatmapError::TooLarge { width, height, limit: MOST_PIXELS });
        }
        Ok((width, height))
    }

    fn ramp(&self) -> Ramp {
        let cover = match &self.content {
            Content::Spots(_) | Content::Frames(_) => Cover::Density,
            Content::Scroll(_) | Content::Attention(_) | Content::Elements => Cover::Wash,
            Content::Difference(..) => Cover::Difference,
        };
        self.request.palette.ramp(cover)
    }

    fn draw(&self, surface: &mut dyn Surface, has_photo: bool, pixels: f32) {
        self.draw_underlay(surface, has_photo, pixels);
        match &self.content {
            Content::Spots(spots) => {
                let legend = self.draw_spots(surface, spots, pixels);
                self.draw_legend(surface, &legend, pixels);
            }
            // A moving map that is asked for as one picture has nothing to show: the formats that move are drawn in `gif`.
            Content::Frames(_) => {}
            Content::Scroll(scroll) => {
                let legend = self.draw_scroll(surface, scroll, pixels);
                self.draw_legend(surface, &legend, pixels);
            }
            Content::Attention(attention) => {
                let legend = self.draw_attention(surface, attention, pixels);
                self.draw_legend(surface, &legend, pixels);
            }
            Content::Elements => {
                let legend = self.draw_rates(surface, pixels);
                self.draw_legend(surface, &legend, pixels);
            }
            Content::Difference(difference, _) => {
                let legend = difference.draw(surface, pixels);
                if self.request.legend {
                    legend::draw_difference(surface, &legend, pixels);
                }
            }
        }
    }

    fn draw_underlay(&self, surface: &mut dyn Surface, has_photo: bool, pixels: f32) {
        if !has_photo && self.request.underlay != Underlay::None {
            wireframe::draw(surface, &skeleton::blocks(&self.layout, self.request.state), pixels);
        }
    }

    fn draw_legend(&self, surface: &mut dyn Surface, legend: &Legend, pixels: f32) {
        if self.request.legend {
            legend::draw(surface, legend, pixels);
        }
    }
}

/// Returns the numbers of all frames together.
fn sum_of(frames: &[Projection]) -> Projection {
    frames.iter().fold(Projection::default(), |mut sum, frame| {
        sum.anchored += frame.anchored;
        sum.unanchored += frame.unanchored;
        sum.gone_clicks += frame.gone_clicks;
        sum
    })
}
