//! Owns patterns over paths: `/product/*` means every product's page. It writes no SQL.

use crate::model::Pathname;

/// A path in which `*` stands for any text within a segment, and `**` for any text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern(String);

/// Most stars: each makes the match dearer.
const MOST_STARS: usize = 8;

impl PathPattern {
    /// Reads a pattern; says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if !text.starts_with(['/', '*']) {
            return Err("it starts neither with a slash nor with *".to_owned());
        }
        if text.len() > Pathname::MAX_BYTES || text.chars().any(char::is_control) {
            return Err(format!("it is longer than {} bytes or has control characters", Pathname::MAX_BYTES));
        }
        let stars = text.replace("**", "*").matches('*').count();
        if stars > MOST_STARS {
            return Err(format!("it has {stars} stars, at most {MOST_STARS} are allowed"));
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the text before the first star: rows are sorted by path, and only those that begin so are read.
    pub fn prefix(&self) -> &str {
        self.0.split('*').next().unwrap_or_default()
    }

    /// Returns the pattern as an RE2 expression for the whole path.
    pub fn to_regex(&self) -> String {
        let mut regex = "^".to_owned();
        // No path has a NUL, so that it can stand for two stars.
        for between in self.0.replace("**", "\0").split_inclusive(['*', '\0']) {
            let (text, star) = match between.strip_suffix('*') {
                Some(text) => (text, "[^/]*"),
                None => between.strip_suffix('\0').map_or((between, ""), |text| (text, ".*")),
            };
            regex.push_str(&regex::escape(text));
            regex.push_str(star);
        }
        regex.push('$');
        regex
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_within_its_segment_and_two_do_not() {
        let cases = [
            ("/product/*", "/product/17", true),
            ("/product/*", "/product/", true),
            ("/product/*", "/product/17/reviews", false),
            ("/product/**", "/product/17/reviews", true),
            ("/*/reviews", "/17/reviews", true),
            ("/a.b*", "/axb", false),
            ("**", "/anything/at/all", true),
            ("/цени/*", "/цени/месечно", true),
        ];
        for (pattern, path, matches) in cases {
            let pattern = PathPattern::parse(pattern).unwrap();
            let regex = regex::Regex::new(&pattern.to_regex()).unwrap();
            assert_eq!(regex.is_match(path), matches, "{} {path}", pattern.as_str());
            assert!(!matches || path.starts_with(pattern.prefix()), "{} {path}", pattern.as_str());
        }
    }

    #[test]
    fn refuses_what_is_no_pattern() {
        for wrong in ["product/*", "", "/a\nb", "/*/*/*/*/*/*/*/*/*"] {
            assert!(PathPattern::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
