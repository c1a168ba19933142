//! Screenshots of pages: uploaded, shown, replaced, listed, removed; who may, and what is no picture.

use std::{fs, io::Cursor, path::PathBuf};

use heatline::control::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, PATIENCE, SITE, TestApp, api::Request, eventually};

/// A picture of one colour, as PNG, with a text in it.
pub fn a_png(width: u32, height: u32, colour: [u8; 3]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.add_text_chunk("Comment".to_owned(), "taken on ann's laptop".to_owned()).unwrap();
    let pixels = colour.repeat(width as usize * height as usize);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    bytes
}

/// Returns the sides of a PNG and its first pixel.
fn sides_and_colour(bytes: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (info.width, info.height, pixels[..3].to_vec())
}

fn at(query: &str) -> String {
    format!("/api/v1/sites/{SITE}/screenshot?{query}")
}

fn put(app: &TestApp, query: &str, picture: Vec<u8>) -> Request {
    app.request(Method::PUT, &at(query)).key(&app.key).body("image/png", picture)
}

async fn show(app: &TestApp, query: &str) -> Answer {
    app.get(&at(query)).key(&app.key).send().await
}

async fn list(app: &TestApp, query: &str) -> Vec<Value> {
    let path = format!("/api/v1/sites/{SITE}/screenshots{query}");
    let answer = app.get(&path).key(&app.key).send().await.expect(200, &path).json();
    answer["screenshots"].as_array().unwrap().clone()
}

/// Returns the files that are there, of all sites.
fn files(app: &TestApp) -> Vec<PathBuf> {
    let Ok(sites) = fs::read_dir(app.config.data_dir.join("screenshots")) else { return Vec::new() };
    let folders = sites.map(|site| site.unwrap().path());
    folders.flat_map(|folder| fs::read_dir(folder).unwrap().map(|file| file.unwrap().path())).collect()
}

#[tokio::test]
async fn a_screenshot_is_uploaded_shown_replaced_listed_and_removed() {
    let app = TestApp::start().await;
    show(&app, "path=/pricing&width=390").await.problem(404, "no_screenshot", "before the first");
    let made = put(&app, "path=/pricing&width=390", a_png(780, 1001, [200, 0, 0])).send().await;
    let made = made.expect(201, "the first").json();
    assert_eq!((&made["path"], &made["width"], &made["height"]), (&json!("/pricing"), &json!(390), &json!(501)));

    let shown = show(&app, "width=390&path=/pricing").await.expect(200, "it");
    assert_eq!(shown.header("content-type"), Some("image/png"));
    assert_eq!(sides_and_colour(&shown.body), (390, 501, vec![200, 0, 0]), "at the width of the page");
    let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(
        holds(&a_png(390, 10, [0; 3]), "laptop") && !holds(&shown.body, "laptop"),
        "nothing else of the file is kept"
    );

    let etag = shown.header("etag").unwrap().to_owned();
    assert!(etag.starts_with('"'), "a strong one: {etag}");
    let again = || app.get(&at("path=/pricing&width=390")).key(&app.key).header("if-none-match", &etag).send();
    assert!(again().await.expect(304, "unchanged").body.is_empty());

    put(&app, "path=/pricing&width=390", a_png(390, 400, [0, 0, 200])).send().await.expect(200, "another in its place");
    let shown = again().await.expect(200, "changed");
    assert_eq!(sides_and_colour(&shown.body), (390, 400, vec![0, 0, 200]));
    assert_eq!(files(&app).len(), 1, "the one before is gone: {:?}", files(&app));

    put(&app, "path=/pricing&width=1280", a_png(1264, 100, [9; 3])).send().await.expect(201, "another width");
    put(&app, "path=/%D1%86%D0%B5%D0%BD%D0%B8&width=390", a_png(390, 100, [9; 3]))
        .send()
        .await
        .expect(201, "another page");
    show(&app, "path=/цени&width=390").await.expect(200, "a path is found however it is escaped");
    let pages = |list: &[Value]| list.iter().map(|one| (one["path"].clone(), one["width"].clone())).collect::<Vec<_>>();
    let all = [(json!("/pricing"), json!(390)), (json!("/pricing"), json!(1280)), (json!("/цени"), json!(390))];
    assert_eq!(pages(&list(&app, "").await), all);
    assert_eq!(pages(&list(&app, "?path=/pricing").await), all[..2]);
    assert_eq!(list(&app, "?path=/nowhere").await.len(), 0);
    let first = &list(&app, "").await[0];
    assert_eq!(first["height"], 400);
    first["uploaded_at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();

    for what in ["one that is there", "one that is not"] {
        let removed = app.request(Method::DELETE, &at("path=/pricing&width=390")).key(&app.key).send().await;
        removed.expect(204, what);
    }
    show(&app, "path=/pricing&width=390").await.problem(404, "no_screenshot", "after the last");
    assert_eq!((list(&app, "").await.len(), files(&app).len()), (2, 2));
    app.stop().await;
}

#[tokio::test]
async fn what_is_no_picture_of_the_page_is_refused_and_nothing_is_kept() {
    let app = TestApp::start().await;
    let head = |width: u32, height: u32| {
        let mut bytes = a_png(200, 200, [0; 3]);
        bytes[16..20].copy_from_slice(&width.to_be_bytes());
        bytes[20..24].copy_from_slice(&height.to_be_bytes());
        let mut crc = flate2::Crc::new();
        crc.update(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&crc.sum().to_be_bytes());
        bytes
    };
    let gif = b"GIF89a\xc8\x00\x64\x00\x80\x00\x00".to_vec();
    for (what, picture, says) in [
        ("a bomb", head(65_535, 65_535), "40000000"),
        ("a picture of too many pixels", head(7000, 7000), "40000000"),
        ("a GIF", gif, "PNG nor JPEG nor WebP"),
        ("nothing", Vec::new(), "PNG nor JPEG nor WebP"),
        ("half a picture", a_png(390, 390, [0; 3])[..200].to_vec(), "damaged"),
        ("one of another width", a_png(340, 390, [0; 3]), "340 pixels wide"),
    ] {
        let answer = put(&app, "path=/&width=390", picture).send().await;
        let problem = answer.problem(400, "invalid", what);
        assert_eq!(problem["errors"][0]["pointer"], "body", "{what}: {problem}");
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains(says), "{what}: {problem}");
    }
    put(&app, "path=/&width=390", vec![0; 10 * 1024 * 1024 + 1]).send().await.problem(413, "too_large", "11 MB");
    for (query, code) in [
        ("path=/&width=119", "invalid"),
        ("path=/&width=3841", "invalid"),
        ("path=pricing&width=390", "invalid"),
        ("path=&width=390", "invalid"),
        ("path=/", "malformed"),
        ("width=390", "malformed"),
        ("path=/&width=wide", "malformed"),
        ("path=/&width=390&colour=red", "malformed"),
    ] {
        put(&app, query, a_png(390, 390, [0; 3])).send().await.problem(400, code, query);
        show(&app, query).await.problem(400, code, query);
        let removed = app.request(Method::DELETE, &at(query)).key(&app.key).send().await;
        removed.problem(400, code, query);
    }
    assert_eq!((list(&app, "").await.len(), files(&app).len()), (0, 0));
    app.stop().await;
}

