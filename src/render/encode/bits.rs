//! Owns bits and prefix codes, as Deflate and VP8L write them: the low bit first, canonical codes of at most 15 bits.
//! It does not know what the symbols mean.

/// Longest code of both formats.
pub const MOST_BITS: usize = 15;

/// Bits on their way to bytes.
#[derive(Default)]
pub struct Bits {
    bytes: Vec<u8>,
    pending: u64,
    count: u32,
}

impl Bits {
    /// Appends the `count` low bits of `value`; at most 32, and no higher bit is set.
    pub fn put(&mut self, value: u32, count: u32) {
        self.pending |= u64::from(value) << self.count;
        self.count += count;
        if self.count >= 32 {
            self.bytes.extend_from_slice(&(self.pending as u32).to_le_bytes());
            self.pending >>= 32;
            self.count -= 32;
        }
    }

    /// Fills the last byte with zeros and returns the bytes.
    pub fn finish(mut self) -> Vec<u8> {
        let rest = self.count.div_ceil(8) as usize;
        self.bytes.extend_from_slice(&self.pending.to_le_bytes()[..rest]);
        self.bytes
    }
}

/// A canonical prefix code: the length of every symbol's code, and the code with its first bit lowest.
#[derive(Clone)]
pub struct Code {
    pub lengths: Vec<u8>,
    pub codes: Vec<u16>,
}

impl Code {
    /// Makes the code for symbols that occur so often. Where fewer than two occur, those and the first ones
    /// get a bit each: a code needs two to be complete.
    pub fn of(counts: &[u32], most_bits: usize) -> Self {
        let lengths = lengths(counts, most_bits);
        let codes = canonical(&lengths);
        Self { lengths, codes }
    }

    pub fn put(&self, bits: &mut Bits, symbol: usize) {
        bits.put(u32::from(self.codes[symbol]), u32::from(self.lengths[symbol]));
    }
}

/// Returns the lengths of the best code, where its longest has at most `most_bits` bits; else of a code nearly as good,
/// for counts that were made more alike until the tree is low enough.
fn lengths(counts: &[u32], most_bits: usize) -> Vec<u8> {
    let mut counts = counts.to_vec();
    let in_use = counts.iter().filter(|&&count| count > 0).count();
    let missing = 2usize.saturating_sub(in_use);
    counts.iter_mut().filter(|count| **count == 0).take(missing).for_each(|count| *count = 1);
    loop {
        let lengths = huffman(&counts);
        if lengths.iter().all(|&length| usize::from(length) <= most_bits) {
            return lengths;
        }
        for count in counts.iter_mut().filter(|count| **count > 0) {
            *count = *count / 2 + 1;
        }
    }
}

/// Returns the depth of every symbol in a Huffman tree; 0 for those that do not occur.
fn huffman(counts: &[u32]) -> Vec<u8> {
    let mut leaves: Vec<(u64, usize)> = counts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(symbol, &count)| (u64::from(count), symbol))
        .collect();
    leaves.sort_unstable();
    // Two queues, both in order: the leaves, and the nodes as they are made.
    let mut parents = vec![0usize; 2 * leaves.len()];
    let mut nodes: Vec<u64> = Vec::with_capacity(leaves.len());
    let (mut next_leaf, mut next_node) = (0, 0);
    while nodes.len() + 1 < leaves.len() {
        let mut weight = 0;
        for _ in 0..2 {
            let leaf = leaves.get(next_leaf).map(|leaf| leaf.0);
            let node = nodes.get(next_node).copied();
            let takes_leaf = match (leaf, node) {
                (Some(leaf), Some(node)) => leaf <= node,
                (leaf, _) => leaf.is_some(),
            };
            let taken = if takes_leaf {
                weight += leaf.unwrap_or_default();
                next_leaf += 1;
                next_leaf - 1
            } else {
                weight += node.unwrap_or_default();
                next_node += 1;
                leaves.len() + next_node - 1
            };
            parents[taken] = leaves.len() + nodes.len();
        }
        nodes.push(weight);
    }
    // From the root, which was made last, down.
    let mut depths = vec![0u8; leaves.len() + nodes.len()];
    for at in (0..depths.len().saturating_sub(1)).rev() {
        depths[at] = depths[parents[at]] + 1;
    }
    let mut lengths = vec![0u8; counts.len()];
    for (&(_, symbol), &depth) in leaves.iter().zip(&depths) {
        lengths[symbol] = depth;
    }
    lengths
}

/// Returns the canonical codes of these lengths, turned so that the first bit is the lowest.
fn canonical(lengths: &[u8]) -> Vec<u16> {
    let mut next = [0u16; MOST_BITS + 1];
    let mut code = 0;
    for (length, first) in next.iter_mut().enumerate().skip(1) {
        *first = code;
        let count = lengths.iter().filter(|&&other| usize::from(other) == length).count();
        // TRICKY: wraps after the last length of a complete code, where nothing follows.
        code = code.wrapping_add(count as u16) << 1;
    }
    let turned = |&length: &u8| {
        if length == 0 {
            return 0;
        }
        let code = next[usize::from(length)];
        next[usize::from(length)] += 1;
        code.reverse_bits() >> (16 - u32::from(length))
    };
    lengths.iter().map(turned).collect()
}

/// Returns the lengths of a code as symbols of the code for lengths, with the value and number of the bits that follow each:
/// a length is its own symbol, 17 and 18 are runs of zeros.
pub fn with_runs_of_zeros(lengths: &[u8]) -> Vec<(usize, u32, u32)> {
    let mut symbols = Vec::new();
    let mut at = 0;
    while at < lengths.len() {
        let zeros = lengths[at..].iter().take_while(|length| **length == 0).count().min(138);
        match zeros {
            0..=2 => symbols.push((usize::from(lengths[at]), 0, 0)),
            3..=10 => symbols.push((17, zeros as u32 - 3, 3)),
            _ => symbols.push((18, zeros as u32 - 11, 7)),
        }
        at += if zeros < 3 { 1 } else { zeros };
    }
    symbols
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn codes_are_complete_and_no_longer_than_allowed(
            counts in prop::collection::vec(prop_oneof![Just(0u32), 1u32..9, 1u32..1_000_000_000], 2..300),
            short: bool,
        ) {
            let most_bits = if short { 9 } else { MOST_BITS };
            let code = Code::of(&counts, most_bits);
            prop_assert!(code.lengths.iter().all(|&length| usize::from(length) <= most_bits));
            prop_assert!(counts.iter().zip(&code.lengths).all(|(&count, &length)| count == 0 || length > 0));
            let kraft: u32 = code.lengths.iter().filter(|l| **l > 0).map(|&length| 1 << (MOST_BITS - usize::from(length))).sum();
            prop_assert_eq!(kraft, 1 << MOST_BITS, "the code is complete");
        }
    }

    #[test]
    fn bits_fill_bytes_from_below() {
        let mut bits = Bits::default();
        for (value, count) in [(1, 1), (0b10, 2), (0xffff_ffff, 32), (0, 3)] {
            bits.put(value, count);
        }
        assert_eq!(bits.finish(), [0b1111_1101, 0xff, 0xff, 0xff, 0b0000_0111]);
    }
}
