//! Days that Plausible has counted: its export as a zip file, brought in once, and counted into reports where they are asked for.

use std::io::Write;

use rawzip::{CompressionMethod, ZipArchiveWriter};
use serde_json::{Value, json};

use crate::helpers::{Answer, SITE, TestApp, command::run};

const DAYS: &str = "20230209_20230211";

/// Returns a zip file; every second file is not compressed.
pub fn zip(files: &[(String, String)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    for (place, (name, text)) in files.iter().enumerate() {
        let stored = place % 2 == 1;
        let method = if stored { CompressionMethod::STORE } else { CompressionMethod::DEFLATE };
        let (mut entry, config) = archive.new_file(name).compression_method(method).start().unwrap();
        let descriptor = if stored {
            let mut writer = config.wrap(&mut entry);
            writer.write_all(text.as_bytes()).unwrap();
            writer.finish().unwrap().1
        } else {
            let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::default());
            let mut writer = config.wrap(encoder);
            writer.write_all(text.as_bytes()).unwrap();
            let (encoder, descriptor) = writer.finish().unwrap();
            encoder.finish().unwrap();
            descriptor
        };
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

fn table(name: &str, lines: &str) -> (String, String) {
    (format!("imported_{name}_{DAYS}.csv"), lines.to_owned())
}

/// The export of three days. The last of them is one on which the site has events of its own.
fn export() -> Vec<(String, String)> {
    vec![
        table(
            "visitors",
            "\"date\",\"visitors\",\"pageviews\",\"bounces\",\"visits\",\"visit_duration\"\n\
             \"2023-02-09\",119,304,77,134,21070\n\
             \"2023-02-10\",166,325,117,180,21467\n\
             \"2023-02-11\",117,233,92,128,16506\n",
        ),
        table(
            "sources",
            "\"date\",\"source\",\"referrer\",\"utm_source\",\"utm_medium\",\"utm_campaign\",\"utm_content\",\"utm_term\",\
             \"pageviews\",\"visitors\",\"visits\",\"visit_duration\",\"bounces\"\n\
             \"2023-02-09\",\"Google\",\"google.com\",\"\",\"\",\"\",\"\",\"\",70,23,25,8249,13\n\
             \"2023-02-10\",\"Google\",\"google.com\",\"\",\"\",\"\",\"\",\"\",7,3,5,251,1\n\
             \"2023-02-10\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",9,4,4,0,4\n\
             \"2023-02-10\",\"support\",\"secure.helpscout.net\",\"support\",\"email\",\"\",\"\",\"\",2,1,1,11,0\n\
             \"2023-02-11\",\"Google\",\"google.com\",\"\",\"\",\"\",\"\",\"\",1000,1000,1000,1000,1000\n",
        ),
        table(
            "pages",
            "\"date\",\"hostname\",\"page\",\"visits\",\"visitors\",\"pageviews\"\n\
             \"2023-02-09\",\"demo.example\",\"/docs\",8,7,11\n\
             \"2023-02-10\",\"demo.example\",\"/docs\",2,2,3\n\
             \"2023-02-10\",\"demo.example\",\"/a, \"\"b\"\"\",1,1,1\n",
        ),
        table(
            "entry_pages",
            "\"date\",\"entry_page\",\"visitors\",\"entrances\",\"visit_duration\",\"bounces\",\"pageviews\"\n\
             \"2023-02-09\",\"/docs\",3,4,400,1,6\n",
        ),
        table(
            "exit_pages",
            "\"date\",\"exit_page\",\"visitors\",\"visit_duration\",\"exits\",\"bounces\",\"pageviews\"\n\
             \"2023-02-09\",\"/docs\",14,224,15,13,23\n",
        ),
        table(
            "custom_events",
            "\"date\",\"name\",\"link_url\",\"path\",\"visitors\",\"events\"\n\
             \"2023-02-09\",\"Outbound Link: Click\",\"https://one.example.com/\",\"\",1,1\n\
             \"2023-02-10\",\"Outbound Link: Click\",\"https://two.example.com/\",\"\",2,3\n\
             \"2023-02-10\",\"404\",\"\",\"/no-such-site\",1,1\n",
        ),
        table(
            "locations",
            "\"date\",\"country\",\"region\",\"city\",\"visitors\",\"visits\",\"visit_duration\",\"bounces\",\"pageviews\"\n\
             \"2023-02-09\",\"FR\",\"FR-PAC\",3027647,1,1,4,0,2\n\
             \"2023-02-09\",\"ZZ\",\"\",0,5,6,0,6,6\n\
             \"2023-02-10\",\"FR\",\"FR-CVL\",3032213,1,1,0,1,1\n",
        ),
        table(
            "devices",
            "\"date\",\"device\",\"visitors\",\"visits\",\"visit_duration\",\"bounces\",\"pageviews\"\n\
             \"2023-02-09\",\"Mobile\",12,13,140,10,17\n\
             \"2023-02-09\",\"Laptop\",19,21,3545,11,36\n\
             \"2023-02-10\",\"Desktop\",135,146,16374,98,246\n",
        ),
        table(
            "browsers",
            "\"date\",\"browser\",\"browser_version\",\"visitors\",\"visits\",\"visit_duration\",\"bounces\",\"pageviews\"\n\
             \"2023-02-09\",\"Chrome\",\"109.0\",54,60,6627,40,128\n\
             \"2023-02-09\",\"Microsoft Edge\",\"111.0\",1,1,987,0,3\n\
             \"2023-02-10\",\"Chrome\",\"110.0\",11,14,5145,6,37\n",
        ),
        table(
            "operating_systems",
            "\"date\",\"operating_system\",\"operating_system_version\",\"visitors\",\"visits\",\"visit_duration\",\"bounces\",\
             \"pageviews\"\n\
             \"2023-02-09\",\"Mac\",\"10.14\",1,1,19,0,2\n\
             \"2023-02-09\",\"Ubuntu\",\"22.04\",2,2,19,0,4\n",
        ),
        ("README.txt".to_owned(), "what this is".to_owned()),
    ]
}

const ROWS: u64 = 3 + 5 + 3 + 1 + 1 + 3 + 3 + 3 + 3 + 2;

/// A site with one visit of two pages a minute apart, on the last day of the export.
async fn a_site() -> TestApp {
    let app = TestApp::start().await;
    let view = |minute: u32, path: &str| {
        json!({"timestamp": format!("2023-02-11T12:{minute:02}:00Z"), "name": "pageview", "visitor": "ann",
            "url": format!("https://demo.example{path}"), "referrer": "https://www.google.com/"})
    };
    app.events(SITE, &[view(0, "/docs"), view(1, "/new")]).await;
    app.flushed().await;
    app
}

async fn upload(app: &TestApp, bytes: Vec<u8>) -> Answer {
    app.post(&format!("/api/v1/sites/{SITE}/import")).key(&app.key).bare_body(bytes).send().await
}

async fn stored(app: &TestApp, bytes: Vec<u8>) -> [u64; 3] {
    let told = upload(app, bytes).await.expect(200, "an import").json();
    ["stored", "known", "rejected"].map(|name| told[name].as_u64().unwrap())
}

/// Asks with imported days.
async fn ask(app: &TestApp, mut body: Value) -> Value {
    body["site_id"] = json!(SITE);
    body["include"]["imports"] = true.into();
    if body.get("date_range").is_none() {
        body["date_range"] = json!(["2023-02-01", "2023-02-28"]);
    }
    app.query(&body).await
}

async fn rows(app: &TestApp, body: Value) -> Value {
    let answer = ask(app, body).await;
    assert_eq!(answer["meta"]["imports_included"], true, "{answer}");
    assert_eq!(answer["meta"].get("imports_skip_reason"), None, "{answer}");
    answer["results"].as_array().unwrap().iter().map(|row| json!([row["dimensions"], row["metrics"]])).collect()
}

#[tokio::test]
async fn imported_days_are_counted_in_where_they_are_asked_for() {
    let app = a_site().await;
    assert_eq!(stored(&app, zip(&export())).await, [ROWS, 0, 0]);
    let all = json!(["visitors", "visits", "pageviews", "events", "views_per_visit", "bounce_rate", "visit_duration"]);
    // (119 + 166) + 1, (134 + 180) + 1, …: the last day is the site's own.
    let total = json!([286, 315, 631, 636, 2, 62, 135]);
    assert_eq!(rows(&app, json!({"metrics": all})).await, json!([[[], total]]));
    assert_eq!(
        rows(&app, json!({"metrics": all, "date_range": "all"})).await,
        json!([[[], total]]),
        "from their first day"
    );
    let by_day = rows(&app, json!({"metrics": all, "dimensions": ["time:day"]})).await;
    assert_eq!(
        by_day,
        json!([
            [["2023-02-09"], [119, 134, 304, 305, 2.27, 57, 157]],
            [["2023-02-10"], [166, 180, 325, 329, 1.81, 65, 119]],
            [["2023-02-11"], [1, 1, 2, 2, 2, 0, 60]],
        ])
    );
    let of_visits = json!(["visitors", "visits", "pageviews", "bounce_rate", "visit_duration"]);
    for (dimension, expected) in [
        (
            "visit:source",
            json!([
                [["Google"], [27, 31, 79, 45, 276]],
                [["Direct / None"], [4, 4, 9, 100, 0]],
                [["support"], [1, 1, 2, 0, 11]],
            ]),
        ),
        (
            "visit:channel",
            json!([
                [["Organic Search"], [27, 31, 79, 45, 276]],
                [["Direct"], [4, 4, 9, 100, 0]],
                [["Email"], [1, 1, 2, 0, 11]],
            ]),
        ),
        (
            "event:page",
            json!([[["/docs"], [10, 11, 15, 20, 92]], [["/a, \"b\""], [1, 1, 1, 0, 0]], [["/new"], [1, 1, 1, 0, 0]],]),
        ),
        ("visit:entry_page", json!([[["/docs"], [4, 5, 8, 20, 92]]])),
        ("visit:exit_page", json!([[["/docs"], [14, 15, 23, 87, 15]], [["/new"], [1, 1, 2, 0, 60]]])),
        ("visit:country", json!([[[""], [6, 7, 8, 86, 9]], [["FR"], [2, 2, 3, 50, 2]]])),
        ("visit:device", json!([[["Desktop"], [155, 168, 284, 65, 119]], [["Mobile"], [12, 13, 17, 77, 11]],])),
        (
            "visit:browser",
            json!([
                [["Chrome"], [65, 74, 165, 62, 159]],
                [["(not set)"], [1, 1, 2, 0, 60]],
                [["Edge"], [1, 1, 3, 0, 987]],
            ]),
        ),
        (
            "visit:os",
            json!([[["Linux"], [2, 2, 4, 0, 10]], [["(not set)"], [1, 1, 2, 0, 60]], [["macOS"], [1, 1, 2, 0, 19]],]),
        ),
    ] {
        let told = rows(&app, json!({"metrics": of_visits, "dimensions": [dimension]})).await;
        assert_eq!(told, expected, "{dimension}");
    }
    let names = rows(&app, json!({"metrics": ["visitors", "events"], "dimensions": ["event:name"]})).await;
    let expected = json!([[["pageview"], [286, 631]], [["Outbound Link: Click"], [3, 4]], [["404"], [1, 1]],]);
    assert_eq!(names, expected);
    // Filters of the same report, pages, the rows of all pages, and the period before.
    let filtered = json!({"metrics": ["visitors"], "filters": [["is", "visit:source", ["Google"]], ["is", "visit:channel", ["Organic Search"]]]});
    assert_eq!(rows(&app, filtered).await, json!([[[], [27]]]));
    let page = json!({"metrics": ["visitors", "visits", "bounce_rate"], "filters": [["is", "event:page", ["/docs"]]]});
    assert_eq!(rows(&app, page).await, json!([[[], [10, 11, 20]]]));
    let second = json!({"metrics": ["visitors"], "dimensions": ["visit:source"], "include": {"total_rows": true},
        "pagination": {"limit": 1, "offset": 1}});
    let answer = ask(&app, second).await;
    assert_eq!((&answer["results"][0]["metrics"], &answer["meta"]["total_rows"]), (&json!([4]), &json!(3)));
    let compared = ask(
        &app,
        json!({"metrics": ["visitors"], "date_range": ["2023-02-11", "2023-02-11"], "compare": "previous_period"}),
    )
    .await;
    assert_eq!(compared["results"][0]["compare"]["metrics"], json!([166]));
    let query = "period=custom&date=2023-02-01,2023-02-28&metrics=visitors,bounce_rate&with_imported=true";
    let path = format!("/api/v1/stats/aggregate?site_id={SITE}&{query}");
    let old = app.get(&path).key(&app.key).send().await.expect(200, "v1").json();
    assert_eq!(old["results"], json!({"visitors": {"value": 286}, "bounce_rate": {"value": 62}}));
    // A table has no place to say whether they were counted in.
    let csv = json!({"site_id": SITE, "metrics": ["visitors"], "date_range": "all", "include": {"imports": true}, "format": "csv"});
    app.query_request(&csv).send().await.problem(400, "invalid", "CSV");
    app.stop().await;
}

#[tokio::test]
async fn what_imported_days_do_not_tell_is_answered_without_them() {
    let app = a_site().await;
    let plain = json!({"metrics": ["visitors"]});
    let answer = ask(&app, plain.clone()).await;
    assert_eq!(answer["meta"], json!({"imports_included": false, "imports_skip_reason": "no_imported_data"}));
    upload(&app, zip(&export())).await.expect(200, "an import");
    let mut out_of_range = plain.clone();
    out_of_range["date_range"] = json!(["2023-03-01", "2023-03-02"]);
    let mut not_asked = plain.clone();
    not_asked["site_id"] = json!(SITE);
    not_asked["date_range"] = json!("all");
    let answer = app.query(&not_asked).await;
    assert_eq!((&answer["results"][0]["metrics"], &answer["meta"]), (&json!([1]), &json!({})));
    for (body, reason, warns) in [
        (out_of_range, "out_of_range", false),
        (
            json!({"metrics": ["visitors"], "dimensions": ["visit:source"], "filters": [["is", "visit:browser", ["Chrome"]]]}),
            "unsupported_query",
            true,
        ),
        (json!({"metrics": ["visitors", "engaged_time"]}), "unsupported_query", true),
        (json!({"metrics": ["visitors"], "dimensions": ["visit:city"]}), "unsupported_query", true),
        (
            json!({"metrics": ["visitors"], "dimensions": ["time:hour"], "date_range": ["2023-02-10", "2023-02-11"]}),
            "unsupported_interval",
            true,
        ),
    ] {
        let answer = ask(&app, body.clone()).await;
        let meta = &answer["meta"];
        assert_eq!(
            (&meta["imports_included"], &meta["imports_skip_reason"]),
            (&json!(false), &json!(reason)),
            "{body}"
        );
        assert_eq!(meta["imports_warning"].is_string(), warns, "{body}");
        let sums: Vec<u64> =
            answer["results"].as_array().unwrap().iter().map(|row| row["metrics"][0].as_u64().unwrap()).collect();
        assert!(sums.iter().sum::<u64>() <= 1, "{body}: {answer}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_day_is_counted_once_however_it_is_brought() {
    let app = a_site().await;
    let data_dir = &app.config.data_dir;
    assert_eq!(stored(&app, zip(&export())).await, [ROWS, 0, 0]);
    assert_eq!(stored(&app, zip(&export())).await, [0, ROWS, 0], "the same again");
    let file = data_dir.parent().unwrap().join("export.zip");
    std::fs::write(&file, zip(&export())).unwrap();
    let command = format!("import --site {SITE} {}", file.display());
    let said = run(data_dir, &command).await.done();
    assert_eq!(said.last_line(), format!("Stored 0 rows for demo.example; {ROWS} were there already."));

    // A later export has the days of this one, too, and one more.
    let later = "date,visitors,pageviews,bounces,visits,visit_duration\n2023-02-08,1,2,0,1,10\n2023-02-09,119,304,77,134,21070\n";
    let later = vec![("folder/imported_visitors.csv".to_owned(), later.to_owned())];
    assert_eq!(stored(&app, zip(&later)).await, [1, 1, 0]);
    let visitors = json!({"metrics": ["visitors", "visits"]});
    assert_eq!(rows(&app, visitors.clone()).await, json!([[[], [287, 316]]]));

    // A day that goes lets the imported one show again; what is erased is gone, and may be imported again.
    run(data_dir, &format!("erase --site {SITE} --from 2023-02-09 --to 2023-02-09 --yes")).await.done();
    assert_eq!(app.cell("SELECT count() FROM imported WHERE day = '2023-02-09'").await, 0);
    assert_eq!(rows(&app, visitors.clone()).await, json!([[[], [168, 182]]]));
    run(data_dir, &format!("erase --site {SITE} --path /docs --yes")).await.done();
    assert_eq!(
        app.cell("SELECT count() FROM imported WHERE has([pathname, entry_pathname, exit_pathname], '/docs')").await,
        0
    );
    run(data_dir, &format!("erase --site {SITE} --yes")).await.done();
    assert_eq!(app.cell("SELECT count() FROM imported").await, 0);
    run(data_dir, &command).await.done();
    assert_eq!(rows(&app, visitors).await, json!([[[], [402, 442]]]), "the last day is nobody else's now");
    app.stop().await;
}

#[tokio::test]
async fn hostile_zip_files_are_refused_and_wrong_lines_left_out() {
    let app = a_site().await;
    let head = "date,visitors,pageviews\n";
    let wrong = format!(
        "{head}2023-02-09,1,2\n2023-02-30,1,2\n2023-02-10,-1,2\n2023-02-10,1\n2999-01-01,1,2\n2023-02-10,99999999999999,2\n2023-02-10,\"1,2\n"
    );
    let answer = upload(&app, zip(&[table("visitors", &wrong)])).await.expect(200, "wrong lines").json();
    assert_eq!((&answer["stored"], &answer["rejected"]), (&json!(1), &json!(6)), "{answer}");
    let complaints = answer["errors"].to_string();
    for expected in [
        "imported_visitors_20230209_20230211.csv line 3: date",
        "line 4: visitors",
        "line 5: it has 2 fields",
        "line 6: date is 2999-01-01, which is in the future",
        "line 7: visitors",
        "line 8: it is no CSV",
    ] {
        assert!(complaints.contains(expected), "{expected}: {complaints}");
    }

    let good = zip(&[table("visitors", &format!("{head}2023-02-09,1,2\n"))]);
    let mut damaged = good.clone();
    let content = damaged.windows(4).position(|bytes| bytes == b".csv").unwrap() + 8;
    damaged[content] ^= 0x55;
    // One that says it is small, and is not.
    let mut bomb = zip(&[table("visitors", &(head.to_owned() + &"\n".repeat(3_000_000)))]);
    let directory = bomb.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    bomb[directory + 24..directory + 28].copy_from_slice(&1000_u32.to_le_bytes());
    let many: Vec<_> = (0..101).map(|number| (format!("{number}.csv"), String::new())).collect();
    for (what, bytes, says) in [
        ("cut off", good[..good.len() - 30].to_vec(), "zip file"),
        ("damaged", damaged, ""),
        ("a bomb", bomb, "Invalid size"),
        ("many files", zip(&many), "more than 100 files"),
        ("nothing of ours", zip(&[("a.csv".to_owned(), String::new())]), "none of the tables"),
        (
            "a table twice",
            zip(&[table("visitors", head), ("imported_visitors.csv".to_owned(), head.to_owned())]),
            "twice",
        ),
        ("no date", zip(&[table("visitors", "day,visitors\n")]), "the column date is missing"),
        ("only its beginning", b"PK\x03\x04".to_vec(), "zip file"),
    ] {
        let problem = upload(&app, bytes).await.problem(400, "malformed", what);
        assert!(problem["detail"].as_str().unwrap().contains(says), "{what}: {problem}");
    }
    app.stop().await;
}
