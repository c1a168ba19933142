//! Owns the reading of page and referrer URLs: one canonical row key per page, and nothing kept that could be personal.
//! It does not decide which source a visit belongs to; [`referrer`](super::referrer) does.

use std::borrow::Cow;

use url::Url;

use super::{
    mask::{mask_email, mask_path},
    path_text::readable,
    plain_url::PlainUrl,
};
use crate::model::{
    Attribution, Hostname, NameError, Pathname,
    names::{cut, printable},
};

/// Longer URLs are cut, for a page is better counted than lost.
pub const URL_MAX_BYTES: usize = 2048;
/// Longer `utm_` values are cut.
pub const PARAMETER_MAX_BYTES: usize = 255;

/// Why a URL cannot be a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    #[error("the URL has the scheme {0:?}, pages have http or https")]
    Scheme(String),
    #[error("the URL cannot be parsed: {0}")]
    Syntax(#[from] url::ParseError),
    #[error("the URL has no usable host name: {0}")]
    Hostname(NameError),
    #[error("the path cannot be used: {0}")]
    Pathname(NameError),
}

/// The page that a URL names, with what the URL says of where the visitor came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageUrl {
    pub hostname: Hostname,
    pub pathname: Pathname,
    /// The `utm_` values; the referrer is empty, for the page's own URL does not hold it.
    pub attribution: Attribution,
}

impl PageUrl {
    /// Parses the URL of a page.
    ///
    /// User info, port, fragment and every parameter but the allow-list (`utm_*`, `source`, `ref`) are left out.
    /// The path is resolved, decoded to readable text and masked. With `hash_routing` a fragment that looks like
    /// a path (`#/cart`, `#!/cart`) stays a part of it.
    pub fn parse(text: &str, hash_routing: bool) -> Result<Self, UrlError> {
        let text = cut(text.trim(), URL_MAX_BYTES);
        if let Some(PlainUrl { host, path, .. }) = PlainUrl::read(text) {
            let hostname = Hostname::parse(host).map_err(UrlError::Hostname)?;
            return Ok(Self { hostname, pathname: pathname(path, None)?, attribution: Attribution::default() });
        }
        let url = Url::parse(text)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(UrlError::Scheme(url.scheme().to_owned()));
        }
        let hostname = Hostname::parse(url.host_str().unwrap_or_default()).map_err(UrlError::Hostname)?;
        let route = url.fragment().filter(|route| hash_routing && route.starts_with(['/', '!']));
        let pathname = pathname(url.path(), route)?;
        Ok(Self { hostname, pathname, attribution: attribution(&url) })
    }
}

/// Brings a path that somebody typed to the form in which pages are stored.
///
/// Use it for every path that a caller asks about, so that `/блог`, `/%D0%B1%D0%BB%D0%BE%D0%B3` and `/x/../блог`
/// are one page.
pub fn canonical_path(text: &str) -> Result<Pathname, UrlError> {
    let (path, route) = match text.split_once('#') {
        Some((path, route)) => (path, Some(route)),
        None => (text, None),
    };
    if path.is_empty() {
        return Err(UrlError::Pathname(NameError::Empty));
    }
    if !path.starts_with(['/', '\\']) {
        return Err(UrlError::Pathname(NameError::NoSlash));
    }
    let mut url = Url::parse("http://localhost/")?;
    url.set_path(path);
    pathname(url.path(), route)
}

/// Returns the URL of a referring page without user info, port, query and fragment, its path masked; for an Android
/// app its package. Empty where the text names neither.
#[must_use]
pub fn clean_referrer(text: &str) -> String {
    let text = cut(text.trim(), URL_MAX_BYTES);
    // Most visits have none.
    if text.is_empty() {
        return String::new();
    }
    if let Some(PlainUrl { scheme, host, path }) = PlainUrl::read(text) {
        return cut(&format!("{scheme}://{host}{}", mask_path(path)), URL_MAX_BYTES).to_owned();
    }
    let Ok(url) = Url::parse(text) else { return String::new() };
    let Some(host) = url.host_str().map(|host| host.trim_end_matches('.')).filter(|host| !host.is_empty()) else {
        return String::new();
    };
    let cleaned = match url.scheme() {
        "http" | "https" => format!("{}://{host}{}", url.scheme(), mask_path(&resolved(url.path()))),
        "android-app" => format!("android-app://{host}"),
        _ => return String::new(),
    };
    cut(&cleaned, URL_MAX_BYTES).to_owned()
}

fn pathname(path: &str, route: Option<&str>) -> Result<Pathname, UrlError> {
    let path = resolved(path);
    let mut text = mask_path(&path);
    if let Some(route) = route {
        let without_query = route.split('?').next().unwrap_or_default();
        text = format!("{text}#{}", mask_path(&readable(without_query))).into();
    }
    Pathname::parse(&text).map_err(UrlError::Pathname)
}

