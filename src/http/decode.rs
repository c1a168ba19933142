//! Owns the decoding of a compressed body: one coding, and never more than was allowed.
//! It does not read bodies or headers, and does not know what a body means.

use std::io::Read;

use brotli_decompressor::{
    Allocator, BrotliDecoderErrorCode, BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc,
};
use flate2::bufread::MultiGzDecoder;
use zstd_safe::zstd_sys::ZSTD_ErrorCode;

/// What is decoded at once: so much more than the limit may be decoded before it is noticed.
const CHUNK_BYTES: usize = 8 * 1024;
/// Largest window of a zstd frame: what RFC 9659 allows in `Content-Encoding`.
const ZSTD_WINDOW_BYTES: u64 = 8 * 1024 * 1024;
/// Magic number of skippable zstd frames; the lowest four bits are free.
const ZSTD_SKIPPABLE: u32 = 0x184D_2A50;
/// What brotli asks for beside its ring buffer: context maps of at most 16 KiB, and the slack of the ring buffer.
const BROTLI_SMALL_BYTES: usize = 16 * 1024;

/// The codings of bodies that are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// None.
    Identity,
    /// RFC 1952. Also called `x-gzip`.
    Gzip,
    /// RFC 8878, with windows as in RFC 9659.
    Zstd,
    /// RFC 7932. Called `br`.
    Brotli,
}

/// Why a body was not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// There is more in it than is allowed.
    #[error("the decoded body is larger than {limit_bytes} bytes")]
    TooLarge { limit_bytes: usize },
    /// It ends early, goes on behind its end, does not match its checksum, or is something else.
    #[error("the body is not a whole {} stream", .encoding.as_str())]
    Damaged { encoding: Encoding },
}

impl Encoding {
    /// Reads the value of a `Content-Encoding` header. `None` for codings that are not understood, for an empty value,
    /// and for more than one coding: layers multiply what a small body can become.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let named = |name: &str| value.trim().eq_ignore_ascii_case(name);
        if named("gzip") || named("x-gzip") {
            return Some(Self::Gzip);
        }
        [Self::Identity, Self::Zstd, Self::Brotli].into_iter().find(|encoding| named(encoding.as_str()))
    }

    /// Returns the word of headers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Brotli => "br",
        }
    }
}

/// Decodes a whole body of at most `limit_bytes` decoded bytes. Several gzip members or zstd frames in a row are one
/// body.
///
/// # Guarantees
///
/// The output never has room for more than `limit_bytes`, however much the body claims or holds. Beside it the decoders
/// use at most this, for the time of the call: gzip 128 KiB; zstd 128 KiB, because the output itself is its window;
/// brotli three times the limit, because its ring buffer grows by powers of two, and 5 MiB of code tables.
///
/// It takes CPU in proportion to body and output. The slowest body that is known is made of empty gzip members: 8 ms for
/// 64 KiB.
pub fn decode(encoding: Encoding, body: &[u8], limit_bytes: usize) -> Result<Vec<u8>, DecodeError> {
    match encoding {
        Encoding::Identity => identity(body, limit_bytes),
        Encoding::Gzip => gzip(body, limit_bytes),
        Encoding::Zstd => zstd(body, limit_bytes),
        Encoding::Brotli => brotli(body, limit_bytes),
    }
}

fn identity(body: &[u8], limit_bytes: usize) -> Result<Vec<u8>, DecodeError> {
    if body.len() > limit_bytes {
        return Err(DecodeError::TooLarge { limit_bytes });
    }
    Ok(body.to_vec())
}

fn gzip(body: &[u8], limit_bytes: usize) -> Result<Vec<u8>, DecodeError> {
    let mut decoder = MultiGzDecoder::new(body);
    let mut output = Output::new(body.len(), limit_bytes);
    let mut chunk = [0; CHUNK_BYTES];
    loop {
        match decoder.read(&mut chunk) {
            Ok(0) => return Ok(output.bytes),
            Ok(decoded) => output.push(&chunk[..decoded])?,
            Err(_damage) => return Err(DecodeError::Damaged { encoding: Encoding::Gzip }),
        }
    }
}

