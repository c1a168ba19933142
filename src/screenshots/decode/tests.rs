//! Bytes that strangers may send: pictures of all kinds, bombs, and what is none.

use std::io::Write;

use flate2::{Compression, Crc, write::ZlibEncoder};
use image::{DynamicImage, GrayAlphaImage, GrayImage, ImageBuffer, LumaA, Rgb, RgbImage, Rgba, RgbaImage};

use super::*;

const PNG_HEAD: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(&kind);
    crc.update(data);
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], &kind, data, &crc.sum().to_be_bytes()].concat()
}

/// The head of a PNG: 8 bits a channel and RGB, or 16 bits and RGBA.
fn png_head(width: u32, height: u32, is_deep: bool) -> Vec<u8> {
    let form: [u8; 5] = if is_deep { [16, 6, 0, 0, 0] } else { [8, 2, 0, 0, 0] };
    let sides = [&width.to_be_bytes()[..], &height.to_be_bytes(), &form].concat();
    [&PNG_HEAD[..], &chunk(*b"IHDR", &sides)].concat()
}

fn zeros(count: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let block = vec![0; 1 << 16];
    for _ in 0..count >> 16 {
        encoder.write_all(&block).unwrap();
    }
    encoder.write_all(&block[..count % (1 << 16)]).unwrap();
    encoder.finish().unwrap()
}

/// A black PNG with one more chunk before its pixels.
fn black_png(width: u32, height: u32, extra: &[u8]) -> Vec<u8> {
    let pixels = zeros((3 * width as usize + 1) * height as usize);
    [png_head(width, height, false), extra.to_vec(), chunk(*b"IDAT", &pixels), chunk(*b"IEND", &[])].concat()
}

fn jpeg_head(width: u16, height: u16) -> Vec<u8> {
    let sides = [&[8][..], &height.to_be_bytes(), &width.to_be_bytes(), &[1, 1, 0x11, 0]].concat();
    [b"\xff\xd8\xff\xc0\x00\x0b".to_vec(), sides, b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x00\xff\xd9".to_vec()]
        .concat()
}

fn lossless_webp_head(width: u32, height: u32) -> Vec<u8> {
    let sides = ((width - 1) | ((height - 1) << 14)).to_le_bytes();
    [&b"RIFF\x16\x00\x00\x00WEBPVP8L\x0a\x00\x00\x00\x2f"[..], &sides, &[0; 5]].concat()
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn some_picture() -> DynamicImage {
    let byte = |value: u32| u8::try_from(value % 256).unwrap();
    RgbImage::from_fn(200, 150, |x, y| Rgb([byte(x), byte(y), byte(x + y)])).into()
}

/// Returns how long this thread has worked; how busy the machine is does not count.
fn thread_ms() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse::<u64>().unwrap() / 1_000_000
}

#[test]
fn the_three_formats_are_opened() {
    let image = some_picture();
    let plain = image.clone().into_rgb8().into_raw();
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let picture = decode(&encoded(&image, format)).unwrap();
        assert_eq!((picture.width(), picture.height()), (200, 150), "{format:?}");
        assert!(picture.rgb() == plain, "{format:?} loses nothing");
    }
    let jpeg = decode(&encoded(&image, ImageFormat::Jpeg)).unwrap();
    let error: u64 = jpeg.rgb().iter().zip(&plain).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    assert!(error / (plain.len() as u64) < 5, "a JPEG is nearly the same: {error}");
}

#[test]
fn every_kind_of_pixel_becomes_red_green_and_blue() {
    let size = (120, 1);
    let half = |value: u16| value / 2;
    let kinds: [(&str, DynamicImage, [u8; 3]); 6] = [
        ("grey", GrayImage::from_pixel(size.0, size.1, image::Luma([7])).into(), [7, 7, 7]),
        ("grey, half seen", GrayAlphaImage::from_pixel(size.0, size.1, LumaA([0, 128])).into(), [127, 127, 127]),
        ("colours, not seen", RgbaImage::from_pixel(size.0, size.1, Rgba([9, 9, 9, 0])).into(), [255, 255, 255]),
        ("colours, half seen", RgbaImage::from_pixel(size.0, size.1, Rgba([255, 0, 100, 51])).into(), [255, 204, 224]),
        ("deep", ImageBuffer::from_pixel(size.0, size.1, Rgb([0, half(u16::MAX), u16::MAX])).into(), [0, 127, 255]),
        ("deep, seen", ImageBuffer::from_pixel(size.0, size.1, Rgba([0, 0, u16::MAX, u16::MAX])).into(), [0, 0, 255]),
    ];
    for (what, image, expected) in kinds {
        let picture = decode(&encoded(&image, ImageFormat::Png)).unwrap();
        assert!(picture.rgb().chunks(3).all(|pixel| pixel == expected), "{what}: {:?}", &picture.rgb()[..3]);
        assert_eq!(picture.rgb().len(), 360, "{what}");
    }
}

