//! Owns the SQL of goals: which events reach one.

use super::Composer;
use crate::model::GoalTarget;

impl Composer<'_> {
    /// Returns what must hold of a row that reaches the goal at this place.
    pub(super) fn of_goal(&mut self, place: usize) -> String {
        match &self.query.goals[place].target {
            GoalTarget::Event { name, props } => {
                let name = self.bind(&format!("goal{place}"), "String", name.as_str());
                let props = props.iter().enumerate().map(|(nth, (key, value))| {
                    let key = self.bind(&format!("goal{place}_key{nth}"), "String", key.as_str());
                    let value = self.bind(&format!("goal{place}_value{nth}"), "String", value.as_str());
                    format!(" AND props[{key}] = {value}")
                });
                format!("(kind = 'event' AND name = {name}{})", props.collect::<String>())
            }
            GoalTarget::Page { pattern } => format!("(kind = 'pageview' AND {})", self.like(place, pattern)),
            GoalTarget::Scroll { pattern, percent } => {
                let percent = self.bind(&format!("goal{place}_percent"), "UInt8", u64::from(*percent));
                format!("(kind = 'engagement' AND scroll_depth >= {percent} AND {})", self.like(place, pattern))
            }
        }
    }

    /// Returns the names of the goals that a row reaches, as an array.
    pub(super) fn reached_goals(&mut self) -> String {
        let places = self.query.listed_goals();
        if places.is_empty() {
            return "emptyArrayString()".to_owned();
        }
        let names = places.into_iter().map(|place| {
            let reached = self.of_goal(place);
            let name = self.bind(&format!("goal{place}_name"), "String", self.query.goals[place].name.as_str());
            format!("if({reached}, {name}, '')")
        });
        format!("arrayFilter(goal -> goal != '', [{}])", names.collect::<Vec<_>>().join(", "))
    }

    fn like(&mut self, place: usize, pattern: &str) -> String {
        let name = format!("goal{place}");
        if pattern.contains('*') {
            let expression = self.bind(&name, "String", expression(pattern));
            format!("match(pathname, {expression})")
        } else {
            let path = self.bind(&name, "String", pattern);
            format!("pathname = {path}")
        }
    }
}

/// Returns the regular expression of a pattern of paths: `*` is any text without a slash, `**` any text.
pub(crate) fn expression(pattern: &str) -> String {
    let parts = pattern.split("**").map(|part| {
        let pieces: Vec<String> = part.split('*').map(regex::escape).collect();
        pieces.join("[^/]*")
    });
    format!("(?s)^{}$", parts.collect::<Vec<_>>().join(".*"))
}

#[cfg(test)]
mod tests {
    use super::expression;

    #[test]
    fn one_star_stops_at_a_slash_and_two_do_not() {
        let cases = [
            ("/blog/*", "/blog/a", true),
            ("/blog/*", "/blog/a/b", false),
            ("/blog/**", "/blog/a/b", true),
            ("/**/edit", "/a/b/edit", true),
            ("/a.b*", "/axb", false),
            ("/блог*", "/блогове", true),
            ("/a*", "x/a", false),
        ];
        for (pattern, path, expected) in cases {
            let expression = regex::Regex::new(&expression(pattern)).unwrap();
            assert_eq!(expression.is_match(path), expected, "{pattern} {path}");
        }
    }
}
