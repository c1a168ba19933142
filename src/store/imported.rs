//! Owns the rows of imported days: sums that another program has counted, and which of them a site has. It does not own the
//! files that they come from.

use bytes::Bytes;
use serde::Serialize;

use super::{client::Client, error::StoreError, statement::Statement};

/// The table in the database.
pub const TABLE: &str = "imported";

/// One of the reports that Plausible exports: what its rows tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ImportedReport {
    /// Nothing: one row a day.
    Visitors,
    Sources,
    Pages,
    EntryPages,
    ExitPages,
    CustomEvents,
    Locations,
    Devices,
    Browsers,
    OperatingSystems,
}

impl ImportedReport {
    pub const ALL: [Self; 10] = [
        Self::Visitors,
        Self::Sources,
        Self::Pages,
        Self::EntryPages,
        Self::ExitPages,
        Self::CustomEvents,
        Self::Locations,
        Self::Devices,
        Self::Browsers,
        Self::OperatingSystems,
    ];

    /// Returns the word in the database: the name of its file without `imported_`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Visitors => "visitors",
            Self::Sources => "sources",
            Self::Pages => "pages",
            Self::EntryPages => "entry_pages",
            Self::ExitPages => "exit_pages",
            Self::CustomEvents => "custom_events",
            Self::Locations => "locations",
            Self::Devices => "devices",
            Self::Browsers => "browsers",
            Self::OperatingSystems => "operating_systems",
        }
    }
}

/// A line of a report. What the report does not tell is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ImportedRow {
    /// `2026-01-31`.
    pub day: String,
    pub name: String,
    pub hostname: String,
    pub pathname: String,
    pub entry_pathname: String,
    pub exit_pathname: String,
    pub referrer: String,
    pub source: String,
    pub channel: String,
    pub utm_source: String,
    pub utm_medium: String,
    pub utm_campaign: String,
    pub utm_content: String,
    pub utm_term: String,
    pub country: String,
    pub region: String,
    pub city: String,
    pub browser: String,
    pub browser_version: String,
    pub os: String,
    pub os_version: String,
    pub device: String,
    pub prop_url: String,
    pub prop_path: String,
    pub visitors: u64,
    pub visits: u64,
    pub pageviews: u64,
    pub events: u64,
    pub bounces: u64,
    pub visit_seconds: u64,
}

/// Which part of which file rows are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    pub site_id: u32,
    pub report: ImportedReport,
    pub import_id: u64,
    pub batch: u64,
}

/// Rows that are stored together.
pub struct ImportedBlock {
    origin: Origin,
    lines: Vec<u8>,
    pub rows: u64,
}

/// A row as it is written: an object a line.
#[derive(Serialize)]
struct Line<'a> {
    site_id: u32,
    report: &'static str,
    import_id: u64,
    batch: u64,
    /// Milliseconds since the epoch: what the column consists of.
    arrived_at: i64,
    #[serde(flatten)]
    row: &'a ImportedRow,
}

impl ImportedBlock {
    #[must_use]
    pub const fn new(origin: Origin) -> Self {
        Self { origin, lines: Vec::new(), rows: 0 }
    }

    /// Adds a row. `arrived_at_ms`: when the import began, milliseconds since the epoch.
    pub fn add(&mut self, row: &ImportedRow, arrived_at_ms: i64) -> Result<(), StoreError> {
        let Origin { site_id, report, import_id, batch } = self.origin;
        let line = Line { site_id, report: report.as_str(), import_id, batch, arrived_at: arrived_at_ms, row };
        serde_json::to_writer(&mut self.lines, &line).map_err(|error| StoreError::Answer(error.to_string()))?;
        self.lines.push(b'\n');
        self.rows += 1;
        Ok(())
    }

    /// Tells whether the site has rows of this part of the file.
    pub async fn is_there(&self, client: &Client) -> Result<bool, StoreError> {
        let sql = "SELECT count() FROM imported WHERE site_id = {site_id:UInt32} AND report = {report:String}
             AND batch = {batch:UInt64}";
        let statement = Statement::new(sql).bind("site_id", self.origin.site_id).bind("batch", self.origin.batch);
        let count = client.select::<u64>(&statement.bind("report", self.origin.report.as_str())).await?;
        Ok(count.first().is_some_and(|&rows| rows > 0))
    }

    /// Inserts the rows, whole or not at all, as [`Client::insert_block`] does.
    pub async fn insert(&self, client: &Client, token: &str, query_id: &str) -> Result<(), StoreError> {
        let lines = Bytes::copy_from_slice(&self.lines);
        client.insert("imported FORMAT JSONEachRow", &[lines], token, query_id).await
    }

    /// Returns a name for the server to know a repetition by.
    #[must_use]
    pub fn token(&self) -> String {
        format!("import-{:016x}-{TABLE}-{}", self.origin.batch, self.origin.report.as_str())
    }
}

/// Returns the days, since the Unix epoch, that a site has from other files than this one, by report.
pub async fn days_of_others(client: &Client, site_id: u32, import_id: u64) -> Result<Vec<(String, u16)>, StoreError> {
    let sql = "SELECT toString(report) AS name, toUInt16(day) AS number FROM imported
         WHERE site_id = {site_id:UInt32} AND import_id != {import_id:UInt64} GROUP BY name, number";
    client.select(&Statement::new(sql).bind("site_id", site_id).bind("import_id", import_id)).await
}
