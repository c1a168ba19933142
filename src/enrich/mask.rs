//! Owns the masking of personal data and secrets that sites leak in their paths, in addresses that they link to, and in what
//! visitors search for. It does not touch the queries of pages: those are dropped but for the allow-list of
//! [`page_url`](super::page_url).

use std::borrow::Cow;

/// Stands for an e-mail address.
const EMAIL: &str = ":email";
/// Stands for a number long enough to be a telephone, card or account number.
const NUMBER: &str = ":number";
const UUID: &str = ":uuid";
/// Stands for a key, session or one-time link.
const TOKEN: &str = ":token";

/// Shorter numbers are dates and article ids.
const NUMBER_MIN_DIGITS: usize = 12;
/// In what a visitor types a number of this length is a telephone or an account.
const SEARCH_NUMBER_MIN_DIGITS: usize = 9;
/// Signs between the digits of a number that is written in groups: `+359 (88) 812-3456`.
const GROUP_SIGNS: [char; 6] = [' ', '(', ')', '.', '/', '-'];
const GROUP_SIGNS_MOST: usize = 2;
/// Half of an MD5; the hash at the end of a blog post's address is shorter.
const HEX_MIN_LENGTH: usize = 24;
const TOKEN_MIN_LENGTH: usize = 20;
/// Fewer letters in a row between separators are no word.
const WORD_MIN_LETTERS: usize = 4;

/// What stands between the words of a slug.
const SEPARATORS: [char; 3] = ['-', '_', '.'];

/// Replaces the telling segments of a readable path by placeholders.
#[must_use]
pub fn mask_path(path: &str) -> Cow<'_, str> {
    // As nearly every path is: no segment tells anything.
    if path.split('/').all(|segment| matches!(mask_segment(segment), Cow::Borrowed(same) if same == segment)) {
        return path.into();
    }
    let mut masked = String::with_capacity(path.len());
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            masked.push('/');
        }
        masked.push_str(&mask_segment(segment));
    }
    masked.into()
}

/// Replaces a text that holds an e-mail address by a placeholder.
#[must_use]
pub fn mask_email(text: &str) -> &str {
    if has_email(text) { EMAIL } else { text }
}

/// Replaces the telling segments of a URL's path, and the telling values of its query, by placeholders.
#[must_use]
pub fn mask_url(url: &str) -> String {
    let Some((path, query)) = url.split_once('?') else { return mask_path(url).into_owned() };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) => format!("{name}={}", mask_path(value)),
        None => mask_path(pair).into_owned(),
    });
    format!("{}?{}", mask_path(path), pairs.collect::<Vec<_>>().join("&"))
}

/// Replaces what a visitor has searched for by a placeholder where it looks like an e-mail address or a long number.
#[must_use]
pub fn mask_search(text: &str) -> &str {
    if has_email(text) {
        EMAIL
    } else if has_grouped_number(text) {
        NUMBER
    } else {
        text
    }
}

fn has_grouped_number(text: &str) -> bool {
    let (mut digits, mut signs) = (0, 0);
    for c in text.chars() {
        if c.is_numeric() {
            (digits, signs) = (digits + 1, 0);
        } else if GROUP_SIGNS.contains(&c) && signs < GROUP_SIGNS_MOST {
            signs += 1;
        } else {
            (digits, signs) = (0, 0);
        }
        if digits == SEARCH_NUMBER_MIN_DIGITS {
            return true;
        }
    }
    false
}

fn mask_segment(segment: &str) -> Cow<'_, str> {
    if has_email(segment) {
        EMAIL.into()
    } else if is_uuid(segment) {
        UUID.into()
    } else if is_long_number(segment) {
        NUMBER.into()
    } else if is_jwt(segment) || is_secret(segment) {
        TOKEN.into()
    } else if segment.len() > TOKEN_MIN_LENGTH && pieces(segment).any(|piece| matches!(piece, Cow::Owned(_))) {
        pieces(segment).collect::<String>().into()
    } else {
        segment.into()
    }
}

