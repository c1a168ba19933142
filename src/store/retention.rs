//! Owns the end of what is stored: rows that are older than their site keeps them are deleted. It owns neither the settings nor the time of
//! day at which it is called.

use std::collections::BTreeMap;

use super::{client::Client, error::StoreError, statement::Statement};

/// What goes together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// What heat maps are made of.
    Maps,
    /// What reports are made of, sums of closed days and imports among it.
    Reports,
}

impl Kind {
    const fn tables(self) -> &'static [&'static str] {
        match self {
            Self::Maps => &["clicks", "moves", "scrolls", "layouts"],
            Self::Reports => &["events", "imported", "outcomes", "concurrency", "frozen", "frozen_days", "crossing"],
        }
    }
}

/// Most sites that one statement names: they travel in the URL.
const SITES_PER_STATEMENT: usize = 1000;

/// What a site does not keep any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiry {
    pub site_id: u32,
    pub kind: Kind,
    /// Days before this one go. Days since the Unix epoch, of the site.
    pub before_day: u16,
}

/// What ClickHouse was asked to delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired {
    pub table: &'static str,
    pub rows: u64,
}

/// Has ClickHouse delete what is past its time. It does so in the background; the projections of a part are deleted from with
/// it.
///
/// A deletion rewrites parts, so it is asked for only where rows are found, and not while an earlier one of the table is at
/// work.
pub async fn expire(client: &Client, expiries: &[Expiry]) -> Result<Vec<Expired>, StoreError> {
    let mut by_day: BTreeMap<(Kind, u16), Vec<u64>> = BTreeMap::new();
    for expiry in expiries {
        by_day.entry((expiry.kind, expiry.before_day)).or_default().push(u64::from(expiry.site_id));
    }
    let mut expired = Vec::new();
    for kind in [Kind::Maps, Kind::Reports] {
        let of_kind = by_day.iter().filter(|((of, _), _)| *of == kind);
        let of_kind: Vec<_> = of_kind.map(|((_, before_day), sites)| (*before_day, sites)).collect();
        if of_kind.is_empty() {
            continue;
        }
        for &table in kind.tables() {
            if is_at_work(client, table).await? {
                tracing::info!(table, "a table is being rewritten, nothing is deleted from it today");
                continue;
            }
            let mut rows = 0;
            for (before_day, sites) in &of_kind {
                for sites in sites.chunks(SITES_PER_STATEMENT) {
                    rows += expire_of(client, table, *before_day, sites).await?;
                }
            }
            if rows > 0 {
                expired.push(Expired { table, rows });
            }
        }
    }
    Ok(expired)
}

async fn expire_of(client: &Client, table: &str, before_day: u16, sites: &[u64]) -> Result<u64, StoreError> {
    let past = "site_id IN {sites:Array(UInt64)} AND day < toDate({before_day:UInt16})";
    let statement = |sql: String| Statement::new(sql).bind("sites", sites.to_vec()).bind("before_day", before_day);
    let count = statement(format!("SELECT count() FROM {table} WHERE {past}"));
    let rows = client.select::<u64>(&count).await?.first().copied().unwrap_or_default();
    if rows > 0 {
        client
            .execute(&statement(format!("ALTER TABLE {table} DELETE WHERE {past} SETTINGS mutations_sync = 0")))
            .await?;
    }
    Ok(rows)
}

async fn is_at_work(client: &Client, table: &str) -> Result<bool, StoreError> {
    let sql = "SELECT count() FROM system.mutations
        WHERE database = currentDatabase() AND table = {table:String} AND NOT is_done";
    let count = client.select::<u64>(&Statement::new(sql).bind("table", table)).await?;
    Ok(count.first().is_some_and(|&count| count > 0))
}