#[test]
fn the_sides_are_looked_at_before_anything_is_decoded() {
    let idat = chunk(*b"IDAT", &zeros(10));
    let png = |width, height| [png_head(width, height, false), idat.clone()].concat();
    for (what, bytes) in [
        ("a PNG of 4 gigapixels", png(65_535, 65_535)),
        ("a PNG of the largest sides there are", png(i32::MAX.cast_unsigned(), i32::MAX.cast_unsigned())),
        ("a PNG a little too wide", png(7681, 10)),
        ("a PNG too long", png(200, 60_001)),
        ("a PNG of too many pixels", png(6400, 6251)),
        ("a PNG too narrow", png(119, 1000)),
        ("a JPEG of 4 gigapixels", jpeg_head(65_535, 65_535)),
        ("a WebP of 268 megapixels", lossless_webp_head(16_384, 16_384)),
    ] {
        let refused = decode(&bytes).err();
        assert!(matches!(refused, Some(PictureError::Sides { .. } | PictureError::Memory)), "{what}: {refused:?}");
    }
    // The same heads are read where the sides are right: it is the sides that are refused.
    for (what, bytes) in
        [("PNG", png(6400, 6250)), ("JPEG", jpeg_head(200, 200)), ("WebP", lossless_webp_head(200, 200))]
    {
        let refused = decode(&bytes).err();
        assert!(matches!(refused, None | Some(PictureError::Damaged(_))), "{what}: {refused:?}");
    }
}

#[test]
fn a_picture_that_takes_too_much_memory_is_not_opened() {
    let deep = [png_head(6400, 6250, true), chunk(*b"IDAT", &zeros(10))].concat();
    let refused = decode(&deep).err();
    assert!(matches!(refused, Some(PictureError::Memory)), "eight bytes for each of 40 million pixels: {refused:?}");
}

#[test]
fn the_largest_black_picture_is_opened() {
    let bytes = black_png(1280, 30_000, &[]);
    assert!(bytes.len() < 200_000, "115 MB from {} bytes", bytes.len());
    let picture = decode(&bytes).unwrap();
    assert_eq!((picture.width(), picture.height()), (1280, 30_000));
}

#[test]
fn what_is_beside_the_pixels_is_not_unpacked() {
    let bomb = zeros(512 * 1024 * 1024);
    let text = |kind: &[u8; 4], head: &[u8]| chunk(*kind, &[head, &bomb].concat());
    for (what, extra) in [
        ("a text of 512 MB", text(b"zTXt", b"Comment\0\0")),
        ("a text in Unicode of 512 MB", text(b"iTXt", b"Comment\0\x01\0\0\0")),
        ("a colour profile of 512 MB", text(b"iCCP", b"Profile\0\0")),
    ] {
        let bytes = black_png(200, 100, &extra);
        let start = thread_ms();
        let opened = decode(&bytes);
        let took_ms = thread_ms() - start;
        assert!(!matches!(opened, Err(PictureError::Sides { .. })), "{what}");
        // To unpack it would take 200 ms and more.
        assert!(took_ms < 60, "{what}: {took_ms} ms");
    }
}

#[test]
fn pixels_beyond_the_last_row_are_not_unpacked() {
    let pixels = zeros(1024 * 1024 * 1024);
    let bytes = [png_head(200, 100, false), chunk(*b"IDAT", &pixels), chunk(*b"IEND", &[])].concat();
    let start = thread_ms();
    drop(decode(&bytes));
    let took_ms = thread_ms() - start;
    assert!(took_ms < 100, "1 GB behind a picture of 60 kB: {took_ms} ms");
}

#[test]
fn a_jpeg_of_countless_scans_is_refused() {
    let scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x00\x00\x00";
    let of_scans = |count: usize| [&jpeg_head(200, 200)[..], &scan.repeat(count - 1), b"\xff\xd9"].concat();
    assert!(matches!(decode(&of_scans(101)), Err(PictureError::TooManyScans)));
    assert!(!matches!(decode(&of_scans(100)), Err(PictureError::TooManyScans)));
}

#[test]
fn what_is_no_picture_or_only_a_part_of_one_is_refused() {
    for (what, bytes) in [
        ("nothing", &b""[..]),
        ("text", b"hello"),
        (
            "GIF",
            b"GIF89a\xc8\x00\x64\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\xc8\x00\x64\x00\x00\x02\x00;",
        ),
        ("SVG", b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"200\" height=\"200\"/>"),
        ("BMP", b"BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00"),
    ] {
        assert!(matches!(decode(bytes), Err(PictureError::UnknownFormat)), "{what}");
    }
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Jpeg] {
        let whole = encoded(&some_picture(), format);
        // A browser shows half a JPEG too, grey below.
        let half = decode(&whole[..whole.len() / 2]).err();
        assert!(matches!(half, None | Some(PictureError::Damaged(_))), "{format:?}: {half:?}");
        assert!(half.is_some() || format == ImageFormat::Jpeg, "{format:?}: half of it");
        for length in 0..whole.len().min(64) {
            assert!(decode(&whole[..length]).is_err(), "{format:?}: {length} bytes");
        }
    }
    assert!(matches!(decode(&vec![0; MOST_BYTES + 1]), Err(PictureError::TooManyBytes)));
}
