//! The embedded engine: it dies and comes back, it never outlives the service, and nobody else gets in.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    time::{Duration, Instant},
};

use heatline::store::{Client, Statement, StoreError, engine::config::read_endpoint};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::helpers::{
    Answer, Api, Headers, PATIENCE, SITE, Service, TestApp, a_pageview, a_visitor,
    app::rows,
    eventually,
    process::{self, ended, is_alive, listening_addresses},
};

/// How soon the engine must be back, and how soon it must be gone with its service.
const PROMISED: Duration = Duration::from_secs(2);

/// Sends pageviews with numbered views until it is told to stop; returns the numbers that were accepted.
async fn send_until(api: &Api, first: u64, stop: impl Fn() -> bool) -> Vec<u64> {
    let mut accepted = Vec::new();
    for view in first.. {
        if stop() {
            break;
        }
        let beacon = a_pageview("/").view(view).from(a_visitor().number(u8::try_from(view % 200).unwrap()));
        api.accepted(&beacon).await;
        accepted.push(view);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    accepted
}

/// Returns the views that ClickHouse has, each as often as it has it.
async fn stored_views(data_dir: &Path) -> Vec<u64> {
    let rows = rows(data_dir, "SELECT view_id FROM events ORDER BY view_id").await;
    rows.iter().map(|row| row[0].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn an_engine_that_is_killed_is_back_at_once_and_has_everything() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start_with_site(&folder.path().join("data")).await;
    let mut accepted = Vec::new();
    for round in 1..=3 {
        let first = round * 10_000;
        let start = Instant::now();
        accepted.extend(send_until(&service, first, || start.elapsed() > Duration::from_millis(700)).await);
        let confirmed = stored_views(&service.data_dir).await;
        assert!(confirmed.iter().any(|&view| view >= first), "round {round}: nothing was confirmed before the kill");

        let killed = service.engine_pid().await;
        process::kill(killed);
        let start = Instant::now();
        let back = async {
            let other = async || process::engine_of(service.pid).filter(|&pid| pid != killed);
            eventually("another engine", PROMISED, other).await;
            let answers =
                async || (service.get("/readyz").send_to_a_troubled_service().await.status == 200).then_some(());
            eventually("the engine answers", PROMISED.saturating_sub(start.elapsed()), answers).await;
            start.elapsed()
        };
        let meanwhile = send_until(&service, first + 5000, || start.elapsed() > PROMISED);
        let (took, meanwhile) = tokio::join!(back, meanwhile);
        assert!(meanwhile.len() > 20, "round {round}: beacons were accepted while the engine was away");
        accepted.extend(meanwhile);
        eprintln!("round {round}: back after {took:?}");
        let stored = stored_views(&service.data_dir).await;
        let lost: Vec<_> = confirmed.iter().filter(|view| !stored.contains(view)).collect();
        assert!(lost.is_empty(), "round {round}: confirmed and gone: {lost:?}");
    }
    service.flushed().await;
    accepted.sort_unstable();
    assert_eq!(stored_views(&service.data_dir).await, accepted, "every accepted event, and each once");
    assert!(service.metrics().await.value("ship_retries_total") < 1000);
    assert!(service.log().contains("engine ended, it is started again"), "the log tells of it");
    service.stop().await;
}

#[tokio::test]
async fn questions_are_turned_away_while_the_engine_is_away_and_live_numbers_are_not() {
    let app = TestApp::start().await;
    process::signal(app.engine_pid, Signal::STOP);
    app.accepted(&a_pageview("/")).await;
    assert_eq!(app.live(SITE).await["visitors"], 1);
    let ready = app.get("/readyz").send_to_a_troubled_service().await;
    let problem = ready.problem(503, "not_ready", "an engine that does not answer");
    assert_eq!(problem["detail"], "not ready: clickhouse");
    assert!(ready.header("retry-after").is_some());
    app.get("/healthz").send().await.expect(200, "the process is alive");

    process::kill(app.engine_pid);
    let body = json!({"site_id": SITE, "metrics": ["visitors"], "date_range": "day"});
    let refused = app.query_request(&body).send_to_a_troubled_service().await;
    let problem = refused.problem(503, "unavailable", "a report without an engine");
    assert!(!problem.to_string().to_lowercase().contains("clickhouse"), "the cause is not told: {problem}");
    assert!(refused.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);

    let answered = eventually("reports are back", PATIENCE, async || {
        Some(app.query_request(&body).send_to_a_troubled_service().await).filter(|answer| answer.status == 200)
    });
    answered.await;
    app.flushed().await;
    assert_eq!(app.query(&body).await["results"][0]["metrics"], json!([1]));
    app.stop().await;
}

#[tokio::test]
async fn no_engine_outlives_its_service() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let service = Service::start_with_site(&data_dir).await;
    let engine = service.engine_pid().await;
    service.accepted(&a_pageview("/")).await;
    service.kill().await;
    ended(engine, PROMISED).await;

    // The folder is free again, and what was confirmed is there.
    let service = Service::start(&data_dir).await;
    service.accepted(&a_pageview("/again")).await;
    service.flushed().await;
    let engine = service.engine_pid().await;
    assert!(is_alive(engine));
    service.stop().await;
    assert!(!is_alive(engine), "a service that stops waits for its engine");
}

/// Speaks to the engine as another user of this machine could.
async fn ask_engine(url: &str, headers: Headers<'_>, body: &str) -> Result<Answer, reqwest::Error> {
    let mut request = reqwest::Client::new().post(url).timeout(PATIENCE).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Ok(Answer::read(request.send().await?).await)
}

#[tokio::test]
async fn another_user_of_the_machine_gets_nothing_out_of_the_engine() {
    const QUESTION: &str = "SELECT 'sesame-' || toString(6 * 7)";
    const OPEN: &str = "sesame-42";
    let app = TestApp::start().await;
    let endpoint = read_endpoint(&app.config.data_dir.join("engine")).unwrap();
    let door = endpoint.door.clone().unwrap();
    let ours = [
        ("x-heatline-engine", door.as_str()),
        ("x-clickhouse-user", endpoint.user.as_str()),
        ("x-clickhouse-key", endpoint.password.as_str()),
    ];
    let let_in = ask_engine(&endpoint.url, &ours, QUESTION).await.unwrap();
    assert_eq!((let_in.status, let_in.text().trim()), (200, OPEN), "the test speaks the engine's language");

    let guess = "0".repeat(64);
    let cases: [(&str, &str, Headers<'_>); 9] = [
        ("nothing known", "/", &[]),
        ("by address", "/?query=SELECT%20%27sesame-%27%20%7C%7C%20toString(42)", &[]),
        ("the sign of life", "/ping", &[]),
        ("the page for people", "/play", &[]),
        ("the dashboard", "/dashboard", &[]),
        ("the state of replicas", "/replicas_status", &[]),
        ("our name without the door", "/", &ours[1..]),
        ("a guess at the door", "/", &[("x-heatline-engine", &guess), ours[1], ours[2]]),
        ("the door with a wrong password", "/", &[ours[0], ours[1], ("x-clickhouse-key", "guess")]),
    ];
    for (what, path, headers) in cases {
        let answer = ask_engine(&format!("{}{path}", endpoint.url), headers, QUESTION).await.unwrap();
        assert!(answer.status >= 400, "{what}: {answer:?}");
        assert!(!answer.text().contains(OPEN), "{what}: {answer:?}");
    }
    app.stop().await;
}

#[tokio::test]
async fn the_engine_listens_on_one_loopback_port_and_shows_its_secrets_to_nobody() {
    let app = TestApp::start().await;
    let folder = app.config.data_dir.join("engine");
    let endpoint = read_endpoint(&folder).unwrap();
    let listening = listening_addresses(app.engine_pid);
    assert_eq!(listening, [endpoint.url.strip_prefix("http://").unwrap()], "one port, on loopback");

    let command_line = fs::read_to_string(format!("/proc/{}/cmdline", app.engine_pid)).unwrap();
    let environment = fs::read_to_string(format!("/proc/{}/environ", app.engine_pid)).unwrap();
    for secret in [&endpoint.password, endpoint.door.as_ref().unwrap()] {
        assert!(secret.len() >= 32, "a secret that cannot be guessed");
        assert!(!command_line.contains(secret) && !environment.contains(secret), "every user can read a command line");
    }
    let mode = |name: &str| fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777;
    for name in ["config.xml", "users.xml", "endpoint.json"] {
        assert_eq!(mode(name), 0o600, "{name} is readable by its owner alone");
    }
    assert_eq!(mode("data"), 0o700);
    let users = fs::read_to_string(folder.join("users.xml")).unwrap();
    assert!(!users.contains(&endpoint.password), "the password is kept as a hash");
    app.stop().await;
}

#[tokio::test]
async fn the_engine_syncs_what_it_confirms() {
    let app = TestApp::start().await;
    let sql = "SELECT name, value FROM system.merge_tree_settings
               WHERE name IN ('fsync_after_insert', 'fsync_part_directory') ORDER BY name";
    assert_eq!(json!(app.rows(sql).await), json!([["fsync_after_insert", "1"], ["fsync_part_directory", "1"]]));
    app.stop().await;
}

#[tokio::test]
async fn the_engine_has_new_secrets_after_every_start() {
    let app = TestApp::start().await;
    let folder = app.config.data_dir.join("engine");
    let before = read_endpoint(&folder).unwrap();
    process::kill(app.engine_pid);
    let after = eventually("another endpoint", PATIENCE, async || {
        read_endpoint(&folder).filter(|endpoint| endpoint.password != before.password)
    });
    let after = after.await;
    assert_ne!(before.door, after.door);
    let kept: Value = json!(app.rows("SELECT name FROM schema_migrations ORDER BY version LIMIT 1").await);
    assert_eq!(kept, json!([["0001_events"]]));
    app.stop().await;
}

/// What no report asks, and nobody may who gets something into one.
#[tokio::test]
async fn questions_are_asked_by_a_user_who_sees_our_tables_and_nothing_else() {
    let app = TestApp::start().await;
    app.accepted(&a_pageview("/")).await;
    app.flushed().await;
    let reader = Client::new(read_endpoint(&app.config.data_dir.join("engine")).unwrap());
    let ask = async |sql: &str| reader.select_json(&Statement::new(sql)).await;
    assert_eq!(ask("SELECT count() FROM events").await.unwrap(), [[json!(1)]]);
    let secret = app.config.data_dir.join("engine/endpoint.json");
    for sql in [
        format!("SELECT * FROM file('{}', 'LineAsString', 'line String')", secret.display()),
        "SELECT * FROM file('/etc/passwd', 'LineAsString', 'line String')".to_owned(),
        format!("SELECT * FROM url('http://{}/healthz', 'LineAsString', 'line String')", app.config.listen),
        "SELECT * FROM remote('127.0.0.1:9000', heatline.events)".to_owned(),
        "SELECT * FROM executable('id', 'LineAsString', 'line String')".to_owned(),
        "SELECT * FROM s3('http://bucket.s3.amazonaws.com/x', 'CSV', 'a String')".to_owned(),
        "SELECT * FROM mysql('127.0.0.1:3306', 'a', 'b', 'c', 'd')".to_owned(),
        "SELECT * FROM system.users".to_owned(),
        "INSERT INTO events (site_id) VALUES (1)".to_owned(),
        "INSERT INTO FUNCTION file('/tmp/heatline-stolen') SELECT * FROM events".to_owned(),
        "CREATE TABLE stolen ENGINE = Memory AS SELECT 1".to_owned(),
        "CREATE TEMPORARY TABLE stolen (a String)".to_owned(),
        "ALTER TABLE events DELETE WHERE 1".to_owned(),
        "DROP TABLE events".to_owned(),
        "TRUNCATE TABLE events".to_owned(),
        "SYSTEM SHUTDOWN".to_owned(),
        "KILL QUERY WHERE 1".to_owned(),
        "GRANT ALL ON *.* TO heatline_reader".to_owned(),
        "SELECT count() FROM events SETTINGS max_memory_usage = 0".to_owned(),
        "SELECT count() FROM events SETTINGS max_memory_usage = 4000000000".to_owned(),
        "SELECT count() FROM events SETTINGS max_execution_time = 0".to_owned(),
        "SELECT count() FROM events SETTINGS max_threads = 64".to_owned(),
        "SELECT count() FROM events SETTINGS readonly = 0".to_owned(),
    ] {
        let refused = ask(&sql).await;
        // READONLY, QUERY_IS_PROHIBITED, SETTING_CONSTRAINT_VIOLATION, ACCESS_DENIED: not that it cannot be done, but who may.
        let is_forbidden = matches!(&refused, Err(StoreError::Refused { code: 164 | 392 | 452 | 497, .. }));
        assert!(is_forbidden, "{sql}: {refused:?}");
    }
    assert_eq!(ask("SELECT count() FROM events").await.unwrap(), [[json!(1)]], "nothing has changed");
    app.stop().await;
}
