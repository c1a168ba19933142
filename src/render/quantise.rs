//! Owns the end of a picture: the planes become indices into at most 256 colours, or over a photo true colours.
//! It does not know what is drawn.

use std::{collections::HashMap, ops::Range, sync::Arc};

use super::{
    Photo,
    canvas::{Canvas, Layer, Meaning, Planes, Shade, Tone},
    palette::{Ramp, Rgba},
    strips,
};

/// Most colours of an indexed picture.
const MOST_COLOURS: usize = 256;

/// What a mix weighs at least: as if it filled a square of this side.
const SMALL_SPOT: f32 = 10.0;

/// Lines that are looked at together, by one core.
const STRIP_LINES: usize = 1024;

/// Pixels looked at together.
const WORD: usize = 8;

/// A finished picture of at most 256 colours.
pub struct Indexed {
    pub width: u32,
    pub height: u32,
    pub colours: Vec<Rgba>,
    /// One index a pixel, row by row.
    pub pixels: Vec<u8>,
}

/// A finished picture in true colour, coloured line by line as it is written: three bytes a pixel are too many to keep.
pub struct TrueColour {
    pub width: u32,
    pub height: u32,
    /// Colour of every pair that does not show the photo; its alpha is how much of it is left to the photo's.
    colours: Vec<Rgba>,
    tones: Option<Vec<u8>>,
    levels: Vec<u8>,
    photo: Arc<Photo>,
}

pub enum Finished {
    Indexed(Indexed),
    TrueColour(TrueColour),
}

/// Colours a canvas.
///
/// A pure heat map has 256 colours by itself. With a drawing there are more pairs of tone and level in use; levels next to
/// each other are joined where the eye sees it least, weighted by how often they occur. Neighbouring levels stay neighbours
/// in the table, so that the PNG filter finds small differences. A photo keeps its colours, and if it has so few
/// that all of them fit a table, there is one.
pub fn colour(canvas: Canvas, ramp: &Ramp) -> Finished {
    let (width, height) = (canvas.width(), canvas.height());
    let Planes { tones, mut levels, photo } = canvas.into_planes();
    if let Some(photo) = photo {
        let colours = (0..=u16::MAX).map(|pair| pair_colour(pair, ramp)).collect();
        let picture = TrueColour { width, height, colours, tones, levels, photo };
        return picture.with_table().map_or(Finished::TrueColour(picture), Finished::Indexed);
    }
    let Some(tones) = tones else {
        let colours = (0..=255).map(|level| ramp.colour(level)).collect();
        return Finished::Indexed(Indexed { width, height, colours, pixels: levels });
    };
    let strip = width as usize * STRIP_LINES;
    let strips: Vec<Strip> = strips::each(levels.len().div_ceil(strip), |number| {
        let pixels = number * strip..levels.len().min((number + 1) * strip);
        Strip::of(&tones[pixels.clone()], &levels[pixels], width as usize)
    });
    let (colours, table) = merge(&mixes_in_use(&strips, ramp), MOST_COLOURS);
    strips::each_of(&mut levels, strip, |number, levels| {
        apply(&table, &strips[number].lines, &tones[number * strip..][..levels.len()], levels);
    });
    Finished::Indexed(Indexed { width, height, colours, pixels: levels })
}

impl TrueColour {
    /// Colours the line `y` of the picture.
    pub fn write_row(&self, y: usize, line: &mut [[u8; 3]]) {
        let width = self.width as usize;
        let levels = &self.levels[y * width..][..width];
        let photo = self.photo.row(y).iter().copied().chain(std::iter::repeat([255; 3]));
        let tones = self.tones.as_deref().map(|tones| &tones[y * width..][..width]);
        for (x, (pixel, [red, green, blue])) in line.iter_mut().zip(photo).enumerate() {
            let tone = tones.map_or(0, |tones| tones[x]);
            if tone == 0 && levels[x] == 0 {
                *pixel = [red, green, blue];
                continue;
            }
            let mixed = self.colours[pair(tone, levels[x])].over(Rgba::opaque(red, green, blue));
            *pixel = [mixed.red, mixed.green, mixed.blue];
        }
    }

    /// Returns the picture with a table of its colours, if there are few enough.
    fn with_table(&self) -> Option<Indexed> {
        let mut found: HashMap<[u8; 3], u8> = HashMap::new();
        let mut colours = Vec::new();
        let mut pixels = Vec::new();
        let mut line = vec![[0; 3]; self.width as usize];
        for y in 0..self.height as usize {
            self.write_row(y, &mut line);
            for &colour in &line {
                if let std::collections::hash_map::Entry::Vacant(e) = found.entry(colour) {
                    if colours.len() == MOST_COLOURS {
                        return None;
                    }
                    e.insert(colours.len() as u8);
                    colours.push(Rgba::opaque(colour[0], colour[1], colour[2]));
                }
                pixels.push(found[&colour]);
            }
        }
        Some(Indexed { width: self.width, height: self.height, colours, pixels })
    }
}

