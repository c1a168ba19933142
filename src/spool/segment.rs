//! Owns the format of a segment file: a header, then records, each with its number and checksum. It does not know what a
//! record says, and does no I/O.
//!
//! ```text
//! header  "HEATLINE" · version u16 · flags u16 · batch u64 · first_record u64 · kept_before u64 · created_at_ms i64 · crc32c u32
//! record  "HLR1" · length u32 · number u64 · crc32c u32 · payload
//! ```
//!
//! All numbers are little-endian. A checksum covers what stands before it in its header, and the payload. That of a record
//! starts from the random number of the service's run, so that nobody can send in bytes that pass for a record where a
//! damaged file is searched for the next one. There is no end mark: a file ends with its last whole record, and what follows
//! was never acknowledged.

/// The version that this program writes. It reads this one and all before it.
pub const FORMAT_VERSION: u16 = 1;
/// Bytes of a segment's header.
pub const HEADER_BYTES: usize = 48;
/// Bytes before the payload of a record.
pub const FRAME_BYTES: usize = 20;
/// Longest payload: a request of 64 KiB becomes at most a few times that.
pub const MOST_PAYLOAD_BYTES: usize = 4 * 1024 * 1024;

const MAGIC: &[u8; 8] = b"HEATLINE";
const RECORD_MARK: &[u8; 4] = b"HLR1";
const NAME_ENDING: &str = ".segment";

/// What a segment says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Identity of the batch that the segment is: [`batch_id`].
    pub batch: u64,
    /// Lowest number of a record that may stand here. A record of the same run with this number or a higher one in an
    /// earlier segment does not count: its write or sync failed, and it was written again here or refused.
    pub first_record: u64,
    /// How many records of the same run count in all segments before this one: tells whether one is missing.
    pub kept_before: u64,
    pub created_at_ms: i64,
}

/// Why a file is no segment that we can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Cut off while it was made, or damaged.
    #[error("its header is not whole")]
    Damaged,
    #[error("it has format version {found}, this binary knows {FORMAT_VERSION}: use a newer heatline")]
    Newer { found: u16 },
}

/// Returns the identity of a batch: which run of the service, and which of its segments.
#[must_use]
pub fn batch_id(boot: u32, sequence: u32) -> u64 {
    u64::from(boot) << 32 | u64::from(sequence)
}

/// Returns the run of the service that a batch is of.
#[must_use]
pub fn boot_of(batch: u64) -> u32 {
    u32::try_from(batch >> 32).unwrap_or_default()
}

/// Returns the file name of a segment; names sort as segments were made.
#[must_use]
pub fn file_name(sequence: u32) -> String {
    format!("{sequence:010}{NAME_ENDING}")
}

/// Returns the sequence of a segment's file, none for another file.
#[must_use]
pub fn sequence_of(name: &str) -> Option<u32> {
    name.strip_suffix(NAME_ENDING).filter(|digits| digits.len() == 10)?.parse().ok()
}

