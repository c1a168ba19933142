//! Owns what has to be asked for a badge, in the language of reports, and how the answers become its content. It asks nobody.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::{
    content::Content,
    params::{BadgeParams, Style},
    show::{Metric, Period, Show},
};
use crate::model::SiteName;

/// Most countries that a report names: all there are.
const COUNTRIES: u32 = 300;

/// What a badge has to know besides who is online.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    Number,
    Series,
    Countries,
}

/// One row of a report: its dimensions and metrics.
pub type Row = (Vec<Value>, Vec<Value>);

impl BadgeParams {
    /// Returns the reports that the badge needs: each what it is for, and its question.
    #[must_use]
    pub fn questions(&self, site: &SiteName, today: Date) -> BTreeMap<Part, Value> {
        let mut questions = BTreeMap::new();
        match (self.style, self.show) {
            // Who is online is known without asking.
            (_, Show::Online) => {}
            (Style::Flags, Show::Counted(_)) => {
                let mut question = self.question(site, &self.range(today));
                if self.metric != Metric::Visitors {
                    question["metrics"] = json!([report_metric(self.metric), "visitors"]);
                }
                question["dimensions"] = json!(["visit:country"]);
                question["pagination"] = json!({"limit": COUNTRIES});
                questions.insert(Part::Countries, question);
            }
            (_, Show::Counted(_)) => {
                questions.insert(Part::Number, self.question(site, &self.range(today)));
            }
        }
        if self.style == Style::Sparkline {
            let (range, dimension) = self.window();
            let mut question = self.question(site, &json!(range));
            question["dimensions"] = json!([dimension]);
            question["fill"] = json!(true);
            questions.insert(Part::Series, question);
        }
        questions
    }

    fn question(&self, site: &SiteName, range: &Value) -> Value {
        let filters = self.path.iter().map(|path| json!(["is", "event:page", [path]])).collect::<Vec<_>>();
        json!({"site_id": site, "metrics": [report_metric(self.metric)], "date_range": range, "filters": filters})
    }

    fn range(&self, today: Date) -> Value {
        match self.show {
            // Not asked for; the shortest there is.
            Show::Online | Show::Counted(Period::Today) => json!("day"),
            Show::Counted(Period::Yesterday) => {
                let yesterday = today.yesterday().unwrap_or(today).to_string();
                json!([yesterday, yesterday])
            }
            Show::Counted(Period::Week) => json!("7d"),
            Show::Counted(Period::Month) => json!("30d"),
            Show::Counted(Period::All) => json!("all"),
        }
    }

    /// Returns the period and the steps of a sparkline.
    fn window(&self) -> (&'static str, &'static str) {
        match self.show {
            Show::Online | Show::Counted(Period::Today | Period::Yesterday) => ("24h", "time:hour"),
            Show::Counted(Period::Week) => ("7d", "time:day"),
            Show::Counted(Period::Month | Period::All) => ("30d", "time:day"),
        }
    }
}

const fn report_metric(metric: Metric) -> &'static str {
    match metric {
        Metric::Visitors => "visitors",
        Metric::Visits => "visits",
        Metric::Views => "pageviews",
    }
}

impl Content {
    /// Puts the rows of a report in their place. A country of fewer than `least` visitors is not named, for a badge is seen
    /// by anybody.
    pub fn take(&mut self, part: &Part, rows: &[Row], least: u64) {
        let number = |row: &Row, index: usize| row.1.get(index).and_then(Value::as_u64).unwrap_or(0);
        match part {
            Part::Number => self.number = rows.first().map_or(0, |row| number(row, 0)),
            Part::Series => self.series = rows.iter().map(|row| number(row, 0)).collect(),
            Part::Countries => {
                let counted = rows.iter().map(|row| {
                    let code = row.0.first().and_then(Value::as_str).unwrap_or_default();
                    // Visitors stand second, or alone.
                    (code, number(row, 0), number(row, row.1.len().saturating_sub(1)))
                });
                self.take_countries(counted, least);
            }
        }
    }

    /// Takes countries, most first: code, number and visitors.
    pub fn take_countries<'a>(&mut self, counted: impl Iterator<Item = (&'a str, u64, u64)>, least: u64) {
        for (code, number, visitors) in counted {
            self.number += number;
            if code.len() == 2 && visitors >= least {
                self.countries.push((code.to_owned(), number));
            } else {
                self.others += number;
            }
        }
        self.countries.sort_by(|(a, more), (b, less)| less.cmp(more).then(a.cmp(b)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn questions(query: &str) -> Vec<Value> {
        let site = SiteName::parse("a.example").unwrap();
        let today = jiff::civil::date(2026, 3, 1);
        BadgeParams::parse(query).unwrap().questions(&site, today).into_values().collect()
    }

    #[test]
    fn a_badge_asks_for_what_it_shows_and_no_more() {
        assert_eq!(questions(""), [] as [Value; 0]);
        let asked = questions("show=yesterday&path=/a");
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0]["date_range"], json!(["2026-02-28", "2026-02-28"]));
        assert_eq!(asked[0]["filters"], json!([["is", "event:page", ["/a"]]]));
        assert_eq!(questions("show=views")[0]["metrics"], json!(["pageviews"]));
        let asked = questions("show=month&style=sparkline");
        assert_eq!((&asked[0]["date_range"], &asked[1]["dimensions"]), (&json!("30d"), &json!(["time:day"])));
        assert_eq!(questions("style=sparkline")[0]["date_range"], "24h");
        assert_eq!(questions("show=week&style=flags")[0]["metrics"], json!(["visitors"]));
    }

    #[test]
    fn a_country_of_few_visitors_is_not_named() {
        let mut content = Content::default();
        let row = |code: &str, views: u64, visitors: u64| (vec![json!(code)], vec![json!(views), json!(visitors)]);
        let rows = vec![row("BG", 90, 40), row("AD", 70, 1), row("US", 95, 20), row("", 5, 5)];
        content.take(&Part::Countries, &rows, 5);
        assert_eq!(content.countries, [("US".to_owned(), 95), ("BG".to_owned(), 90)]);
        assert_eq!((content.number, content.others), (260, 75));
    }
}
