//! The commands for goals, segments, properties and annotations, beside a running service.

use std::path::Path;

use serde_json::{Value, json};

use crate::helpers::{
    SITE, Service,
    command::{Said, heatline, run},
};

async fn list(data_dir: &Path, what: &str) -> Value {
    run(data_dir, &format!("{what} list --site demo.example --json")).await.done().json()
}

/// Runs a command whose arguments have blanks in them.
async fn run_words(data_dir: &Path, arguments: &[&str]) -> Said {
    let output = heatline(data_dir).args(arguments).output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

#[tokio::test]
async fn a_running_service_sees_what_commands_name() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let service = Service::start_with_site(&data_dir).await;
    let seen = async |what: &str| {
        let request = service.get(&format!("/api/v1/sites/{SITE}/{what}")).key(&service.key);
        request.send().await.expect(200, what).json()[what].clone()
    };

    let added = run(&data_dir, "goal add --site demo.example --event Purchase --currency eur").await.done();
    assert_eq!(added.last_line(), "Added goal 1 (Purchase).");
    let again = run(&data_dir, "goal add --site demo.example --event Purchase").await.done();
    assert_eq!(again.last_line(), "The site has this goal already: 1 (Purchase).");
    run(&data_dir, "goal add --site demo.example --page /%D1%86%D0%B5%D0%BD%D0%B8/** --name Prices").await.done();
    let read = run(&data_dir, "goal add --site demo.example --page /blog/* --scroll 75").await.done();
    assert_eq!(read.last_line(), "Added goal 3 (Scroll 75% on /blog/*).");
    let goals = list(&data_dir, "goal").await;
    assert_eq!(goals, seen("goals").await, "the same as by HTTP");
    assert_eq!([&goals[0]["page_path"], &goals[1]["currency"]], [&json!("/цени/**"), &json!("EUR")]);
    let text = run(&data_dir, "goal list --site demo.example").await.done().out;
    assert!(text.contains("Prices") && text.contains("page /blog/* scrolled 75%") && text.contains("EUR"), "{text}");
    let added =
        run(&data_dir, "goal add --site demo.example --event Signup --prop plan=pro --prop from=a=b").await.done();
    assert_eq!(added.last_line(), "Added goal 4 (Signup (from: a=b, plan: pro)).");
    let text = run(&data_dir, "goal list --site demo.example").await.done().out;
    assert!(text.contains("event Signup, from: a=b, plan: pro"), "{text}");
    run(&data_dir, "goal remove --site demo.example 4").await.done();
    run(&data_dir, "goal remove --site demo.example 1").await.done();
    assert_eq!(seen("goals").await.as_array().unwrap().len(), 2);

    let filters = r#"[["is","visit:country",["BG"]]]"#;
    let added = run(&data_dir, &format!("segment add --site demo.example --name BG --filters {filters}")).await.done();
    assert_eq!(added.last_line(), "Added segment 1 (BG).");
    let segments = list(&data_dir, "segment").await;
    assert_eq!(segments, json!([{"id": 1, "name": "BG", "filters": [["is", "visit:country", ["BG"]]]}]));
    assert_eq!(segments, seen("segments").await);
    let text = run(&data_dir, "segment list --site demo.example").await.done().out;
    assert!(text.contains("BG") && text.contains(filters), "{text}");
    run(&data_dir, "segment remove --site demo.example 1").await.done();
    assert_eq!(seen("segments").await, json!([]));

    let added = run(&data_dir, "prop add --site demo.example план author").await.done();
    assert_eq!(added.last_line(), "demo.example lists 2 properties: author, план.");
    assert_eq!(list(&data_dir, "prop").await, seen("props").await);
    let text = run(&data_dir, "prop list --site demo.example").await.done().out;
    assert_eq!(text, "PROPERTY\nauthor\nплан\n");
    run(&data_dir, "prop remove --site demo.example план").await.done();
    assert_eq!(seen("props").await, json!(["author"]));

    let add = ["annotation", "add", "--site", SITE, "--at"];
    let added = run_words(&data_dir, &[&add[..], &["2026-03-03T14:30:00+02:00", "Версия 2.1"]].concat()).await.done();
    assert_eq!(added.last_line(), "Added annotation 1 (2026-03-03T12:30:00Z).");
    run_words(&data_dir, &[&add[..], &["2026-03-02", "New prices"]].concat()).await.done();
    let annotations = list(&data_dir, "annotation").await;
    assert_eq!(annotations, seen("annotations").await);
    let march_2 = "annotation list --site demo.example --from 2026-03-01 --until 2026-03-03";
    let text = run(&data_dir, march_2).await.done().out;
    assert!(text.contains("New prices") && !text.contains("2.1"), "{text}");
    run(&data_dir, "annotation remove --site demo.example 1").await.done();
    assert_eq!(seen("annotations").await.as_array().unwrap().len(), 1);
    service.stop().await;
}

#[tokio::test]
async fn wrong_names_are_told_apart_from_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    run(&data_dir, "site add demo.example").await.done();
    run(&data_dir, "goal add --site demo.example --event Signup").await.done();
    for usage in [
        "goal",
        "goal add --site demo.example",
        "goal add --site demo.example --event a --page /a",
        "goal add --site demo.example --event a --scroll 50",
        "goal add --site demo.example --page /a --currency EUR",
        "goal add --site demo.example --page /a --scroll far",
        "goal remove --site demo.example Signup",
        "goal list",
        "segment add --site demo.example --name a",
        "prop add --site demo.example",
        "annotation add --site demo.example text",
    ] {
        run(&data_dir, usage).await.is_wrong_usage();
    }
    for (arguments, expected) in [
        ("goal list --site b.example", "no such site"),
        ("goal add --site demo.example --event pageview", "no custom event"),
        ("goal add --site demo.example --event Signup --currency EUR", "no currency"),
        ("goal add --site demo.example --event x --name Signup", "there is a goal of the name \"Signup\" already"),
        ("goal add --site demo.example --event x --currency euro", "--currency: a currency is three letters"),
        ("goal add --site demo.example --page a", "--page: "),
        ("goal add --site demo.example --page /a?b", "--page: the path of a page has no query"),
        ("goal add --site demo.example --page /a --scroll 101", "--scroll: it is 101, expected 1 to 100"),
        ("goal remove --site demo.example 99", "no such goal"),
        ("segment add --site demo.example --name a --filters []", "--filters"),
        ("segment add --site demo.example --name a --filters [[\"is\",\"visit:colour\",[\"x\"]]]", "--filters /0/1: "),
        ("segment remove --site demo.example 1", "no such segment"),
        ("prop remove --site demo.example plan", "does not list the property \"plan\""),
        ("annotation add --site demo.example --at yesterday x", "expected a day (2026-06-15)"),
        ("annotation list --site demo.example --from yesterday", "expected a day (2026-06-15)"),
        ("annotation remove --site demo.example 1", "no such annotation"),
        ("site add goals", "cannot be called"),
    ] {
        let said = run(&data_dir, arguments).await;
        assert!(said.failed().contains(expected), "{arguments}: {said:?}");
    }
    for (help, expected) in [
        ("--help", "annotation"),
        ("goal add --help", "--scroll 75"),
        ("segment add --help", "visit:country"),
        ("annotation add --help", "2026-06-15T14:30:00+03:00"),
    ] {
        let said = run(&data_dir, help).await.done();
        assert!(said.out.contains(expected), "{help}: {said:?}");
    }
}
