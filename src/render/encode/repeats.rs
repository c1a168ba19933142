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

/// Cuts the data into tokens.
pub fn find(data: &[u8], limits: Limits) -> Vec<Token> {
    Finder::new(data, limits).tokens()
}

/// Chains of places that begin with the same four bytes.
struct Finder<'a> {
    data: &'a [u8],
    limits: Limits,
    /// The last place with a hash, plus one.
    heads: Vec<u32>,
    /// The place before each that has the same hash, plus one.
    before: Vec<u32>,
}

impl<'a> Finder<'a> {
    fn new(data: &'a [u8], limits: Limits) -> Self {
        Self { data, limits, heads: vec![0; 1 << HASH_BITS], before: vec![0; limits.window] }
    }

    fn tokens(mut self) -> Vec<Token> {
        let data = self.data;
        let mut tokens = Vec::with_capacity(data.len() / 16);
        let mut at = 0;
        while at < data.len() {
            let zeros = zeros_from(data, at);
            if zeros >= SHORTEST && at > 0 && data[at - 1] == 0 {
                self.put_run(&mut tokens, zeros);
                at += zeros;
                continue;
            }
            if zeros > SHORTEST {
                tokens.push(Token::Letter(0));
                self.put_run(&mut tokens, zeros - 1);
                at += zeros;
                continue;
            }
            let (mut length, mut distance) = self.longest(at);
            self.note(at);
            // One letter later there may be a longer one.
            while (SHORTEST..GOOD).contains(&length) {
                let (next_length, next_distance) = self.longest(at + 1);
                if next_length <= length {
                    break;
                }
                tokens.push(Token::Letter(data[at]));
                at += 1;
                self.note(at);
                (length, distance) = (next_length, next_distance);
            }
            if length < SHORTEST {
                tokens.push(Token::Letter(data[at]));
                at += 1;
                continue;
            }
            tokens.push(Token::Match { length: length as u16, distance: distance as u32 });
            for place in at + 1..at + length {
                self.note(place);
            }
            at += length;
        }
        tokens
    }

    /// Returns the longest match at a place and its distance; shorter than [`SHORTEST`] where there is none.
    fn longest(&self, at: usize) -> (usize, usize) {
        let (mut best, mut distance) = (SHORTEST - 1, 0);
        let Some(hash) = hash(self.data, at) else { return (0, 0) };
        let limit = self.limits.longest.min(self.data.len() - at);
        let mut candidate = self.heads[hash] as usize;
        for _ in 0..TRIES {
            if candidate == 0 || at + 1 - candidate > self.limits.window {
                break;
            }
            let place = candidate - 1;
            if best < limit && self.data[place + best] == self.data[at + best] {
                let length = common(self.data, place, at, limit);
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
