//! The commands: what they print, how they end, and that a running service sees what they change.

use std::{
    fs,
    io::Cursor,
    path::{Path, PathBuf},
    time::Duration,
};

use heatline::{
    spool::{
        dead_letter::{DeadLetter, DeadLetters, Place},
        record::RowsWriter,
    },
    store::{
        Client, Statement,
        block::Month,
        engine::config::read_endpoint,
        rows::{Detail, RowFact, RowHead},
    },
};
use serde_json::{Value, json};

use crate::helpers::{
    PATIENCE, SITE, Service, a_pageview,
    app::{PASSWORD, migration_files, rows},
    command::{Said, heatline, run, run_with_input},
    eventually,
};

/// How soon a running service must see what a command has changed.
const SEEN_WITHIN: Duration = Duration::from_secs(2);

/// A data folder in a temporary one, and a place beside it for what commands write.
fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    (folder, data_dir)
}

async fn list(data_dir: &Path, what: &str) -> Vec<Value> {
    run(data_dir, &format!("{what} list --json")).await.done().json().as_array().unwrap().clone()
}

/// Sends beacons until one meets the expected fate: `None` is accepted.
async fn until_dropped_as(service: &Service, path: &str, reason: Option<&str>) {
    eventually(&format!("{path} is dropped as {reason:?}"), SEEN_WITHIN, async || {
        let answer = service.beacon(&a_pageview(path)).await.expect(202, "a beacon");
        (answer.header("x-heatline-dropped") == reason).then_some(())
    })
    .await;
}

#[tokio::test]
async fn sites_can_be_kept_without_a_service() {
    let (_folder, data_dir) = folder();
    let tag = |site: &str| {
        format!("<script defer src=\"http://stats.example/js/heatline.js\" data-site=\"{site}\"></script>")
    };
    let added =
        run(&data_dir, "site add demo.example --timezone Europe/Sofia --public-url http://stats.example/").await.done();
    assert_eq!(added.last_line(), tag(SITE));
    let settings = "--hostnames *.b.example,b.example --excluded-paths /admin/*,/x --excluded-addresses 10.0.0.0/8 \
         --public-badge true";
    run(&data_dir, &format!("site add B.example {settings}")).await.done();

    let text = run(&data_dir, "site list").await.done().out;
    assert!(text.contains("demo.example") && text.contains("Europe/Sofia") && text.contains("*.b.example"), "{text}");
    let sites = list(&data_dir, "site").await;
    let of = |name: &str| sites.iter().find(|site| site["domain"] == name).unwrap().clone();
    assert_eq!(sites.len(), 2);
    assert_eq!(of(SITE)["timezone"], "Europe/Sofia");
    let expected = json!({"hostnames": ["*.b.example", "b.example"], "excluded_paths": ["/admin/*", "/x"],
                          "excluded_addresses": ["10.0.0.0/8"], "public_badge": true, "seed_count": 0, "seed_in_url": true,
                          "counting_badge": false, "public_map": false,
                          "public_map_min_visitors": 3, "public_live": false, "live_frame_ancestors": [], "live_feed": true, "honour_privacy_signals": false,
                          "heatmap_retention_days": 400, "retention_days": 0, "shared_map_min_visitors": 5});
    assert_eq!(of("b.example")["settings"], expected);

    let changes = "--timezone Asia/Tokyo --excluded-paths= --honour-privacy-signals true --heatmap-retention-days 90";
    run(&data_dir, &format!("site set b.example {changes}")).await.done();
    let refused = run(&data_dir, "site set b.example --shared-map-min-visitors 1001").await;
    assert!(refused.failed().contains("it is 1001, expected 1 to 1000"), "{refused:?}");
    let shown = run(&data_dir, "site show b.example --json").await.done().json();
    assert_eq!(shown["timezone"], "Asia/Tokyo");
    assert_eq!(shown["settings"]["excluded_paths"], json!([]), "an empty text empties a list");
    assert_eq!(shown["settings"]["honour_privacy_signals"], true);
    assert_eq!(shown["settings"]["heatmap_retention_days"], 90);
    assert_eq!(shown["settings"]["public_badge"], true, "what is not named stays");
    let shown = run(&data_dir, "site show demo.example --public-url http://stats.example").await.done();
    assert_eq!(shown.last_line(), tag(SITE));

    run(&data_dir, "site remove b.example").await.done();
    assert_eq!(list(&data_dir, "site").await.len(), 1);
}

