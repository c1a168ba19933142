//! Owns the table of sources that people know by name: hosts, apps and spellings of `utm_source`.
//! It does not decide channels.

use std::{collections::HashMap, sync::LazyLock};

/// What kind of source sends a visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Search,
    Social,
    Video,
    Shopping,
    Assistant,
    Email,
    /// A site known by name, of no kind that makes a channel.
    Site,
}

/// A source known by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    pub name: &'static str,
    pub kind: Kind,
}

/// A source with the way its name was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spelling {
    pub source: Source,
    /// The word stands for advertisements only: `adwords`.
    pub paid: bool,
}

/// The sources we know.
static SOURCES: LazyLock<Sources> =
    LazyLock::new(|| Sources::parse(include_str!("sources.txt")).expect("a test parses the table that is compiled in"));

/// Returns the source of a host, by its most particular entry: `mail.google.com` before `google.*`.
#[must_use]
pub fn by_host(host: &str) -> Option<Source> {
    let sources = &*SOURCES;
    let single = sources.single_hosts.get(host);
    single.or_else(|| sources.under_any_suffix(host)).or_else(|| sources.in_a_domain(host)).copied()
}

/// Returns the source of an Android app by its package.
#[must_use]
pub fn by_app(package: &str) -> Option<Source> {
    SOURCES.apps.get(package).copied()
}

/// Returns the source that a `utm_source` means, in any case.
#[must_use]
pub fn by_spelling(word: &str) -> Option<Spelling> {
    SOURCES.spellings.get(word.trim().to_lowercase().as_str()).copied()
}

/// Tells `bg`, `com` and `co.uk` from `evil.example`.
fn is_public_suffix(suffix: &str) -> bool {
    match suffix.split_once('.') {
        None => true,
        Some((second_level, country)) => matches!(second_level, "co" | "com") && country.len() == 2,
    }
}

#[derive(Default)]
struct Sources {
    domains: HashMap<&'static str, Source>,
    single_hosts: HashMap<&'static str, Source>,
    /// By the label before a public suffix: `google`.
    any_suffix: HashMap<&'static str, Source>,
    apps: HashMap<&'static str, Source>,
    spellings: HashMap<String, Spelling>,
}

/// Why the table cannot be read; the number is that of the line.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum TableError {
    #[error("line {0}: unknown kind")]
    Kind(usize),
    #[error("line {0}: neither `[kind]` nor `Name: token …`")]
    Line(usize),
    #[error("line {0}: {1:?} is listed twice")]
    Twice(usize, &'static str),
}

impl Sources {
    fn parse(table: &'static str) -> Result<Self, TableError> {
        let mut sources = Self::default();
        let mut kind = None;
        for (number, line) in (1..).zip(table.lines().map(str::trim)) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(word) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                kind = Some(kind_of(word).ok_or(TableError::Kind(number))?);
                continue;
            }
            let (Some((name, tokens)), Some(kind)) = (line.split_once(':'), kind) else {
                return Err(TableError::Line(number));
            };
            sources.add(Source { name, kind }, tokens).map_err(|token| TableError::Twice(number, token))?;
        }
        Ok(sources)
    }

    /// Adds a source with its tokens; the error is a token that is taken.
    fn add(&mut self, source: Source, tokens: &'static str) -> Result<(), &'static str> {
        self.spell(source.name, source, false);
        for token in tokens.split_whitespace() {
            let before = if let Some(host) = token.strip_prefix('=') {
                self.spell(host, source, false);
                self.single_hosts.insert(host, source)
            } else if let Some(label) = token.strip_suffix(".*") {
                self.spell(label, source, false);
                self.any_suffix.insert(label, source)
            } else if let Some(package) = token.strip_prefix("app/") {
                self.apps.insert(package, source)
            } else if let Some(word) = token.strip_prefix('~') {
                self.spell(word, source, false)
            } else if let Some(word) = token.strip_prefix('$') {
                self.spell(word, source, true)
            } else {
                self.spell(token, source, false);
                self.domains.insert(token, source)
            };
            if before.is_some_and(|other| other != source) {
                return Err(token);
            }
        }
        Ok(())
    }

    fn under_any_suffix(&self, host: &str) -> Option<&Source> {
        let (label, suffix) = host.split_once('.')?;
        if is_public_suffix(suffix) { self.any_suffix.get(label) } else { None }
    }

    fn in_a_domain(&self, host: &str) -> Option<&Source> {
        let mut domain = host;
        loop {
            match self.domains.get(domain) {
                Some(source) => return Some(source),
                None => domain = domain.split_once('.')?.1,
            }
        }
    }

    fn spell(&mut self, word: &str, source: Source, paid: bool) -> Option<Source> {
        self.spellings.insert(word.to_lowercase(), Spelling { source, paid }).map(|before| before.source)
    }
}

fn kind_of(word: &str) -> Option<Kind> {
    match word {
        "search" => Some(Kind::Search),
        "social" => Some(Kind::Social),
        "video" => Some(Kind::Video),
        "shopping" => Some(Kind::Shopping),
        "assistant" => Some(Kind::Assistant),
        "email" => Some(Kind::Email),
        "site" => Some(Kind::Site),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_the_table_that_is_compiled_in() {
        let sources = Sources::parse(include_str!("sources.txt")).unwrap();
        assert!(sources.domains.len() > 120, "{}", sources.domains.len());
        assert!(sources.apps.len() > 20, "{}", sources.apps.len());
    }

    #[test]
    fn refuses_a_broken_table() {
        assert_eq!(Sources::parse("[friends]").err(), Some(TableError::Kind(1)));
        assert_eq!(Sources::parse("A: a.example").err(), Some(TableError::Line(1)));
        assert_eq!(Sources::parse("[site]\n\nA a.example").err(), Some(TableError::Line(3)));
        let twice = "[site]\nA: a.example\nB: a.example";
        assert_eq!(Sources::parse(twice).err(), Some(TableError::Twice(3, "a.example")));
    }

    #[test]
    fn finds_the_most_particular_host() {
        let cases = [
            ("google.com", Some("Google")),
            ("google.co.uk", Some("Google")),
            ("google.com.au", Some("Google")),
            ("google.evil.com", None),
            ("google.com.evil.net", None),
            ("notgoogle.com", None),
            ("mail.google.com", Some("Gmail")),
            ("news.google.com", Some("Google News")),
            ("photos.google.com", None),
            ("yandex.ru", Some("Yandex")),
            ("l.facebook.com", Some("Facebook")),
            ("abv.bg", Some("ABV")),
            ("nm80.abv.bg", Some("ABV Mail")),
            ("bg.wikipedia.org", Some("Wikipedia")),
            ("localhost", None),
            ("", None),
        ];
        for (host, expected) in cases {
            assert_eq!(by_host(host).map(|source| source.name), expected, "{host}");
        }
    }

    #[test]
    fn knows_spellings_in_any_case() {
        assert_eq!(by_spelling(" FB ").unwrap().source.name, "Facebook");
        assert_eq!(by_spelling("chatgpt.com").unwrap().source.name, "ChatGPT");
        assert!(by_spelling("AdWords").unwrap().paid);
        assert_eq!(by_spelling("partner"), None);
    }
}
