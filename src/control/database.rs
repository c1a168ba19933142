//! Owns the connection: how SQLite and PostgreSQL are opened, how a change is begun, and the revision.
//! It does not know any table but `control_state` and `id_counters`.

use std::{
    fs, io,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{
    Any, AnyConnection, AnyPool, ConnectOptions, Row, Transaction,
    any::{AnyConnectOptions, AnyPoolOptions},
    sqlite::SqliteConnectOptions,
};

use super::{
    error::{self, ControlError},
    migrations::{self, PendingMigration},
    password::PasswordHasher,
    rows,
};

/// Longest wait for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Few: statements are short, and SQLite has one writer anyway.
const MAX_CONNECTIONS: u32 = 4;

/// `busy_timeout`: a writer waits for the writer of another process. `secure_delete`: what is deleted is overwritten
/// with zeros. `synchronous`: what was committed survives a power cut.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; \
                               PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;";
const POSTGRES_SETTINGS: &str = "SET lock_timeout = '5s'; SET statement_timeout = '10s'; \
                                 SET idle_in_transaction_session_timeout = '30s';";

/// The control database. Cheap to clone; all clones share the connections and the password queue.
///
/// # Guarantees
///
/// * Every wait is bounded: 5 s for a connection or a lock, 10 s for a statement on PostgreSQL.
/// * Every change counts up [`revision`](Self::revision) in its own transaction. Two things are no change, for nobody
///   may remember them: when a key was last used and when a session was last seen.
/// * Changes are made one after another, whatever the database, so that a check made within a change holds.
#[derive(Debug, Clone)]
pub struct Control {
    pub(super) pool: AnyPool,
    pub(super) hasher: PasswordHasher,
    backend: Backend,
    /// Whether destroyed salts may still be in SQLite's write-ahead log. At the start they may: the last process may have
    /// been killed before it emptied the log.
    log_holds_salts: Arc<AtomicBool>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Backend {
    Sqlite { file: PathBuf },
    Postgres,
}

/// What an identifier is counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IdKind {
    Site,
    User,
    ApiKey,
    Goal,
    Segment,
    Annotation,
    Invitation,
    SharedLink,
}

impl IdKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::User => "user",
            Self::ApiKey => "api_key",
            Self::Goal => "goal",
            Self::Segment => "segment",
            Self::Annotation => "annotation",
            Self::Invitation => "invitation",
            Self::SharedLink => "shared_link",
        }
    }
}

impl Control {
    /// Opens the database of `sqlite://path?mode=rwc` or `postgres://…` and applies the migrations that it lacks.
    /// A new SQLite file is readable by its owner only. Refused when the database is newer than this program.
    pub async fn open(url: &str) -> Result<Self, ControlError> {
        let (options, backend) = parse(url)?;
        if let Backend::Sqlite { file } = &backend {
            keep_to_the_owner(file, creates(&options))?;
            use_write_ahead_log(&options).await?;
        }
        let settings = match backend {
            Backend::Sqlite { .. } => SQLITE_SETTINGS,
            Backend::Postgres => POSTGRES_SETTINGS,
        };
        let pool = AnyPoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .after_connect(move |connection, _| {
                Box::pin(async move { sqlx::raw_sql(settings).execute(connection).await.map(|_| ()) })
            })
            .connect_with(options)
            .await?;
        migrations::apply(&pool, &backend).await?;
        Ok(Self { pool, hasher: PasswordHasher::new(), backend, log_holds_salts: Arc::new(AtomicBool::new(true)) })
    }

    /// Returns the migrations that [`open`](Self::open) would apply, oldest first, and changes nothing: a missing SQLite
    /// file stays missing.
    pub async fn pending(url: &str) -> Result<Vec<PendingMigration>, ControlError> {
        let (options, backend) = parse(url)?;
        if let Backend::Sqlite { file } = &backend
            && !file.exists()
        {
            return Ok(migrations::all());
        }
        let mut connection = options.connect().await?;
        let pending = migrations::pending(&mut connection, &backend).await;
        sqlx::Connection::close(connection).await?;
        pending
    }

    /// Closes all connections, which folds SQLite's write-ahead log into the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Returns the number of changes so far, of all processes. Cheap: one row.
    pub async fn revision(&self) -> Result<u64, ControlError> {
        let row = sqlx::query("SELECT revision FROM control_state").fetch_one(&self.pool).await?;
        Ok(row.try_get::<i64, _>("revision")?.cast_unsigned())
    }

