//! How long the rows of heat maps are kept: what goes, what stays, and that the projections know it.

use heatline::{
    app::expiries,
    control::snapshot::Sites,
    store::{
        Client, Statement,
        engine::config::read_endpoint,
        retention::{Expired, expire},
    },
};
use jiff::Timestamp;
use serde_json::json;

use crate::helpers::TestApp;

const SECONDS_PER_DAY: i64 = 86_400;
/// The days of the rows, in days since the Unix epoch: tomorrow, today, and those around which the sites cut.
const DAYS: [u16; 8] = [20_001, 20_000, 19_971, 19_970, 19_969, 19_600, 19_599, 19_502];

/// Waits until ClickHouse has carried out every mutation.
async fn carried_out(app: &TestApp) {
    while app.cell("SELECT count() FROM system.mutations WHERE NOT is_done").await != 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn each_site_keeps_the_rows_of_its_maps_as_long_as_it_says() {
    let app = TestApp::start_empty(|_| {}).await;
    app.add_site_with("short.example", "UTC", json!({"heatmap_retention_days": 30})).await;
    // Its days begin 14 hours before those of UTC.
    app.add_site_with("east.example", "Pacific/Kiritimati", json!({"heatmap_retention_days": 30})).await;
    app.add_site("usual.example").await;
    let client = Client::new(read_endpoint(&app.config.data_dir.join("engine")).unwrap());
    let now = Timestamp::from_second(20_000 * SECONDS_PER_DAY + 12 * 3600).unwrap();
    let tables = ["clicks", "moves", "scrolls", "layouts", "events"];
    for site in ["short.example", "east.example", "usual.example"] {
        let site_id = app.site_id(site).await.get();
        for table in tables {
            let sql = format!(
                "INSERT INTO {table} (site_id, day, pathname) SELECT {site_id}, toDate(arrayJoin({DAYS:?})), '/'"
            );
            client.execute(&Statement::new(sql)).await.unwrap();
        }
    }

    let sites = Sites::load(&app.control, now).await.unwrap();
    let expired = expire(&client, &expiries(&sites, now)).await.unwrap();
    // Kept from 20 000 - 30 on, a day later in the east, and from 20 000 - 400 on.
    let rows = 4 + 5 + 2;
    let expected = ["clicks", "moves", "scrolls", "layouts"].map(|table| Expired { table, rows });
    assert_eq!(expired, expected);
    carried_out(&app).await;
    for table in tables {
        let sql = format!("SELECT min(toUInt16(day)), count() FROM {table} GROUP BY site_id ORDER BY site_id");
        let found = json!(app.rows(&sql).await);
        let kept = json!([[19_970, 4], [19_971, 3], [19_600, 6]]);
        let all = json!([[19_502, 8], [19_502, 8], [19_502, 8]]);
        assert_eq!(found, if table == "events" { all } else { kept }, "{table}");
    }
    for (table, projection, columns) in [
        ("clicks", "cells", "site_id, day, kind_flags, element_id, count()"),
        ("moves", "cells", "site_id, day, element_id, count(), sum(rest_ms)"),
    ] {
        let sql = format!("SELECT {columns} FROM {table} GROUP BY ALL ORDER BY ALL SETTINGS ");
        let summed = app.rows(&format!("{sql}force_optimize_projection_name = '{projection}'")).await;
        assert_eq!(summed.len(), 4 + 3 + 6, "{table}.{projection}");
        assert_eq!(summed, app.rows(&format!("{sql}optimize_use_projections = 0")).await, "{table}.{projection}");
    }

    let mutations = app.cell("SELECT count() FROM system.mutations").await;
    assert_eq!(expire(&client, &expiries(&sites, now)).await.unwrap(), [], "nothing is left to delete");
    assert_eq!(app.cell("SELECT count() FROM system.mutations").await, mutations, "and nothing is rewritten for it");
    app.stop().await;
}

#[tokio::test]
async fn a_site_that_says_so_keeps_nothing_longer() {
    let app = TestApp::start_empty(|_| {}).await;
    app.add_site_with("short.example", "UTC", json!({"retention_days": 30})).await;
    app.add_site("usual.example").await;
    let client = Client::new(read_endpoint(&app.config.data_dir.join("engine")).unwrap());
    let now = Timestamp::from_second(20_000 * SECONDS_PER_DAY + 12 * 3600).unwrap();
    // Every table that has days, so that a new one is not forgotten.
    let sql = "SELECT DISTINCT table FROM system.columns WHERE database = currentDatabase() AND name = 'day'
        AND table IN (SELECT name FROM system.tables WHERE engine = 'MergeTree')
        AND table IN (SELECT table FROM system.columns WHERE database = currentDatabase() AND name = 'site_id') ORDER BY table";
    let tables: Vec<String> = app.rows(sql).await.iter().map(|row| row[0].as_str().unwrap().to_owned()).collect();
    assert!(tables.len() >= 11, "{tables:?}");
    let ids = [app.site_id("short.example").await.get(), app.site_id("usual.example").await.get()];
    for table in &tables {
        // The engine itself would drop what is older than these tables keep by themselves.
        client.execute(&Statement::new(format!("SYSTEM STOP TTL MERGES {table}"))).await.unwrap();
        for id in ids {
            let sql = format!("INSERT INTO {table} (site_id, day) SELECT {id}, toDate(arrayJoin([19969, 19970, 19971]))");
            client.execute(&Statement::new(sql)).await.unwrap();
        }
    }
    let sites = Sites::load(&app.control, now).await.unwrap();
    let expired = expire(&client, &expiries(&sites, now)).await.unwrap();
    let mut told: Vec<(&str, u64)> = expired.iter().map(|expired| (expired.table, expired.rows)).collect();
    told.sort_unstable();
    assert_eq!(told, tables.iter().map(|table| (table.as_str(), 1)).collect::<Vec<_>>());
    carried_out(&app).await;
    for table in tables {
        let sql = format!("SELECT site_id, min(toUInt16(day)), count() FROM {table} GROUP BY site_id ORDER BY site_id");
        assert_eq!(json!(app.rows(&sql).await), json!([[ids[0], 19_970, 2], [ids[1], 19_969, 3]]), "{table}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_table_that_is_being_rewritten_is_left_for_another_day() {
    let app = TestApp::start().await;
    let client = Client::new(read_endpoint(&app.config.data_dir.join("engine")).unwrap());
    let run = async |sql: &str| client.execute(&Statement::new(sql)).await.unwrap();
    let site_id = app.site_id(crate::helpers::SITE).await.get();
    for table in ["clicks", "scrolls"] {
        run(&format!("INSERT INTO {table} (site_id, day, pathname) VALUES ({site_id}, '2001-02-03', '/')")).await;
    }
    run("SYSTEM STOP MERGES clicks").await;
    run("ALTER TABLE clicks UPDATE country = 'BG' WHERE 1 SETTINGS mutations_sync = 0").await;

    let expiries = expiries(&Sites::load(&app.control, Timestamp::now()).await.unwrap(), Timestamp::now());
    let expired = expire(&client, &expiries).await.unwrap();
    assert_eq!(expired, [Expired { table: "scrolls", rows: 1 }]);
    run("SYSTEM START MERGES clicks").await;
    carried_out(&app).await;
    assert_eq!(expire(&client, &expiries).await.unwrap(), [Expired { table: "clicks", rows: 1 }]);
    carried_out(&app).await;
    assert_eq!(app.cell("SELECT count() FROM clicks").await, 0);
    app.stop().await;
}
