//! Owns the server that others are measured against: actix-web that reads the body and answers 202, no more.

use std::{
    io::{self, Write as _},
    process::exit,
    thread,
};

use actix_web::{App, HttpResponse, HttpServer, web};
use bytes::Bytes;

const WORKERS: usize = 2;

/// Serves until stdin closes, which the kernel does even when the parent is killed. Prints its address first.
pub fn serve() -> io::Result<()> {
    actix_web::rt::System::new().block_on(async {
        let server = HttpServer::new(|| App::new().route("/api/beacon", web::post().to(accept)))
            .workers(WORKERS)
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

async fn accept(_body: Bytes) -> HttpResponse {
    HttpResponse::Accepted().finish()
}
