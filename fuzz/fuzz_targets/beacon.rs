//! Bytes of a browser. See `heatline_fuzz::beacon`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| heatline_fuzz::beacon(bytes));