/// Decodes into memory of the allowed size at once: the streaming decoder would allocate each frame's window beside it,
/// and would take what follows a frame for a matter of its caller.
fn zstd(body: &[u8], limit_bytes: usize) -> Result<Vec<u8>, DecodeError> {
    const FULL: usize = (ZSTD_ErrorCode::ZSTD_error_dstSize_tooSmall as usize).wrapping_neg();
    let too_large = DecodeError::TooLarge { limit_bytes };
    let mut output = Vec::with_capacity(zstd_room(body, limit_bytes)?);
    match zstd_safe::decompress(&mut output, body) {
        Ok(_) if output.len() <= limit_bytes => Ok(output),
        Ok(_) | Err(FULL) => Err(too_large),
        Err(_damage) => Err(DecodeError::Damaged { encoding: Encoding::Zstd }),
    }
}

/// Returns how much room the frames need: what they say, or all that is allowed if one of them does not say.
fn zstd_room(body: &[u8], limit_bytes: usize) -> Result<usize, DecodeError> {
    let damaged = DecodeError::Damaged { encoding: Encoding::Zstd };
    let mut said_bytes = Some(0_u64);
    let mut rest = body;
    loop {
        let frame_bytes = zstd_safe::find_frame_compressed_size(rest).map_err(|_code| damaged)?;
        let (frame, behind) = rest.split_at_checked(frame_bytes).ok_or(damaged)?;
        if zstd_window_bytes(frame).is_some_and(|window_bytes| window_bytes > ZSTD_WINDOW_BYTES) {
            return Err(damaged);
        }
        let frame_says = zstd_safe::get_frame_content_size(frame).map_err(|_error| damaged)?;
        said_bytes = said_bytes.zip(frame_says).map(|(before, more)| before.saturating_add(more));
        rest = behind;
        if rest.is_empty() {
            break;
        }
    }
    let Some(said_bytes) = said_bytes else {
        return Ok(limit_bytes);
    };
    usize::try_from(said_bytes).ok().filter(|bytes| *bytes <= limit_bytes).ok_or(DecodeError::TooLarge { limit_bytes })
}

/// Returns the window that a frame asks for; `None` where its content is the window, or it has no content.
/// See RFC 8878, 3.1.1.1.
fn zstd_window_bytes(frame: &[u8]) -> Option<u64> {
    let (magic, header) = frame.split_first_chunk()?;
    if u32::from_le_bytes(*magic) & !0xF == ZSTD_SKIPPABLE {
        return None;
    }
    let [descriptor, window, ..] = header else {
        return None;
    };
    let is_single_segment = descriptor & 0x20 != 0;
    let base = 1_u64 << (10 + (window >> 3));
    (!is_single_segment).then_some(base + base / 8 * u64::from(window & 7))
}

fn brotli(body: &[u8], limit_bytes: usize) -> Result<Vec<u8>, DecodeError> {
    let damaged = DecodeError::Damaged { encoding: Encoding::Brotli };
    let ring_buffer_bytes = limit_bytes.checked_next_power_of_two().unwrap_or(usize::MAX);
    let ring_buffer = RingBufferAlloc { most_bytes: ring_buffer_bytes.saturating_add(BROTLI_SMALL_BYTES) };
    // Strict: without the windows of up to 1 GiB that RFC 7932 does not know.
    let mut state = BrotliState::new_strict(ring_buffer, StandardAlloc::default(), StandardAlloc::default());
    let mut output = Output::new(body.len(), limit_bytes);
    let mut chunk = [0; CHUNK_BYTES];
    let (mut unread, mut read, mut total) = (body.len(), 0, 0);
    loop {
        let (mut room, mut decoded) = (chunk.len(), 0);
        let result = BrotliDecompressStream(
            &mut unread,
            &mut read,
            body,
            &mut room,
            &mut decoded,
            &mut chunk,
            &mut total,
            &mut state,
        );
        output.push(&chunk[..decoded])?;
        match result {
            BrotliResult::NeedsMoreOutput => {}
            BrotliResult::ResultSuccess if unread == 0 => return Ok(output.bytes),
            BrotliResult::ResultFailure if is_ring_buffer_refused(state.error_code) => {
                return Err(DecodeError::TooLarge { limit_bytes });
            }
            BrotliResult::ResultSuccess | BrotliResult::NeedsMoreInput | BrotliResult::ResultFailure => {
                return Err(damaged);
            }
        }
    }
}

