//! Owns the English names of countries, for the dimension that reports names instead of codes.

use std::sync::LazyLock;

/// Code and name of every country, one a line: ISO 3166-1 alpha-2 and the name in common use (as in the Unicode
/// CLDR), with Kosovo, which geo databases know as XK.
const TABLE: &str = include_str!("countries.tsv");

static COUNTRIES: LazyLock<Vec<(&str, &str)>> =
    LazyLock::new(|| TABLE.lines().filter_map(|line| line.split_once('\t')).collect());

/// Returns every code, in the order of [`names`].
#[must_use]
pub fn codes() -> Vec<String> {
    COUNTRIES.iter().map(|(code, _)| (*code).to_owned()).collect()
}

/// Returns every name, in the order of [`codes`].
#[must_use]
pub fn names() -> Vec<String> {
    COUNTRIES.iter().map(|(_, name)| (*name).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_line_is_a_code_and_a_name_of_its_own() {
        assert_eq!(COUNTRIES.len(), TABLE.lines().count());
        assert_eq!(COUNTRIES.len(), 250);
        assert!(codes().iter().all(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())));
        assert_eq!(codes().into_iter().collect::<HashSet<_>>().len(), COUNTRIES.len());
        assert_eq!(names().into_iter().collect::<HashSet<_>>().len(), COUNTRIES.len());
        assert!(COUNTRIES.contains(&("BG", "Bulgaria")));
    }
}