/// Returns a parsed path as readable text with a single slash at its start, so that no one can take `//evil.example`
/// for a host when the path is made a link again.
fn resolved(path: &str) -> Cow<'_, str> {
    let rest = path.trim_start_matches('/');
    let has_one_slash = path.len() == rest.len() + 1;
    // As nearly every path is: there is nothing to decode.
    if has_one_slash && !rest.contains('%') { path.into() } else { format!("/{}", readable(rest)).into() }
}

/// Reads the parameters of the allow-list. The first value that is not empty counts; the case of names does not.
fn attribution(url: &Url) -> Attribution {
    // Most pages have no query at all.
    if url.query().is_none_or(str::is_empty) {
        return Attribution::default();
    }
    let pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> = url.query_pairs().collect();
    let value = |names: &[&str]| {
        let named = |name: &str| {
            let found = pairs.iter().find(|(key, value)| key.eq_ignore_ascii_case(name) && !value.trim().is_empty());
            found.map(|(_, value)| clean_parameter(value))
        };
        names.iter().find_map(|name| named(name)).unwrap_or_default()
    };
    let mut utm_medium = value(&["utm_medium"]);
    if utm_medium.is_empty() {
        utm_medium = click_id(&pairs).map(|name| format!("({name})")).unwrap_or_default();
    }
    Attribution {
        referrer: String::new(),
        utm_source: value(&["utm_source", "source", "ref"]),
        utm_medium,
        utm_campaign: value(&["utm_campaign"]),
        utm_content: value(&["utm_content"]),
        utm_term: value(&["utm_term"]),
    }
}

/// Names the advertising network whose click id is in the URL. The id itself singles out a person and is not kept.
fn click_id(pairs: &[(Cow<'_, str>, Cow<'_, str>)]) -> Option<&'static str> {
    const CLICK_IDS: [&str; 2] = ["gclid", "msclkid"];
    pairs.iter().find_map(|(key, _)| CLICK_IDS.into_iter().find(|name| key == name))
}

