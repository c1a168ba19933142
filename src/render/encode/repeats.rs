//! Owns the search for what came before, on which both compressions build. It does not write anything.
//!
//! Made for the differences that are left of a heat map: long runs of zeros, which are stepped over eight at a time, and
//! between them short patterns that came a line or two before.

/// Shorter matches are hardly shorter than their letters.
pub const SHORTEST: usize = 4;
/// Candidates that are tried for a match.
const TRIES: usize = 10;
/// A match this long is taken at once.
const GOOD: usize = 24;
const HASH_BITS: u32 = 14;

/// What a format can express.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Farthest match; a power of two.
    pub window: usize,
    pub longest: usize,
}

/// A byte as it is, or how many are as those so far before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    Letter(u8),
    Match { length: u16, distance: u32 },
}

/// How alike bytes lie in the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    Bytes,
    /// From this place on two by two: only every second place is looked at, which takes half the time.
    Pairs {
        from: usize,
    },
}

/// Cuts the data into tokens.
pub fn find(data: &[u8], limits: Limits, grain: Grain) -> Vec<Token> {
    match grain {
        Grain::Bytes => Finder::<1>::new(data, limits).tokens(0),
        Grain::Pairs { from } => Finder::<2>::new(data, limits).tokens(from.min(data.len())),
    }
}

/// Chains of places that begin with the same four bytes. Places and lengths are multiples of `GRAIN` bytes.
struct Finder<'a, const GRAIN: usize> {
    data: &'a [u8],
    limits: Limits,
    /// The last place with a hash, plus one.
    heads: Vec<u32>,
    /// The place before each that has the same hash, plus one.
    before: Vec<u32>,
}

impl<'a, const GRAIN: usize> Finder<'a, GRAIN> {
    fn new(data: &'a [u8], limits: Limits) -> Self {
        Self { data, limits, heads: vec![0; 1 << HASH_BITS], before: vec![0; limits.window] }
    }

    fn tokens(mut self, from: usize) -> Vec<Token> {
        let data = self.data;
        let mut tokens = Vec::with_capacity(data.len() / 16);
        put_letters(&mut tokens, &data[..from]);
        let mut at = from;
        while at + GRAIN <= data.len() {
            let zeros = whole::<GRAIN>(zeros_from(data, at));
            if zeros >= SHORTEST && at > 0 && data[at - 1] == 0 {
                self.put_run(&mut tokens, zeros);
                at += zeros;
                continue;
            }
            if zeros > SHORTEST + GRAIN - 1 {
                put_letters(&mut tokens, &data[at..at + GRAIN]);
                self.put_run(&mut tokens, zeros - GRAIN);
                at += zeros;
                continue;
            }
            let (mut length, mut distance) = self.longest(at);
            self.note(at);
            // A step later there may be a longer one.
            while (SHORTEST..GOOD).contains(&length) {
                let (next_length, next_distance) = self.longest(at + GRAIN);
                if next_length <= length {
                    break;
                }
                put_letters(&mut tokens, &data[at..at + GRAIN]);
                at += GRAIN;
                self.note(at);
                (length, distance) = (next_length, next_distance);
            }
            if length < SHORTEST {
                put_letters(&mut tokens, &data[at..at + GRAIN]);
                at += GRAIN;
                continue;
            }
            tokens.push(Token::Match { length: length as u16, distance: distance as u32 });
            for place in (at + GRAIN..at + length).step_by(GRAIN) {
                self.note(place);
            }
            at += length;
        }
        put_letters(&mut tokens, &data[at..]);
        tokens
    }

    /// Returns the longest match at a place and its distance; shorter than [`SHORTEST`] where there is none.
    fn longest(&self, at: usize) -> (usize, usize) {
        let (mut best, mut distance) = (SHORTEST - 1, 0);
        let Some(hash) = hash(self.data, at) else { return (0, 0) };
        let limit = whole::<GRAIN>(self.limits.longest.min(self.data.len() - at));
        let mut candidate = self.heads[hash] as usize;
        for _ in 0..TRIES {
            if candidate == 0 || at + 1 - candidate > self.limits.window {
                break;
            }
            let place = candidate - 1;
            if best < limit && self.data[place + best] == self.data[at + best] {
                let length = whole::<GRAIN>(common(self.data, place, at, limit));
                if length > best {
                    (best, distance) = (length, at - place);
                    if length >= GOOD {
                        break;
                    }
                }
            }
            candidate = self.before[place % self.limits.window] as usize;
            // TRICKY: a place that fell out of the window has given its slot to a later one.
            if candidate > place {
                break;
            }
        }
        (best, distance)
    }

    fn put_run(&self, tokens: &mut Vec<Token>, mut length: usize) {
        let longest = self.limits.longest;
        while length > 0 {
            // No rest that is too short for a match.
            let part =
                if length > longest && length - longest < SHORTEST { longest - SHORTEST } else { length.min(longest) };
            tokens.push(Token::Match { length: part as u16, distance: 1 });
            length -= part;
        }
    }

    fn note(&mut self, at: usize) {
        if let Some(hash) = hash(self.data, at) {
            self.before[at % self.limits.window] = self.heads[hash];
            self.heads[hash] = at as u32 + 1;
        }
    }
}

fn put_letters(tokens: &mut Vec<Token>, letters: &[u8]) {
    tokens.extend(letters.iter().map(|&letter| Token::Letter(letter)));
}

/// Returns the greatest multiple of `GRAIN` that is not more than `length`.
const fn whole<const GRAIN: usize>(length: usize) -> usize {
    length / GRAIN * GRAIN
}

fn zeros_from(data: &[u8], at: usize) -> usize {
    let rest = &data[at..];
    let (words, _) = rest.as_chunks::<8>();
    let whole = words.iter().take_while(|word| u64::from_ne_bytes(**word) == 0).count() * 8;
    whole + rest[whole..].iter().take_while(|byte| **byte == 0).count()
}

fn hash(data: &[u8], at: usize) -> Option<usize> {
    let bytes = data.get(at..)?.first_chunk::<4>()?;
    Some((u32::from_le_bytes(*bytes).wrapping_mul(0x9e37_79b1) >> (32 - HASH_BITS)) as usize)
}

/// Returns how many bytes are the same at two places.
fn common(data: &[u8], earlier: usize, later: usize, limit: usize) -> usize {
    let (a, b) = (&data[earlier..earlier + limit], &data[later..later + limit]);
    for (at, (a, b)) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0).enumerate() {
        let differ = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        if differ != 0 {
            return at * 8 + differ.trailing_zeros() as usize / 8;
        }
    }
    let whole = limit / 8 * 8;
    whole + a[whole..].iter().zip(&b[whole..]).take_while(|(a, b)| a == b).count()
}