fn is_ring_buffer_refused(code: BrotliDecoderErrorCode) -> bool {
    matches!(
        code,
        BrotliDecoderErrorCode::BROTLI_DECODER_ERROR_ALLOC_RING_BUFFER_1
            | BrotliDecoderErrorCode::BROTLI_DECODER_ERROR_ALLOC_RING_BUFFER_2
    )
}

/// Refuses a ring buffer that only a body above the limit needs: its size is the output so far and what the next block
/// says it holds, up to 16 MiB, and comes before the block.
struct RingBufferAlloc {
    most_bytes: usize,
}

impl Allocator<u8> for RingBufferAlloc {
    type AllocatedMemory = <StandardAlloc as Allocator<u8>>::AllocatedMemory;

    fn alloc_cell(&mut self, bytes: usize) -> Self::AllocatedMemory {
        if bytes > self.most_bytes {
            // TRICKY: too short a cell is how this allocator says no; the decoder then fails with `ALLOC_…`.
            return Self::AllocatedMemory::default();
        }
        StandardAlloc::default().alloc_cell(bytes)
    }

    fn free_cell(&mut self, _cell: Self::AllocatedMemory) {}
}

/// Decoded bytes, which never have room for more than the limit.
struct Output {
    bytes: Vec<u8>,
    limit_bytes: usize,
}

