//! Owns the writing of whole numbers in the languages of badges.

use super::params::Lang;

/// Returns a number with its thousands apart: `1,234` in English, `1 234` in Bulgarian.
pub fn grouped(number: u64, lang: Lang) -> String {
    let separator = match lang {
        Lang::En => ',',
        // A space at which no line is broken.
        Lang::Bg => '\u{a0}',
    };
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_thousands() {
        let cases = [
            (0, "0", "0"),
            (999, "999", "999"),
            (1234, "1,234", "1\u{a0}234"),
            (1_234_567, "1,234,567", "1\u{a0}234\u{a0}567"),
            (u64::MAX, "18,446,744,073,709,551,615", "18\u{a0}446\u{a0}744\u{a0}073\u{a0}709\u{a0}551\u{a0}615"),
        ];
        for (number, english, bulgarian) in cases {
            assert_eq!(grouped(number, Lang::En), english);
            assert_eq!(grouped(number, Lang::Bg), bulgarian);
        }
    }
}
