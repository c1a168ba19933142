//! Bytes of a Plausible tracker or server. See `heatline_fuzz::plausible`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| heatline_fuzz::plausible(bytes));
