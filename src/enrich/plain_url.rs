//! Owns the quick reading of the URLs that nearly every page has: those that the rules of the URL standard leave as they
//! are. All others are for the `url` crate, which takes ten times as long.

/// A URL of plain small letters, taken apart as <https://url.spec.whatwg.org/> would.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainUrl<'a> {
    /// `http` or `https`.
    pub scheme: &'a str,
    pub host: &'a str,
    /// Starts with a slash, has no empty and no dot segment, and nothing to decode.
    pub path: &'a str,
}

impl<'a> PlainUrl<'a> {
    /// Takes a URL apart that has a host name and a path and nothing else; `None` where there is anything to resolve, fold
    /// or decode, also where that would be an error.
    #[must_use]
    pub fn read(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let (host, path) = rest.split_at(rest.find('/')?);
        let is_plain = matches!(scheme, "http" | "https") && is_plain_host(host) && is_plain_path(path);
        is_plain.then_some(Self { scheme, host, path })
    }
}

/// Letters, digits and single hyphens between them, in labels of which the last is no number.
fn is_plain_host(host: &str) -> bool {
    let is_plain_label = |label: &str| {
        let bytes = label.as_bytes();
        let ends_well =
            bytes.first().is_some_and(u8::is_ascii_alphanumeric) && bytes.last().is_some_and(u8::is_ascii_alphanumeric);
        // Two hyphens may begin an encoded label, which can be wrong.
        ends_well
            && !label.contains("--")
            && bytes.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= 253
        && last.starts_with(|first: char| first.is_ascii_lowercase())
        && host.split('.').all(|label| label.len() <= 63 && is_plain_label(label))
}

fn is_plain_path(path: &str) -> bool {
    let is_plain_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~');
    path.bytes().all(is_plain_byte) && !path.contains("//") && !path.contains("/.")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    #[test]
    fn ordinary_pages_are_plain() {
        for url in ["https://demo.example/", "http://www.my-shop.example/a/B-1_2~3.html", "https://a1.bg/x."] {
            assert!(PlainUrl::read(url).is_some(), "{url}");
        }
    }

    #[test]
    fn whatever_a_parser_would_change_is_not() {
        let urls = [
            "https://demo.example",
            "ftp://demo.example/",
            "https://Demo.example/",
            "https://demo.example:443/",
            "https://u@demo.example/",
            "https://1.2.3.4/",
            "https://a.1/",
            "https://a.0x1/",
            "https://xn--p1ai/",
            "https://a..b/",
            "https://.a/",
            "https://a./",
            "https://-a.b/",
            "https:///a",
            "https://demo.example/../a",
            "https://demo.example//a",
            "https://demo.example/a%20b",
            "https://demo.example/?a",
            "https://demo.example/#a",
            "https://demo.example/блог",
            "https://demo.example/a\\b",
            "https://demo.example/a\tb",
            " https://demo.example/",
        ];
        for url in urls {
            assert_eq!(PlainUrl::read(url), None, "{url}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn reads_what_the_parser_reads(text in "(https?|x)://[a-c0x.-]{0,9}[a-z.]{0,3}(:80)?[/a-cA./%~_?#@:-]{0,12}") {
            if let Some(plain) = PlainUrl::read(&text) {
                let url = Url::parse(&text);
                prop_assert!(url.is_ok(), "{} is refused", text);
                let url = url.unwrap();
                prop_assert_eq!((url.scheme(), url.host_str(), url.path()), (plain.scheme, Some(plain.host), plain.path));
                prop_assert_eq!((url.query(), url.fragment(), url.port()), (None, None, None));
                prop_assert_eq!((url.username(), url.password()), ("", None));
                prop_assert!(url.domain().is_some(), "{} is an address", text);
            }
        }
    }
}