impl Header {
    /// Returns the header as bytes.
    #[must_use]
    pub fn to_bytes(self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..10].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
        bytes[12..20].copy_from_slice(&self.batch.to_le_bytes());
        bytes[20..28].copy_from_slice(&self.first_record.to_le_bytes());
        bytes[28..36].copy_from_slice(&self.kept_before.to_le_bytes());
        bytes[36..44].copy_from_slice(&self.created_at_ms.to_le_bytes());
        let crc = crc32c::crc32c(&bytes[..44]);
        bytes[44..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Reads the header of a file. One flipped bit in it is mended, for a whole segment hangs on it.
    pub fn read(file: &[u8]) -> Result<Self, HeaderError> {
        let found: &[u8; HEADER_BYTES] = file.first_chunk().ok_or(HeaderError::Damaged)?;
        let header = if is_whole(found) { *found } else { mended(found).ok_or(HeaderError::Damaged)? };
        let found = u16::from_le_bytes([header[8], header[9]]);
        if found > FORMAT_VERSION {
            return Err(HeaderError::Newer { found });
        }
        Ok(Self {
            batch: u64_at(&header, 12),
            first_record: u64_at(&header, 20),
            kept_before: u64_at(&header, 28),
            created_at_ms: u64_at(&header, 36).cast_signed(),
        })
    }
}

fn is_whole(header: &[u8; HEADER_BYTES]) -> bool {
    &header[..8] == MAGIC && crc32c::crc32c(&header[..HEADER_BYTES - 4]) == u32_at(header, HEADER_BYTES - 4)
}

/// Returns the header that differs from this one in a single bit. CRC-32C has a Hamming distance of 6 up to 5243 bits
/// (Koopman, "32-Bit Cyclic Redundancy Codes for Internet Applications", DSN 2002), so there is at most one, and what two,
/// three or four flipped bits made of a header has none.
fn mended(header: &[u8; HEADER_BYTES]) -> Option<[u8; HEADER_BYTES]> {
    (0..HEADER_BYTES * 8).find_map(|bit| {
        let mut candidate = *header;
        candidate[bit / 8] ^= 1 << (bit % 8);
        is_whole(&candidate).then_some(candidate)
    })
}

/// Appends a record to what will be written.
pub fn put_record(out: &mut Vec<u8>, boot: u32, number: u64, payload: &[u8]) {
    let start = out.len();
    out.extend_from_slice(RECORD_MARK);
    // A payload is bounded far below 4 GiB by its request; see MOST_PAYLOAD_BYTES.
    out.extend_from_slice(&u32::try_from(payload.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(&number.to_le_bytes());
    let crc = crc32c::crc32c_append(crc32c::crc32c_append(boot, &out[start..]), payload);
    out.extend_from_slice(&crc.to_le_bytes());
    out.extend_from_slice(payload);
}

/// What stands in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry<'a> {
    Record {
        number: u64,
        payload: &'a [u8],
    },
    /// Bytes between records that are no record: a disk has changed what was acknowledged.
    Damaged(&'a [u8]),
    /// Bytes after the last whole record: cut off while they were written.
    Torn(&'a [u8]),
}

/// Reads the records that follow a segment's header.
pub struct Entries<'a> {
    boot: u32,
    rest: &'a [u8],
}

impl<'a> Entries<'a> {
    /// Starts to read. `content` is what follows the header; `boot` the run that wrote it.
    #[must_use]
    pub const fn new(boot: u32, content: &'a [u8]) -> Self {
        Self { boot, rest: content }
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        if let Some((number, payload)) = record_at(self.boot, self.rest) {
            self.rest = &self.rest[FRAME_BYTES + payload.len()..];
            return Some(Entry::Record { number, payload });
        }
        let next = (1..self.rest.len()).find(|&at| record_at(self.boot, &self.rest[at..]).is_some());
        let (wrong, rest) = self.rest.split_at(next.unwrap_or(self.rest.len()));
        self.rest = rest;
        Some(if next.is_some() { Entry::Damaged(wrong) } else { Entry::Torn(wrong) })
    }
}

/// Returns number and payload of the whole record that starts here.
fn record_at(boot: u32, bytes: &[u8]) -> Option<(u64, &[u8])> {
    let header: &[u8; FRAME_BYTES] = bytes.first_chunk()?;
    if &header[..4] != RECORD_MARK {
        return None;
    }
    let length = usize::try_from(u32_at(header, 4)).ok().filter(|&length| length <= MOST_PAYLOAD_BYTES)?;
    let payload = bytes.get(FRAME_BYTES..FRAME_BYTES + length)?;
    let crc = crc32c::crc32c_append(crc32c::crc32c_append(boot, &header[..16]), payload);
    (crc == u32_at(header, 16)).then(|| (u64_at(header, 8), payload))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BOOT: u32 = 0x0102_0304;
    const HEADER: Header =
        Header { batch: 0x0102_0304_0000_0007, first_record: 41, kept_before: 40, created_at_ms: 1_700_000_000_000 };

    fn records(payloads: &[&[u8]]) -> Vec<u8> {
        let mut out = Vec::new();
        for (number, payload) in (1..).zip(payloads) {
            put_record(&mut out, BOOT, number, payload);
        }
        out
    }

    #[test]
    fn a_header_reads_as_it_was_written() {
        let bytes = HEADER.to_bytes();
        assert_eq!(Header::read(&bytes), Ok(HEADER));
        for at in 0..bytes.len() {
            assert_eq!(Header::read(&bytes[..at]), Err(HeaderError::Damaged), "cut at {at}");
        }
    }

    #[test]
    fn one_flipped_bit_of_a_header_is_mended_and_more_are_not() {
        let bytes = HEADER.to_bytes();
        let flip = |bytes: &mut [u8; HEADER_BYTES], bit: usize| bytes[bit / 8] ^= 1 << (bit % 8);
        for one in 0..HEADER_BYTES * 8 {
            let mut flipped = bytes;
            flip(&mut flipped, one);
            assert_eq!(Header::read(&flipped), Ok(HEADER), "bit {one}");
            for two in one + 1..HEADER_BYTES * 8 {
                let mut flipped = flipped;
                flip(&mut flipped, two);
                assert_eq!(Header::read(&flipped), Err(HeaderError::Damaged), "bits {one} and {two}");
            }
        }
    }

    #[test]
    fn a_segment_of_a_newer_version_is_named_as_such() {
        let mut bytes = HEADER.to_bytes();
        bytes[8] = 2;
        let crc = crc32c::crc32c(&bytes[..HEADER_BYTES - 4]);
        bytes[HEADER_BYTES - 4..].copy_from_slice(&crc.to_le_bytes());
        assert_eq!(Header::read(&bytes), Err(HeaderError::Newer { found: 2 }));
    }

    #[test]
    fn names_sort_as_segments_were_made() {
        assert!(file_name(9) < file_name(10));
        assert_eq!(sequence_of(&file_name(u32::MAX)), Some(u32::MAX));
        assert_eq!(sequence_of("notes.txt"), None);
        assert_eq!(sequence_of("1.segment"), None);
    }

    #[test]
    fn a_segment_cut_anywhere_keeps_the_records_before_the_cut() {
        let whole = records(&[b"one", b"", b"three three"]);
        let ends = [FRAME_BYTES + 3, 2 * FRAME_BYTES + 3, whole.len()];
        for cut in 0..=whole.len() {
            let read: Vec<_> = Entries::new(BOOT, &whole[..cut]).collect();
            let kept = read.iter().filter(|entry| matches!(entry, Entry::Record { .. })).count();
            assert_eq!(kept, ends.iter().filter(|&&end| end <= cut).count(), "cut at {cut}");
            assert!(!read.iter().any(|entry| matches!(entry, Entry::Damaged(_))), "cut at {cut}");
        }
    }

    #[test]
    fn a_flipped_bit_costs_its_own_record_only() {
        let whole = records(&[b"one", b"two", b"three"]);
        for at in 0..whole.len() * 8 {
            let mut flipped = whole.clone();
            flipped[at / 8] ^= 1 << (at % 8);
            let numbers: Vec<_> = Entries::new(BOOT, &flipped)
                .filter_map(|entry| match entry {
                    Entry::Record { number, .. } => Some(number),
                    Entry::Damaged(_) | Entry::Torn(_) => None,
                })
                .collect();
            let hit = 1 + u64::from(at / 8 >= FRAME_BYTES + 3) + u64::from(at / 8 >= 2 * FRAME_BYTES + 6);
            let expected: Vec<_> = (1..=3).filter(|&number| number != hit).collect();
            assert_eq!(numbers, expected, "bit {at}");
        }
    }

    #[test]
    fn bytes_that_a_visitor_sent_never_pass_for_a_record() {
        let mut forged = Vec::new();
        put_record(&mut forged, BOOT + 1, 3, b"forged");
        let mut whole = records(&[b"one", &forged, b"three"]);
        whole[FRAME_BYTES + 3] ^= 1;
        let numbers: Vec<_> = Entries::new(BOOT, &whole).map(|entry| matches!(entry, Entry::Record { .. })).collect();
        assert_eq!(numbers, [true, false, true], "the damaged record is one piece");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_whole_and_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let read: usize = Entries::new(BOOT, &bytes).map(|entry| match entry {
                Entry::Record { payload, .. } => FRAME_BYTES + payload.len(),
                Entry::Damaged(part) | Entry::Torn(part) => part.len(),
            }).sum();
            prop_assert_eq!(read, bytes.len());
        }
    }
}