fn clean_parameter(value: &str) -> String {
    cut(mask_email(&printable(value.trim())), PARAMETER_MAX_BYTES).to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(url: &str) -> (String, String) {
        let page = PageUrl::parse(url, false).unwrap();
        (page.hostname.into_string(), page.pathname.into_string())
    }

    #[test]
    fn writes_every_page_one_way() {
        let cases = [
            ("plain", "https://example.com/a", "example.com", "/a"),
            ("no path", "https://example.com", "example.com", "/"),
            ("port, case, trailing dot", "HTTPS://EXAMPLE.com.:8443/A", "example.com", "/A"),
            ("user info", "https://u:p@example.com/a", "example.com", "/a"),
            ("query and fragment", "https://example.com/a?email=a@b.c&token=1#top", "example.com", "/a"),
            ("international host", "https://Пример.бг/", "xn--e1afmkfd.xn--90ae", "/"),
            ("IPv4 in numbers", "http://2130706433/", "127.0.0.1", "/"),
            ("IPv6", "http://[2001:DB8::1]:80/", "[2001:db8::1]", "/"),
            ("Cyrillic path", "https://example.com/блог/статия", "example.com", "/блог/статия"),
            ("the same escaped", "https://example.com/%D0%B1%D0%BB%D0%BE%D0%B3", "example.com", "/блог"),
            ("dot segments", "https://example.com/a/../../etc/./passwd", "example.com", "/etc/passwd"),
            ("escaped dot segments", "https://example.com/a/%2e%2E/b", "example.com", "/b"),
            ("two slashes", "https://example.com//evil.example", "example.com", "/evil.example"),
            ("backslash", "https://example.com/\\evil.example", "example.com", "/evil.example"),
            ("slashes after dots", "https://example.com/a/..//b", "example.com", "/b"),
            ("escaped slash", "https://example.com/a%2fb", "example.com", "/a%2Fb"),
            ("no escape", "https://example.com/%zz", "example.com", "/%zz"),
            ("line break and tab", "https://example.com/a\r\n\tb", "example.com", "/ab"),
            ("escape sequence", "https://example.com/\u{1b}[2J", "example.com", "/%1B[2J"),
            ("e-mail", "https://example.com/u/a@b.example/", "example.com", "/u/:email/"),
            ("script", "https://example.com/</script>", "example.com", "/</script>"),
        ];
        for (description, url, hostname, pathname) in cases {
            assert_eq!(page(url), (hostname.to_owned(), pathname.to_owned()), "{description}");
        }
    }

    #[test]
    fn refuses_what_is_no_page() {
        let schemes = [
            ("javascript:alert(1)", "javascript"),
            ("data:text/html,<b>", "data"),
            ("file:///etc/passwd", "file"),
            ("blob:https://example.com/x", "blob"),
            ("about:blank", "about"),
            ("chrome-extension://abc/page.html", "chrome-extension"),
        ];
        for (url, scheme) in schemes {
            assert_eq!(PageUrl::parse(url, false), Err(UrlError::Scheme(scheme.to_owned())), "{url}");
        }
        for url in ["", "/a", "example.com", "https://", "https://exa mple/", "http://[::1/", "https://a:99999/"] {
            assert!(matches!(PageUrl::parse(url, false), Err(UrlError::Syntax(_))), "{url:?}");
        }
        for url in ["https://./", "https://a!b/"] {
            assert!(matches!(PageUrl::parse(url, false), Err(UrlError::Hostname(_))), "{url:?}");
        }
    }

    #[test]
    fn keeps_routes_in_the_fragment_only_where_asked() {
        let cases = [
            ("https://a.example/app#/cart/4?tab=1", true, "/app#/cart/4"),
            ("https://a.example/#!/път", true, "/#!/път"),
            ("https://a.example/#/u/ivan@example.com", true, "/#/u/:email"),
            ("https://a.example/app#top", true, "/app"),
            ("https://a.example/app#/cart", false, "/app"),
        ];
        for (url, hash_routing, expected) in cases {
            let page = PageUrl::parse(url, hash_routing).unwrap();
            assert_eq!(page.pathname.as_str(), expected, "{url}");
            assert_eq!(canonical_path(expected).unwrap(), page.pathname, "asked for again");
        }
    }

    #[test]
    fn keeps_only_the_allowed_parameters() {
        let url = "https://a.example/?utm_source=News&UTM_Medium=e-mail&utm_campaign=%D0%BB%D1%8F%D1%82%D0%BE+24\
                   &utm_content=ivan@example.com&utm_term=a%0Ab&session=secret";
        let expected = Attribution {
            referrer: String::new(),
            utm_source: "News".to_owned(),
            utm_medium: "e-mail".to_owned(),
            utm_campaign: "лято 24".to_owned(),
            utm_content: ":email".to_owned(),
            utm_term: "a\u{fffd}b".to_owned(),
        };
        assert_eq!(PageUrl::parse(url, false).unwrap().attribution, expected);
    }

    #[test]
    fn takes_the_source_from_the_first_parameter_that_says_it() {
        let cases = [
            ("ref=c&source=b&utm_source=a", "a", ""),
            ("ref=c&source=b&utm_source=", "b", ""),
            ("ref=c", "c", ""),
            ("gclid=Cj0KCQ", "", "(gclid)"),
            ("gclid=Cj0KCQ&utm_medium=cpc", "", "cpc"),
            ("msclkid=1", "", "(msclkid)"),
        ];
        for (query, source, medium) in cases {
            let attribution = PageUrl::parse(&format!("https://a.example/?{query}"), false).unwrap().attribution;
            assert_eq!((attribution.utm_source.as_str(), attribution.utm_medium.as_str()), (source, medium), "{query}");
        }
    }

    #[test]
    fn cuts_what_is_too_long_at_a_character_border() {
        let url = format!("https://a.example/{}", "ю".repeat(3000));
        assert!(PageUrl::parse(&url, false).unwrap().pathname.as_str().ends_with('ю'));
        let url = format!("https://a.example/?utm_source={}", "ю".repeat(500));
        assert_eq!(PageUrl::parse(&url, false).unwrap().attribution.utm_source, "ю".repeat(127));
    }

    #[test]
    fn cleans_referrers() {
        let cases = [
            ("query and fragment", "https://www.google.com/search?q=secret#x", "https://www.google.com/search"),
            ("user info and port", "http://u:p@example.com:8080/a", "http://example.com/a"),
            ("e-mail in the path", "https://mail.example/u/a@b.example", "https://mail.example/u/:email"),
            ("Cyrillic path", "https://dir.bg/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8", "https://dir.bg/новини"),
            ("Android app", "android-app://com.google.android.gm/path?x", "android-app://com.google.android.gm"),
            ("script", "javascript:alert(1)", ""),
            ("data", "data:text/html,x", ""),
            ("formula", "=cmd|' /C calc'!A0", ""),
            ("empty", "", ""),
            ("no host", "https://", ""),
        ];
        for (description, referrer, expected) in cases {
            assert_eq!(clean_referrer(referrer), expected, "{description}");
        }
    }

    proptest! {
        #[test]
        fn canonical_paths_stay_as_they_are(path in "[/\\\\](%[0-9a-fA-F]{0,2}|[0-9a-f./@#?]|\\.\\.|\\PC|\\s){0,40}") {
            let once = canonical_path(&path).unwrap();
            prop_assert_eq!(canonical_path(once.as_str()).unwrap(), once);
        }

        #[test]
        fn asking_for_a_stored_page_finds_it(rest in "(%[0-9a-fA-F]{0,2}|[0-9a-f./@#?&=]|\\PC|\\s){0,60}", hash: bool) {
            if let Ok(page) = PageUrl::parse(&format!("https://a.example/{rest}"), hash) {
                prop_assert!(!page.pathname.as_str().starts_with("//"));
                prop_assert_eq!(canonical_path(page.pathname.as_str()).unwrap(), page.pathname);
            }
        }

        #[test]
        fn never_panics(text in "\\PC{0,80}") {
            let _ = (PageUrl::parse(&text, true), canonical_path(&text), clean_referrer(&text));
        }
    }
}
