//! Owns the server that others are measured against: actix-web that reads the body, parses it into types and answers
//! 202, no more. The types are its own, so that our parser is measured too and not only what follows it.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    hint::black_box,
    io::{self, Write as _},
    process::exit,
    thread,
};

use actix_web::{App, HttpResponse, HttpServer, web};
use bytes::Bytes;
use serde::Deserialize;

/// Serves until stdin closes, which the kernel does even when the parent is killed. Prints its address first.
pub fn serve() -> io::Result<()> {
    actix_web::rt::System::new().block_on(async {
        let server = HttpServer::new(|| App::new().route("/api/beacon", web::post().to(accept)))
            // As many as the service has.
            .workers(thread::available_parallelism().map_or(2, usize::from))
            .bind(("127.0.0.1", 0))?;
        let mut stdout = io::stdout();
        writeln!(stdout, "listens on http://{}", server.addrs()[0])?;
        stdout.flush()?;
        thread::spawn(|| {
            let ended = io::copy(&mut io::stdin(), &mut io::sink());
            exit(i32::from(ended.is_err()));
        });
        server.run().await
    })
}

async fn accept(body: Bytes) -> HttpResponse {
    match serde_json::from_slice::<Beacon<'_>>(&body) {
        Ok(beacon) => {
            black_box(beacon);
            HttpResponse::Accepted().finish()
        }
        Err(_) => HttpResponse::BadRequest().finish(),
    }
}

/// The wire format as plain as serde reads it fastest: one struct for every kind of event.
#[derive(Deserialize)]
#[expect(dead_code, reason = "reading them is all that is measured")]
struct Beacon<'a> {
    v: u32,
    n: u32,
    #[serde(borrow)]
    site: Cow<'a, str>,
    #[serde(borrow)]
    view: Cow<'a, str>,
    #[serde(borrow)]
    url: Cow<'a, str>,
    #[serde(borrow)]
    referrer: Cow<'a, str>,
    viewport: [u32; 2],
    document: [u32; 2],
    #[serde(borrow)]
    events: Vec<Event<'a>>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "reading them is all that is measured")]
struct Event<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    ago: u64,
    engaged: Option<u32>,
    depth: Option<u32>,
    exposure: Option<Vec<u32>>,
    #[serde(borrow)]
    element: Option<Cow<'a, str>>,
    fraction: Option<[u16; 2]>,
    at: Option<[u32; 2]>,
    since: Option<u32>,
    flags: Option<u16>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    props: Option<BTreeMap<Cow<'a, str>, Cow<'a, str>>>,
}
