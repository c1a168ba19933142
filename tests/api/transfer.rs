//! What leaves and what comes from elsewhere: exports, imports, and the removal of data for good.

use std::{io::Write, path::Path};

use heatline::control::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, PATIENCE, SITE, TestApp, a_beacon, a_pageview, a_visitor, command::run, eventually};

const OTHER: &str = "other.example";
const TABLES: [&str; 5] = ["events", "clicks", "moves", "scrolls", "layouts"];

/// A site with rows in every table, of now and of long ago.
async fn a_site_with_everything() -> TestApp {
    let app = TestApp::start().await;
    for number in 1..=3 {
        let beacon = a_beacon().path("/shop?utm_source=mail").events([
            json!({"type": "pageview", "ago": 900}),
            json!({"type": "event", "ago": 500, "name": "Buy", "props": {"plan": "pro", "note": "=1+1"},
                "revenue": {"currency": "EUR", "amount": "999999999999999.999"}}),
            json!({"type": "engagement", "ago": 5, "engaged": 11_800, "depth": 63}),
            json!({"type": "click", "ago": 5, "element": "#buy", "fraction": [32_767, 65_535], "at": [412, 903],
                "size": [80, 30], "since": 5321, "flags": 2}),
            json!({"type": "move", "ago": 9, "element": "main", "fraction": [1, 2], "at": [3, 4], "size": [5, 6], "rest": 700}),
            json!({"type": "scroll", "ago": 0, "depth": 1840, "exposure": vec![7; 100], "landmarks": [["main", 4000]]}),
            json!({"type": "layout", "ago": 0, "complete": true, "boxes": [["#buy", "a", "button", 1, -2, 3, 4, 2]]}),
        ]);
        app.accepted(&beacon.from(a_visitor().number(number))).await;
    }
    let past = |minute: u32, path: &str| {
        json!({"timestamp": format!("2021-03-04T22:{minute:02}:00Z"), "name": "pageview", "visitor": "ann",
            "url": format!("https://demo.example{path}")})
    };
    app.events(SITE, &[past(1, "/old"), past(2, "/old/next"), past(3, "/old")]).await;
    app.flushed().await;
    app
}

/// Returns all that is stored of a site but for what belongs to the installation.
async fn everything(app: &TestApp, site: &str) -> Vec<Value> {
    let id = app.site_id(site).await.get();
    let mut all = Vec::new();
    for table in TABLES {
        let sql =
            format!("SELECT * EXCEPT (site_id, batch, arrived_at) FROM {table} WHERE site_id = {id} ORDER BY ALL");
        all.push(json!(app.rows(&sql).await));
    }
    all
}

async fn export(app: &TestApp, site: &str, query: &str) -> Answer {
    let path = format!("/api/v1/sites/{site}/export?{query}");
    app.get(&path).key(&app.key).send().await.expect(200, query)
}

