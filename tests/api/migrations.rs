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
