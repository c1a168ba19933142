//! A segment file as a broken disk may leave it: every byte is accounted for, and no record makes the reader panic.
#![no_main]

use heatline::spool::{
    record,
    segment::{Entries, Entry, FRAME_BYTES, Header, put_record},
};

libfuzzer_sys::fuzz_target!(|parts: (&[u8], Vec<Vec<u8>>, Vec<(u16, u8)>)| {
    let (start, payloads, flips) = parts;
    let _ = Header::read(start);
    let mut content = Vec::new();
    for (number, payload) in (1..).zip(&payloads) {
        put_record(&mut content, 9, number, payload);
        let _ = record::read(payload);
    }
    let whole = content.len();
    for (at, bits) in flips {
        if let Some(byte) = content.get_mut(usize::from(at)) {
            *byte ^= bits;
        }
    }
    let read: usize = Entries::new(9, &content)
        .map(|entry| match entry {
            Entry::Record { payload, .. } => {
                let _ = record::read(payload);
                FRAME_BYTES + payload.len()
            }
            Entry::Damaged(bytes) | Entry::Torn(bytes) => bytes.len(),
        })
        .sum();
    assert_eq!(read, whole);
});
