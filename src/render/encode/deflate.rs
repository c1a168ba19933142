//! Owns the compression of a PNG's lines (Deflate, RFC 1951): strips that know nothing of each other, so that two cores
//! can share them. It does not know what the bytes mean.
//!
//! The `fdeflate` of the crate `png` knows only runs of zeros and makes nearly twice as many bytes of a heat map.

use super::{
    bits::{Bits, Code, MOST_BITS, with_runs_of_zeros},
    repeats::{self, Grain, Limits, Token},
};

/// Longest match.
const LONGEST: usize = 258;
const LIMITS: Limits = Limits { window: 1 << 15, longest: LONGEST };

const END: usize = 256;
const LETTERS: usize = 286;
const DISTANCES: usize = 30;
/// The order in which the lengths of the code for lengths are written.
const LENGTH_ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// Returns the bytes as a part of a stream that ends at the edge of a byte; the next part can follow, or [`LAST_BLOCK`].
pub fn compressed(data: &[u8], grain: Grain) -> Vec<u8> {
    let tokens = repeats::find(data, LIMITS, grain);
    let mut letters = vec![0u32; LETTERS];
    let mut distances = vec![0u32; DISTANCES];
    letters[END] = 1;
    for &token in &tokens {
        match token {
            Token::Letter(letter) => letters[usize::from(letter)] += 1,
            Token::Match { length, distance } => {
                letters[length_class(length).0] += 1;
                distances[distance_class(distance).0] += 1;
            }
        }
    }
    let (letters, distances) = (Code::of(&letters, MOST_BITS), Code::of(&distances, MOST_BITS));
    let mut bits = Bits::default();
    put_head(&mut bits, &letters, &distances);
    for &token in &tokens {
        match token {
            Token::Letter(letter) => letters.put(&mut bits, usize::from(letter)),
            Token::Match { length, distance } => {
                let (class, value, extra) = length_class(length);
                letters.put(&mut bits, class);
                bits.put(value, extra);
                let (class, value, extra) = distance_class(distance);
                distances.put(&mut bits, class);
                bits.put(value, extra);
            }
        }
    }
    letters.put(&mut bits, END);
    // An empty block of plain bytes, which begins at the edge of a byte.
    bits.put(0b000, 3);
    let mut bytes = bits.finish();
    bytes.extend_from_slice(&[0, 0, 0xff, 0xff]);
    bytes
}

/// Ends a stream.
pub const LAST_BLOCK: [u8; 5] = [1, 0, 0, 0xff, 0xff];

/// Returns the check sum (Adler-32) of two parts from those of each, the second of `length` bytes.
pub fn adler32_joined(first: u32, second: u32, length: usize) -> u32 {
    let base = 65521u64;
    let (low, high) = (u64::from(first & 0xffff), u64::from(first >> 16));
    let (next_low, next_high) = (u64::from(second & 0xffff), u64::from(second >> 16));
    let before = low + base - 1;
    let sum = (before + next_low) % base;
    let sums = (high + next_high + (length as u64 % base) * (before % base)) % base;
    (sums << 16 | sum) as u32
}

fn put_head(bits: &mut Bits, letters: &Code, distances: &Code) {
    let lengths: Vec<u8> = letters.lengths.iter().chain(&distances.lengths).copied().collect();
    let symbols = with_runs_of_zeros(&lengths);
    let mut counts = [0u32; 19];
    for (symbol, ..) in &symbols {
        counts[*symbol] += 1;
    }
    let code = Code::of(&counts, 7);
    bits.put(0b100, 3); // not the last block, codes of its own
    bits.put(LETTERS as u32 - 257, 5);
    bits.put(DISTANCES as u32 - 1, 5);
    bits.put(LENGTH_ORDER.len() as u32 - 4, 4);
    for symbol in LENGTH_ORDER {
        bits.put(u32::from(code.lengths[symbol]), 3);
    }
    for (symbol, value, extra) in symbols {
        code.put(bits, symbol);
        bits.put(value, extra);
    }
}

/// Returns the class of a length, and the value and number of the bits that follow it.
fn length_class(length: u16) -> (usize, u32, u32) {
    if usize::from(length) == LONGEST {
        return (285, 0, 0);
    }
    let (class, value, extra) = class(u32::from(length) - 3, 2);
    (257 + class, value, extra)
}

fn distance_class(distance: u32) -> (usize, u32, u32) {
    class(distance - 1, 1)
}

/// Classes double their width every 2^`fine` of them.
fn class(value: u32, fine: u32) -> (usize, u32, u32) {
    if value < 2 << fine {
        return (value as usize, 0, 0);
    }
    let extra = value.ilog2() - fine;
    let class = (extra << fine) + (value >> extra);
    (class as usize, value & ((1 << extra) - 1), extra)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::ZlibDecoder;
    use proptest::prelude::*;

    use super::*;

    fn stream(parts: &[&[u8]], grain: Grain) -> Vec<u8> {
        let mut stream = vec![0x78, 0x01];
        let mut sum = 1;
        for part in parts {
            stream.extend(compressed(part, grain));
            sum = adler32_joined(sum, simd_adler32::adler32(part), part.len());
        }
        stream.extend(LAST_BLOCK);
        stream.extend(sum.to_be_bytes());
        stream
    }

    fn read(stream: &[u8]) -> Vec<u8> {
        let mut data = Vec::new();
        ZlibDecoder::new(stream).read_to_end(&mut data).unwrap();
        data
    }

    #[test]
    fn runs_and_repeats_of_every_length_come_back() {
        let mut data = vec![9];
        for length in (0..20).chain(250..270).chain(510..530) {
            data.extend(std::iter::repeat_n(0, length));
            data.push(7);
            data.extend((0..length).map(|at| (at * at % 251) as u8));
            data.extend((0..length).map(|at| (at * at % 251) as u8));
        }
        let far: Vec<u8> = (0..200_000u32).map(|at| (at.wrapping_mul(at) >> 9) as u8).collect();
        let twice = [&far[..], &far[..40_000], &far[..]].concat();
        for grain in [Grain::Bytes, Grain::Pairs { from: 0 }, Grain::Pairs { from: 1 }] {
            assert!(read(&stream(&[&data], grain)) == data, "{grain:?}");
            assert!(read(&stream(&[&twice], grain)) == twice, "{grain:?}");
        }
    }

    #[test]
    fn zeros_take_no_room() {
        for grain in [Grain::Bytes, Grain::Pairs { from: 1 }] {
            assert!(stream(&[&vec![0; 1 << 20]], grain).len() < 1_200, "{grain:?}");
        }
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out(
            parts in prop::collection::vec(
                prop::collection::vec(prop_oneof![6 => Just(0u8), 3 => 0u8..4, 1 => any::<u8>()], 0..3000), 0..4),
            grain in prop_oneof![Just(Grain::Bytes), (0usize..3).prop_map(|from| Grain::Pairs { from })],
        ) {
            let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
            prop_assert_eq!(read(&stream(&parts, grain)), parts.concat());
        }
    }
}
