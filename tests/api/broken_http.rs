//! Requests that no HTTP library would send: framing, sizes and slowness. Each ends in a refusal or a closed connection,
//! and the service goes on.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::helpers::{TestApp, a_pageview};

/// How long the service waits for the head and for the body of a request, and a little more.
const PATIENCE_WITH_SLOWNESS: Duration = Duration::from_secs(10 + 4);

async fn connect(app: &TestApp) -> TcpStream {
    TcpStream::connect(app.url.strip_prefix("http://").unwrap()).await.unwrap()
}

/// Reads until the service closes the connection.
async fn read_to_the_end(stream: &mut TcpStream, within: Duration) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(within, stream.read_to_end(&mut answer)).await;
    // A reset is a way to close, too.
    let _ = read.unwrap_or_else(|_| panic!("still open, after {:?}", String::from_utf8_lossy(&answer)));
    String::from_utf8_lossy(&answer).into_owned()
}

/// Sends bytes and returns what comes until the connection is closed.
async fn exchange(app: &TestApp, bytes: &[u8]) -> String {
    let mut stream = connect(app).await;
    // The service may close before it has read all.
    let _ = stream.write_all(bytes).await;
    read_to_the_end(&mut stream, PATIENCE_WITH_SLOWNESS).await
}

async fn assert_well(app: TestApp) {
    let metrics = app.metrics().await;
    assert_eq!(metrics.events("accepted", ""), 0);
    assert_eq!(metrics.events("internal", ""), 0);
    app.accepted(&a_pageview("/")).await;
    app.stop().await;
}

#[tokio::test]
async fn broken_framing_is_refused_and_the_connection_closed() {
    let app = TestApp::start().await;
    let body = a_pageview("/").body.to_string();
    let length = body.len();
    let post = "POST /api/beacon HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nUser-Agent: Mozilla/5.0\r\n";
    let chunk = format!("{length:x}\r\n{body}\r\n0\r\n\r\n");
    let headers = "X: y\r\n".repeat(200);
    let cases: [(&str, String); 12] = [
        ("no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n".to_owned()),
        ("a version that is not there", "GET / HTTP/9.9\r\nHost: x\r\n\r\n".to_owned()),
        ("a length and chunks", format!("{post}Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}")),
        ("two lengths", format!("{post}Content-Length: {length}\r\nContent-Length: 3\r\n\r\n{body}")),
        ("a length below 0", format!("{post}Content-Length: -1\r\n\r\n{body}")),
        ("a length that is no number", format!("{post}Content-Length: 1e3\r\n\r\n{body}")),
        ("an encoding that is not there", format!("{post}Transfer-Encoding: xchunked\r\n\r\n{chunk}")),
        ("a chunk of no size", format!("{post}Transfer-Encoding: chunked\r\n\r\nxyz\r\n{body}\r\n0\r\n\r\n")),
        ("two hundred headers", format!("{post}{headers}Content-Length: {length}\r\n\r\n{body}")),
        (
            "a header of 200 KiB",
            format!("{post}Y: {}\r\nContent-Length: {length}\r\n\r\n{body}", "y".repeat(200 * 1024)),
        ),
        ("an address of 200 KiB", format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "y".repeat(200 * 1024))),
        (
            "a header with a line break in it",
            format!("{post}Y: a\n b\r\n\0: c\r\nContent-Length: {length}\r\n\r\n{body}"),
        ),
    ];
    for (what, request) in &cases {
        let answer = exchange(&app, request.as_bytes()).await;
        let is_refusal = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        assert!(is_refusal, "{what}: {answer}");
        assert!(!answer.contains("HTTP/1.1 2"), "{what}: {answer}");
    }
    assert_well(app).await;
}