fn lines(answer: &Answer) -> Vec<Value> {
    answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn file(app: &TestApp, name: &str, bytes: &[u8]) -> String {
    let path = app.config.data_dir.parent().unwrap().join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Adds a site whose days are those of the first.
async fn add_twin(app: &TestApp, name: &str) {
    let zone = app.sites().await.iter().find(|site| site["domain"] == SITE).unwrap()["timezone"].clone();
    app.add_site_with(name, zone.as_str().unwrap(), json!({})).await;
}

#[tokio::test]
async fn an_export_that_is_imported_makes_the_same_site() {
    let app = a_site_with_everything().await;
    let answer = export(&app, SITE, "table=all").await;
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    let exported = lines(&answer);
    assert_eq!(exported.len(), 3 * 7 + 3 + 1);
    assert_eq!(exported[0]["at"], "2021-03-04T22:01:00.000Z");
    let end = exported.last().unwrap();
    assert_eq!((&end["table"], &end["rows"]), (&json!("end"), &json!(24)));
    assert_eq!(end["cursor"].as_str(), answer.header("x-heatline-cursor"));
    let buy = exported.iter().find(|row| row["name"] == "Buy").unwrap();
    assert_eq!((&buy["revenue"], &buy["props"]["note"]), (&json!("999999999999999.999"), &json!("=1+1")));
    assert!(buy["visitor_id"].is_string() && !answer.text().contains("203.0.113"), "{buy}");

    let data_dir = &app.config.data_dir;
    add_twin(&app, OTHER).await;
    let plain = file(&app, "all.ndjson", &answer.body);
    let said = run(data_dir, &format!("import --site {OTHER} {plain}")).await.done();
    assert_eq!(said.last_line(), "Stored 24 rows for other.example; 0 were there already.");
    assert_eq!(everything(&app, OTHER).await, everything(&app, SITE).await);
    for query in [
        json!({"metrics": ["visitors", "visits", "pageviews", "bounce_rate", "visit_duration"], "date_range": "all",
            "dimensions": ["event:page"]}),
        json!({"metrics": ["visitors", "visits"], "date_range": "7d", "dimensions": ["visit:utm_source"]}),
    ] {
        let of = async |site: &str| {
            let mut query = query.clone();
            query["site_id"] = json!(site);
            app.query(&query).await["results"].clone()
        };
        let results = of(SITE).await;
        assert!(!results.as_array().unwrap().is_empty(), "{query}");
        assert_eq!(of(OTHER).await, results, "{query}");
    }
    let again = export(&app, OTHER, "table=all").await;
    assert_eq!(lines(&again)[..24], exported[..24], "and its export is the same");

    // Once more, and compressed: nothing is counted twice.
    let zip = file(&app, "all.ndjson.gz", &zipped(&answer.body));
    for file in [&plain, &zip] {
        let said = run(data_dir, &format!("import --site {OTHER} {file}")).await.done();
        assert_eq!(said.last_line(), "Stored 0 rows for other.example; 24 were there already.", "{file}");
    }
    let path = format!("/api/v1/sites/{OTHER}/import");
    let upload =
        app.post(&path).key(&app.key).bare_body(zipped(&answer.body)).send().await.expect(200, "the same again");
    let expected = json!({"stored": 0, "known": 24, "robots": 0, "rejected": 0, "errors": [], "promised": 24});
    assert_eq!(upload.json(), expected);
    let upload = app.post(&path).key(&app.key).bare_body("no export").send().await;
    upload.problem(400, "malformed", "another file");
    let command = run(data_dir, &format!("export --site {SITE} --output -")).await.done();
    assert_eq!(command.out.lines().take(24).collect::<Vec<_>>(), answer.text().lines().take(24).collect::<Vec<_>>());
    assert!(command.err.contains("--cursor"), "{command:?}");
    app.stop().await;
}

#[tokio::test]
async fn an_export_goes_on_where_the_last_one_ended() {
    let app = a_site_with_everything().await;
    let first = export(&app, SITE, "").await;
    let cursor = first.header("x-heatline-cursor").unwrap();
    assert_eq!(lines(&first).len(), 3 * 3 + 3 + 1, "events alone");
    let nothing = export(&app, SITE, &format!("cursor={cursor}")).await;
    assert_eq!(lines(&nothing).len(), 1);

    // Of long ago and of now: what counts is when it came.
    let past = json!({"timestamp": "2020-01-01T00:00:00Z", "name": "Late", "url": "https://demo.example/"});
    app.events(SITE, &[past]).await;
    app.accepted(&a_pageview("/new")).await;
    app.flushed().await;
    let cursor = nothing.header("x-heatline-cursor").unwrap();
    let new = lines(&export(&app, SITE, &format!("cursor={cursor}")).await);
    assert_eq!(new.iter().map(|row| &row["pathname"]).collect::<Vec<_>>(), [&json!("/"), &json!("/new"), &Value::Null]);

    for (query, pointer) in [
        (format!("cursor={cursor}&table=clicks"), "cursor"),
        (format!("cursor={cursor}&from=2021-01-01"), "cursor"),
        ("cursor=x".to_owned(), "cursor"),
        ("table=outcomes".to_owned(), "table"),
        ("table=all&format=csv".to_owned(), "table"),
        ("format=xlsx".to_owned(), "format"),
        ("from=2026-02-02&to=2026-02-01".to_owned(), "from"),
    ] {
        let answer = app.get(&format!("/api/v1/sites/{SITE}/export?{query}")).key(&app.key).send().await;
        assert_eq!(answer.problem(400, "invalid", &query)["errors"][0]["pointer"], pointer, "{query}");
    }
    let year = lines(&export(&app, SITE, "from=2021-01-01&to=2021-12-31").await);
    assert_eq!(year.len(), 4);
    app.stop().await;
}

#[tokio::test]
async fn a_table_for_spreadsheets_holds_no_formula() {
    let app = TestApp::start().await;
    for name in ["=HYPERLINK(\"http://evil.example\")", "+1", "-1", "@SUM(A1)", "plain, \"quoted\""] {
        let row = json!({"timestamp": "2024-01-01T00:00:00Z", "name": name, "url": "https://demo.example/", "props": {"=a": "=b"}});
        app.events(SITE, &[row]).await;
    }
    app.flushed().await;
    let answer = export(&app, SITE, "format=csv").await;
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    let text = answer.text();
    assert!(text.starts_with("day,at,kind,name,view_id,visitor_id,"), "{text}");
    assert_eq!(text.lines().count(), 6, "{text}");
    for cell in [
        "\"'=HYPERLINK(\"\"http://evil.example\"\")\"",
        "\"'+1\"",
        "\"'-1\"",
        "\"'@SUM(A1)\"",
        "\"plain, \"\"quoted\"\"\"",
        "\"{\"\"=a\"\":\"\"=b\"\"}\"",
    ] {
        assert!(text.contains(cell), "{cell} in {text}");
    }
    app.stop().await;
}

#[tokio::test]
async fn hostile_files_are_refused_line_by_line_or_whole() {
    let app = a_site_with_everything().await;
    let data_dir = &app.config.data_dir;
    add_twin(&app, OTHER).await;
    let answer = export(&app, SITE, "").await;
    let mut rows: Vec<String> = answer.text().lines().map(str::to_owned).collect();
    rows[3] = rows[3].replace("\"pathname\":\"", "\"pathname\":\"no path ");
    rows.insert(1, "{".to_owned());
    rows.insert(1, r#"{"table":"events","batch":1}"#.to_owned());
    let wrong = file(&app, "wrong.ndjson", rows.join("\n").as_bytes());
    for _ in 0..2 {
        let said = run(data_dir, &format!("import --site {OTHER} {wrong}")).await;
        assert_eq!(said.code, Some(1), "{said:?}");
        for expected in ["line 2: ", "line 3: ", "line 6: pathname", "3 lines are wrong"] {
            assert!(said.err.contains(expected), "{expected}: {said:?}");
        }
    }
    assert_eq!(lines(&export(&app, OTHER, "").await).len(), 11 + 1, "the rest is there, once");

    let cut = file(&app, "cut.ndjson.gz", &zipped(&answer.body)[..400]);
    let bomb = file(&app, "bomb.gz", &zipped(&vec![b'\n'; 80 * 1024 * 1024]));
    let picture = file(&app, "picture", b"\x89PNG\r\n\x1a\n");
    let missing = format!("{bomb}.missing");
    for (file, why) in
        [(&cut, "cannot be read"), (&bomb, "times its size"), (&picture, "neither"), (&missing, "cannot read")]
    {
        let said = run(data_dir, &format!("import --site {SITE} {file}")).await;
        assert!(said.failed().contains(why), "{file}: {said:?}");
    }
    let said = run(data_dir, &format!("import --site nowhere.example {wrong}")).await;
    assert!(said.failed().contains("no such site"), "{said:?}");
    app.stop().await;
}

#[tokio::test]
async fn an_export_of_goatcounter_is_imported() {
    let app = TestApp::start().await;
    let head = "2Path,Title,Event,UserAgent,Browser,System,Session,Bot,Referrer,Referrer scheme,Screen size,Location,FirstVisit,Date";
    let text = format!(
        "{head}\n\
        /a?utm_campaign=x,\"A \"\"title\"\",\n in two lines\",false,,Firefox 79,Windows 10,s1,0,www.reddit.com/r/x,h,\"1920,1080,1\",BG-22,true,2021-03-04T22:50:00Z\n\
        /b,B,false,,Firefox 79,Windows 10,s1,0,,,\"1920,1080,1\",BG-22,true,2021-03-04T23:10:00Z\n\
        signup,,true,,Firefox 79,Windows 10,s1,0,,,\"1920,1080,1\",BG,true,2021-03-04T23:11:00Z\n\
        /a,A,false,,Safari 14,iOS 14,s2,0,Google,g,\"375,667,2\",DE,true,2021-03-05T10:00:00Z\n\
        /a,A,false,,,,s3,6,,,,,true,2021-03-05T11:00:00Z\n\
        /c,A,false,,Safari 14,iOS 14,s2,0,news,c,\"375,667,2\",DE,true,2021-03-05T12:00:00Z\n\
        /c,A,false,,Safari 14,iOS 14,s2,0,news,c,,DE,true,yesterday\n"
    );
    let csv = file(&app, "goat.csv.gz", &zipped(text.as_bytes()));
    for stored in [5, 0] {
        let said = run(&app.config.data_dir, &format!("import --site {SITE} {csv}")).await;
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.err.contains("line 9: Date") && said.err.contains("1 of robots"), "{said:?}");
        assert_eq!(
            said.last_line(),
            format!("Stored {stored} rows for demo.example; {} were there already.", 5 - stored)
        );
    }
    let columns =
        "toString(at), toString(kind), name, pathname, entry_pathname, source, channel, utm_source, country, browser,
        browser_version, os, device";
    let rows = app.rows(&format!("SELECT concatWithSeparator('|', {columns}) FROM events ORDER BY at")).await;
    let expected = [
        "2021-03-04 22:50:00.000|pageview||/a|/a|Reddit|Organic Social||BG|Firefox|79|Windows|desktop",
        "2021-03-04 23:10:00.000|pageview||/b|/a|Reddit|Organic Social||BG|Firefox|79|Windows|desktop",
        "2021-03-04 23:11:00.000|event|signup|/|/a|Reddit|Organic Social||BG|Firefox|79|Windows|desktop",
        "2021-03-05 10:00:00.000|pageview||/a|/a|Google|Organic Search||DE|Safari|14|iOS|mobile",
        "2021-03-05 12:00:00.000|pageview||/c|/c|news|Referral|news|DE|Safari|14|iOS|mobile",
    ];
    assert_eq!(rows.concat(), expected);
    assert_eq!(app.cell("SELECT uniqExact(session_id) FROM events").await, 3);
    app.stop().await;
}

async fn erase(app: &TestApp, site: &str, query: &str) -> Answer {
    app.request(Method::DELETE, &format!("/api/v1/sites/{site}/data?{query}")).key(&app.key).send().await
}

async fn paths(app: &TestApp, site: &str) -> Value {
    let id = app.site_id(site).await.get();
    json!(
        app.rows(&format!("SELECT DISTINCT pathname, entry_pathname FROM events WHERE site_id = {id} ORDER BY ALL"))
            .await
    )
}

#[tokio::test]
async fn what_is_erased_is_gone_from_every_table_and_nothing_else_is() {
    let app = a_site_with_everything().await;
    add_twin(&app, OTHER).await;
    let data_dir = &app.config.data_dir;
    let all = file(&app, "all.ndjson", &export(&app, SITE, "table=all").await.body);
    run(data_dir, &format!("import --site {OTHER} {all}")).await.done();
    let untouched = everything(&app, OTHER).await;

    for (query, pointer) in
        [("", "all"), ("all=true&path=/old", "all"), ("path=", "path"), ("from=2026-02-02&to=2026-02-01", "from")]
    {
        assert_eq!(erase(&app, SITE, query).await.problem(400, "invalid", query)["errors"][0]["pointer"], pointer);
    }
    let editor = app.signed_in("ed@x.example", Some((SITE, Role::Editor))).await;
    let as_editor = app.request(Method::DELETE, &format!("/api/v1/sites/{SITE}/data?all=true")).session(&editor);
    as_editor.send().await.problem(403, "not_admin", "an editor");

    // A path, which waits in the spool when it is erased.
    app.accepted(&a_pageview("/old")).await;
    let answer = erase(&app, SITE, "path=/old").await.expect(200, "a path");
    assert_eq!(answer.json(), json!({"done": true}));
    app.flushed().await;
    assert_eq!(paths(&app, SITE).await, json!([["/old/next", "/(erased)"], ["/shop", "/shop"]]));
    assert_eq!(erase(&app, SITE, "path=/old").await.expect(200, "the same again").json(), json!({"done": true}));

    let said = run(data_dir, &format!("erase --site {SITE} --from 2020-01-01 --to 2021-12-31")).await;
    assert!(said.failed().contains("--yes") && said.out.contains("events"), "{said:?}");
    run(data_dir, &format!("erase --site {SITE} --from 2020-01-01 --to 2021-12-31 --yes")).await.done();
    assert_eq!(paths(&app, SITE).await, json!([["/shop", "/shop"]]));
    run(data_dir, &format!("erase --site {SITE} --yes")).await.done();
    assert_eq!(everything(&app, SITE).await, vec![json!([]); 5]);
    assert_eq!(everything(&app, OTHER).await, untouched);

    // What was erased may be imported again, though ClickHouse knows the names of its chunks.
    run(data_dir, &format!("erase --site {OTHER} --yes")).await.done();
    run(data_dir, &format!("import --site {OTHER} {all}")).await.done();
    assert_eq!(everything(&app, OTHER).await, untouched);
    app.stop().await;
}

#[tokio::test]
async fn a_site_that_is_removed_takes_its_rows_with_it() {
    let app = a_site_with_everything().await;
    app.request(Method::DELETE, &format!("/api/v1/sites/{SITE}")).key(&app.key).send().await.expect(200, "a removal");
    eventually("its rows are gone", PATIENCE, async || {
        let rows = app
            .cell("SELECT (SELECT count() FROM events) + (SELECT count() FROM clicks) + (SELECT count() FROM layouts)")
            .await;
        (rows == 0).then_some(())
    })
    .await;
    app.stop().await;
}

#[tokio::test]
async fn a_stopped_service_is_exported_and_imported_by_commands_alone() {
    let app = a_site_with_everything().await;
    let expected = lines(&export(&app, SITE, "table=all").await);
    let folder = app.config.data_dir.clone();
    let copy = tempfile::tempdir().unwrap();
    let data_dir = copy.path().join("data");
    run(&data_dir, &format!("site add {SITE}")).await.done();
    let all = file(&app, "all.ndjson", &export(&app, SITE, "table=all").await.body);
    run(&data_dir, &format!("import --site {SITE} {all}")).await.done();
    let said = run(&data_dir, &format!("export --site {SITE}")).await.done();
    let rows: Vec<Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows[..24], expected[..24]);
    assert!(Path::new(&folder).exists());
    app.stop().await;
}
