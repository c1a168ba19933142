//! Owns what is kept of the events that a tracker sends by itself, ours or Plausible's: their properties are addresses and
//! searches that nobody chose, so they are masked as the path of the page is. It does not touch events that a page names
//! itself.

use crate::{
    enrich::mask::{mask_path, mask_search, mask_url},
    model::{Fact, TimedFact},
};

/// How a value is masked.
type Mask = fn(&str) -> String;

/// The names, the property that tells more, and what is done to it.
const MASKED: [(&str, &str, Mask); 5] = [
    ("Outbound Link: Click", "url", mask_url),
    ("File Download", "url", mask_url),
    ("Form: Submission", "path", |path| mask_path(path).into_owned()),
    ("404", "path", |path| mask_path(path).into_owned()),
    ("Site Search", "search_query", |query| mask_search(query).to_owned()),
];

/// Masks what automatic events tell.
pub fn mask(facts: &mut [TimedFact]) {
    for timed in facts {
        let Fact::Custom { name, props, .. } = &mut timed.fact else { continue };
        let Some((_, prop, mask)) = MASKED.iter().find(|(automatic, ..)| automatic == name) else { continue };
        if let Some(value) = props.get_mut(*prop) {
            *value = mask(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn masks_what_automatic_events_tell_and_nothing_else() {
        let cases = [
            ("Outbound Link: Click", "url", "https://a.example/u/ivan@example.com", "https://a.example/u/:email"),
            ("File Download", "url", "https://a.example/f/4111111111111111/a.pdf", "https://a.example/f/:number/a.pdf"),
            ("Form: Submission", "path", "/u/ivan@example.com", "/u/:email"),
            ("404", "path", "/call/+359888123456", "/call/:number"),
            ("Site Search", "search_query", "ivan@example.com", ":email"),
            ("Site Search", "category", "ivan@example.com", "ivan@example.com"),
            ("Signup", "url", "https://a.example/u/ivan@example.com", "https://a.example/u/ivan@example.com"),
        ];
        for (name, prop, value, expected) in cases {
            let props = BTreeMap::from([(prop.to_owned(), value.to_owned())]);
            let mut facts =
                [TimedFact { at_ms: 0, fact: Fact::Custom { name: name.to_owned(), props, revenue: None } }];
            mask(&mut facts);
            let Fact::Custom { props, .. } = &facts[0].fact else { panic!("not a custom event") };
            assert_eq!(props[prop], expected, "{prop} of {name}");
        }
    }
}