#[tokio::test]
async fn who_only_looks_uploads_and_removes_nothing() {
    let app = TestApp::start().await;
    put(&app, "path=/&width=390", a_png(390, 100, [1; 3])).send().await.expect(201, "a key with the scope");
    for (role, may_change) in [(Role::Viewer, false), (Role::Editor, true)] {
        let session = app.signed_in(&format!("{role}@x.example"), Some((SITE, role))).await;
        let at = |method: Method| app.request(method, &at("path=/&width=390")).session(&session);
        at(Method::GET).send().await.expect(200, "looking");
        let uploaded = at(Method::PUT).body("image/png", a_png(390, 100, [2; 3])).send().await;
        let removed = at(Method::DELETE).send().await;
        if may_change {
            uploaded.expect(200, "an editor");
            removed.expect(204, "an editor");
        } else {
            uploaded.problem(403, "not_admin", "a viewer");
            removed.problem(403, "not_admin", "a viewer");
            let shown = show(&app, "path=/&width=390").await;
            assert_eq!(sides_and_colour(&shown.body).2, [1; 3], "nothing was changed");
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn screenshots_go_with_their_site() {
    let app = TestApp::start().await;
    app.add_site("other.example").await;
    put(&app, "path=/&width=390", a_png(390, 100, [1; 3])).send().await.expect(201, "of the site");
    let other = "/api/v1/sites/other.example/screenshot?path=/&width=390";
    let uploaded =
        app.request(Method::PUT, other).key(&app.key).body("image/png", a_png(390, 100, [1; 3])).send().await;
    uploaded.expect(201, "of another");
    let removed = app.request(Method::DELETE, &format!("/api/v1/sites/{SITE}")).key(&app.key).send().await;
    removed.expect(200, "the site");
    eventually("its files are gone, and no other", PATIENCE, async || (files(&app).len() == 1).then_some(())).await;
    app.get(other).key(&app.key).send().await.expect(200, "the other one's");
    app.stop().await;
}

#[tokio::test]
async fn a_photograph_is_kept_as_jpeg() {
    let app = TestApp::start().await;
    // What no lossless format makes small: a soft noise.
    let (width, height) = (800, 800);
    let mut state = 1_u32;
    let noise: Vec<u8> = (0..3 * width * height)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            120 + u8::try_from(state >> 28).unwrap()
        })
        .collect();
    let mut picture = Vec::new();
    let mut encoder = png::Encoder::new(&mut picture, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&noise).unwrap();
    put(&app, "path=/&width=800", picture.clone()).send().await.expect(201, "a photograph");
    let shown = show(&app, "path=/&width=800").await.expect(200, "it");
    assert_eq!(shown.header("content-type"), Some("image/jpeg"));
    assert!(shown.body.starts_with(b"\xff\xd8") && shown.body.len() * 3 < picture.len());
    app.stop().await;
}
