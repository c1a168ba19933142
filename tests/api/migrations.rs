//! The schemas of both databases: brought up to date in order, safe to repeat, never taken back in time.

use std::path::Path;

use heatline::{
    control::sqlite_url,
    store::{Client, Statement, engine::config::read_endpoint},
};
use serde_json::{Value, json};
use sqlx::Connection;

use crate::helpers::{
    SITE, Service, a_pageview,
    app::{migration_files, rows},
    command::run,
};

/// Runs a statement in the engine of a running service.
async fn in_clickhouse(data_dir: &Path, sql: &str) {
    let client = Client::new(read_endpoint(&data_dir.join("engine")).unwrap());
    client.execute(&Statement::new(sql)).await.unwrap();
}

/// Runs a statement in the control database.
async fn in_control(data_dir: &Path, sql: &'static str) {
    sqlx::any::install_default_drivers();
    let mut connection = sqlx::AnyConnection::connect(&sqlite_url(&data_dir.join("control.db"))).await.unwrap();
    sqlx::query(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn recorded(data_dir: &Path) -> Value {
    json!(rows(data_dir, "SELECT version, name FROM schema_migrations ORDER BY version").await)
}

#[tokio::test]
async fn migrating_twice_is_migrating_once() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let known = migration_files("clickhouse");
    let expected = format!("clickhouse: up to date (migration {known} of {known})");
    for _ in 0..2 {
        let said = run(&data_dir, "migrate").await.done();
        assert_eq!(said.out, format!("control database: up to date\n{expected}\n"));
    }
    let service = Service::start(&data_dir).await;
    assert_eq!(recorded(&data_dir).await.as_array().unwrap().len(), known, "each is recorded once");
    let beside = run(&data_dir, "migrate").await.done();
    assert_eq!(beside.last_line(), expected, "beside a running service, too");
    service.stop().await;
}

#[tokio::test]
async fn a_migration_that_was_cut_off_before_its_record_is_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let service = Service::start_with_site(&data_dir).await;
    service.accepted(&a_pageview("/")).await;
    service.flushed().await;
    let complete = recorded(&data_dir).await;
    in_clickhouse(&data_dir, "DELETE FROM schema_migrations WHERE version >= 2").await;
    assert_eq!(recorded(&data_dir).await.as_array().unwrap().len(), 1);
    service.stop().await;

    let service = Service::start(&data_dir).await;
    assert_eq!(recorded(&data_dir).await, complete);
    assert_eq!(json!(rows(&data_dir, "SELECT count() FROM events").await), json!([[1]]), "nothing is gone");
    service.stop().await;
}

/// Makes a table anew, empty, by its first files only.
async fn put_back(data_dir: &Path, table: &str, files: &[&str]) {
    in_clickhouse(data_dir, &format!("DROP TABLE {table} SYNC")).await;
    for name in files {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/clickhouse").join(name);
        in_clickhouse(data_dir, &std::fs::read_to_string(path).unwrap()).await;
    }
}

/// What the version before left: its tables with its rows, and none of what the later files add.
async fn put_back_to_version_9(data_dir: &Path) {
    let as_it_was: [(&str, &[&str]); 4] = [
        ("events", &["0001_events.sql", "0005_events_batch.sql"]),
        ("clicks", &["0002_clicks.sql", "0006_clicks_batch.sql"]),
        ("scrolls", &["0003_scrolls.sql", "0007_scrolls_batch.sql"]),
        ("layouts", &["0004_layouts.sql", "0008_layouts_batch.sql"]),
    ];
    for (table, files) in as_it_was {
        put_back(data_dir, table, files).await;
    }
    in_clickhouse(data_dir, "DROP TABLE moves SYNC").await;
    in_clickhouse(data_dir, "DELETE FROM schema_migrations WHERE version > 9").await;
}

async fn until_mutations_are_done(data_dir: &Path) {
    let waiting = "SELECT count() FROM system.mutations WHERE database = currentDatabase() AND NOT is_done";
    while json!(rows(data_dir, waiting).await) != json!([[0]]) {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn rows_from_before_an_upgrade_are_in_the_projections_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let service = Service::start(&data_dir).await;
    put_back_to_version_9(&data_dir).await;
    let clicks = "INSERT INTO clicks (site_id, day, pathname, element, fraction_x, fraction_y, x, document_width,
            viewport_width, device, flags)
        SELECT 1, '2026-01-01' + toIntervalDay(number % 40), '/', '#buy', number * 4099 % 65536, number * 5003 % 65536,
            number % 1280, 1280, 1280, 'desktop', number % 64 FROM numbers(5000)";
    let events = "INSERT INTO events (site_id, day, kind, pathname, viewport_width, device)
        SELECT 1, '2026-01-01' + toIntervalDay(number % 40), 'pageview', '/', 1280, 'desktop' FROM numbers(3000)";
    for sql in [clicks, events] {
        in_clickhouse(&data_dir, sql).await;
    }
    service.stop().await;

    let service = Service::start(&data_dir).await;
    until_mutations_are_done(&data_dir).await;
    let without = "SELECT name FROM system.parts WHERE active AND table IN ('clicks', 'events') AND empty(projections)";
    assert_eq!(rows(&data_dir, without).await, Vec::<Vec<Value>>::new(), "every part has its projections");
    for (table, projection, columns) in [
        ("clicks", "cells", "kind_flags, element_id, cell_x, cell_y, count(), sum(fraction_x), sum(fraction_y)"),
        ("events", "views", "pathname, day, kind, count()"),
    ] {
        let sql = format!("SELECT {columns} FROM {table} GROUP BY ALL ORDER BY ALL SETTINGS ");
        let summed = rows(&data_dir, &format!("{sql}force_optimize_projection_name = '{projection}'")).await;
        assert!(!summed.is_empty(), "{table}");
        assert_eq!(
            summed,
            rows(&data_dir, &format!("{sql}optimize_use_projections = 0")).await,
            "{table}.{projection}"
        );
    }
    let boxes = "SELECT uniqExact(cell_x), uniqExact(cell_y), max(box_width), max(state) FROM clicks";
    assert_eq!(json!(rows(&data_dir, boxes).await), json!([[32, 32, 0, 0]]), "what is not known is cut into 32 by 32");
    service.stop().await;
}

