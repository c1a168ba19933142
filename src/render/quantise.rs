//! Owns the end of a picture: the two planes become indices into at most 256 colours.
//! It does not know what is drawn.

use super::{
    canvas::{Canvas, Layer, Meaning, Shade, Tone},
    palette::{Ramp, Rgba},
};

/// Most colours of an indexed picture.
const MOST_COLOURS: usize = 256;

/// What a mix weighs at least: as if it filled a square of this side.
const SMALL_SPOT: f32 = 10.0;

/// Pixels compared at once: a word of equal bytes is common in pictures of pages.
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
    let mut mixes = mixes_in_use(&tones, &levels, ramp);
    let (colours, table) = merge(&mut mixes);
    apply(&table, &tones, &mut levels);
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

/// Returns the byte that all bytes of the word are equal to.
fn uniform(word: [u8; WORD]) -> Option<u8> {
    let bits = u64::from_ne_bytes(word);
    (bits == bits.rotate_left(8)).then_some(word[0])
}

fn mixes_in_use(tones: &[u8], levels: &[u8], ramp: &Ramp) -> Vec<Mix> {
    let mut counts = vec![0u32; 1 << 16];
    let (tone_words, tone_rest) = tones.as_chunks::<WORD>();
    let (level_words, level_rest) = levels.as_chunks::<WORD>();
    for (&tones, &levels) in tone_words.iter().zip(level_words) {
        if let (Some(tone), Some(level)) = (uniform(tones), uniform(levels)) {
            counts[pair(tone, level)] += WORD as u32;
        } else {
            for (tone, level) in tones.into_iter().zip(levels) {
                counts[pair(tone, level)] += 1;
            }
        }
    }
    for (&tone, &level) in tone_rest.iter().zip(level_rest) {
        counts[pair(tone, level)] += 1;
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
fn apply(table: &[u8], tones: &[u8], levels: &mut [u8]) {
    let (tone_words, tone_rest) = tones.as_chunks::<WORD>();
    let (level_words, level_rest) = levels.as_chunks_mut::<WORD>();
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
}
