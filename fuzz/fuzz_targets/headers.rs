//! Headers of anybody. See `heatline_fuzz::headers`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| heatline_fuzz::headers(bytes));