    /// Begins a change: counts up the revision and thereby takes the one write lock. Dropped without a commit, nothing
    /// of it happened.
    ///
    /// TRICKY: the update has to be the first statement. SQLite then takes its write lock before it reads, and waits
    /// for it; a transaction that reads first fails at once when it writes later.
    pub(super) async fn change(&self) -> Result<Transaction<'static, Any>, ControlError> {
        let mut change = self.pool.begin().await?;
        sqlx::query("UPDATE control_state SET revision = revision + 1").execute(&mut *change).await?;
        Ok(change)
    }

    /// Folds SQLite's write-ahead log into the file and empties it, so that no copy of a destroyed salt stays there.
    /// Does nothing where no salt was destroyed since the last time. When readers stand in the way it is left for
    /// the next call.
    pub(super) async fn empty_the_log(&self) -> Result<(), ControlError> {
        if self.backend == Backend::Postgres || !self.log_holds_salts.load(Ordering::Acquire) {
            return Ok(());
        }
        let outcome = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.pool).await?;
        if rows::flag(&outcome, "busy")? {
            tracing::debug!("the write-ahead log of the control database is in use; it is emptied later");
        } else {
            self.log_holds_salts.store(false, Ordering::Release);
        }
        Ok(())
    }

    /// Notes that salts were destroyed, for [`empty_the_log`](Self::empty_the_log).
    pub(super) fn salts_were_destroyed(&self) {
        self.log_holds_salts.store(true, Ordering::Release);
    }
}

