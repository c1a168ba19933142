//! A segment file as a broken disk may leave it. See `heatline_fuzz::segment`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| heatline_fuzz::segment(bytes));