/// A pair of tone and level that occurs.
#[derive(Clone, Copy)]
struct Mix {
    pair: u16,
    colour: Rgba,
    /// Red, green, blue, alpha: what colours are compared by.
    place: [f32; 4],
    weight: f32,
}

fn pair(tone: u8, level: u8) -> usize {
    usize::from(tone) << 8 | usize::from(level)
}

/// A line of the picture and those below it that are equal to it: most lines of a page repeat the one above.
struct Lines {
    pixels: Range<usize>,
    repeats: usize,
}

fn distinct_lines(tones: &[u8], levels: &[u8], width: usize) -> Vec<Lines> {
    let mut lines: Vec<Lines> = Vec::new();
    for start in (0..levels.len()).step_by(width.max(1)) {
        let pixels = start..start + width;
        match lines.last_mut() {
            Some(above)
                if tones[above.pixels.clone()] == tones[pixels.clone()]
                    && levels[above.pixels.clone()] == levels[pixels.clone()] =>
            {
                above.repeats += 1;
            }
            _ => lines.push(Lines { pixels, repeats: 0 }),
        }
    }
    lines
}

/// Returns the byte that all bytes of the word are equal to. Most of a page is white: looking at eight pixels at once
/// pays, looking for longer runs does not, for where there is heat they are short and the processor guesses wrong.
fn uniform(word: [u8; WORD]) -> Option<u8> {
    let bits = u64::from_ne_bytes(word);
    (bits == bits.rotate_left(8)).then_some(word[0])
}

/// What occurs in some lines of the picture, one below the other.
struct Strip {
    lines: Vec<Lines>,
    /// How often every pair occurs.
    counts: Vec<u32>,
}

impl Strip {
    fn of(tones: &[u8], levels: &[u8], width: usize) -> Self {
        let lines = distinct_lines(tones, levels, width);
        let mut counts = vec![0u32; 1 << 16];
        for line in &lines {
            let weight = line.repeats as u32 + 1;
            let (tone_words, tone_rest) = tones[line.pixels.clone()].as_chunks::<WORD>();
            let (level_words, level_rest) = levels[line.pixels.clone()].as_chunks::<WORD>();
            for (&tones, &levels) in tone_words.iter().zip(level_words) {
                let Some(tone) = uniform(tones) else {
                    for (tone, level) in tones.into_iter().zip(levels) {
                        counts[pair(tone, level)] += weight;
                    }
                    continue;
                };
                let of_tone = &mut counts[pair(tone, 0)..=pair(tone, u8::MAX)];
                match uniform(levels) {
                    Some(level) => of_tone[usize::from(level)] += WORD as u32 * weight,
                    None => levels.into_iter().for_each(|level| of_tone[usize::from(level)] += weight),
                }
            }
            for (&tone, &level) in tone_rest.iter().zip(level_rest) {
                counts[pair(tone, level)] += weight;
            }
        }
        Self { lines, counts }
    }
}

fn mixes_in_use(strips: &[Strip], ramp: &Ramp) -> Vec<Mix> {
    let mut counts = vec![0u32; 1 << 16];
    for strip in strips {
        counts.iter_mut().zip(&strip.counts).for_each(|(sum, count)| *sum += count);
    }
    let in_use = counts.iter().enumerate().filter(|&(_, &count)| count > 0);
    in_use.map(|(pair, &count)| mix(pair as u16, count, ramp)).collect()
}

/// Returns the colour of a pair: half clear where nothing is drawn.
fn pair_colour(pair: u16, ramp: &Ramp) -> Rgba {
    let heat = ramp.colour(pair as u8);
    match Tone((pair >> 8) as u8).meaning() {
        Meaning::Clear => heat,
        Meaning::Drawn(Layer::Paper, shade) => heat.over(ramp.shade(shade)),
        Meaning::Drawn(Layer::Ink, shade) => ramp.shade(shade),
    }
}