fn pieces(segment: &str) -> impl Iterator<Item = Cow<'_, str>> {
    segment.split_inclusive(SEPARATORS).map(mask_piece)
}

/// Masks one piece of a slug, so that `/my-article-507f1f77bcf86cd799439011` keeps its words.
fn mask_piece(piece: &str) -> Cow<'_, str> {
    let text = piece.trim_end_matches(SEPARATORS);
    if is_secret(text) { format!("{TOKEN}{}", &piece[text.len()..]).into() } else { piece.into() }
}

/// Finds `local@domain.tld`, also where the `@` was escaped more than once.
fn has_email(text: &str) -> bool {
    let plain = if text.contains('%') { text.replace("%25", "%").replace("%40", "@").into() } else { Cow::from(text) };
    plain.match_indices('@').any(|(at, _)| {
        let local_ends_well =
            plain[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+'));
        let domain = &plain[at + 1..];
        let end = domain.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-'))).unwrap_or(domain.len());
        local_ends_well && is_mail_domain(domain[..end].trim_end_matches('.'))
    })
}

fn is_mail_domain(domain: &str) -> bool {
    domain.rsplit_once('.').is_some_and(|(name, top_level)| {
        let top_level_is_word = top_level.chars().count() >= 2 && top_level.chars().all(char::is_alphabetic);
        !name.is_empty() && (top_level_is_word || top_level.starts_with("xn--"))
    })
}

fn is_uuid(segment: &str) -> bool {
    const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
    let groups = segment.trim_start_matches('{').trim_end_matches('}').split('-');
    groups.clone().map(str::len).eq(GROUPS) && groups.flat_map(str::bytes).all(|byte| byte.is_ascii_hexdigit())
}

fn is_long_number(segment: &str) -> bool {
    let digits = segment.strip_prefix('+').unwrap_or(segment);
    digits.len() >= NUMBER_MIN_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// `header.payload.signature`, the header being Base64 of `{"`.
fn is_jwt(segment: &str) -> bool {
    segment.starts_with("eyJ") && segment.split('.').count() >= 2 && segment.bytes().all(is_token_byte)
}

fn is_secret(text: &str) -> bool {
    is_hex(text) || is_random(text)
}

fn is_hex(text: &str) -> bool {
    text.len() >= HEX_MIN_LENGTH && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Tells a random string from a slug by how often it changes between small letters, capitals and digits.
///
/// Random Base64 changes at 42 % of its borders, random Base36 at 40 %, a slug of words and a year at less than
/// 15 %. A capital before a small letter is how words begin and is not counted.
fn is_random(text: &str) -> bool {
    if text.len() < TOKEN_MIN_LENGTH || !text.bytes().all(is_token_byte) || text.split(SEPARATORS).any(is_word) {
        return false;
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let changes = text.as_bytes().windows(2).filter(|pair| is_change(pair[0], pair[1])).count();
    digits >= 2 && changes * 10 >= text.len() * 3
}

/// Small letters, the first one perhaps a capital.
fn is_word(piece: &str) -> bool {
    piece.len() >= WORD_MIN_LETTERS && piece.bytes().skip(1).all(|byte| byte.is_ascii_lowercase())
}

fn is_change(left: u8, right: u8) -> bool {
    if !left.is_ascii_alphanumeric() || !right.is_ascii_alphanumeric() {
        return false;
    }
    let word_begins = left.is_ascii_uppercase() && right.is_ascii_lowercase();
    let same_class =
        left.is_ascii_digit() == right.is_ascii_digit() && left.is_ascii_uppercase() == right.is_ascii_uppercase();
    !(word_begins || same_class)
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'=' | b'+')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_what_tells_of_a_person_or_opens_a_door() {
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
        let cases = [
            ("e-mail", "/user/ivan.petrov+x@mail.example.com/edit", "/user/:email/edit"),
            ("e-mail in Cyrillic", "/иван@пример.бг", "/:email"),
            ("e-mail escaped twice", "/u/ivan%2540example.com", "/u/:email"),
            ("e-mail inside a segment", "/mailto:ivan@example.com;x", "/:email"),
            ("telephone", "/call/+359888123456", "/call/:number"),
            ("card", "/4111111111111111/", "/:number/"),
            ("UUID", "/order/550e8400-e29b-41d4-a716-446655440000", "/order/:uuid"),
            ("JWT", &format!("/verify/{jwt}"), "/verify/:token"),
            ("SHA-1", "/reset/da39a3ee5e6b4b0d3255bfef95601890afd80709", "/reset/:token"),
            ("Base64", "/magic/x8Kd02LqPz5VnT7rYb1Wm3Hc", "/magic/:token"),
            ("Base64 with separators", "/i/Zk3_a9-QpX7t2LmB4vR8sW1c", "/i/:token"),
            ("Base36", "/s/k3j5h6g7f8d9s0a1q2w3e4r5", "/s/:token"),
            ("ULID", "/s/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/s/:token"),
            ("CUID", "/s/cjld2cjxh0000qzrmn831i7rn", "/s/:token"),
            ("Hex at the end of a slug", "/my-article-507f1f77bcf86cd799439011", "/my-article-:token"),
            ("key with a prefix", "/k/sk_live_4eC39HqLyjWDarjtT1zdp7dc.json", "/k/sk_live_:token.json"),
        ];
        for (description, path, expected) in cases {
            assert_eq!(mask_path(path), expected, "{description}");
        }
    }

    #[test]
    fn leaves_ordinary_paths_alone() {
        let paths = [
            "/",
            "//",
            "/blog/2024/11/23/how-to-fix-the-iPhone-15-Pro-camera-in-10-minutes",
            "/How-To-Survive-In-2024-With-A-Pixel-8-Phone",
            "/статии/как-да-направим-баница-2024",
            "/@ivan",
            "/@scope/package@4.17.21",
            "/news/4567890",
            "/20241123193000x",
            "/i/20241123193",
            "/p/my-first-post-8f2a1b3c4d5e",
            "/watch/dQw4w9WgXcQ",
            "/assets/JavaScriptAndTypeScript2024Handbook",
            "/product/samsung-galaxy-s24-ultra-512gb-titanium-sm-s928b",
            "/a.b.c/eyJ",
            "/ISO-27001-2022-and-GDPR-2016-679",
        ];
        for path in paths {
            assert_eq!(mask_path(path), path);
        }
    }

    #[test]
    fn masks_addresses_that_are_linked_to() {
        let cases = [
            ("https://a.example/watch?v=dQw4w9WgXcQ&t=42", "https://a.example/watch?v=dQw4w9WgXcQ&t=42"),
            ("https://a.example/u/ivan%40example.com", "https://a.example/u/:email"),
            ("https://a.example/?to=ivan%40example.com&n=1&flag", "https://a.example/?to=:email&n=1&flag"),
            ("https://a.example/r?key=x8Kd02LqPz5VnT7rYb1Wm3Hc", "https://a.example/r?key=:token"),
            ("https://a.example/r?a=b=c??", "https://a.example/r?a=b=c??"),
            ("", ""),
        ];
        for (url, expected) in cases {
            assert_eq!(mask_url(url), expected, "{url}");
        }
    }

    #[test]
    fn masks_searches_for_a_person_or_a_number() {
        let cases = [
            ("ivan@example.com", ":email"),
            ("mail of Ivan.Petrov@example.com please", ":email"),
            ("0888123456", ":number"),
            ("call +359 (88) 812-3456", ":number"),
            ("١٢٣٤٥٦٧٨٩", ":number"),
            ("12345678", "12345678"),
            ("iphone 15 pro 2024", "iphone 15 pro 2024"),
            ("1234 - - 56789", "1234 - - 56789"),
            ("банка с капак", "банка с капак"),
            ("@ivan", "@ivan"),
        ];
        for (text, expected) in cases {
            assert_eq!(mask_search(text), expected, "{text}");
        }
    }

    #[test]
    fn masks_a_campaign_that_names_a_person() {
        assert_eq!(mask_email("ivan@example.com"), ":email");
        assert_eq!(mask_email("spring-sale"), "spring-sale");
    }
}