#[tokio::test]
async fn a_promise_of_too_much_is_refused_before_it_is_kept() {
    let app = TestApp::start().await;
    let post = "POST /api/beacon HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n";
    let promise = format!("{post}Content-Length: 10000000000\r\n\r\n");
    let start = Instant::now();
    let answer = exchange(&app, promise.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("\"code\":\"too_large\""), "{answer}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());

    // Chunks without end: the refusal comes while they are still being sent.
    let mut stream = connect(&app).await;
    stream.write_all(format!("{post}Transfer-Encoding: chunked\r\n\r\n").as_bytes()).await.unwrap();
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    for _ in 0..32 {
        stream.write_all(chunk.as_bytes()).await.unwrap();
    }
    let mut start_of_answer = [0; 13];
    tokio::time::timeout(Duration::from_secs(5), stream.read_exact(&mut start_of_answer)).await.unwrap().unwrap();
    assert_eq!(&start_of_answer, b"HTTP/1.1 413 ");
    drop(stream);
    assert_eq!(app.metrics().await.events("rejected", ""), 2);
    assert_well(app).await;
}

#[tokio::test]
async fn no_path_leads_out_of_what_is_built_in() {
    let app = TestApp::start_empty(|config| config.demo = true).await;
    let home = app.get("/").send().await.body;
    for path in [
        "/assets/../index.html",
        "/assets/%2e%2e/index.html",
        "/assets/../../../../../../etc/passwd",
        "/assets//etc/passwd",
        "/demo/../Cargo.toml",
        "/demo/../../../../../etc/hostname",
        "/demo//etc/hostname",
        "/js/../../Cargo.toml",
        "/../../../../etc/ssl/openssl.cnf",
        "/..\\..\\Cargo.toml",
        "//etc/hostname.conf",
    ] {
        let answer =
            exchange(&app, format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
    }
    // A path that names no file is the dashboard's own, whatever it looks like.
    let answer = exchange(&app, b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with(std::str::from_utf8(&home).unwrap()), "{answer}");
    app.stop().await;
}

#[tokio::test]
async fn a_slow_sender_is_cut_off_and_holds_up_nobody() {
    let app = TestApp::start().await;
    let post = "POST /api/beacon HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n";
    let half_a_head = async {
        let mut stream = connect(&app).await;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").await.unwrap();
        read_to_the_end(&mut stream, PATIENCE_WITH_SLOWNESS).await
    };
    let half_a_body = async {
        let mut stream = connect(&app).await;
        stream.write_all(format!("{post}Content-Length: 500\r\n\r\n{{\"v\":1").as_bytes()).await.unwrap();
        read_to_the_end(&mut stream, PATIENCE_WITH_SLOWNESS).await
    };
    let only_an_intention = async {
        let mut stream = connect(&app).await;
        stream
            .write_all(format!("{post}Expect: 100-continue\r\nContent-Length: 500\r\n\r\n").as_bytes())
            .await
            .unwrap();
        read_to_the_end(&mut stream, PATIENCE_WITH_SLOWNESS).await
    };
    let others = async {
        for _ in 0..20 {
            let start = Instant::now();
            app.get("/healthz").send().await.expect(200, "somebody else");
            assert!(start.elapsed() < Duration::from_secs(2), "held up for {:?}", start.elapsed());
        }
    };
    let (head, body, intention, ()) = tokio::join!(half_a_head, half_a_body, only_an_intention, others);
    assert!(head.is_empty() || head.starts_with("HTTP/1.1 408 "), "{head}");
    assert!(body.starts_with("HTTP/1.1 408 ") && body.contains("\"code\":\"request_timeout\""), "{body}");
    assert!(intention.contains("HTTP/1.1 408 "), "{intention}");
    assert_well(app).await;
}

#[tokio::test]
async fn a_beacon_whose_sender_is_gone_is_counted_once() {
    let app = TestApp::start().await;
    let body = a_pageview("/").body.to_string();
    let mut stream = connect(&app).await;
    let head = "POST /api/beacon HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nUser-Agent: Mozilla/5.0";
    stream.write_all(format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await.unwrap();
    drop(stream);
    crate::helpers::eventually("the beacon is counted", crate::helpers::PATIENCE, async || {
        (app.metrics().await.events("accepted", "") == 1).then_some(())
    })
    .await;
    app.flushed().await;
    assert_eq!(app.cell("SELECT count() FROM events").await, 1);
    app.stop().await;
}