#[tokio::test]
async fn a_running_service_sees_what_commands_change_about_sites() {
    let (_folder, data_dir) = folder();
    let service = Service::start(&data_dir).await;
    let added = run(&data_dir, &format!("site add demo.example --public-url {}", service.url)).await.done();
    let script = added.last_line().split("src=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(script, format!("{}/js/heatline.js", service.url));
    service.get("/js/heatline.js").send().await.expect(200, "the script of the printed tag");

    until_dropped_as(&service, "/", None).await;
    run(&data_dir, "site set demo.example --excluded-paths /admin/* --public-badge true").await.done();
    until_dropped_as(&service, "/admin/x", Some("excluded_path")).await;
    service.badge(SITE, "").await.expect(200, "a public badge");
    run(&data_dir, "site remove demo.example").await.done();
    until_dropped_as(&service, "/", Some("unknown_site")).await;
    service.badge(SITE, "").await.problem(404, "site_not_found", "a removed site");
    service.stop().await;
}

#[tokio::test]
async fn users_can_be_kept_while_the_service_runs() {
    let (_folder, data_dir) = folder();
    let service = Service::start_with_site(&data_dir).await;
    let made = run(&data_dir, "user add Ann@x.example --admin").await.done();
    let ann = service.sign_in("ann@x.example", made.last_line()).await.expect(200, "the printed password");
    assert_eq!(ann.json()["user"]["admin"], true);

    let (add, typed) = ("user add bob@x.example --site demo.example --password-stdin", format!("{PASSWORD}\n"));
    let chosen = run_with_input(&data_dir, add, &typed).await.done();
    assert!(!chosen.out.contains(PASSWORD), "a password that one knows is not printed: {chosen:?}");
    let bob = service.sign_in("bob@x.example", PASSWORD).await.expect(200, "the chosen password");
    assert_eq!(bob.json()["user"]["admin"], false);
    let path = format!("/api/v1/sites/{SITE}");
    service.get(&path).session(&bob.session()).send().await.expect(200, "his site");

    let users = list(&data_dir, "user").await;
    let shown: Vec<_> = users.iter().map(|user| (user["email"].as_str().unwrap(), user["admin"].as_bool())).collect();
    assert_eq!(shown, [("ann@x.example", Some(true)), ("bob@x.example", Some(false))]);

    let renewed = run(&data_dir, "user password ann@x.example").await.done();
    assert_ne!(renewed.last_line(), made.last_line());
    let who = service.get("/api/v1/session").session(&ann.session()).send().await;
    who.problem(401, "not_signed_in", "a session of the old password");
    service.sign_in("ann@x.example", renewed.last_line()).await.expect(200, "the new password");

    let role = |role: &str| format!("user role bob@x.example --site demo.example --role {role}");
    let change = || service.request(reqwest::Method::PATCH, &path).session(&bob.session()).json(&json!({}));
    change().send().await.problem(403, "not_admin", "a viewer");
    run(&data_dir, &role("editor")).await.done();
    change().send().await.expect(200, "an editor");
    run(&data_dir, &role("none")).await.done();
    change().send().await.problem(404, "site_not_found", "nobody");

    let invite =
        format!("user invite --site demo.example --role owner --public-url {} --email eve@x.example", service.url);
    let invited = run(&data_dir, &invite).await.done();
    let (page, token) = invited.last_line().split_once('#').unwrap();
    assert_eq!(page, format!("{}/invitation", service.url));
    let account = json!({"token": token, "account": {"email": "eve@x.example", "password": PASSWORD}});
    let eve = service.post("/api/v1/invitation/accept").json(&account).send().await.expect(201, "the printed link");
    assert_eq!(eve.json()["roles"], json!({SITE: "owner"}));
    run(&data_dir, "user remove eve@x.example").await.done();

    run(&data_dir, "user remove bob@x.example").await.done();
    let who = service.get("/api/v1/session").session(&bob.session()).send().await;
    who.problem(401, "not_signed_in", "a session of somebody who is gone");
    service.sign_in("bob@x.example", PASSWORD).await.problem(401, "wrong_credentials", "somebody who is gone");
    service.stop().await;
}

#[tokio::test]
async fn keys_can_be_kept_while_the_service_runs() {
    let (_folder, data_dir) = folder();
    let service = Service::start_with_site(&data_dir).await;
    let before = list(&data_dir, "key").await.len();
    let made = run(&data_dir, "key create --name ci --scopes stats,sites").await.done();
    let key = made.last_line().to_owned();
    assert!(key.starts_with("hl_") && !key.contains(' '), "alone on the last line: {made:?}");
    let open = async || service.get("/api/v1/sites").key(&key).send().await;
    assert_eq!(open().await.expect(200, "the printed key").json()["sites"][0]["domain"], SITE);

    let keys = list(&data_dir, "key").await;
    assert_eq!(keys.len(), before + 1);
    let listed = keys.iter().find(|listed| listed["name"] == "ci").unwrap();
    assert_eq!(listed["scopes"], json!(["stats", "sites"]));
    assert!(key.contains(listed["prefix"].as_str().unwrap()) && !listed.to_string().contains(&key), "{listed}");
    let text = run(&data_dir, "key list").await.done().out;
    assert!(text.contains("ci") && text.contains("stats,sites") && !text.contains(&key), "{text}");

    let of_one_site = run(&data_dir, "key create --name one --site demo.example").await.done();
    let of_one_site = of_one_site.last_line();
    let path = format!("/api/v1/sites/{SITE}/live");
    service.get(&path).key(of_one_site).send().await.expect(200, "stats are the default");

    run(&data_dir, &format!("key revoke {}", listed["id"])).await.done();
    eventually("the key opens nothing", SEEN_WITHIN, async || (open().await.status == 401).then_some(())).await;
    service.stop().await;
}

#[tokio::test]
async fn maps_and_badges_can_be_written_with_and_without_a_service() {
    let (folder, data_dir) = folder();
    let file = |name: &str| folder.path().join(name);
    let service = Service::start(&data_dir).await;
    service.add_site_with(SITE, "UTC", json!({"public_badge": true, "public_map": true})).await;
    let click = json!({"type": "click", "element": "body", "fraction": [30000, 30000], "at": [600, 2000]});
    service.accepted(&a_pageview("/цени").event(click)).await;
    service.flushed().await;
    let by_http = service.heatmap_png(SITE, "path=/цени&width=640&kind=click").send().await.expect(200, "by HTTP").body;

    let write = async |round: &str| {
        let (png, json, svg) =
            (file(&format!("{round}.png")), file(&format!("{round}.json")), file(&format!("{round}.svg")));
        let map = "heatmap --site demo.example --path /цени --width 640 --kind click -o";
        run(&data_dir, &format!("{map} {}", png.display())).await.done();
        run(&data_dir, &format!("{map} {}", json.display())).await.done();
        run(&data_dir, &format!("badge --site demo.example --show total --lang bg --color red -o {}", svg.display()))
            .await
            .done();
        let picture = fs::read(png).unwrap();
        let info = png::Decoder::new(Cursor::new(&picture)).read_info().unwrap().info().size();
        assert_eq!(info.0, 640, "{round}");
        assert_eq!(picture, by_http, "{round}: the same picture as by HTTP");
        let numbers: Value = serde_json::from_slice(&fs::read(json).unwrap()).unwrap();
        assert_eq!((&numbers["path"], &numbers["clicks"]), (&json!("/цени"), &json!(1)), "{round}");
        let badge = fs::read_to_string(svg).unwrap();
        assert!(badge.contains("aria-label=\"общо: 1\""), "{round}: {badge}");
        for (name, start) in [("world.png", &b"\x89PNG"[..]), ("world.svg", b"<svg")] {
            let world = file(name);
            let map = "map --site demo.example --range all --style heat --width 300 -o";
            run(&data_dir, &format!("{map} {}", world.display())).await.done();
            assert!(fs::read(&world).unwrap().starts_with(start), "{round}: {name}");
        }
        let said = run(&data_dir, "map --site demo.example --width 3 -o x.png").await;
        assert!(said.failed().contains("200 to 2000"), "{said:?}");
        let map = "heatmap --site demo.example --path /nowhere -o";
        let said = run(&data_dir, &format!("{map} {}", file("nothing.png").display())).await;
        assert!(said.failed().contains("no data"), "{said:?}");
        assert!(!file("nothing.png").exists(), "{round}: no empty file is left");
    };
    write("with").await;
    service.stop().await;
    write("without").await;

    let (png, json) = (file("badge.png"), file("badge.json"));
    let badge = "badge --site demo.example --show views --path /цени --style digits --scale 2 --seed 41 -o";
    run(&data_dir, &format!("{badge} {}", png.display())).await.done();
    assert!(png::Decoder::new(Cursor::new(fs::read(png).unwrap())).read_info().unwrap().info().height > 60);
    run(&data_dir, &format!("{badge} {}", json.display())).await.done();
    let document: Value = serde_json::from_slice(&fs::read(json).unwrap()).unwrap();
    assert_eq!(document["value"], 42);
    let live = run(&data_dir, "badge --site demo.example --style flags -o -").await;
    assert!(live.failed().contains("running service"), "{live:?}");

    let to_stdout = run(&data_dir, "badge --site demo.example --show total -o -").await.done();
    assert!(to_stdout.out.starts_with("<svg") && to_stdout.out.trim_end().ends_with("</svg>"), "{to_stdout:?}");
    let nowhere = run(&data_dir, "badge --site demo.example -o /nowhere/at/all.svg").await;
    assert!(nowhere.failed().contains("cannot write /nowhere/at/all.svg"), "{nowhere:?}");
}

#[tokio::test]
async fn the_doctor_says_what_is_right_and_what_is_wrong() {
    let (folder, data_dir) = folder();
    let lines = |said: &Said| said.out.lines().map(str::to_owned).collect::<Vec<_>>();
    let all_good = |said: &Said| lines(said).iter().all(|line| line.starts_with("ok ")) && lines(said).len() >= 5;
    let alone = run(&data_dir, "doctor").await.done();
    assert!(all_good(&alone), "{alone:?}");

    let service = Service::start(&data_dir).await;
    let beside = run(&data_dir, "doctor").await.done();
    let known = migration_files("clickhouse");
    assert!(all_good(&beside) && beside.out.contains(&format!("schema {known} of {known}")), "{beside:?}");
    service.get("/readyz").send().await.expect(200, "the doctor does no harm");
    service.stop().await;

    let broken = [
        ("--engine-library /nowhere/libchdb.so", "libchdb.so was not found"),
        ("--engine-library /etc/hostname", "cannot be used"),
        ("--geo-database /nowhere", "geo database"),
        ("--clickhouse-url http://127.0.0.1:1/", "clickhouse at http://127.0.0.1:1/"),
    ];
    for (flag, expected) in broken {
        let said = run(&folder.path().join("other"), &format!("doctor {flag}")).await;
        let wrong: Vec<String> = lines(&said).into_iter().filter(|line| line.starts_with("WRONG")).collect();
        assert!(wrong.len() == 1 && wrong[0].contains(expected), "{flag}: {said:?}");
        assert!(said.failed().contains("one thing is wrong"), "{flag}: {said:?}");
    }
}

#[tokio::test]
async fn a_service_that_cannot_start_says_why_in_one_line() {
    let (folder, data_dir) = folder();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let cases = [
        ("--engine-library /nowhere/libchdb.so".to_owned(), "Get it with `npm install"),
        ("--engine-library /etc/hostname".to_owned(), "cannot be used"),
        ("--clickhouse-url http://127.0.0.1:1/".to_owned(), "clickhouse is not available"),
        ("--geo-database /nowhere".to_owned(), "/nowhere"),
        (format!("--data-dir {}/data", file.display()), "cannot use the data folder"),
        ("--control-url sqlite:///nowhere/at/all.db".to_owned(), "control database"),
    ];
    for (flag, expected) in cases {
        let said = run(&data_dir, &format!("serve {flag}")).await;
        assert!(said.failed().contains(expected), "{flag}: {said:?}");
        assert_eq!(said.out, "", "{flag}");
    }
}

#[tokio::test]
async fn wrong_usage_and_failure_have_codes_of_their_own() {
    let (_folder, data_dir) = folder();
    run(&data_dir, "site add demo.example").await.done();
    for usage in [
        "fly",
        "site",
        "site add",
        "site add a.example --colour red",
        "site set demo.example --public-badge perhaps",
        "user add ann@x.example",
        "user add ann@x.example --admin --site demo.example",
        "user add ann@x.example --site demo.example --role king",
        "user role ann@x.example --site demo.example",
        "user invite",
        "key create",
        "key revoke first",
        "heatmap --site demo.example --path /",
        "badge -o x.svg",
        "capture http://127.0.0.1:1/ --width 390",
        "capture http://127.0.0.1:1/ --width 5 -o x.png",
        "capture nowhere --width 390 -o x.png",
        "capture http://127.0.0.1:1/ --width 390 --upload --server http://127.0.0.1:1/",
        "dead-letter",
        "dead-letter replay",
        "dead-letter drop",
        "dead-letter drop 00-events-202611-0 --all",
        "serve --listen",
    ] {
        run(&data_dir, usage).await.is_wrong_usage();
    }
    let failures = [
        ("site add demo.example", "already"),
        ("site add a/b", "is not a site name"),
        ("site add a.example --timezone Mars/Phobos", "Mars/Phobos"),
        ("site add a.example --excluded-paths admin", "slash"),
        ("site add a.example --excluded-addresses 10.0.0.0/33", "invalid"),
        ("site show b.example", "no such site"),
        ("site remove b.example", "no such site"),
        ("user add ann --admin", "e-mail"),
        ("user add ann@x.example --site b.example", "no such site"),
        ("user password ann@x.example", "no such user"),
        ("user role ann@x.example --site demo.example --role none", "no such user"),
        ("user invite --site b.example", "no such site"),
        ("user invite --site demo.example --days 31", "between 1 and 30"),
        ("user remove ann@x.example", "no such user"),
        ("key create --name ci --scopes all", "no scope"),
        ("key create --name ci --site b.example", "no such site"),
        ("key revoke 99", "no such key"),
        ("heatmap --site demo.example --path pricing -o x.png", "--path"),
        ("heatmap --site demo.example --path / --width 5 -o x.png", "120 to 3840"),
        ("heatmap --site demo.example --path / --date-range 1w -o x.png", "1w"),
        ("heatmap --site b.example --path / -o x.png", "no such site"),
        ("badge --site demo.example --show everything -o x.svg", "everything"),
        ("capture http://127.0.0.1:1/ --width 390 -o x.png --browser /nowhere", "/nowhere cannot be run as a browser"),
        ("capture http://b.example/ --width 390 --upload --browser /bin/true", "no such site: b.example; name another"),
        ("capture http://b.example/ --width 390 -o x.png --browser /bin/false", "the browser ended by itself"),
        ("dead-letter replay 00-events-202611-0", "no such dead letter: 00-events-202611-0"),
        ("dead-letter drop 00-events-202611-0", "no such dead letter"),
        ("site list --listen here", "listen"),
        ("site list --durability disk", "memory, os or fsync"),
        ("site list --config /nowhere.toml", "/nowhere.toml"),
    ];
    for (arguments, expected) in failures {
        let said = run(&data_dir, arguments).await;
        assert!(said.failed().contains(expected), "{arguments}: {said:?}");
    }
    let weak = run_with_input(&data_dir, "user add ann@x.example --admin --password-stdin", "short\n").await;
    assert!(weak.failed().contains("fewer than 10 characters"), "{weak:?}");
    assert_eq!(list(&data_dir, "user").await.len(), 0, "a failed command leaves nothing");
    for help in ["--help", "site --help", "serve --help", "dead-letter replay --help", "--version"] {
        let said = run(&data_dir, help).await.done();
        assert!(said.out.contains("heatline") || said.out.contains("Usage"), "{help}: {said:?}");
    }
    assert!(!run(&data_dir, "--help").await.out.contains("  engine "), "the engine's command is for us");
}

#[tokio::test]
async fn flags_beat_the_environment_and_the_environment_beats_the_file() {
    let (folder, data_dir) = folder();
    let toml = folder.path().join("heatline.toml");
    let script_host = async |flag: &str, variable: Option<&str>| {
        let mut command = heatline(&data_dir);
        command.args(["site", "show", SITE]).args(flag.split(' ').filter(|part| !part.is_empty()));
        if let Some(value) = variable {
            command.env("HEATLINE_PUBLIC_URL", value);
        }
        let output = command.output().await.unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        out.split("src=\"http://").nth(1).unwrap().split('/').next().unwrap().to_owned()
    };
    run(&data_dir, "site add demo.example").await.done();
    fs::write(&toml, "public_url = 'http://file.example'").unwrap();
    assert_eq!(script_host("", None).await, "file.example", "heatline.toml of the working folder");
    assert_eq!(script_host("", Some("http://variable.example")).await, "variable.example");
    assert_eq!(script_host("--public-url http://flag.example", Some("http://variable.example")).await, "flag.example");
    let other = folder.path().join("other.toml");
    fs::write(&other, "public_url = 'http://named.example'").unwrap();
    assert_eq!(script_host(&format!("--config {}", other.display()), None).await, "named.example");

    fs::write(&toml, "lissten = '127.0.0.1:1'").unwrap();
    let said = run(&data_dir, "site list").await;
    assert!(said.failed().contains("lissten"), "{said:?}");
    fs::write(&toml, "[serve]\nlisten = '127.0.0.1:1'").unwrap();
    let said = run(&data_dir, "site list").await;
    assert!(said.failed().contains("serve"), "{said:?}");
    fs::write(&toml, "listen = ").unwrap();
    run(&data_dir, "site list").await.failed();
}

#[tokio::test]
async fn the_demo_tells_where_it_is() {
    let (_folder, data_dir) = folder();
    let service = Service::start_with(&data_dir, &["--demo"]).await;
    let greeting = service.greeting.join("\n");
    let tag = format!("<script defer src=\"{}/js/heatline.js\" data-site=\"demo.example\"></script>", service.url);
    for expected in [format!("{}/demo/", service.url), tag, format!("{}/setup?token=", service.url)] {
        assert!(greeting.contains(&expected), "no {expected} in {greeting}");
    }
    service.get("/demo/").send().await.expect(200, "the demo");
    let beacon = a_pageview("/").url(&format!("{}/demo/", service.url));
    service.accepted(&beacon).await;
    let online = eventually("the badge counts", PATIENCE, async || {
        let badge = service.badge(SITE, "").await.expect(200, "the demo's badge");
        badge.text().contains("online: 1").then_some(())
    });
    online.await;
    service.stop().await;
}

/// A row as the shipper sets it aside: of an event of this path, in the month of its day.
fn a_dead_letter(row: usize, pathname: &str) -> DeadLetter {
    let now = jiff::Timestamp::now();
    let text = "";
    let head = RowHead {
        site_id: 1,
        day: u16::try_from(now.as_second() / 86_400).unwrap(),
        view_id: 7 + row as u64,
        visitor_id: 1,
        session_id: 1,
        session_started_at: now.as_millisecond(),
        hostname: SITE,
        pathname,
        entry_hostname: text,
        entry_pathname: text,
        referrer: text,
        source: text,
        channel: text,
        utm_source: text,
        utm_medium: text,
        utm_campaign: text,
        utm_content: text,
        utm_term: text,
        country: text,
        region: text,
        city: text,
        latitude: 0.0,
        longitude: 0.0,
        browser: text,
        browser_version: text,
        os: text,
        os_version: text,
        device: text,
        viewport_width: 1,
        viewport_height: 1,
        document_width: 1,
        document_height: 1,
    };
    let mut record = RowsWriter::new(now.as_millisecond());
    record.head(&head);
    record.fact(&RowFact { at: now.as_millisecond(), detail: Detail::Pageview });
    let month = Month::of_day(head.day).0;
    let place = Place { batch: 0xbeef, table: "events", month, row, site_id: 1 };
    DeadLetter::new(place, now.as_millisecond(), 469, "Constraint `no_poison` is violated\nat row 1", &record.finish())
}

#[tokio::test]
async fn dead_letters_are_listed_inserted_again_and_dropped() {
    let (_folder, data_dir) = folder();
    assert_eq!(list(&data_dir, "dead-letter").await.len(), 0);
    run(&data_dir, "site add demo.example").await.done();
    run(&data_dir, "migrate").await.done();
    let letters = DeadLetters::new(data_dir.join("dead-letter"));
    let (good, bad, unwanted) = (a_dead_letter(0, "/a"), a_dead_letter(1, "/poison"), a_dead_letter(2, "/b"));
    for letter in [&good, &bad, &unwanted] {
        letters.keep(letter).unwrap();
    }

    let text = run(&data_dir, "dead-letter list").await.done().out;
    assert_eq!(text.lines().count(), 4, "a head and a line for each: {text}");
    assert!(text.contains(&good.name()) && text.contains("demo.example") && text.contains("no_poison"), "{text}");
    let listed = list(&data_dir, "dead-letter").await;
    let expected = json!({"name": bad.name(), "batch": "000000000000beef", "table": "events", "month": bad.month, "row": 1,
        "site_id": 1, "site": SITE, "code": 469, "reason": bad.reason, "refused_at": listed[1]["refused_at"]});
    assert_eq!(listed[1], expected);

    let foretold = run(&data_dir, "dead-letter replay --all --dry-run").await.done();
    assert!(foretold.out.contains(&format!("would insert {}", bad.name())), "{foretold:?}");
    let dropped = run(&data_dir, &format!("dead-letter drop {}", unwanted.name())).await.done();
    assert_eq!(dropped.last_line(), "Removed one dead letter.");
    assert_eq!(list(&data_dir, "dead-letter").await.len(), 2, "what was only foretold is still there");

    // Beside a running service, and with an engine of its own.
    let service = Service::start(&data_dir).await;
    let constrain = "ALTER TABLE events ADD CONSTRAINT no_poison CHECK pathname != '/poison'";
    change(&data_dir, constrain).await;
    let replayed = run(&data_dir, "dead-letter replay --all").await;
    assert!(replayed.failed().contains("one dead letter refused again"), "{replayed:?}");
    assert!(
        replayed.out.contains(&format!("refused {}", bad.name())) && replayed.out.contains("no_poison"),
        "{replayed:?}"
    );
    assert_eq!(list(&data_dir, "dead-letter").await.len(), 1);
    letters.keep(&good).unwrap();
    let again = run(&data_dir, &format!("dead-letter replay {}", good.name())).await.done();
    assert_eq!(again.last_line(), "Stored 1 of 1.", "the same row again");
    change(&data_dir, "ALTER TABLE events DROP CONSTRAINT no_poison").await;
    service.stop().await;
    run(&data_dir, &format!("dead-letter replay {}", bad.name())).await.done();
    assert_eq!(list(&data_dir, "dead-letter").await.len(), 0);
    assert_eq!(run(&data_dir, "dead-letter replay --all").await.done().last_line(), "There is nothing to insert.");

    let service = Service::start(&data_dir).await;
    let stored = rows(&data_dir, "SELECT pathname, view_id, batch FROM events ORDER BY view_id").await;
    assert_eq!(json!(stored), json!([["/a", 7, 0xbeef], ["/poison", 8, 0xbeef]]), "each once");
    service.stop().await;
}

/// Changes the schema behind the service's back.
async fn change(data_dir: &Path, sql: &str) {
    let endpoint = read_endpoint(&data_dir.join("engine")).unwrap();
    Client::new(endpoint).execute(&Statement::new(sql)).await.unwrap();
}

#[tokio::test]
async fn a_data_folder_may_be_named_from_where_one_stands() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    // It starts an engine, as `serve` does.
    let said = run(&data_dir, "doctor --data-dir data").await.done();
    assert!(said.out.contains("works, schema"), "{said:?}");
    assert!(data_dir.join("engine/config.xml").is_file());
}
