//! Owns the judgement after a fault: every acknowledged beacon is in ClickHouse once and whole, nothing else is, and the
//! roll-up and the projections say the same as the rows.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use crate::{
    helpers::app::rows,
    load::{Fate, Ledger, ROWS_SQL, rows_of},
};

/// Accepted rows as the shipper counted them, and as they are, by site and batch.
const ROLL_UP_SQL: &str = "
    SELECT site_id, hex(batch), sum(counted), sum(raw) FROM (
        SELECT site_id, batch, events AS counted, 0 AS raw FROM outcomes WHERE outcome = 'accepted'
        UNION ALL SELECT site_id, batch, 0, 1 FROM events
        UNION ALL SELECT site_id, batch, 0, 1 FROM clicks
        UNION ALL SELECT site_id, batch, 0, 1 FROM moves
        UNION ALL SELECT site_id, batch, 0, 1 FROM scrolls
        UNION ALL SELECT site_id, batch, 0, 1 FROM layouts
    ) GROUP BY site_id, batch HAVING sum(counted) != sum(raw)";
/// Table, projection, its keys and its sums.
const PROJECTIONS: [(&str, &str, &str, &str); 3] = [
    (
        "clicks",
        "cells",
        "site_id, pathname, day, device, state, kind_flags, element_id, cell_x, cell_y",
        "count(), sum(fraction_x), sum(fraction_y)",
    ),
    (
        "moves",
        "cells",
        "site_id, pathname, day, device, state, element_id, cell_x, cell_y",
        "count(), sum(rest_ms), sum(fraction_x), sum(fraction_y)",
    ),
    ("events", "views", "site_id, pathname, day, kind, device, viewport_width", "count()"),
];
/// How many wrong views are told.
const TOLD: usize = 5;

/// What is wrong with the books.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Accepted, and not there.
    pub lost: BTreeSet<u64>,
    /// There more often than sent.
    pub doubled: BTreeSet<u64>,
    /// There in part, or not as sent.
    pub changed: BTreeSet<u64>,
    /// Refused or never sent, and there.
    pub unasked: BTreeSet<u64>,
    /// Site, batch, count of the roll-up, count of rows.
    pub roll_up: Vec<String>,
    /// Table and projection whose sums are not those of the rows.
    pub projections: Vec<String>,
}

/// Compares what was sent with what is stored. `data_dir` is that of the engine.
pub async fn look(ledger: &Ledger, data_dir: &Path) -> Findings {
    let mut stored: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for row in rows(data_dir, ROWS_SQL).await {
        stored.entry(row[0].as_u64().unwrap()).or_default().push(row[1].as_str().unwrap().to_owned());
    }
    let mut findings = Findings::default();
    let fates = ledger.fates();
    for (&view, found) in &mut stored {
        found.sort();
        let sent = rows_of(view);
        match fates.get(&view) {
            None | Some(Fate::Refused) => findings.unasked.extend([view]),
            Some(Fate::Accepted | Fate::Unknown) if *found == sent => {}
            Some(_) if is_doubled(found, &sent) => findings.doubled.extend([view]),
            Some(_) => findings.changed.extend([view]),
        }
    }
    let accepted = fates.iter().filter(|(_, fate)| **fate == Fate::Accepted).map(|(view, _)| *view);
    findings.lost = accepted.filter(|view| !stored.contains_key(view)).collect();
    findings.roll_up = rows(data_dir, ROLL_UP_SQL).await.iter().map(|row| format!("{row:?}")).collect();
    for (table, projection, keys, sums) in PROJECTIONS {
        if !agrees(data_dir, table, projection, keys, sums).await {
            findings.projections.push(format!("{table}.{projection}"));
        }
    }
    findings
}

/// Tells whether a projection has the sums of its rows. ClickHouse refuses the question if it cannot use the projection.
async fn agrees(data_dir: &Path, table: &str, projection: &str, keys: &str, sums: &str) -> bool {
    let sql = format!("SELECT {keys}, {sums} FROM {table} GROUP BY {keys} ORDER BY {keys} SETTINGS ");
    let summed = format!("{sql}optimize_use_projections = 1, force_optimize_projection_name = '{projection}'");
    rows(data_dir, &summed).await == rows(data_dir, &format!("{sql}optimize_use_projections = 0")).await
}

/// Fails unless the books balance.
pub async fn assert_exactly_once(ledger: &Ledger, data_dir: &Path, what: &str) {
    let findings = look(ledger, data_dir).await;
    let some = |views: &BTreeSet<u64>| format!("{} {:?}", views.len(), views.iter().take(TOLD).collect::<Vec<_>>());
    assert_eq!(
        findings,
        Findings::default(),
        "{what}: lost {}, doubled {}, changed {}, unasked {}, roll-up differs in {} batches, projections {:?}",
        some(&findings.lost),
        some(&findings.doubled),
        some(&findings.changed),
        some(&findings.unasked),
        findings.roll_up.len(),
        findings.projections
    );
    let counts = [Fate::Accepted, Fate::Refused, Fate::Unknown].map(|fate| ledger.count(fate));
    eprintln!("{what}: {counts:?} beacons accepted, refused and without an answer; the books balance");
}

/// Tells whether a row is there more often than it was sent.
fn is_doubled(found: &[String], sent: &[String]) -> bool {
    let times = |rows: &[String], row: &String| rows.iter().filter(|other| *other == row).count();
    found.iter().any(|row| times(found, row) > times(sent, row).max(1))
}
