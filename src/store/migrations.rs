//! Owns the schema: runs the files of `migrations/clickhouse` in order, once each, and records them.

use sha2::{Digest, Sha256};

use super::{client::Client, error::StoreError, statement::Statement};

/// One numbered file.
struct Migration {
    version: u32,
    name: &'static str,
    sql: &'static str,
}

macro_rules! migrations {
    ($($version:literal $name:literal),+ $(,)?) => {
        &[$(Migration {
            version: $version,
            name: $name,
            sql: include_str!(concat!("../../migrations/clickhouse/", $name, ".sql")),
        }),+]
    };
}

/// All migrations, oldest first. A file is never edited after a release.
const MIGRATIONS: &[Migration] = migrations![
    1 "0001_events",
    2 "0002_clicks",
    3 "0003_scrolls",
    4 "0004_layouts",
    5 "0005_events_batch",
    6 "0006_clicks_batch",
    7 "0007_scrolls_batch",
    8 "0008_layouts_batch",
    9 "0009_outcomes",
    10 "0010_clicks_anchor",
    11 "0011_clicks_cells",
    12 "0012_clicks_projection",
    13 "0013_moves",
    14 "0014_scrolls_landmarks",
    15 "0015_layouts_state",
    16 "0016_layouts_ttl",
    17 "0017_events_views",
    18 "0018_events_projection",
    19 "0019_events_revenue",
    20 "0020_events_vitals_room",
    21 "0021_events_vitals",
    22 "0022_events_vitals_projection",
    23 "0023_events_arrival",
    24 "0024_clicks_arrival",
    25 "0025_moves_arrival",
    26 "0026_scrolls_arrival",
    27 "0027_layouts_arrival",
    28 "0028_events_marks",
    29 "0029_events_marks_projection",
    30 "0030_frozen",
    31 "0031_crossing",
    32 "0032_frozen_days",
    33 "0033_concurrency",
    34 "0034_imported",
];

const RECORD_TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations
(version UInt32, name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
ENGINE = MergeTree ORDER BY version";

/// What a database has of what this binary knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaStatus {
    /// Newest version in the database, 0 if none.
    pub applied: u32,
    /// Newest version that this binary knows.
    pub known: u32,
}

/// Brings the schema up to date and returns the names of what it ran.
///
/// Safe to repeat: each statement says `IF NOT EXISTS`, so that a crash between a statement and its
/// record does no harm. Refuses a database that is newer than the binary.
pub async fn migrate(client: &Client) -> Result<Vec<&'static str>, StoreError> {
    client.create_database().await?;
    client.execute(&Statement::new(RECORD_TABLE)).await?;
    let applied = applied(client).await?;
    check(&applied)?;
    let mut ran = Vec::new();
    for migration in MIGRATIONS {
        if applied.iter().any(|(version, _)| *version == migration.version) {
            continue;
        }
        client.execute(&Statement::new(migration.sql)).await?;
        let record = Statement::new(
            "INSERT INTO schema_migrations (version, name, checksum)
             SELECT {version:UInt32}, {name:String}, {checksum:String}",
        )
        .bind("version", migration.version)
        .bind("name", migration.name)
        .bind("checksum", checksum(migration.sql));
        client.execute(&record).await?;
        tracing::info!(migration.name = migration.name, "schema migrated");
        ran.push(migration.name);
    }
    Ok(ran)
}

/// Compares the database with the binary and changes nothing.
pub async fn status(client: &Client) -> Result<SchemaStatus, StoreError> {
    let exists = Statement::new(
        "SELECT count() FROM system.tables WHERE database = currentDatabase() AND name = 'schema_migrations'",
    );
    let tables = client.select::<u64>(&exists).await?;
    let applied = if tables.first() == Some(&0) { Vec::new() } else { applied(client).await? };
    check(&applied)?;
    Ok(SchemaStatus { applied: newest(&applied), known: known() })
}

async fn applied(client: &Client) -> Result<Vec<(u32, String)>, StoreError> {
    client.select(&Statement::new("SELECT version, checksum FROM schema_migrations ORDER BY version")).await
}

fn check(applied: &[(u32, String)]) -> Result<(), StoreError> {
    let (found, known) = (newest(applied), known());
    if found > known {
        return Err(StoreError::NewerThanBinary { found, known });
    }
    for (version, recorded) in applied {
        let same =
            MIGRATIONS.iter().any(|migration| migration.version == *version && checksum(migration.sql) == *recorded);
        if !same {
            return Err(StoreError::ChangedMigration { version: *version });
        }
    }
    Ok(())
}

fn newest(applied: &[(u32, String)]) -> u32 {
    applied.iter().map(|(version, _)| *version).max().unwrap_or(0)
}

fn known() -> u32 {
    MIGRATIONS.last().map_or(0, |migration| migration.version)
}

fn checksum(sql: &str) -> String {
    format!("{:x}", Sha256::digest(sql.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_count_up_and_match_their_file_names() {
        for (index, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(migration.version as usize, index + 1, "{}", migration.name);
            assert!(migration.name.starts_with(&format!("{:04}_", migration.version)), "{}", migration.name);
        }
    }

    #[test]
    fn a_database_from_the_future_is_refused() {
        let future = known() + 1;
        let error = check(&[(future, String::new())]).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the database has migration {future}, this binary knows {}: use a newer heatline", known())
        );
    }

    #[test]
    fn an_edited_migration_is_noticed() {
        assert!(matches!(check(&[(1, "beef".to_owned())]), Err(StoreError::ChangedMigration { version: 1 })));
    }
}
