//! Owns the endpoints that are measured against. Streams: actix-web, a bounded channel for each connection, a message of 200 bytes
//! to all of them, no more. Badges: as many bytes, always the same.

use std::{
    io::{self, Write as _},
    process::exit,
    sync::{Mutex, PoisonError},
    thread,
};

use actix_web::{App, HttpResponse, HttpServer, web};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use tokio::sync::mpsc;

/// Bytes of a flat badge, about.
static BADGE: [u8; 1200] = [b' '; 1200];
/// Messages that wait for one reader.
const QUEUE: usize = 4;

#[derive(Default)]
struct Readers(Mutex<Vec<mpsc::Sender<Bytes>>>);

/// Serves until stdin closes, which the kernel does even when the parent is killed. Prints its address first.
pub fn serve() -> io::Result<()> {
    actix_web::rt::System::new().block_on(async {
        let readers = web::Data::new(Readers::default());
        let server = HttpServer::new(move || {
            let app = App::new().app_data(readers.clone());
            let app = app.route("/stream", web::get().to(open)).route("/say", web::post().to(say));
            app.route("/badge", web::get().to(badge))
        })
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

async fn open(readers: web::Data<Readers>) -> HttpResponse {
    let (sender, receiver) = mpsc::channel(QUEUE);
    readers.0.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
    let first = stream::once(async { Ok::<_, actix_web::Error>(Bytes::from_static(b": here\n\n")) });
    let messages = stream::unfold(receiver, |mut receiver| async { Some((Ok(receiver.recv().await?), receiver)) });
    HttpResponse::Ok().content_type("text/event-stream").streaming(Box::pin(first.chain(messages)))
}

async fn say(readers: web::Data<Readers>) -> HttpResponse {
    let message = Bytes::from(format!("event: update\nid: 1\ndata: {}\n\n", "x".repeat(170)));
    for reader in readers.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        // A reader whose queue is full misses it.
        let _ = reader.try_send(message.clone());
    }
    HttpResponse::NoContent().finish()
}

async fn badge() -> HttpResponse {
    HttpResponse::Ok().content_type("image/svg+xml").body(Bytes::from_static(&BADGE))
}
