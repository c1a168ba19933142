//! Owns what the tests of this folder share: empty databases and things to put in them.
//!
//! The tests run on SQLite files. Where `HEATLINE_TEST_POSTGRES_URL` names an empty PostgreSQL database, those that are
//! not about files run there instead, each in a schema of its own, which stays behind.

use std::{env, fs, path::PathBuf};

use jiff::{Timestamp, tz::TimeZone};
use sqlx::{ConnectOptions, Connection, Row, any::AnyConnectOptions};
use tempfile::TempDir;

use crate::model::{Site, SiteName, SiteSettings};

use super::{Control, EmailAddress, Password, User, secret};

/// 2026-06-15T12:00:00Z.
pub const NOW: Timestamp = Timestamp::constant(1_781_524_800, 0);

/// Everything that has to do with secrets, row by row.
const TABLES: [&str; 7] = [
    "SELECT CAST(t AS TEXT) AS dump FROM users t",
    "SELECT CAST(t AS TEXT) AS dump FROM api_keys t",
    "SELECT CAST(t AS TEXT) AS dump FROM sessions t",
    "SELECT CAST(t AS TEXT) AS dump FROM setup_token t",
    "SELECT CAST(t AS TEXT) AS dump FROM sites t",
    "SELECT CAST(t AS TEXT) AS dump FROM memberships t",
    "SELECT CAST(t AS TEXT) AS dump FROM invitations t",
];

/// An empty database; the directory of a file goes with it.
pub struct TestDatabase {
    pub url: String,
    directory: Option<TempDir>,
}

impl TestDatabase {
    pub async fn new() -> Self {
        match env::var("HEATLINE_TEST_POSTGRES_URL") {
            Ok(server) => Self::postgres(&server).await,
            Err(_) => Self::sqlite(),
        }
    }

    pub fn sqlite() -> Self {
        let directory = TempDir::new().unwrap();
        let url = format!("sqlite://{}?mode=rwc", directory.path().join("control.db").display());
        Self { url, directory: Some(directory) }
    }

    async fn postgres(server: &str) -> Self {
        let schema = format!("test_{}", secret::readable::<12>());
        sqlx::any::install_default_drivers();
        let options: AnyConnectOptions = server.parse().unwrap();
        let mut connection = options.connect().await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
        sqlx::raw_sql(create).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let mark = if server.contains('?') { '&' } else { '?' };
        Self { url: format!("{server}{mark}options=-csearch_path%3D{schema}"), directory: None }
    }

    /// Opens the database as one more process would.
    pub async fn open(&self) -> Control {
        Control::open(&self.url).await.unwrap()
    }

    pub fn file(&self) -> PathBuf {
        self.directory.as_ref().unwrap().path().join("control.db")
    }

    /// Returns the bytes of all files of a SQLite database, among them the write-ahead log.
    pub fn files(&self) -> Vec<u8> {
        let entries = fs::read_dir(self.directory.as_ref().unwrap().path()).unwrap();
        entries.flat_map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect()
    }

    /// Returns everything that whoever steals the database has.
    pub async fn dump(&self) -> Vec<u8> {
        if self.directory.is_some() {
            return self.files();
        }
        let control = self.open().await;
        let mut dump = String::new();
        for table in TABLES {
            for row in sqlx::query(table).fetch_all(&control.pool).await.unwrap() {
                dump.push_str(&row.get::<String, _>("dump"));
            }
        }
        dump.into_bytes()
    }
}

pub fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

pub fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

pub fn name(text: &str) -> SiteName {
    SiteName::parse(text).unwrap()
}

/// Adds a user with the password `first password`.
pub async fn a_user(control: &Control, address: &str, admin: bool) -> User {
    control.add_user(&email(address), &password("first password"), admin, NOW).await.unwrap()
}

/// Adds a site in UTC with the default settings.
pub async fn a_site(control: &Control, domain: &str) -> Site {
    control.add_site(&name(domain), &TimeZone::UTC, SiteSettings::default(), NOW).await.unwrap()
}
