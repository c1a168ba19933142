//! Owns the migrations of the control database: their order, and which ones a database has.
//! It does not know what they do.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, AnyPool};

use super::{database::Backend, error::ControlError, rows};

/// In order; the number of each is its place, counted from one. Released ones are never edited.
const FILES: [(&str, &str); 21] = [
    ("control_state", include_str!("../../migrations/control/0001_control_state.sql")),
    ("id_counters", include_str!("../../migrations/control/0002_id_counters.sql")),
    ("sites", include_str!("../../migrations/control/0003_sites.sql")),
    ("users", include_str!("../../migrations/control/0004_users.sql")),
    ("memberships", include_str!("../../migrations/control/0005_memberships.sql")),
    ("api_keys", include_str!("../../migrations/control/0006_api_keys.sql")),
    ("sessions", include_str!("../../migrations/control/0007_sessions.sql")),
    ("setup_token", include_str!("../../migrations/control/0008_setup_token.sql")),
    ("salts", include_str!("../../migrations/control/0009_salts.sql")),
    ("link_keys", include_str!("../../migrations/control/0010_link_keys.sql")),
    ("screenshots", include_str!("../../migrations/control/0011_screenshots.sql")),
    ("goals", include_str!("../../migrations/control/0012_goals.sql")),
    ("segments", include_str!("../../migrations/control/0013_segments.sql")),
    ("annotations", include_str!("../../migrations/control/0014_annotations.sql")),
    ("props", include_str!("../../migrations/control/0015_props.sql")),
    ("import_keys", include_str!("../../migrations/control/0016_import_keys.sql")),
    ("removed_sites", include_str!("../../migrations/control/0017_removed_sites.sql")),
    ("accounts", include_str!("../../migrations/control/0018_accounts.sql")),
    ("invitations", include_str!("../../migrations/control/0019_invitations.sql")),
    ("shared_links", include_str!("../../migrations/control/0020_shared_links.sql")),
    ("goal_props", include_str!("../../migrations/control/0021_goal_props.sql")),
];

static MIGRATIONS: LazyLock<Vec<Migration>> = LazyLock::new(|| {
    let numbered = (1..).zip(FILES);
    numbered.map(|(number, (name, sql))| Migration { number, name, sql, checksum: checksum(sql) }).collect()
});

struct Migration {
    number: u32,
    name: &'static str,
    sql: &'static str,
    checksum: String,
}

/// A migration that a database lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingMigration {
    pub number: u32,
    pub name: &'static str,
}

/// Returns all migrations, as a database that does not exist lacks them.
pub(super) fn all() -> Vec<PendingMigration> {
    MIGRATIONS.iter().map(to_pending).collect()
}

/// Returns the migrations that the database lacks, oldest first. Writes nothing.
pub(super) async fn pending(
    connection: &mut AnyConnection,
    backend: &Backend,
) -> Result<Vec<PendingMigration>, ControlError> {
    let exists = match backend {
        Backend::Sqlite { .. } => {
            "SELECT count(*) AS tables FROM sqlite_master WHERE type = 'table' AND name = 'control_migrations'"
        }
        Backend::Postgres => {
            "SELECT count(*) AS tables FROM information_schema.tables \
             WHERE table_schema = current_schema() AND table_name = 'control_migrations'"
        }
    };
    let row = sqlx::query(exists).fetch_one(&mut *connection).await?;
    if !rows::flag(&row, "tables")? {
        return Ok(all());
    }
    let known = count_applied(connection).await?;
    Ok(MIGRATIONS[known..].iter().map(to_pending).collect())
}

/// Applies the migrations that the database lacks, all in one transaction. Processes that start together wait for each
/// other.
pub(super) async fn apply(pool: &AnyPool, backend: &Backend) -> Result<(), ControlError> {
    const TABLE: &str = "CREATE TABLE IF NOT EXISTS control_migrations \
                         (number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)";
    // The number is only for this: the first eight bytes of SHA-256("heatline control migrations").
    const POSTGRES_LOCK: &str = "SELECT pg_advisory_xact_lock(-2163905081203293951)";

    let begin = match backend {
        Backend::Sqlite { .. } => "BEGIN IMMEDIATE",
        Backend::Postgres => "BEGIN",
    };
    let mut transaction = pool.begin_with(begin).await?;
    if *backend == Backend::Postgres {
        sqlx::raw_sql(POSTGRES_LOCK).execute(&mut *transaction).await?;
    }
    sqlx::raw_sql(TABLE).execute(&mut *transaction).await?;
    let known = count_applied(&mut transaction).await?;
    for migration in &MIGRATIONS[known..] {
        apply_one(&mut transaction, migration).await.map_err(|source| ControlError::Migration {
            number: migration.number,
            name: migration.name,
            source,
        })?;
        tracing::info!(migration.number, migration.name, "control database migrated");
    }
    Ok(transaction.commit().await?)
}

async fn apply_one(transaction: &mut AnyConnection, migration: &Migration) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(migration.sql).execute(&mut *transaction).await?;
    sqlx::query("INSERT INTO control_migrations (number, name, checksum) VALUES ($1, $2, $3)")
        .bind(i64::from(migration.number))
        .bind(migration.name)
        .bind(migration.checksum.as_str())
        .execute(transaction)
        .await?;
    Ok(())
}