fn mix(pair: u16, count: u32, ramp: &Ramp) -> Mix {
    let colour = pair_colour(pair, ramp);
    let Rgba { red, green, blue, alpha } = colour;
    // What is nearly clear hardly shows its colour: compare as it looks, premultiplied.
    let seen = |part: u8| f32::from(part) * f32::from(alpha) / 255.0;
    let place = [seen(red), seen(green), seen(blue), f32::from(alpha)];
    // The root, and that nothing weighs less than a small spot does, keep what is small but telling from drowning in
    // white: the hottest centre, the letters of the legend. Heat on the smooth edges of lines is not telling.
    let on_grey =
        matches!(Tone((pair >> 8) as u8).meaning(), Meaning::Drawn(Layer::Paper, shade) if shade != Shade::WHITE);
    let least = if on_grey && pair & 0xff != 0 { 1.0 } else { SMALL_SPOT };
    Mix { pair, colour, place, weight: (count as f32).sqrt().max(least) }
}

/// Joins the mixes, which come in the order of their pairs, to at most `most` groups: of one tone and of levels next to each
/// other. Begins with a group a tone and cuts the one with the largest error where that leaves the least.
/// Returns the colours and the index of every pair.
///
/// Not across tones, though heat on white and on pale grey look alike: then neighbouring levels would have far-off places in
/// the table, and a picture with many grey areas half as many bytes again.
fn merge(mixes: &[Mix], most: usize) -> (Vec<Rgba>, Vec<u8>) {
    // Paper without heat stays as it is: next to the white of a page one sees what is only nearly white.
    let is_cold = |mix: &Mix| mix.pair.trailing_zeros() >= 8;
    let tones = mixes.chunk_by(|a, b| a.pair >> 8 == b.pair >> 8 && is_cold(a) == is_cold(b));
    let mut groups: Vec<Group<'_>> = tones.map(Group::of).collect();
    groups.truncate(most);
    while groups.len() < most {
        let worst = groups.iter().enumerate().max_by(|(_, a), (_, b)| a.error.total_cmp(&b.error));
        let Some((at, group)) = worst.filter(|(_, group)| group.error > 0.0) else { break };
        let (low, high) = group.mixes.split_at(group.best_cut());
        groups[at] = Group::of(low);
        groups.push(Group::of(high));
    }
    groups.sort_by_key(|group| group.mixes.iter().map(|mix| rank(mix.pair)).min());
    let mut table = vec![0u8; 1 << 16];
    let mut colours = Vec::with_capacity(groups.len());
    for (index, group) in groups.iter().enumerate() {
        for mix in group.mixes {
            table[usize::from(mix.pair)] = index as u8;
        }
        colours.push(group.colour());
    }
    (colours, table)
}

/// Returns where a pair belongs in the table of colours: cold tones from dark to light, then the heat on white, then all
/// other heat. So steps between white, text and the first heat are small numbers, which the PNG codes shortest.
fn rank(pair: u16) -> (u8, u16) {
    let (tone, level) = (pair >> 8, pair & 0xff);
    match (Tone(tone as u8).meaning(), level) {
        (Meaning::Clear | Meaning::Drawn(Layer::Paper, Shade::WHITE), _) => (1, pair),
        (Meaning::Drawn(..), 0) => (0, !tone),
        (Meaning::Drawn(..), _) => (2, pair),
    }
}

/// Mixes that share a colour.
struct Group<'a> {
    mixes: &'a [Mix],
    /// Weighted sum of the squares of the distances to the mean; 0 where there is nothing to cut.
    error: f64,
}

/// Sums over mixes, of which the error at their mean follows.
#[derive(Clone, Copy, Default)]
struct Moments {
    weight: f64,
    places: [f64; 4],
    squares: f64,
}

impl Moments {
    fn add(&mut self, mix: &Mix) {
        let weight = f64::from(mix.weight);
        self.weight += weight;
        for (sum, place) in self.places.iter_mut().zip(mix.place) {
            let place = f64::from(place);
            *sum += weight * place;
            self.squares += weight * place * place;
        }
    }

    fn error(&self) -> f64 {
        self.squares - self.places.iter().map(|sum| sum * sum).sum::<f64>() / self.weight
    }
}

impl<'a> Group<'a> {
    fn of(mixes: &'a [Mix]) -> Self {
        let mut all = Moments::default();
        for mix in mixes {
            all.add(mix);
        }
        // An error this small is rounding of the mean, not a difference of colours.
        let error = Some(all.error()).filter(|&error| mixes.len() > 1 && error > all.weight * 1e-3);
        Self { mixes, error: error.unwrap_or(0.0) }
    }

