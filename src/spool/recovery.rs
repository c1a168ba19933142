//! Owns what an earlier run left: which files are segments, in which order, and how far each counts. It reads headers
//! only, so that gigabytes are open in a moment; records are read when they are shipped. It changes nothing but to remove
//! segments that were cut off while they were made, and to set damaged ones aside; so it may be cut off itself at any time.

use std::{collections::HashMap, time::Instant};

use super::{
    SpoolError,
    files::Files,
    segment::{self, HEADER_BYTES, Header, HeaderError, boot_of},
    writer::Sealed,
};

/// What was found.
pub(super) struct Recovered {
    /// Oldest first.
    pub segments: Vec<Sealed>,
    pub next_sequence: u32,
}

/// Looks at the files.
pub(super) fn recover(files: &dyn Files) -> Result<Recovered, SpoolError> {
    let mut sequences: Vec<u32> = files.list()?.iter().filter_map(|name| segment::sequence_of(name)).collect();
    sequences.sort_unstable();
    let next_sequence = sequences.last().map_or(1, |last| last + 1);
    let mut segments = Vec::with_capacity(sequences.len());
    // From the youngest to the oldest: a segment says which records of earlier ones do not count.
    let mut first_records: HashMap<u32, u64> = HashMap::new();
    for &sequence in sequences.iter().rev() {
        let name = segment::file_name(sequence);
        let length = files.length(&name)?;
        let start = files.read_start(&name, HEADER_BYTES)?;
        let header = match Header::read(&start) {
            Ok(header) => {
                if header.to_bytes()[..] != start[..] {
                    tracing::warn!(
                        segment = name,
                        "a bit had flipped in the header of a segment, it is read as it was"
                    );
                }
                header
            }
            // Never synced, so nothing in it was acknowledged.
            Err(HeaderError::Damaged) if start.len() < HEADER_BYTES || start.iter().all(|&byte| byte == 0) => {
                files.remove(&name)?;
                continue;
            }
            Err(HeaderError::Damaged) => {
                tracing::error!(segment = name, bytes = length, "the header of a segment is damaged, it is set aside");
                files.rename(&name, &format!("{name}.damaged"))?;
                continue;
            }
            Err(reason @ HeaderError::Newer { .. }) => return Err(SpoolError::Segment { name, reason }),
        };
        let boot = boot_of(header.batch);
        let records_below = first_records.get(&boot).copied().unwrap_or(u64::MAX);
        first_records.insert(boot, records_below.min(header.first_record));
        segments.push(Sealed {
            sequence,
            batch: header.batch,
            length,
            records_below,
            is_recovered: true,
            since: Instant::now(),
        });
    }
    segments.reverse();
    if !segments.is_empty() {
        let bytes: u64 = segments.iter().map(|segment| segment.length).sum();
        tracing::info!(segments = segments.len(), bytes, "the spool has events of an earlier run");
    }
    Ok(Recovered { segments, next_sequence })
}
