use super::*;

/// Texts in the writing of most people of the world.
const WRITTEN: [(&str, &str); 24] = [
    ("Latin", "Visitors online"),
    ("Vietnamese", "Khách truy cập"),
    ("Cyrillic", "на линия"),
    ("Greek", "επισκέπτες"),
    ("Armenian", "այցելուներ"),
    ("Georgian", "ვიზიტორები"),
    ("Hebrew", "מבקרים כעת"),
    ("Arabic", "الزوار الآن"),
    ("Persian", "بازدیدکنندگان"),
    ("Urdu", "زائرین"),
    ("Hindi", "आगंतुक ऑनलाइन"),
    ("Bengali", "দর্শক"),
    ("Punjabi", "ਮਹਿਮਾਨ"),
    ("Gujarati", "મુલાકાતીઓ"),
    ("Tamil", "பார்வையாளர்கள்"),
    ("Telugu", "సందర్శకులు"),
    ("Thai", "ผู้เยี่ยมชม"),
    ("Khmer", "អ្នកទស្សនា"),
    ("Burmese", "ဧည့်သည်"),
    ("Amharic", "ጎብኚዎች"),
    ("Chinese", "在线访客 線上訪客"),
    ("Japanese", "オンライン訪問者"),
    ("Korean", "방문자 수"),
    ("emoji", "🔥 👩‍💻 ❤️"),
];

#[test]
fn every_letter_of_every_script_has_a_font() {
    let faces = Faces::default();
    for (script, text) in WRITTEN {
        let line = Line::of(text, 11.0, &faces);
        assert!(line.width > 11.0, "{script}");
        let boxes = line.glyphs.iter().filter(|placed| placed.glyph == GlyphId(0)).count();
        assert_eq!(boxes, 0, "{script}");
    }
}

#[test]
fn arabic_letters_join_and_run_to_the_left() {
    let faces = Faces::default();
    let alone: f32 = "الزوار".chars().map(|c| Line::of(&c.to_string(), 20.0, &faces).width).sum();
    let joined = Line::of("الزوار", 20.0, &faces);
    assert!(joined.width < alone * 0.9, "{} of {alone}", joined.width);
    // The number stands to the right of what is before it in an English line, to the left in an Arabic one.
    let first_digit = |text: &str| {
        let line = Line::of(text, 20.0, &faces);
        let seven = faces.get(0).outlines().glyph_id('7');
        line.glyphs.iter().find(|placed| placed.glyph == seven).map(|placed| placed.x / line.width).unwrap()
    };
    assert!(first_digit("online 7") > 0.8);
    assert!(first_digit("الزوار 7") < 0.1);
}

#[test]
fn marks_take_no_room() {
    let faces = Faces::default();
    let plain = Line::of("e", 20.0, &faces).width;
    assert!((Line::of("e\u{301}\u{302}", 20.0, &faces).width - plain).abs() < 0.5);
    assert!((Line::of("👍\u{1f3fd}", 20.0, &faces).width - Line::of("👍", 20.0, &faces).width).abs() < 0.01);
}

#[test]
fn what_no_font_has_is_a_box_and_a_flag_is_its_letters() {
    let faces = Faces::default();
    // Cuneiform.
    let line = Line::of("\u{12000}", 20.0, &faces);
    assert_eq!(line.glyphs.iter().map(|placed| placed.glyph).collect::<Vec<_>>(), [GlyphId(0)]);
    assert!(line.width > 5.0);
    assert!((Line::of("🇧🇬", 20.0, &faces).width - Line::of("BG", 20.0, &faces).width).abs() < 0.01);
}

#[test]
fn a_font_of_the_owner_fills_the_gap() {
    let bytes = include_bytes!("../fonts/NotoSansLao.ttf").to_vec();
    assert!(Face::read(bytes).is_ok());
    assert_eq!(Face::read(b"no font at all".to_vec()).err(), Some(NotAFont));
    assert_eq!(Face::read(Vec::new()).err(), Some(NotAFont));
}
