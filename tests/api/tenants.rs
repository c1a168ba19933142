//! One tenant's questions neither see another's rows nor keep another's questions waiting.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use reqwest::Method;
use rustix::process::Signal;
use serde_json::json;

use crate::helpers::{PATIENCE, SITE, TestApp, a_beacon, a_pageview, eventually, process};

const OTHER: &str = "other.example";
/// Questions that one tenant asks at once: more than the service asks ClickHouse, and more than may wait for it.
const FLOOD: usize = 100;

/// TRICKY: judged by order and not by time. The engine is halted while the questions come in, so that all of them wait; then it
/// goes on, and who has a turn is answered first.
#[tokio::test]
async fn a_flood_of_questions_of_one_site_lets_another_have_its_turn() {
    let app = TestApp::start().await;
    app.add_site(OTHER).await;
    for number in 0..5 {
        app.accepted(&a_pageview(&format!("/{number}"))).await;
    }
    app.accepted(
        &a_beacon().site(OTHER).url("https://other.example/mine").events([json!({"type": "pageview", "ago": 1})]),
    )
    .await;
    app.flushed().await;

    process::signal(app.engine_pid, Signal::STOP);
    let (sent, answered) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let flood: Vec<_> = (0..FLOOD)
        .map(|number| {
            // Each is another question, so that none is answered by the answer to another.
            let question = json!({"site_id": SITE, "metrics": ["visitors", "bounce_rate"], "date_range": format!("{}d", number + 1),
                "dimensions": ["event:page"]});
            let request = app.query_request(&question);
            let (sent, answered) = (Arc::clone(&sent), Arc::clone(&answered));
            tokio::spawn(async move {
                sent.fetch_add(1, Ordering::SeqCst);
                let answer = request.send_to_a_troubled_service().await;
                answered.fetch_add(1, Ordering::SeqCst);
                answer
            })
        })
        .collect();
    eventually("the flood is on its way", PATIENCE, async || (sent.load(Ordering::SeqCst) == FLOOD).then_some(()))
        .await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!(answered.load(Ordering::SeqCst), 0, "all of them wait");
    let question =
        json!({"site_id": OTHER, "metrics": ["visitors"], "date_range": "day", "dimensions": ["event:page"]});
    let request = app.query_request(&question);
    let before = Arc::clone(&answered);
    let light = tokio::spawn(async move {
        let answer = request.send_to_a_troubled_service().await;
        (answer, before.load(Ordering::SeqCst))
    });
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    process::signal(app.engine_pid, Signal::CONT);

    let (answer, before) = light.await.unwrap();
    let answer = answer.expect(200, "the light question").json();
    assert_eq!(answer["results"], json!([{"dimensions": ["/mine"], "metrics": [1]}]), "its own rows and no others");
    assert!(before <= FLOOD / 4, "{before} of {FLOOD} questions of the other site were answered before");
    for (number, answer) in flood.into_iter().enumerate() {
        let answer = answer.await.unwrap();
        // Who came too late is told so; nobody gets anything else.
        match answer.status {
            200 => assert_eq!(answer.json()["results"].as_array().unwrap().len(), 5, "question {number}"),
            _ => drop(answer.problem(503, "unavailable", "one too many")),
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn a_key_of_one_site_finds_no_other() {
    let app = TestApp::start().await;
    app.add_site(OTHER).await;
    let key = app.add_key("stats,events,sites", Some(SITE)).await;
    let question = |site: &str| json!({"site_id": site, "metrics": ["visitors"], "date_range": "day"});
    app.query_request(&question(SITE)).key(&key).send().await;
    for site in [OTHER, "nowhere.example"] {
        let answer = app.post("/api/v2/query").key(&key).json(&question(site)).send().await;
        answer.problem(404, "site_not_found", site);
        let import = app.post(&format!("/api/v1/sites/{site}/import")).key(&key).bare_body(b"PK\x03\x04".to_vec());
        import.send().await.problem(404, "site_not_found", site);
        let erase = app.request(Method::DELETE, &format!("/api/v1/sites/{site}/data?all=true")).key(&key);
        erase.send().await.problem(404, "site_not_found", site);
    }
    app.stop().await;
}