    /// Returns where to cut so that the two parts have the least error together.
    fn best_cut(&self) -> usize {
        let mut low = Moments::default();
        let below: Vec<f64> = self
            .mixes
            .iter()
            .map(|mix| {
                low.add(mix);
                low.error()
            })
            .collect();
        let mut high = Moments::default();
        let mut best = (f64::MAX, 1);
        for cut in (1..self.mixes.len()).rev() {
            high.add(&self.mixes[cut]);
            let error = below[cut - 1] + high.error();
            if error < best.0 {
                best = (error, cut);
            }
        }
        best.1
    }

    /// Returns the mean colour; where there is only one, that one to the bit.
    fn colour(&self) -> Rgba {
        if let [only] = self.mixes {
            return only.colour;
        }
        let weight: f32 = self.mixes.iter().map(|mix| mix.weight).sum();
        let mean = |part: fn(Rgba) -> u8| {
            let sum: f32 = self.mixes.iter().map(|mix| f32::from(part(mix.colour)) * mix.weight).sum();
            (sum / weight + 0.5) as u8
        };
        Rgba { red: mean(|c| c.red), green: mean(|c| c.green), blue: mean(|c| c.blue), alpha: mean(|c| c.alpha) }
    }
}

/// Replaces every level by the index of its colour.
fn apply(table: &[u8], lines: &[Lines], tones: &[u8], levels: &mut [u8]) {
    for line in lines {
        let Range { start, end } = line.pixels;
        let (tone_words, tone_rest) = tones[start..end].as_chunks::<WORD>();
        let (level_words, level_rest) = levels[start..end].as_chunks_mut::<WORD>();
        for (&tones, levels) in tone_words.iter().zip(level_words) {
            let Some(tone) = uniform(tones) else {
                for (tone, level) in tones.into_iter().zip(levels) {
                    *level = table[pair(tone, *level)];
                }
                continue;
            };
            // The part of the table for one tone fits the processor's nearest memory.
            let of_tone = &table[pair(tone, 0)..=pair(tone, u8::MAX)];
            match uniform(*levels) {
                Some(level) => *levels = [of_tone[usize::from(level)]; WORD],
                None => *levels = levels.map(|level| of_tone[usize::from(level)]),
            }
        }
        for (&tone, level) in tone_rest.iter().zip(level_rest) {
            *level = table[pair(tone, *level)];
        }
        for repeat in 1..=line.repeats {
            levels.copy_within(start..end, start + repeat * (end - start));
        }
    }
}

/// A canvas as a frame of an animation: without clear pixels, and what was a photo is grey paper.
pub struct Frame {
    tones: Vec<u8>,
    levels: Vec<u8>,
}

/// Greys that are left of a photo.
const GREYS: u32 = 16;

impl Frame {
    pub fn of(canvas: Canvas, ramp: &Ramp) -> Self {
        let width = canvas.width() as usize;
        let Planes { tones, levels, photo } = canvas.into_planes();
        let mut tones = tones.unwrap_or_else(|| vec![0; levels.len()]);
        let is_dark = ramp.shade(Shade::WHITE).lightness() < 128.0;
        for (y, line) in tones.chunks_exact_mut(width.max(1)).enumerate() {
            let row = photo.as_deref().map_or(&[][..], |photo| photo.row(y));
            let greys = row.iter().map(|&pixel| grey(pixel, is_dark)).chain(std::iter::repeat(Shade::WHITE));
            for (tone, grey) in line.iter_mut().zip(greys).filter(|(tone, _)| **tone == 0) {
                *tone = Tone::of(Layer::Paper, grey).0;
            }
        }
        Self { tones, levels }
    }
}

/// Returns the shade of paper that is as light as a pixel.
fn grey([red, green, blue]: [u8; 3], is_dark: bool) -> Shade {
    let light = Rgba::opaque(red, green, blue).lightness() / 255.0;
    let step = ((if is_dark { light } else { 1.0 - light }) * (GREYS - 1) as f32).round();
    Shade::new((step * f32::from(Shade::STEPS - 1) / (GREYS - 1) as f32) as u8)
}

/// One table of colours for frames that are not known yet: for every heat on the paper of the first one, and for its ink.
pub struct SharedTable<'a> {
    ramp: &'a Ramp,
    colours: Vec<Rgba>,
    /// Index of every pair; of those that were not foreseen, as soon as they occur.
    indices: Vec<Option<u8>>,
}