/// Returns how many migrations the database has, after making sure that they are the first of ours.
async fn count_applied(connection: &mut AnyConnection) -> Result<usize, ControlError> {
    let applied =
        sqlx::query("SELECT number, checksum FROM control_migrations ORDER BY number").fetch_all(connection).await?;
    if let Some(last) = applied.last() {
        let (found, known) = (rows::number(last, "number")?, MIGRATIONS.last().map_or(0, |last| last.number));
        if found > known {
            return Err(ControlError::NewerThanBinary { found, known });
        }
    }
    for (row, migration) in applied.iter().zip(MIGRATIONS.iter()) {
        let same =
            rows::number(row, "number")? == migration.number && rows::text(row, "checksum")? == migration.checksum;
        if !same {
            return Err(ControlError::MigrationChanged { number: migration.number });
        }
    }
    Ok(applied.len())
}

fn to_pending(migration: &Migration) -> PendingMigration {
    PendingMigration { number: migration.number, name: migration.name }
}

/// Line ends do not count: a checkout may have changed them.
fn checksum(sql: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(sql.replace("\r\n", "\n")))
}

#[cfg(test)]
mod tests {
    use super::super::{
        Control,
        testing::{TestDatabase, a_site},
    };
    use super::*;
    use crate::model::GoalTarget;

    async fn execute(database: &TestDatabase, sql: &str) {
        let control = database.open().await;
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&control.pool).await.unwrap();
        control.close().await;
    }

    #[tokio::test]
    async fn all_are_pending_before_the_first_start_and_none_after_it() {
        let database = TestDatabase::new().await;
        assert_eq!(Control::pending(&database.url).await.unwrap(), all());
        assert_eq!(Control::pending(&database.url).await.unwrap().len(), FILES.len(), "asking changes nothing");
        database.open().await;
        assert_eq!(Control::pending(&database.url).await.unwrap(), []);
    }

    #[tokio::test]
    async fn applying_again_changes_nothing() {
        let database = TestDatabase::new().await;
        let before = database.open().await.revision().await.unwrap();
        assert_eq!(database.open().await.revision().await.unwrap(), before);
    }

    #[tokio::test]
    async fn many_processes_may_start_at_once() {
        let database = TestDatabase::new().await;
        let starts = (0..6).map(|_| {
            let url = database.url.clone();
            tokio::spawn(async move { Control::open(&url).await })
        });
        for start in starts.collect::<Vec<_>>() {
            start.await.unwrap().unwrap();
        }
    }

    #[tokio::test]
    async fn only_what_is_missing_is_applied() {
        let database = TestDatabase::new().await;
        let site = a_site(&database.open().await, "a.example").await.id;
        let sql = include_str!("../../migrations/control/0012_goals.sql");
        let table = &sql[sql.find("CREATE TABLE").unwrap()..sql.find("\n);").unwrap()];
        let undo = format!(
            "DROP TABLE goals; {table}); INSERT INTO goals (id, site_id, name, kind, subject, percent, currency) \
             VALUES (7, {}, 'Sale', 'event', 'Purchase', 0, 'EUR'); DELETE FROM control_migrations WHERE number = 21",
            site.get()
        );
        execute(&database, &undo).await;
        let pending = Control::pending(&database.url).await.unwrap();
        assert_eq!(pending, [PendingMigration { number: 21, name: "goal_props" }]);
        let goals = database.open().await.goals(site).await.unwrap();
        assert_eq!(
            (goals.len(), goals[0].name.as_str(), &goals[0].target),
            (1, "Sale", &GoalTarget::event("Purchase"))
        );
    }

    #[tokio::test]
    async fn a_newer_database_is_refused() {
        let database = TestDatabase::new().await;
        execute(&database, "INSERT INTO control_migrations (number, name, checksum) VALUES (22, 'later', '')").await;
        let (opened, pending) = (Control::open(&database.url).await, Control::pending(&database.url).await);
        assert!(matches!(opened, Err(ControlError::NewerThanBinary { found: 22, known: 21 })), "{opened:?}");
        assert!(matches!(pending, Err(ControlError::NewerThanBinary { found: 22, known: 21 })), "{pending:?}");
        assert_eq!(
            opened.unwrap_err().to_string(),
            "the control database is newer than this program: it has migration 22, this program knows 21"
        );
    }

    #[tokio::test]
    async fn a_database_with_another_history_is_refused() {
        for (sql, number, why) in [
            ("UPDATE control_migrations SET checksum = 'x' WHERE number = 3", 3, "changed"),
            ("DELETE FROM control_migrations WHERE number = 2", 2, "left out"),
        ] {
            let database = TestDatabase::new().await;
            execute(&database, sql).await;
            let opened = Control::open(&database.url).await;
            assert!(
                matches!(opened, Err(ControlError::MigrationChanged { number: n }) if n == number),
                "{why}: {opened:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_failed_migration_leaves_nothing_behind() {
        let database = TestDatabase::new().await;
        execute(&database, "DELETE FROM control_migrations WHERE number > 7").await;
        let opened = Control::open(&database.url).await;
        assert!(matches!(opened, Err(ControlError::Migration { number: 8, .. })), "{opened:?}");
        assert_eq!(Control::pending(&database.url).await.unwrap().len(), 14);
    }
}
