//! Owns the end of a picture: the two planes become indices into at most 256 colours.
//! It does not know what is drawn.

use std::ops::Range;

use super::{
    canvas::{Canvas, Layer, Meaning, Shade, Tone},
    palette::{Ramp, Rgba},
};

/// Most colours of an indexed picture.
const MOST_COLOURS: usize = 256;

/// What a mix weighs at least: as if it filled a square of this side.
const SMALL_SPOT: f32 = 10.0;

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

/// Colours a canvas.
///
/// A pure heat map has 256 colours by itself. With a drawing there are more pairs of tone and level in use; those
/// are merged where the eye sees it least, weighted by how often they occur. Neighbouring levels stay neighbours in
/// the table, so that the PNG filter finds small differences.
pub fn colour(canvas: Canvas, ramp: &Ramp) -> Indexed {
    let (width, height) = (canvas.width(), canvas.height());
    let (tones, mut levels) = canvas.into_planes();
    let Some(tones) = tones else {
        return Indexed { width, height, colours: (0..=255).map(|level| ramp.colour(level)).collect(), pixels: levels };
    };
    let lines = distinct_lines(&tones, &levels, width as usize);
    let mut mixes = mixes_in_use(&lines, &tones, &levels, ramp);
    let (colours, table) = merge(&mut mixes);
    apply(&table, &lines, &tones, &mut levels);
    Indexed { width, height, colours, pixels: levels }
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

fn mixes_in_use(lines: &[Lines], tones: &[u8], levels: &[u8], ramp: &Ramp) -> Vec<Mix> {
    let mut counts = vec![0u32; 1 << 16];
    for line in lines {
        let weight = line.repeats as u32 + 1;
        let (tone_words, tone_rest) = tones[line.pixels.clone()].as_chunks::<WORD>();
        let (level_words, level_rest) = levels[line.pixels.clone()].as_chunks::<WORD>();
        for (&tones, &levels) in tone_words.iter().zip(level_words) {
            if let (Some(tone), Some(level)) = (uniform(tones), uniform(levels)) {
                counts[pair(tone, level)] += WORD as u32 * weight;
            } else {
                for (tone, level) in tones.into_iter().zip(levels) {
                    counts[pair(tone, level)] += weight;
                }
            }
        }
        for (&tone, &level) in tone_rest.iter().zip(level_rest) {
            counts[pair(tone, level)] += weight;
        }
    }
    let in_use = counts.iter().enumerate().filter(|&(_, &count)| count > 0);
    in_use.map(|(pair, &count)| mix(pair as u16, count, ramp)).collect()
}

fn mix(pair: u16, count: u32, ramp: &Ramp) -> Mix {
    let heat = ramp.colour(pair as u8);
    let colour = match Tone((pair >> 8) as u8).meaning() {
        Meaning::Clear => heat,
        Meaning::Drawn(Layer::Paper, shade) => heat.over(Shade::colour(shade)),
        Meaning::Drawn(Layer::Ink, shade) => shade.colour(),
    };
    let Rgba { red, green, blue, alpha } = colour;
    // What is nearly clear hardly shows its colour: compare as it looks, premultiplied.
    let seen = |part: u8| f32::from(part) * f32::from(alpha) / 255.0;
    let place = [seen(red), seen(green), seen(blue), f32::from(alpha)];
    // The root, and that nothing weighs less than a small spot does, keep what is small but telling from drowning in
    // white: the hottest centre, the letters of the legend.
    Mix { pair, colour, place, weight: (count as f32).sqrt().max(SMALL_SPOT) }
}

/// Splits the mixes into at most 256 groups of similar colour, at each step cutting the group with the largest
/// error at its mean along the widest axis. Returns the colours and the index of every pair.
fn merge(mixes: &mut [Mix]) -> (Vec<Rgba>, Vec<u8>) {
    let mut groups = vec![Group::new(0, mixes)];
    while groups.len() < MOST_COLOURS {
        let worst = groups.iter().enumerate().max_by(|(_, a), (_, b)| a.error.total_cmp(&b.error));
        let Some((at, &Group { start, length, error, axis, mean })) = worst else { break };
        if error <= 0.0 {
            break;
        }
        let members = &mut mixes[start..start + length];
        members.sort_by(|a, b| a.place[axis].total_cmp(&b.place[axis]).then(a.pair.cmp(&b.pair)));
        let cut = members.partition_point(|mix| mix.place[axis] <= mean).clamp(1, length - 1);
        let (low, high) = members.split_at(cut);
        groups[at] = Group::new(start, low);
        groups.push(Group::new(start + cut, high));
    }
    groups.sort_by_key(|group| group.members(mixes).iter().map(|mix| rank(mix.pair)).min());
    let mut table = vec![0u8; 1 << 16];
    let mut colours = Vec::with_capacity(groups.len());
    for (index, group) in groups.iter().enumerate() {
        for mix in group.members(mixes) {
            table[usize::from(mix.pair)] = index as u8;
        }
        colours.push(group.colour(mixes));
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

/// Mixes that share a colour: a run of the list.
struct Group {
    start: usize,
    length: usize,
    /// Weighted sum of squares around the mean, along `axis`, the one where it is largest.
    error: f32,
    axis: usize,
    mean: f32,
}

impl Group {
    fn new(start: usize, members: &[Mix]) -> Self {
        let weight: f32 = members.iter().map(|mix| mix.weight).sum();
        let mut group = Self { start, length: members.len(), error: 0.0, axis: 0, mean: 0.0 };
        for axis in 0..4 {
            let mean = members.iter().map(|mix| mix.place[axis] * mix.weight).sum::<f32>() / weight;
            let off = |mix: &Mix| mix.weight * (mix.place[axis] - mean) * (mix.place[axis] - mean);
            let error = members.iter().map(off).sum();
            // An error this small is rounding of the mean, not a difference of colours.
            if error > group.error.max(weight * 1e-3) {
                group = Self { error, axis, mean, ..group };
            }
        }
        group
    }

    fn members<'a>(&self, mixes: &'a [Mix]) -> &'a [Mix] {
        &mixes[self.start..self.start + self.length]
    }

    /// Returns the mean colour; where there is only one, that one to the bit.
    fn colour(&self, mixes: &[Mix]) -> Rgba {
        let members = self.members(mixes);
        if let [only] = members {
            return only.colour;
        }
        let weight: f32 = members.iter().map(|mix| mix.weight).sum();
        let mean = |part: fn(Rgba) -> u8| {
            let sum: f32 = members.iter().map(|mix| f32::from(part(mix.colour)) * mix.weight).sum();
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
            if let (Some(tone), Some(level)) = (uniform(tones), uniform(*levels)) {
                *levels = [table[pair(tone, level)]; WORD];
            } else {
                for (tone, level) in tones.into_iter().zip(levels) {
                    *level = table[pair(tone, *level)];
                }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{
        Rect,
        palette::{Cover, Palette},
    };

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
        let picture = colour(canvas, &ramp());
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
            canvas.fill(Rect::new(0, i32::from(shade), 256, 1), Layer::Paper, Shade::new(shade));
        }
        for level in 0..=255u8 {
            canvas.fill_level(Rect::new(i32::from(level), 0, 1, 100), level);
        }
        let picture = colour(canvas, &ramp());
        assert_eq!(picture.colours.len(), MOST_COLOURS);
        for (x, y) in [(0, 0), (80, 0), (255, 0), (30, 50), (200, 50), (255, 99)] {
            let (found, true_one) =
                (colour_at(&picture, x, y), ramp().colour(x as u8).over(Shade::new(y as u8).colour()));
            let off = [(found.red, true_one.red), (found.green, true_one.green), (found.blue, true_one.blue)]
                .map(|(a, b)| a.abs_diff(b));
            assert!(off.iter().all(|&off| off <= 24), "{x},{y}: {found:?} for {true_one:?}");
        }
    }
}