impl<'a> SharedTable<'a> {
    /// Makes a table of at most `most` colours.
    pub fn of(first: &Frame, ramp: &'a Ramp, most: usize) -> Self {
        let mut counts = [0u32; 256];
        first.tones.iter().for_each(|&tone| counts[usize::from(tone)] += 1);
        let mut mixes = Vec::new();
        for (tone, &count) in (0..=255u8).zip(&counts).filter(|(_, count)| **count > 0) {
            match Tone(tone).meaning() {
                // Half of the paper stays cold, the rest is of any heat.
                Meaning::Drawn(Layer::Paper, _) => mixes
                    .extend((0..=255u8).map(|level| {
                        mix(pair(tone, level) as u16, if level == 0 { count } else { count / 256 }, ramp)
                    })),
                Meaning::Drawn(Layer::Ink, _) | Meaning::Clear => mixes.push(mix(pair(tone, 0) as u16, count, ramp)),
            }
        }
        let (colours, table) = merge(&mixes, most);
        let mut indices = vec![None; table.len()];
        for mix in &mixes {
            indices[usize::from(mix.pair)] = Some(table[usize::from(mix.pair)]);
        }
        Self { ramp, colours, indices }
    }

    pub fn colours(&self) -> &[Rgba] {
        &self.colours
    }

    /// Returns the index of every pixel's colour.
    pub fn indices(&mut self, frame: Frame) -> Vec<u8> {
        let Frame { tones, mut levels } = frame;
        for (&tone, level) in tones.iter().zip(&mut levels) {
            let pair = pair(tone, *level);
            *level = match self.indices[pair] {
                Some(index) => index,
                None => self.nearest(pair as u16),
            };
        }
        levels
    }

    fn nearest(&mut self, pair: u16) -> u8 {
        let wanted = pair_colour(pair, self.ramp);
        let off = |colour: &Rgba| {
            let parts = [(colour.red, wanted.red), (colour.green, wanted.green), (colour.blue, wanted.blue)];
            parts.map(|(a, b)| u32::from(a.abs_diff(b)) * u32::from(a.abs_diff(b))).iter().sum::<u32>()
        };
        let nearest = (0..=255u8).zip(&self.colours).min_by_key(|(_, colour)| off(colour));
        let index = nearest.map_or(0, |(index, _)| index);
        self.indices[usize::from(pair)] = Some(index);
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{
        Rect, Surface,
        palette::{Cover, Palette},
    };

    fn indexed(canvas: Canvas) -> Indexed {
        let Finished::Indexed(picture) = colour(canvas, &ramp()) else { panic!("few colours need no true colour") };
        picture
    }

    fn ramp() -> Ramp {
        Palette::Heat.ramp(Cover::Density)
    }

    fn colour_at(picture: &Indexed, x: usize, y: usize) -> Rgba {
        picture.colours[usize::from(picture.pixels[y * picture.width as usize + x])]
    }

    #[test]
    fn few_colours_stay_what_they_are() {
        let mut canvas = Canvas::new(40, 30);
        canvas.fill(canvas.bounds(), Layer::Paper, Shade::WHITE);
        canvas.fill(Rect::new(0, 10, 40, 5), Layer::Paper, Shade::new(40));
        canvas.fill(Rect::new(0, 20, 10, 5), Layer::Ink, Shade::new(90));
        canvas.fill_level(Rect::new(0, 0, 20, 30), 180);
        let picture = indexed(canvas);
        let heat = ramp().colour(180);
        assert_eq!(colour_at(&picture, 30, 0), Rgba::opaque(255, 255, 255));
        assert_eq!(colour_at(&picture, 5, 2), heat.over(Rgba::opaque(255, 255, 255)));
        assert_eq!(colour_at(&picture, 5, 12), heat.over(Shade::new(40).colour()));
        assert_eq!(colour_at(&picture, 5, 22), Shade::new(90).colour(), "ink hides the heat");
    }

    #[test]
    fn many_colours_are_merged_to_similar_ones() {
        let mut canvas = Canvas::new(256, 100);
        for shade in 0..100u8 {
            canvas.fill(Rect::new(0, i32::from(shade), 256, 1), Layer::Paper, Shade::new(shade / 10 * 10));
        }
        for level in 0..=255u8 {
            canvas.fill_level(Rect::new(i32::from(level), 0, 1, 100), level);
        }
        let picture = indexed(canvas);
        assert_eq!(picture.colours.len(), MOST_COLOURS);
        for (x, y) in [(0, 0), (80, 0), (255, 0), (30, 50), (200, 50), (255, 99)] {
            let (found, true_one) =
                (colour_at(&picture, x, y), ramp().colour(x as u8).over(Shade::new(y as u8 / 10 * 10).colour()));
            let off = [(found.red, true_one.red), (found.green, true_one.green), (found.blue, true_one.blue)]
                .map(|(a, b)| a.abs_diff(b));
            assert!(off.iter().all(|&off| off <= 24), "{x},{y}: {found:?} for {true_one:?}");
        }
    }
}
