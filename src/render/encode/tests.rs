//! Proves that the files are what was drawn, with decoders that are not ours.

use std::io::Cursor;

use super::*;
use crate::render::{
    Layer, Photo, Rect, Rgba, Shade, Surface,
    palette::{Cover, Palette},
};

fn ramp() -> Ramp {
    Palette::Heat.ramp(Cover::Density)
}

/// Paper, text, and a cone of heat; wide enough for several blocks and with odd sides.
fn a_canvas(width: u32, height: u32) -> Canvas {
    let mut canvas = Canvas::new(width, height);
    canvas.fill(Rect::new(0, 0, width as i32, height as i32 / 2), Layer::Paper, Shade::WHITE);
    canvas.fill(Rect::new(7, 9, 40, 3), Layer::Paper, Shade::new(40));
    let (middle, reach) = ((width / 2) as i32, (width / 3) as i32);
    for y in 0..height as i32 {
        for x in 0..width as i32 {
            let far = (((x - middle).pow(2) + (y - height as i32 / 2).pow(2)) as f32).sqrt() / reach as f32;
            let level = (255.0 * (1.0 - far)).max(0.0) as u8;
            canvas.levels_mut()[(y * width as i32 + x) as usize] = level;
        }
    }
    canvas.text((5.0, 30.0), 12.0, Shade::new(90), "Kliks 12 %");
    canvas
}

fn a_photo(width: u32, height: u32) -> Photo {
    let rgb = (0..width * height).flat_map(|at| [(at % width) as u8, (at / width) as u8, (at % 251) as u8]);
    Photo::new(width, height, rgb.collect()).unwrap()
}

/// Every pixel of a PNG.
fn read_png(bytes: &[u8]) -> (png::ColorType, Vec<Rgba>) {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::IDENTITY);
    let kind = decoder.read_header_info().unwrap().color_type;
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (kind, rgba(&pixels, info.color_type == png::ColorType::Rgba))
}

fn read_webp(bytes: &[u8]) -> Vec<Rgba> {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).unwrap();
    let mut pixels = vec![0; decoder.output_buffer_size().unwrap()];
    decoder.read_image(&mut pixels).unwrap();
    rgba(&pixels, decoder.has_alpha())
}

fn rgba(bytes: &[u8], has_alpha: bool) -> Vec<Rgba> {
    if has_alpha {
        return bytes.chunks_exact(4).map(|p| Rgba { red: p[0], green: p[1], blue: p[2], alpha: p[3] }).collect();
    }
    bytes.chunks_exact(3).map(|p| Rgba::opaque(p[0], p[1], p[2])).collect()
}

#[test]
fn a_webp_shows_what_the_png_shows() {
    for (width, height) in [(1, 1), (1, 70), (33, 1), (64, 64), (301, 95)] {
        let (_, expected) = read_png(&png(a_canvas(width, height), &ramp()).unwrap());
        let found = read_webp(&webp(a_canvas(width, height), &ramp()).unwrap());
        assert!(found == expected, "{width} × {height}");
    }
    let opaque = |width, height| {
        let mut canvas = a_canvas(width, height);
        canvas.fill(canvas.bounds(), Layer::Paper, Shade::WHITE);
        canvas
    };
    let (png, webp) = (png(opaque(900, 700), &ramp()).unwrap(), webp(opaque(900, 700), &ramp()).unwrap());
    assert!(read_webp(&webp) == read_png(&png).1);
    assert!(webp.len() * 20 < png.len() * 21, "{} bytes, as PNG {}", webp.len(), png.len());
}

#[test]
fn a_cold_canvas_is_a_small_file() {
    assert!(png(Canvas::new(1280, 8000), &ramp()).unwrap().len() < 30_000);
    assert!(webp(Canvas::new(1280, 8000), &ramp()).unwrap().len() < 4_000);
}

#[test]
fn a_webp_that_is_too_long_is_refused() {
    assert!(webp(Canvas::new(3, MOST_WEBP_SIDE), &ramp()).is_ok());
    let error = webp(Canvas::new(3, MOST_WEBP_SIDE + 1), &ramp()).unwrap_err();
    assert!(matches!(error, EncodeError::TooLongForWebp { width: 3, height: 16385 }), "{error}");
}

#[test]
fn over_a_photo_the_heat_is_in_true_colour() {
    let (width, height) = (120, 100);
    let mut canvas = Canvas::new(width, height);
    canvas.set_photo(a_photo(100, 90));
    canvas.fill_level(Rect::new(10, 10, 30, 30), 180);
    canvas.fill(Rect::new(60, 10, 8, 8), Layer::Ink, Shade::new(90));
    let heat = ramp().colour(180);
    let cases = [
        ("the photo", (5, 5), Rgba::opaque(5, 5, (505 % 251) as u8)),
        ("heat over it", (20, 30), heat.over(Rgba::opaque(20, 30, (3020 % 251) as u8))),
        ("ink", (64, 14), Shade::new(90).colour()),
        ("right of it", (110, 20), Rgba::opaque(255, 255, 255)),
        ("below it", (20, 95), Rgba::opaque(255, 255, 255)),
    ];
    let (kind, pixels) = read_png(&png(canvas.clone(), &ramp()).unwrap());
    assert_eq!(kind, png::ColorType::Rgb);
    assert!(read_webp(&webp(canvas, &ramp()).unwrap()) == pixels);
    for (what, (x, y), colour) in cases {
        assert_eq!(pixels[y * width as usize + x], colour, "{what}");
    }
}

