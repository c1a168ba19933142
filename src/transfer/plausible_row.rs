//! Owns the tables of Plausible's export: a line of one to the row that is stored, in our words. It does not read files.
//!
//! Source: plausible.io/docs/csv-import, "CSV format guidelines" (read in November 2026). Columns are found by name, for all but
//! the date may be missing.

use std::borrow::Cow;

use jiff::{Timestamp, ToSpan, civil::Date};

use super::{csv, import::Target};
use crate::{
    enrich::{acquisition, canonical_path, page_url::clean_referrer},
    model::{
        Attribution, Device, Hostname,
        names::{cut, printable},
    },
    store::imported::{ImportedReport, ImportedRow},
};

/// Longest text of a column that is kept; of a path, longest that a page may have.
const TEXT_BYTES: usize = 255;
const PATH_BYTES: usize = 2048;
/// Largest sum of a row: of all rows together they stay far below what 64 bits hold.
const MOST: u64 = 1_000_000_000_000;
/// Plausible's word for an unknown country.
const NO_COUNTRY: &str = "ZZ";

/// Which column of a table is where.
pub struct Columns {
    report: ImportedReport,
    names: Vec<String>,
}

impl Columns {
    /// Reads the first line of a table.
    pub fn read(report: ImportedReport, head: &[u8]) -> Result<Self, String> {
        let names = csv::fields(head).ok_or("the first line is no CSV")?;
        if !names.iter().any(|name| name == "date") {
            return Err("the column date is missing in the first line".to_owned());
        }
        Ok(Self { report, names })
    }

    /// Reads another line: its day, in days since the Unix epoch, and the row.
    pub fn row(&self, line: &[u8], target: &Target<'_>) -> Result<(u16, ImportedRow), String> {
        let fields = csv::fields(line).ok_or("it is no CSV")?;
        if fields.len() != self.names.len() {
            return Err(format!("it has {} fields, the first line has {}", fields.len(), self.names.len()));
        }
        let line = Line { names: &self.names, fields: &fields };
        let (date, day) = line.day(target)?;
        let mut row = ImportedRow {
            day: date.to_string(),
            visitors: line.sum("visitors")?,
            pageviews: line.sum("pageviews")?,
            bounces: line.sum("bounces")?,
            visit_seconds: line.sum("visit_duration")?,
            visits: line.sum(match self.report {
                ImportedReport::EntryPages => "entrances",
                ImportedReport::ExitPages => "exits",
                _ => "visits",
            })?,
            ..ImportedRow::default()
        };
        row.events = if self.report == ImportedReport::CustomEvents { line.sum("events")? } else { row.pageviews };
        self.tell_apart(&line, &mut row, target)?;
        Ok((day, row))
    }

    /// Fills in what the report tells apart.
    fn tell_apart(&self, line: &Line<'_>, row: &mut ImportedRow, target: &Target<'_>) -> Result<(), String> {
        match self.report {
            ImportedReport::Visitors => {}
            ImportedReport::Sources => line.source(row, target),
            ImportedReport::Pages => {
                row.hostname = line.text("hostname");
                row.pathname = line.path("page")?;
            }
            ImportedReport::EntryPages => row.entry_pathname = line.path("entry_page")?,
            ImportedReport::ExitPages => row.exit_pathname = line.path("exit_page")?,
            ImportedReport::CustomEvents => {
                row.name = line.text("name");
                cut(&clean_referrer(line.field("link_url")), PATH_BYTES).clone_into(&mut row.prop_url);
                row.prop_path = if line.field("path").is_empty() { String::new() } else { line.path("path")? };
            }
            ImportedReport::Locations => {
                let country = line.field("country").to_ascii_uppercase();
                let is_code = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
                row.country = if is_code && country != NO_COUNTRY { country } else { String::new() };
                row.region = line.text("region");
                row.city = if line.field("city") == "0" { String::new() } else { line.text("city") };
            }
            ImportedReport::Devices => device(line.field("device")).clone_into(&mut row.device),
            ImportedReport::Browsers => {
                browser(&line.text("browser")).clone_into(&mut row.browser);
                row.browser_version = major(line.field("browser_version"));
            }
            ImportedReport::OperatingSystems => {
                (row.os, row.os_version) =
                    system(&line.text("operating_system"), line.field("operating_system_version"));
            }
        }
        Ok(())
    }
}

/// A line with the names of its fields.
struct Line<'a> {
    names: &'a [String],
    fields: &'a [String],
}