/// Returns the URL of a SQLite file, which is made when it is missing. Any path will do: what would mean something in a
/// URL is escaped.
pub fn sqlite_url(file: &Path) -> String {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let mut url = "sqlite:".to_owned();
    for &byte in file.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/.-_~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.extend(['%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
    url.push_str("?mode=rwc");
    url
}

/// Returns an identifier that was never given before.
pub(super) async fn next_id(change: &mut AnyConnection, kind: IdKind) -> Result<u32, ControlError> {
    sqlx::query("UPDATE id_counters SET last_id = last_id + 1 WHERE kind = $1")
        .bind(kind.as_str())
        .execute(&mut *change)
        .await?;
    let row = sqlx::query("SELECT last_id FROM id_counters WHERE kind = $1")
        .bind(kind.as_str())
        .fetch_one(&mut *change)
        .await?;
    rows::number(&row, "last_id")
}

fn parse(url: &str) -> Result<(AnyConnectOptions, Backend), ControlError> {
    sqlx::any::install_default_drivers();
    let options = AnyConnectOptions::from_str(url).map_err(invalid)?.disable_statement_logging();
    let backend = match options.database_url.scheme() {
        "postgres" | "postgresql" => Backend::Postgres,
        "sqlite" => Backend::Sqlite { file: sqlite_file(&options)? },
        other => return Err(ControlError::InvalidUrl { reason: format!("{other}: is neither sqlite: nor postgres:") }),
    };
    Ok((options, backend))
}

fn sqlite_file(options: &AnyConnectOptions) -> Result<PathBuf, ControlError> {
    let sqlite = SqliteConnectOptions::from_url(&options.database_url).map_err(invalid)?;
    let in_memory =
        url_mode(options).as_deref() == Some("memory") || options.database_url.as_str().contains(":memory:");
    if in_memory {
        return Err(ControlError::InvalidUrl { reason: "a database in memory cannot be shared".to_owned() });
    }
    Ok(sqlite.get_filename().to_path_buf())
}

fn url_mode(options: &AnyConnectOptions) -> Option<String> {
    options.database_url.query_pairs().find(|(key, _)| key == "mode").map(|(_, mode)| mode.into_owned())
}

fn creates(options: &AnyConnectOptions) -> bool {
    url_mode(options).as_deref() == Some("rwc")
}

fn invalid(error: sqlx::Error) -> ControlError {
    // Never the URL itself: it may hold a password.
    let reason = match error {
        sqlx::Error::Configuration(cause) => cause.to_string(),
        other => other.to_string(),
    };
    ControlError::InvalidUrl { reason }
}

/// Sees to it that only the owner reads the file. SQLite gives its `-wal` and `-shm` files the same permissions, so
/// they have to be right before it opens the file.
fn keep_to_the_owner(file: &Path, create: bool) -> Result<(), ControlError> {
    const OTHERS: u32 = 0o077;
    let prepare = || -> io::Result<()> {
        let opened =
            fs::OpenOptions::new().read(true).write(true).create(create).truncate(false).mode(0o600).open(file)?;
        if opened.metadata()?.permissions().mode() & OTHERS != 0 {
            opened.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
        Ok(())
    };
    prepare().map_err(|source| ControlError::File { path: file.to_path_buf(), source })
}

/// Turns the write-ahead log on, which SQLite remembers in the file.
///
/// TRICKY: for this one statement SQLite does not wait for other connections (sqlx#1930), so we do.
async fn use_write_ahead_log(options: &AnyConnectOptions) -> Result<(), ControlError> {
    const ATTEMPTS: u32 = 50;
    const PAUSE: Duration = Duration::from_millis(100);
    let mut connection = options.connect().await?;
    let mut attempt = 1;
    let mode = loop {
        match sqlx::query("PRAGMA journal_mode = WAL").fetch_one(&mut connection).await {
            Ok(row) => break rows::text(&row, "journal_mode")?,
            Err(busy) if error::is_busy(&busy) && attempt < ATTEMPTS => tokio::time::sleep(PAUSE).await,
            Err(error) => return Err(error.into()),
        }
        attempt += 1;
    };
    if mode != "wal" {
        tracing::warn!(
            journal.mode = mode,
            "the file system of the control database has no write-ahead log; commands may have to wait for the server"
        );
    }
    Ok(sqlx::Connection::close(connection).await?)
}

#[cfg(test)]
mod tests {
    use super::super::{
        KeyName, NewInvitation, Role, Scopes, SignedInWith,
        testing::{NOW, TestDatabase, a_site, a_user, email, password},
    };
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn the_files_of_sqlite_are_the_owners_alone() {
        let database = TestDatabase::sqlite();
        let control = database.open().await;
        a_site(&control, "a.example").await;
        for suffix in ["", "-wal", "-shm"] {
            let file = PathBuf::from(format!("{}{suffix}", database.file().display()));
            assert_eq!(mode(&file), 0o600, "{}", file.display());
        }
        control.close().await;
        fs::set_permissions(database.file(), fs::Permissions::from_mode(0o644)).unwrap();
        database.open().await;
        assert_eq!(mode(&database.file()), 0o600, "a file that others could read is closed to them");
    }

    #[tokio::test]
    async fn sqlite_is_set_up_as_documented() {
        let database = TestDatabase::sqlite();
        let control = database.open().await;
        for (pragma, expected) in [
            ("PRAGMA busy_timeout", 5000),
            ("PRAGMA foreign_keys", 1),
            ("PRAGMA secure_delete", 1),
            ("PRAGMA synchronous", 2),
        ] {
            let row = sqlx::query(pragma).fetch_one(&control.pool).await.unwrap();
            assert_eq!(row.get::<i64, _>(0), expected, "{pragma}");
        }
        let row = sqlx::query("PRAGMA journal_mode").fetch_one(&control.pool).await.unwrap();
        assert_eq!(row.get::<String, _>(0), "wal");
    }

    #[tokio::test]
    async fn a_path_with_marks_and_cyrillic_is_a_url() {
        let directory = tempfile::TempDir::new().unwrap();
        for name in ["control.db", "моите данни #1?.db", "a%20b&c=d.db", "[x]:y.db"] {
            let file = directory.path().join(name);
            Control::open(&sqlite_url(&file)).await.unwrap();
            assert!(file.exists(), "{name}");
        }
        assert_eq!(sqlite_url(Path::new("./data/control.db")), "sqlite:./data/control.db?mode=rwc");
        let (_, backend) = parse("sqlite:./data/control.db?mode=rwc").unwrap();
        assert_eq!(backend, Backend::Sqlite { file: PathBuf::from("./data/control.db") });
        let (_, backend) = parse("sqlite://./data/control.db?mode=rwc").unwrap();
        assert_eq!(backend, Backend::Sqlite { file: PathBuf::from("./data/control.db") });
    }

    #[tokio::test]
    async fn a_url_that_cannot_work_is_refused_without_showing_its_password() {
        let database = TestDatabase::sqlite();
        let missing = format!("sqlite://{}", database.file().display());
        for (url, why) in [
            ("", "nothing"),
            ("control.db", "no scheme"),
            ("mysql://root:hunter2@localhost/x", "another database"),
            ("sqlite::memory:", "memory"),
            ("sqlite://x.db?mode=memory", "memory"),
            ("postgres://a:hunter2@localhost:99999/x", "no port"),
            ("sqlite:///no/such/folder/control.db?mode=rwc", "no folder"),
            (missing.as_str(), "no file, and not to be made"),
        ] {
            let opened = Control::open(url).await;
            let error = opened.expect_err(why);
            assert!(matches!(error, ControlError::InvalidUrl { .. } | ControlError::File { .. }), "{why}: {error:?}");
            assert!(!format!("{error:?} {error}").contains("hunter2"), "{why}: {error:?}");
        }
    }

    #[tokio::test]
    async fn a_stolen_database_opens_nothing() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let setup = control.setup_token(NOW).await.unwrap().unwrap();
        let early = database.dump().await;
        let user = a_user(&control, "ada@example.org", true).await;
        control.add_user(&email("bob@example.org"), &password("пароля на Боб"), false, NOW).await.unwrap();
        let session = control.create_session(&user, &SignedInWith::default(), NOW).await.unwrap();
        let (name, scopes) = (KeyName::parse("ci").unwrap(), Scopes::parse("stats").unwrap());
        let (key, plaintext) = control.create_key(&name, scopes, None, None, NOW).await.unwrap();
        let site = a_site(&control, "a.example").await;
        let new = NewInvitation { role: Role::Owner, email: None, days: 7, inviter: None };
        let (_, invitation) = control.invite(site.id, &new, NOW).await.unwrap();

        let dump = [early, database.dump().await].concat();
        let holds = |text: &str| dump.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(holds("ada@example.org") && holds(&key.prefix), "the search finds what is there");
        let key_secret = plaintext.reveal().rsplit_once(&format!("{}_", key.prefix)).unwrap().1;
        for (secret, what) in [
            (setup.reveal(), "the set-up token"),
            (session.reveal(), "the session token"),
            (invitation.reveal(), "the token of an invitation"),
            (plaintext.reveal(), "the key"),
            (key_secret, "the secret part of the key"),
            ("first password", "a password"),
            ("пароля на Боб", "a password in Cyrillic"),
        ] {
            assert!(!holds(secret), "{what}");
        }
    }
}
