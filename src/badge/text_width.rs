//! Owns the estimate of how wide a text is drawn, for badges have to know before any font is there.
//! Latin and Cyrillic are measured, other scripts are means; the picture's `textLength` makes up the rest.

/// Widths of U+0020 to U+007E in hundredths of the font size, measured in `DejaVu Sans`, whose metrics are Verdana's.
const ASCII: [u8; 95] = [
    32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84,
    84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79, 60, 79, 69, 63, 61, 73, 68, 99, 69,
    61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52, 39, 63,
    59, 82, 59, 59, 52, 64, 34, 64, 84,
];
/// The same of U+0400 to U+045F.
const CYRILLIC: [u8; 96] = [
    63, 63, 79, 61, 70, 63, 29, 29, 29, 109, 104, 79, 71, 75, 61, 75, 68, 69, 69, 61, 78, 63, 108, 64, 75, 75, 71, 75,
    86, 75, 79, 75, 60, 70, 61, 61, 86, 69, 78, 69, 107, 109, 83, 88, 69, 70, 108, 69, 61, 62, 59, 53, 69, 62, 90, 53,
    65, 65, 60, 64, 75, 65, 61, 65, 63, 55, 58, 59, 85, 59, 68, 59, 92, 94, 71, 79, 59, 55, 84, 60, 62, 62, 63, 53, 55,
    52, 28, 28, 28, 90, 90, 65, 60, 65, 59, 65,
];

/// Returns the width of a text at a font size, in the unit of the font size.
pub fn text_width(text: &str, font_size: f32) -> f32 {
    let hundredths: u32 = text.chars().map(|c| u32::from(char_width(c))).sum();
    #[expect(clippy::cast_precision_loss, reason = "badge texts are short")]
    let ems = hundredths as f32 / 100.0;
    ems * font_size
}

/// Returns the width of a character in hundredths of the font size.
fn char_width(c: char) -> u8 {
    let code = u32::from(c);
    let measured = match code {
        0x20..=0x7e => ASCII.get((code - 0x20) as usize),
        0xa0 => ASCII.first(),
        0x400..=0x45f => CYRILLIC.get((code - 0x400) as usize),
        _ => None,
    };
    measured.copied().unwrap_or_else(|| mean_width(c))
}

fn mean_width(c: char) -> u8 {
    if is_mark(c) {
        return 0;
    }
    let block = MEAN_WIDTHS.iter().find(|(first, last, _)| (*first..=*last).contains(&u32::from(c)));
    match block {
        Some((_, _, width)) => *width,
        None if c.is_uppercase() => 69,
        None => 61,
    }
}

/// Mean widths of the blocks that differ from Latin: first and last character, hundredths of the font size.
const MEAN_WIDTHS: [(u32, u32, u8); 18] = [
    (0x0590, 0x05ff, 55),      // Hebrew
    (0x0600, 0x08ff, 46),      // Arabic
    (0x0e00, 0x0eff, 52),      // Thai, Lao
    (0x1100, 0x11ff, 100),     // Hangul letters
    (0x2000, 0x200a, 40),      // spaces
    (0x2010, 0x2bff, 80),      // punctuation, signs, arrows
    (0x2e80, 0xa4cf, 100),     // Chinese, Japanese, Yi
    (0xa960, 0xa97f, 100),     // Hangul letters
    (0xac00, 0xd7ff, 100),     // Hangul
    (0xf900, 0xfaff, 100),     // Chinese
    (0xfb1d, 0xfb4f, 55),      // Hebrew forms
    (0xfb50, 0xfdff, 46),      // Arabic forms
    (0xfe30, 0xfe6f, 100),     // vertical and small forms
    (0xfe70, 0xfefe, 46),      // Arabic forms
    (0xff00, 0xff60, 100),     // full-width forms
    (0xffe0, 0xffe6, 100),     // full-width signs
    (0x1_f000, 0x1_faff, 125), // emoji
    (0x2_0000, 0x3_ffff, 100), // rare Chinese
];

/// Marks that are drawn over, under or inside the letter before them.
fn is_mark(c: char) -> bool {
    matches!(u32::from(c),
        0x0300..=0x036f | 0x0483..=0x0489 | 0x0591..=0x05bd | 0x05bf..=0x05c7 | 0x0610..=0x061a | 0x064b..=0x065f | 0x0670
        | 0x06d6..=0x06ed | 0x0900..=0x0902 | 0x093c | 0x0941..=0x0948 | 0x094d | 0x0951..=0x0957 | 0x0981 | 0x09bc
        | 0x09c1..=0x09c4 | 0x09cd | 0x0bc0 | 0x0bcd | 0x0e31 | 0x0e34..=0x0e3a | 0x0e47..=0x0e4e | 0x0eb1
        | 0x0eb4..=0x0ebc | 0x0ec8..=0x0ece | 0x17b4..=0x17b5 | 0x17b7..=0x17bd | 0x17c6 | 0x17c9..=0x17d3
        | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x200b..=0x200f | 0x20d0..=0x20ff | 0xfe00..=0xfe0f | 0xfe20..=0xfe2f
        | 0x1_f3fb..=0x1_f3ff | 0xe_0100..=0xe_01ef)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_every_script_near_enough() {
        let cases = [
            ("Latin", "online", 3.05),
            ("digits", "1,234", 2.88),
            ("Cyrillic", "на линия", 4.76),
            ("accents", "größe", 2.9),
            ("combining marks add nothing", "e\u{301}\u{302}\u{303}", 0.62),
            ("Chinese", "在线访客", 4.0),
            ("Arabic", "الزوار الآن", 4.9),
            ("emoji with skin", "👍\u{1f3fd}", 1.25),
        ];
        for (description, text, expected) in cases {
            let width = text_width(text, 1.0);
            assert!((width - expected).abs() < 0.15, "{description}: {width}");
        }
    }
}
