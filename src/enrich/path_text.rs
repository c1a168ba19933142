//! Owns the readable form of percent-encoded paths: one text per path, whatever way it was written.
//! It does not resolve `..` or split URLs; the `url` crate does.

/// Decodes the escapes that stand for text people can read; all others stay, in upper case.
///
/// # Guarantees
///
/// * Reading the result again changes nothing: `readable(readable(x)) == readable(x)`.
/// * Two paths that a server may tell apart stay apart: escaped `/ \ % ? #`, control and invisible characters and
///   invalid UTF-8 are kept as they are.
#[must_use]
pub fn readable(encoded: &str) -> String {
    let mut text = String::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some(start) = rest.find('%') {
        text.push_str(&rest[..start]);
        let run = escaped_bytes(&rest[start..]);
        if run.is_empty() {
            text.push('%');
            rest = &rest[start + 1..];
        } else {
            rest = &rest[start + run.len() * ESCAPE_LENGTH..];
            push_decoded(&mut text, &run);
        }
    }
    text.push_str(rest);
    text
}

/// Bytes of `%2F`.
const ESCAPE_LENGTH: usize = 3;

/// Returns the bytes of the escapes that `text` starts with.
fn escaped_bytes(text: &str) -> Vec<u8> {
    text.as_bytes().chunks_exact(ESCAPE_LENGTH).map_while(escaped_byte).collect()
}

fn escaped_byte(escape: &[u8]) -> Option<u8> {
    let [b'%', high, low] = escape else { return None };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
}

fn push_decoded(text: &mut String, bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_readable(c) && !completes_escape(text, c) {
                text.push(c);
            } else {
                push_escaped(text, c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        push_escaped(text, chunk.invalid());
    }
}

fn push_escaped(text: &mut String, bytes: &[u8]) {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in bytes {
        text.extend(['%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 0xf)]]);
    }
}

fn is_readable(c: char) -> bool {
    let has_meaning_in_urls = matches!(c, '/' | '\\' | '%' | '?' | '#');
    let is_blank = c.is_whitespace() && c != ' ';
    !(has_meaning_in_urls || is_blank || c.is_control() || is_invisible(c))
}

/// Characters that show nothing or turn the text around them. The two joiners that Persian and emoji need are not here.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Tells whether a decoded digit would turn a stray `%` before it into an escape: `%%34%31` must not become `%41`.
fn completes_escape(text: &str, c: char) -> bool {
    let mut before = text.bytes().rev();
    let (last, second_last) = (before.next(), before.next());
    let after_percent = last == Some(b'%');
    let after_digit = second_last == Some(b'%') && last.is_some_and(|byte| byte.is_ascii_hexdigit());
    c.is_ascii_hexdigit() && (after_percent || after_digit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decodes_what_people_can_read() {
        let cases = [
            ("Cyrillic", "/%D0%B1%D0%BB%D0%BE%D0%B3", "/блог"),
            ("lower-case escapes", "/%d0%b1", "/б"),
            ("CJK and emoji", "/%E6%97%A5%F0%9F%8E%89", "/日🎉"),
            ("space and plus", "/a%20b+c", "/a b+c"),
            ("escaped slash stays", "/a%2Fb%2fc", "/a%2Fb%2Fc"),
            ("escaped backslash stays", "/%5cevil", "/%5Cevil"),
            ("escaped percent stays", "/100%25", "/100%25"),
            ("double escape is not undone", "/a%252Fb", "/a%252Fb"),
            ("question mark and hash stay", "/a%3Fb%23c", "/a%3Fb%23c"),
            ("control characters stay", "/a%00%0A%1Bb", "/a%00%0A%1Bb"),
            ("line separator stays", "/%E2%80%A8", "/%E2%80%A8"),
            ("right-to-left override stays", "/%E2%80%AEgpj", "/%E2%80%AEgpj"),
            ("no escape", "/%zz/%", "/%zz/%"),
            ("cut escape", "/%D0%B", "/%D0%B"),
            ("invalid UTF-8 stays", "/%ff%d0%b1%C0", "/%FFб%C0"),
            ("surrogate stays", "/%ED%A0%80", "/%ED%A0%80"),
            ("stray percent before digits", "/%%34%31", "/%%341"),
        ];
        for (description, encoded, expected) in cases {
            assert_eq!(readable(encoded), expected, "{description}");
        }
    }

    proptest! {
        #[test]
        fn is_idempotent(path in "(%[0-9a-fA-F]{0,2}|[0-9a-f/]|\\PC){0,40}") {
            let once = readable(&path);
            prop_assert_eq!(readable(&once), once);
        }
    }
}