impl Line<'_> {
    /// Returns a field; empty where there is no such column.
    fn field(&self, name: &str) -> &str {
        let place = self.names.iter().position(|found| found == name);
        place.and_then(|place| self.fields.get(place)).map_or("", |text| text.trim())
    }

    fn text(&self, name: &str) -> String {
        plain(self.field(name)).into_owned()
    }

    fn path(&self, name: &str) -> Result<String, String> {
        let text = self.field(name);
        let text = format!("/{}", text.strip_prefix('/').unwrap_or(text));
        let path = canonical_path(&text).map_err(|error| format!("{name}: {error}"))?;
        Ok(cut(path.as_str(), PATH_BYTES).to_owned())
    }

    fn sum(&self, name: &str) -> Result<u64, String> {
        let text = self.field(name);
        if text.is_empty() {
            return Ok(0);
        }
        let number = text.parse().ok().filter(|number| *number <= MOST);
        number.ok_or_else(|| format!("{name} is {:?}, a number up to {MOST} is expected", cut(text, 40)))
    }

    fn day(&self, target: &Target<'_>) -> Result<(Date, u16), String> {
        let text = self.field("date");
        let date: Date = text.parse().map_err(|_no_date| format!("date is {:?}", cut(text, 40)))?;
        let today = Timestamp::now().to_zoned(target.site.time_zone.clone()).date();
        if date > today.saturating_add(1.day()) {
            return Err(format!("date is {date}, which is in the future"));
        }
        let day = super::days(Some(date), Some(date))?;
        Ok((date, *day.start()))
    }

    /// The source keeps its name; the channel follows from what else is told, by our rules.
    fn source(&self, row: &mut ImportedRow, target: &Target<'_>) {
        row.source = self.text("source");
        row.referrer = self.text("referrer");
        row.utm_source = self.text("utm_source");
        row.utm_medium = self.text("utm_medium");
        row.utm_campaign = self.text("utm_campaign");
        row.utm_content = self.text("utm_content");
        row.utm_term = self.text("utm_term");
        let named = row.utm_source.is_empty() && row.referrer.is_empty();
        let attribution = Attribution {
            referrer: clean_referrer(&format!("https://{}", row.referrer)),
            utm_source: if named { row.source.clone() } else { row.utm_source.clone() },
            utm_medium: row.utm_medium.clone(),
            utm_campaign: row.utm_campaign.clone(),
            utm_content: String::new(),
            utm_term: String::new(),
        };
        if let Ok(hostname) = Hostname::parse(target.site.name.as_str()) {
            row.channel = acquisition(&attribution, &hostname, &target.rules).channel;
        }
    }
}

fn plain(text: &str) -> Cow<'_, str> {
    match printable(text) {
        Cow::Borrowed(text) => Cow::Borrowed(cut(text, TEXT_BYTES)),
        Cow::Owned(text) => Cow::Owned(cut(&text, TEXT_BYTES).to_owned()),
    }
}

/// Plausible's classes go by the width of the screen, and wide ones have several names.
fn device(name: &str) -> &'static str {
    match name.to_ascii_lowercase().as_str() {
        "" => "",
        "mobile" => Device::Mobile.as_str(),
        "tablet" => Device::Tablet.as_str(),
        _ => Device::Desktop.as_str(),
    }
}

/// Returns our name of a browser, where it is another one.
fn browser(name: &str) -> &str {
    match name {
        "Microsoft Edge" => "Edge",
        "Samsung Browser" => "Samsung Internet",
        "DuckDuckGo Privacy Browser" => "DuckDuckGo",
        name => name,
    }
}

/// Returns our name of a system and its version as we have it.
fn system(name: &str, version: &str) -> (String, String) {
    let name = match name {
        "Mac" => "macOS",
        "Chrome OS" => return ("ChromeOS".to_owned(), String::new()),
        // Which distribution it is, few browsers tell; ours are not told apart.
        "GNU/Linux" | "Linux" | "Ubuntu" | "Debian" | "Fedora" | "Mint" | "Arch Linux" | "CentOS" | "Red Hat"
        | "SUSE" | "Gentoo" => return ("Linux".to_owned(), String::new()),
        name => name,
    };
    let mut parts = version.splitn(3, '.');
    let version = match (parts.next().unwrap_or_default(), parts.next().unwrap_or_default()) {
        (major, "" | "0") => major.to_owned(),
        (major, minor) => format!("{major}.{minor}"),
    };
    (name.to_owned(), plain(&version).into_owned())
}

/// Returns the first number of a version: what we tell of browsers.
fn major(version: &str) -> String {
    plain(version.split('.').next().unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_ours() {
        assert_eq!(browser("Microsoft Edge"), "Edge");
        assert_eq!(major("109.0.1"), "109");
        for (name, version, expected) in [
            ("Mac", "10.15", ("macOS", "10.15")),
            ("Windows", "10.0", ("Windows", "10")),
            ("iOS", "16.3.1", ("iOS", "16.3")),
            ("Ubuntu", "22.04", ("Linux", "")),
            ("", "", ("", "")),
        ] {
            let (name, version) = system(name, version);
            assert_eq!((name.as_str(), version.as_str()), expected);
        }
        for (name, expected) in [("Laptop", "desktop"), ("Mobile", "mobile"), ("Tablet", "tablet"), ("", "")] {
            assert_eq!(device(name), expected, "{name:?}");
        }
    }
}