impl Output {
    fn new(body_bytes: usize, limit_bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(body_bytes.saturating_mul(4).min(limit_bytes)), limit_bytes }
    }

    fn push(&mut self, chunk: &[u8]) -> Result<(), DecodeError> {
        let bytes = self.bytes.len() + chunk.len();
        if bytes > self.limit_bytes {
            return Err(DecodeError::TooLarge { limit_bytes: self.limit_bytes });
        }
        if bytes > self.bytes.capacity() {
            let room = bytes.max(self.bytes.capacity().saturating_mul(2)).min(self.limit_bytes);
            self.bytes.reserve_exact(room - self.bytes.len());
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;
    use zstd_safe::{CCtx, InBuffer, OutBuffer};

    use super::*;

    const LIMIT_BYTES: usize = 64 * 1024;
    const CODINGS: [Encoding; 3] = [Encoding::Gzip, Encoding::Zstd, Encoding::Brotli];

    fn too_large(limit_bytes: usize) -> Result<Vec<u8>, DecodeError> {
        Err(DecodeError::TooLarge { limit_bytes })
    }

    fn damaged(encoding: Encoding) -> Result<Vec<u8>, DecodeError> {
        Err(DecodeError::Damaged { encoding })
    }

    fn encode(encoding: Encoding, text: &[u8]) -> Vec<u8> {
        let mut body = Vec::with_capacity(zstd_safe::compress_bound(text.len()));
        match encoding {
            Encoding::Identity => body.extend_from_slice(text),
            Encoding::Gzip => {
                let mut encoder = GzEncoder::new(&mut body, Compression::default());
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap();
            }
            Encoding::Zstd => {
                zstd_safe::compress(&mut body, text, 3).unwrap();
            }
            Encoding::Brotli => return encode_brotli(text, 22),
        }
        body
    }

    fn encode_brotli(mut text: &[u8], window_bits: i32) -> Vec<u8> {
        let mut body = Vec::new();
        let params = brotli::enc::BrotliEncoderParams { quality: 5, lgwin: window_bits, ..Default::default() };
        brotli::BrotliCompress(&mut text, &mut body, &params).unwrap();
        body
    }

    /// As streaming encoders write it: a frame that does not say how much it holds.
    fn encode_zstd_stream(text: &[u8]) -> Vec<u8> {
        let mut body = Vec::with_capacity(zstd_safe::compress_bound(text.len()) + 64);
        let mut context = CCtx::create();
        let mut output = OutBuffer::around(&mut body);
        let mut input = InBuffer::around(text);
        while input.pos() < text.len() {
            context.compress_stream(&mut output, &mut input).unwrap();
        }
        while context.end_stream(&mut output).unwrap() > 0 {}
        assert!(matches!(zstd_safe::get_frame_content_size(&body), Ok(None)), "the encoder did not stream");
        body
    }

    /// A zstd frame without content size: `blocks` blocks of 128 KiB, four bytes each.
    fn zstd_bomb(window: u8, blocks: usize) -> Vec<u8> {
        let mut body = vec![0x28, 0xB5, 0x2F, 0xFD, 0x00, window];
        for block in 1..=blocks {
            let header = u32::from(block == blocks) | (1 << 1) | ((128 * 1024) << 3);
            body.extend_from_slice(&header.to_le_bytes()[..3]);
            body.push(b'0');
        }
        body
    }

    fn some_text(bytes: usize) -> Vec<u8> {
        let mut state = 1_u64;
        let words = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            format!("{{\"type\":\"click\",\"x\":{}}},", state >> 52)
        });
        words.flat_map(String::into_bytes).take(bytes).collect()
    }

    #[test]
    fn reads_one_coding_and_refuses_lists_and_strangers() {
        let cases = [
            ("identity", Some(Encoding::Identity)),
            ("gzip", Some(Encoding::Gzip)),
            (" X-GZip ", Some(Encoding::Gzip)),
            ("ZSTD", Some(Encoding::Zstd)),
            ("br", Some(Encoding::Brotli)),
            ("", None),
            ("deflate", None),
            ("brotli", None),
            ("gzip, gzip", None),
            ("gzip,br", None),
            ("gzip,", None),
            ("identity, gzip", None),
        ];
        for (value, expected) in cases {
            assert_eq!(Encoding::parse(value), expected, "{value:?}");
        }
    }

    #[test]
    fn gives_back_what_was_encoded_up_to_the_limit_exactly() {
        for size in [0, 1, 100, CHUNK_BYTES, CHUNK_BYTES + 1, 60_000, 300_000] {
            let text = some_text(size);
            for encoding in CODINGS.into_iter().chain([Encoding::Identity]) {
                let body = encode(encoding, &text);
                let case = format!("{size} bytes of {}", encoding.as_str());
                assert_eq!(decode(encoding, &body, size), Ok(text.clone()), "{case}");
                assert_eq!(decode(encoding, &body, size + 100_000), Ok(text.clone()), "{case} with room");
                if size > 0 {
                    assert_eq!(decode(encoding, &body, size - 1), too_large(size - 1), "{case} without room");
                    assert_eq!(decode(encoding, &body, 0), too_large(0), "{case} without any room");
                }
            }
        }
    }

    #[test]
    fn takes_zstd_frames_that_do_not_say_their_size() {
        for size in [1, 60_000, 300_000] {
            let text = some_text(size);
            let body = encode_zstd_stream(&text);
            assert_eq!(decode(Encoding::Zstd, &body, size), Ok(text), "{size} bytes");
            assert_eq!(decode(Encoding::Zstd, &body, size - 1), too_large(size - 1), "{size} bytes without room");
        }
    }

    #[test]
    fn takes_brotli_of_every_window() {
        let text = some_text(60_000);
        for window_bits in 10..=24 {
            let body = encode_brotli(&text, window_bits);
            assert_eq!(decode(Encoding::Brotli, &body, LIMIT_BYTES), Ok(text.clone()), "window of {window_bits} bits");
        }
    }

    #[test]
    fn members_and_frames_in_a_row_are_one_body_within_the_limit() {
        let text = some_text(30_000);
        let whole = [text.as_slice(), text.as_slice()].concat();
        for encoding in [Encoding::Gzip, Encoding::Zstd] {
            let body = encode(encoding, &text).repeat(2);
            assert_eq!(decode(encoding, &body, 60_000), Ok(whole.clone()), "{}", encoding.as_str());
            assert_eq!(decode(encoding, &body, 59_999), too_large(59_999), "{}", encoding.as_str());
        }
        let mixed = [encode(Encoding::Zstd, &text), encode_zstd_stream(&text)].concat();
        assert_eq!(decode(Encoding::Zstd, &mixed, 60_000), Ok(whole));
        assert_eq!(decode(Encoding::Zstd, &mixed, 59_999), too_large(59_999));
        let body = encode(Encoding::Brotli, &text).repeat(2);
        assert_eq!(decode(Encoding::Brotli, &body, 60_000), damaged(Encoding::Brotli), "brotli knows no members");
    }

    #[test]
    fn skippable_zstd_frames_hold_nothing() {
        let text = some_text(1000);
        let skippable = [0x57, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF];
        let body = [skippable.as_slice(), &encode(Encoding::Zstd, &text), &skippable].concat();
        assert_eq!(decode(Encoding::Zstd, &body, 1000), Ok(text));
        assert_eq!(decode(Encoding::Zstd, &skippable[..11], 1000), damaged(Encoding::Zstd));
    }

    #[test]
    fn sixteen_kilobytes_of_zstd_do_not_become_half_a_gigabyte() {
        let body = zstd_bomb(7 << 3, 4096);
        assert!(body.len() < 16 * 1024 + 16);
        for limit_bytes in [0, 1, LIMIT_BYTES, 1024 * 1024] {
            assert_eq!(decode(Encoding::Zstd, &body, limit_bytes), too_large(limit_bytes));
        }
        let harmless = zstd_bomb(7 << 3, 2);
        assert_eq!(decode(Encoding::Zstd, &harmless, 256 * 1024), Ok(vec![b'0'; 256 * 1024]), "the frame is sound");
    }

    #[test]
    fn bombs_of_every_coding_stop_at_the_limit() {
        let zeros = vec![0; 64 * 1024 * 1024];
        for encoding in CODINGS {
            let body = encode(encoding, &zeros);
            assert!(body.len() < 80_000, "{} bytes of {}", body.len(), encoding.as_str());
            assert_eq!(decode(encoding, &body, LIMIT_BYTES), too_large(LIMIT_BYTES), "{}", encoding.as_str());
        }
        let members = encode(Encoding::Gzip, &zeros[..60_000]).repeat(500);
        assert_eq!(decode(Encoding::Gzip, &members, LIMIT_BYTES), too_large(LIMIT_BYTES), "many members");
    }

    #[test]
    fn a_frame_that_claims_too_much_is_refused_before_it_is_decoded() {
        // A single segment that claims 4 EiB, and one empty block.
        let mut body = vec![0x28, 0xB5, 0x2F, 0xFD, 0xE0];
        body.extend_from_slice(&(1_u64 << 62).to_le_bytes());
        body.extend_from_slice(&[1, 0, 0]);
        assert_eq!(decode(Encoding::Zstd, &body, LIMIT_BYTES), too_large(LIMIT_BYTES));
        assert_eq!(decode(Encoding::Zstd, &body.repeat(5), LIMIT_BYTES), too_large(LIMIT_BYTES), "no overflow");
    }

    #[test]
    fn zstd_windows_above_those_of_http_are_refused() {
        let cases = [
            ("128 KiB", 7 << 3, Ok(())),
            ("8 MiB", 13 << 3, Ok(())),
            ("9 MiB", 13 << 3 | 1, Err(())),
            ("128 MiB", 17 << 3, Err(())),
            ("the largest", 0xFF, Err(())),
        ];
        for (description, window, expected) in cases {
            let taken = decode(Encoding::Zstd, &zstd_bomb(window, 1), 128 * 1024);
            assert_eq!(taken.map(|_| ()), expected.map_err(|()| damaged(Encoding::Zstd).unwrap_err()), "{description}");
            let second = [zstd_bomb(7 << 3, 1), zstd_bomb(window, 1)].concat();
            let taken = decode(Encoding::Zstd, &second, 256 * 1024);
            assert_eq!(taken.is_ok(), expected.is_ok(), "{description} in the second frame");
        }
    }

    #[test]
    fn brotli_windows_beyond_the_standard_are_refused() {
        let params = brotli::enc::BrotliEncoderParams {
            quality: 5,
            lgwin: 30,
            large_window: true,
            ..brotli::enc::BrotliEncoderParams::default()
        };
        let mut body = Vec::new();
        brotli::BrotliCompress(&mut some_text(1000).as_slice(), &mut body, &params).unwrap();
        assert_eq!(decode(Encoding::Brotli, &body, LIMIT_BYTES), damaged(Encoding::Brotli));
    }

    #[test]
    fn a_brotli_block_that_claims_too_much_is_refused_before_it_gets_memory() {
        // A window of 2^24, an uncompressed block of 2^24 bytes, and then only a few of them.
        let claim: u32 = 0xF | 2 << 5 | 0xFF_FFFF << 7 | 1 << 31;
        let body = [claim.to_le_bytes().as_slice(), &[b'0'; 100]].concat();
        assert_eq!(decode(Encoding::Brotli, &body, LIMIT_BYTES), too_large(LIMIT_BYTES));
        assert_eq!(decode(Encoding::Brotli, &body, 1 << 24), damaged(Encoding::Brotli), "the claim is sound");
    }

    #[test]
    fn a_body_cut_at_any_length_is_damaged() {
        let text = some_text(3000);
        let stream = encode_zstd_stream(&text);
        let bodies = CODINGS.map(|encoding| (encoding, encode(encoding, &text)));
        for (encoding, body) in bodies.into_iter().chain([(Encoding::Zstd, stream)]) {
            for length in 0..body.len() {
                let case = format!("{length} of {} bytes of {}", body.len(), encoding.as_str());
                assert_eq!(decode(encoding, &body[..length], LIMIT_BYTES), damaged(encoding), "{case}");
            }
        }
    }

    #[test]
    fn a_body_that_goes_on_behind_its_end_is_damaged() {
        for size in [0, 1, 3000] {
            let text = some_text(size);
            for encoding in CODINGS {
                let body = encode(encoding, &text);
                for tail in 1..40 {
                    for filler in [0, b'x', 0xFF] {
                        let body = [body.clone(), vec![filler; tail]].concat();
                        let case = format!("{tail} times {filler} behind {size} bytes of {}", encoding.as_str());
                        assert_eq!(decode(encoding, &body, LIMIT_BYTES), damaged(encoding), "{case}");
                    }
                }
            }
        }
    }

    #[test]
    fn only_one_layer_is_taken_off() {
        for encoding in CODINGS {
            let inner = encode(encoding, &some_text(500));
            assert_eq!(decode(encoding, &encode(encoding, &inner), LIMIT_BYTES), Ok(inner), "{}", encoding.as_str());
        }
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(body: Vec<u8>, limit_bytes in 0_usize..10_000) {
            for encoding in CODINGS {
                if let Ok(output) = decode(encoding, &body, limit_bytes) {
                    prop_assert!(output.len() <= limit_bytes);
                }
            }
        }

        #[test]
        fn random_damage_never_panics_or_passes_the_limit(
            size in 1_usize..5000,
            limit_bytes in 0_usize..10_000,
            damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4),
        ) {
            let text = some_text(size);
            let stream = encode_zstd_stream(&text);
            let bodies = CODINGS.map(|encoding| (encoding, encode(encoding, &text)));
            for (encoding, mut body) in bodies.into_iter().chain([(Encoding::Zstd, stream)]) {
                for (place, byte) in &damage {
                    let place = place.index(body.len());
                    body[place] = *byte;
                }
                if let Ok(output) = decode(encoding, &body, limit_bytes) {
                    prop_assert!(output.capacity() <= limit_bytes);
                }
            }
        }

        #[test]
        fn random_text_comes_back(text: Vec<u8>) {
            for encoding in CODINGS {
                let decoded = decode(encoding, &encode(encoding, &text), text.len());
                prop_assert_eq!(decoded.as_ref(), Ok(&text));
            }
        }
    }
}