#[tokio::test]
async fn a_new_kind_of_row_leaves_the_sums_of_the_old_ones_right() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let service = Service::start_with_site(&data_dir).await;
    put_back(&data_dir, "events", &["0001_events.sql", "0005_events_batch.sql", "0017_events_views.sql"]).await;
    in_clickhouse(&data_dir, "DELETE FROM schema_migrations WHERE version > 18").await;
    let before = "INSERT INTO events (site_id, day, kind, pathname, viewport_width, device)
        SELECT 1, today(), ['pageview', 'engagement'][number % 2 + 1], '/', 1280, 'desktop' FROM numbers(3000)";
    in_clickhouse(&data_dir, before).await;
    service.stop().await;

    let service = Service::start(&data_dir).await;
    let vitals = json!({"type": "vitals", "lcp": 900});
    service.accepted(&a_pageview("/").event(vitals)).await;
    service.flushed().await;
    until_mutations_are_done(&data_dir).await;
    let sql = "SELECT toString(kind), count() FROM events GROUP BY kind ORDER BY kind SETTINGS";
    let expected = json!([["pageview", 1501], ["engagement", 1500], ["vitals", 1]]);
    for merged in [false, true] {
        if merged {
            in_clickhouse(&data_dir, "OPTIMIZE TABLE events FINAL").await;
        }
        for settings in ["force_optimize_projection_name = 'views'", "optimize_use_projections = 0"] {
            let counted = rows(&data_dir, &format!("{sql} {settings}")).await;
            assert_eq!(json!(counted), expected, "{settings}, merged: {merged}");
        }
    }
    service.stop().await;
}

#[tokio::test]
async fn a_clickhouse_from_the_future_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let service = Service::start(&data_dir).await;
    in_clickhouse(
        &data_dir,
        "INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, '9999_later', 'x')",
    )
    .await;
    service.stop().await;
    let known = migration_files("clickhouse");
    for command in ["serve", "migrate", "badge --site demo.example -o -"] {
        if command.starts_with("badge") {
            run(&data_dir, "site add demo.example").await.done();
        }
        let said = run(&data_dir, command).await;
        let line = said.failed();
        let expected = format!("the database has migration 9999, this binary knows {known}: use a newer heatline");
        assert!(line.contains(&expected), "{command}: {line}");
    }
    let doctor = run(&data_dir, "doctor").await;
    assert!(doctor.out.lines().any(|line| line.starts_with("WRONG") && line.contains("9999")), "{doctor:?}");
}

#[tokio::test]
async fn a_control_database_from_the_future_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    run(&data_dir, "site add demo.example").await.done();
    in_control(&data_dir, "INSERT INTO control_migrations (number, name, checksum) VALUES (9999, 'later', 'x')").await;
    for command in ["serve", "migrate", "site list", "user list", "key list"] {
        let said = run(&data_dir, command).await;
        let line = said.failed();
        assert!(line.contains("newer than this program") && line.contains("9999"), "{command}: {line}");
    }
    in_control(&data_dir, "DELETE FROM control_migrations WHERE number = 9999").await;
    let sites = run(&data_dir, "site list --json").await.done().json();
    assert_eq!(sites[0]["domain"], SITE, "the refusal changed nothing");
}

#[tokio::test]
async fn a_migration_that_was_edited_after_its_release_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let service = Service::start(&data_dir).await;
    in_clickhouse(
        &data_dir,
        "ALTER TABLE schema_migrations UPDATE checksum = 'other' WHERE version = 2 SETTINGS mutations_sync = 2",
    )
    .await;
    service.stop().await;
    let said = run(&data_dir, "serve").await;
    assert!(said.failed().contains("migration 2 was changed after it had been applied"), "{said:?}");

    let other = folder.path().join("other");
    run(&other, "site list").await.done();
    in_control(&other, "UPDATE control_migrations SET checksum = 'other' WHERE number = 3").await;
    let said = run(&other, "site list").await;
    assert!(said.failed().contains("migration 3 of the control database is not the one"), "{said:?}");
}