#[test]
fn a_photo_of_few_colours_has_a_table_of_them() {
    let mut canvas = Canvas::new(60, 50);
    canvas.set_photo(Photo::new(60, 50, [200, 210, 220].repeat(60 * 50)).unwrap());
    canvas.fill_level(Rect::new(10, 10, 30, 30), 180);
    let (kind, pixels) = read_png(&png(canvas, &ramp()).unwrap());
    assert_eq!((kind, pixels[0]), (png::ColorType::Indexed, Rgba::opaque(200, 210, 220)));
    assert_eq!(pixels[20 * 60 + 20], ramp().colour(180).over(Rgba::opaque(200, 210, 220)));
}

/// Every frame of a GIF as it is seen, and how long.
fn read_gif(bytes: &[u8]) -> (Vec<Vec<Rgba>>, Vec<u16>) {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(bytes).unwrap();
    let width = usize::from(decoder.width());
    let mut screen = vec![Rgba::default(); width * usize::from(decoder.height())];
    let (mut screens, mut delays) = (Vec::new(), Vec::new());
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        for (at, pixel) in rgba(&frame.buffer, true).into_iter().enumerate().filter(|(_, pixel)| pixel.alpha == 255) {
            let (x, y) = (at % usize::from(frame.width), at / usize::from(frame.width));
            screen[(usize::from(frame.top) + y) * width + usize::from(frame.left) + x] = pixel;
        }
        screens.push(screen.clone());
        delays.push(frame.delay);
    }
    (screens, delays)
}

#[test]
fn every_frame_of_an_animation_looks_like_its_canvas() {
    let frame = |number: i32| {
        let mut canvas = a_canvas(200, 120);
        canvas.fill_level(Rect::new(20 + 30 * number, 60, 30, 30), (200 - 40 * number) as u8);
        canvas.text((10.0, 110.0), 12.0, Shade::new(90), &format!("{number}:00"));
        canvas
    };
    // The third is the second once more.
    let numbers = [0, 1, 1, 2];
    let (screens, delays) = read_gif(&gif(numbers.map(frame), &ramp(), 500).unwrap());
    assert_eq!(delays, [50; 4]);
    let mut worst = 0;
    for (number, screen) in numbers.into_iter().zip(&screens) {
        let (_, expected) = read_png(&png(frame(number), &ramp()).unwrap());
        for (found, expected) in screen.iter().zip(expected) {
            let expected = expected.over(Rgba::opaque(255, 255, 255));
            let off = [(found.red, expected.red), (found.green, expected.green), (found.blue, expected.blue)];
            worst = worst.max(off.map(|(a, b)| a.abs_diff(b)).into_iter().max().unwrap_or_default());
        }
    }
    assert!(worst <= 24, "{worst} of 255 off");
    assert!(screens[1] == screens[2] && screens[0] != screens[1]);
}

#[test]
fn a_photo_is_grey_in_an_animation() {
    let mut canvas = Canvas::new(60, 50);
    canvas.set_photo(Photo::new(30, 50, [250, 40, 30].repeat(30 * 50)).unwrap());
    let (screens, _) = read_gif(&gif([canvas], &ramp(), 100).unwrap());
    let (photo, beside) = (screens[0][0], screens[0][40]);
    assert!(photo.red.abs_diff(photo.blue) < 40 && photo.lightness() < 160.0, "{photo:?}");
    assert_eq!(beside, Rgba::opaque(255, 255, 255));
}

#[test]
fn an_animation_is_bounded() {
    let frames = |count: usize, width| (0..count).map(move |_| Canvas::new(width, 10));
    assert!(gif(frames(MOST_FRAMES, 20), &ramp(), 100).is_ok());
    assert!(matches!(gif(frames(MOST_FRAMES + 1, 20), &ramp(), 100), Err(EncodeError::TooMuchForGif)));
    assert!(matches!(gif(frames(1, MOST_GIF_SIDE + 1), &ramp(), 100), Err(EncodeError::TooMuchForGif)));
    assert!(matches!(gif(frames(0, 1), &ramp(), 100), Err(EncodeError::TooMuchForGif)));
    assert!(matches!(gif([Canvas::new(5, 5), Canvas::new(5, 6)], &ramp(), 100), Err(EncodeError::TooMuchForGif)));
    for (width, height, frames) in [(1280, 4000, 24), (390, 800, 6), (1280, 30_000, 1), (3840, 30_000, 24)] {
        let scale = gif_scale(width, height, frames);
        let side = |css: u32| u64::from(((css as f32 * scale).round() as u32).max(1));
        assert!(side(width) * side(height) * frames as u64 <= MOST_GIF_PIXELS, "{width}×{height}: {scale}");
        assert!(side(width).max(side(height)) <= u64::from(MOST_GIF_SIDE) && scale <= 1.0);
    }
}
