//! Owns the removal of a site's rows, of all or of some days, of all or of one path, from every table. It does not own what
//! waits on its way to ClickHouse.
//!
//! Rows go by ALTER TABLE … DELETE, because tables with projections refuse DELETE FROM; parts are rewritten in the
//! background. All of it may be repeated: what is gone is not asked for again, and while a table is rewritten nothing more is.

use std::ops::RangeInclusive;

use super::{block::Table, client::Client, error::StoreError, frozen, imported, statement::Statement};

/// What stands in the place of an erased path where other rows tell where their session began.
pub const ERASED_PATHNAME: &str = "/(erased)";

/// What is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    pub site_id: u32,
    /// Local days of the site, in days since the Unix epoch. `None`: all.
    pub days: Option<RangeInclusive<u16>>,
    /// Of batches that were begun by then, milliseconds since the epoch: what comes while it goes on stays.
    pub before_ms: i64,
    /// `None`: of all pages, and the counts of what was left out and refused and of who was there at the same time, too.
    pub pathname: Option<String>,
}

/// How far a table is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Its name in the database.
    pub table: &'static str,
    /// Rows that are still there.
    pub rows: u64,
    /// Parts of the table that are being rewritten.
    pub parts: u64,
    /// Why ClickHouse could not rewrite one of them so far; empty where it could.
    pub failure: String,
}

impl Progress {
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.rows == 0
    }
}

impl Erasure {
    /// All that a site has by then.
    #[must_use]
    pub const fn of_site(site_id: u32, before_ms: i64) -> Self {
        Self { site_id, days: None, before_ms, pathname: None }
    }

    fn tables(&self) -> impl Iterator<Item = &'static str> {
        let with_counts = self.pathname.is_none();
        let tables = Table::ALL.into_iter().filter(move |table| table.is_of_facts() || with_counts);
        tables.map(Table::name).chain([imported::TABLE])
    }

    /// Tells whether a row of this site, day and path is to go.
    #[must_use]
    pub fn covers(&self, site_id: u32, day: u16, pathname: &str) -> bool {
        site_id == self.site_id
            && self.days.as_ref().is_none_or(|days| days.contains(&day))
            && self.pathname.as_ref().is_none_or(|erased| erased == pathname)
    }

    fn condition(&self, table: &str) -> String {
        let mut condition = "site_id = {site_id:UInt32}".to_owned();
        let is_of_counts = Table::ALL.into_iter().any(|known| known.name() == table && !known.is_of_facts());
        condition.push_str(if is_of_counts {
            // Counts of the last minute still grow, and tell of nobody.
            " AND minute < toStartOfMinute(fromUnixTimestamp64Milli({before_ms:Int64}, 'UTC'))"
        } else {
            " AND arrived_at <= fromUnixTimestamp64Milli({before_ms:Int64}, 'UTC')"
        });
        if self.days.is_some() {
            condition.push_str(" AND day BETWEEN toDate({first_day:UInt16}) AND toDate({last_day:UInt16})");
        }
        if self.pathname.is_some() {
            // Sums of visits that began or ended on the page are rows of their own there.
            condition.push_str(if table == imported::TABLE {
                " AND has([pathname, entry_pathname, exit_pathname, prop_path], {pathname:String})"
            } else {
                " AND pathname = {pathname:String}"
            });
        }
        condition
    }

    fn bind(&self, sql: String) -> Statement {
        let mut statement = Statement::new(sql).bind("site_id", self.site_id).bind("before_ms", self.before_ms);
        if let Some(days) = &self.days {
            statement = statement.bind("first_day", *days.start()).bind("last_day", *days.end());
        }
        if let Some(pathname) = &self.pathname {
            statement = statement.bind("pathname", pathname.as_str());
        }
        statement
    }
}

/// Returns what is left in each table, and changes nothing.
pub async fn look(client: &Client, erasure: &Erasure) -> Result<Vec<Progress>, StoreError> {
    let mut all = Vec::new();
    for table in erasure.tables() {
        all.push(Progress { table, rows: left(client, table, erasure).await?, parts: 0, failure: String::new() });
    }
    Ok(all)
}

/// Has ClickHouse delete what is left, table by table, unless it is at work on the table, and returns how far each is. `now_ms`:
/// milliseconds since the epoch.
pub async fn step(client: &Client, erasure: &Erasure, now_ms: i64) -> Result<Vec<Progress>, StoreError> {
    let mut all = Vec::new();
    for table in erasure.tables() {
        let (parts, failure) = at_work(client, table).await?;
        let rows = left(client, table, erasure).await?;
        if rows > 0 && parts == 0 {
            let condition = erasure.condition(table);
            let sql = format!("ALTER TABLE {table} DELETE WHERE {condition} SETTINGS mutations_sync = 0");
            client.execute(&erasure.bind(sql)).await?;
        }
        let entries = if table == Table::Events.name() { entries(client, erasure, parts).await? } else { 0 };
        if table == Table::Events.name() && rows + entries == 0 {
            // What was counted before the rows went; what is counted from now on does not know them.
            frozen::erase(client, erasure.site_id, erasure.days.clone(), now_ms).await?;
        }
        all.push(Progress { table, rows: rows + entries, parts, failure });
    }
    Ok(all)
}

async fn left(client: &Client, table: &str, erasure: &Erasure) -> Result<u64, StoreError> {
    count(client, &erasure.bind(format!("SELECT count() FROM {table} WHERE {}", erasure.condition(table)))).await
}

/// Has an erased path taken out of the other rows of sessions that began there. Returns how many have it.
async fn entries(client: &Client, erasure: &Erasure, parts: u64) -> Result<u64, StoreError> {
    let Some(pathname) = &erasure.pathname else { return Ok(0) };
    // A session that began on the last day may go on over midnight.
    let after = erasure.days.as_ref().map(|days| *days.start()..=days.end().saturating_add(1));
    let wider = Erasure { days: after, pathname: None, ..erasure.clone() };
    let condition = format!(
        "{} AND entry_pathname = {{entry:String}} AND pathname != {{entry:String}}",
        wider.condition(Table::Events.name())
    );
    let bind = |sql: String| wider.bind(sql).bind("entry", pathname.as_str());
    let rows = count(client, &bind(format!("SELECT count() FROM events WHERE {condition}"))).await?;
    if rows > 0 && parts == 0 {
        let sql = format!(
            "ALTER TABLE events UPDATE entry_pathname = {{erased:String}} WHERE {condition} SETTINGS mutations_sync = 0"
        );
        client.execute(&bind(sql).bind("erased", ERASED_PATHNAME)).await?;
    }
    Ok(rows)
}

async fn count(client: &Client, statement: &Statement) -> Result<u64, StoreError> {
    Ok(client.select::<u64>(statement).await?.first().copied().unwrap_or_default())
}

/// Returns how many parts of a table are still to be rewritten, at least 1 where it is at work, and the last failure.
async fn at_work(client: &Client, table: &str) -> Result<(u64, String), StoreError> {
    let sql = "SELECT toUInt64(if(count() = 0, 0, greatest(sum(parts_to_do), 1))), anyLast(latest_fail_reason)
        FROM system.mutations WHERE database = currentDatabase() AND table = {table:String} AND NOT is_done";
    let found = client.select::<(u64, String)>(&Statement::new(sql).bind("table", table)).await?;
    Ok(found.into_iter().next().unwrap_or_default())
}
