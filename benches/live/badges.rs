//! Owns the badges over HTTP: how many a second from what is remembered, beside a bare endpoint that answers with as many bytes, and how
//! long one takes that nobody asked for before.

use std::{
    error::Error,
    fmt::Write as _,
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

use crate::{
    inputs,
    server::{Server, Service},
};

const CONNECTIONS: usize = 64;
/// The two servers take turns.
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(3);
/// Badges with a text of their own.
const COLD: usize = 500;
/// How long the service may take to hear that the site shows badges.
const PATIENCE: Duration = Duration::from_secs(10);

/// Measures, and returns a page of tables.
pub fn measure(log: &Path) -> Result<String, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let service = Service::start(log)?;
    service.change_site(&["--public-badge", "true"])?;
    let bare = Server::bare()?;
    let badge = |query: &str| format!("GET /badge/{}.svg?{query}", inputs::SITE);
    let address = service.server.address;
    runtime.block_on(shown(address, &badge("show=total")))?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        theirs.push(runtime.block_on(at_full_speed(bare.address, "GET /badge"))?);
        ours.push(runtime.block_on(at_full_speed(address, &badge("show=total")))?);
        eprintln!("round {round}: {:.0} of the bare {:.0}", ours[round], theirs[round]);
    }
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    let mut page = format!("Badges as SVG, {CONNECTIONS} connections, medians of {ROUNDS} rounds.\n\n");
    writeln!(page, "| remembered | requests/s |\n|---|---|\n| bare actix-web, 1200 bytes | {theirs:.0} |")?;
    writeln!(page, "| the service | {ours:.0} ({:.2} of bare) |\n", ours / theirs)?;
    writeln!(page, "| never asked for before, one after the other | p50 ms | p99 ms |\n|---|---|---|")?;
    for (name, label) in [("Latin label", "visitors"), ("Arabic label", "%D8%B2%D9%88%D8%A7%D8%B1")] {
        let mut took = runtime.block_on(cold(address, |number| badge(&format!("show=total&label={label}{number}"))))?;
        took.sort_by(f64::total_cmp);
        writeln!(page, "| {name} | {:.2} | {:.2} |", took[took.len() / 2], took[took.len() * 99 / 100])?;
    }
    Ok(page)
}

/// Waits until there is such a badge.
async fn shown(address: SocketAddr, request: &str) -> Result<(), Box<dyn Error>> {
    let until = Instant::now() + PATIENCE;
    while Connection::open(address).await?.ask(request, 0).await? != 200 {
        if Instant::now() > until {
            return Err("the site shows no badges".into());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// Returns requests a second.
async fn at_full_speed(address: SocketAddr, request: &str) -> Result<f64, Box<dyn Error>> {
    let start = Instant::now();
    let mut all = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let request = request.to_owned();
        all.spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut answered = 0_u32;
            while start.elapsed() < ROUND {
                let status = connection.ask(&request, 0).await?;
                if status != 200 {
                    return Err(std::io::Error::other(format!("status {status}")));
                }
                answered += 1;
            }
            Ok(answered)
        });
    }
    let mut sum = 0;
    while let Some(answered) = all.join_next().await {
        sum += answered??;
    }
    Ok(f64::from(sum) / start.elapsed().as_secs_f64())
}

/// Returns milliseconds of each.
async fn cold(address: SocketAddr, request: impl Fn(usize) -> String) -> Result<Vec<f64>, Box<dyn Error>> {
    let mut connection = Connection::open(address).await?;
    let mut took = Vec::new();
    for number in 0..COLD {
        let request = request(number);
        let asked_at = Instant::now();
        let status = connection.ask(&request, number).await?;
        if status != 200 {
            return Err(format!("status {status}").into());
        }
        took.push(asked_at.elapsed().as_secs_f64() * 1e3);
    }
    Ok(took)
}

/// A connection that is kept.
struct Connection {
    stream: TcpStream,
    bytes: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, bytes: Vec::with_capacity(8192) })
    }

    /// Asks, as a visitor of this number, and reads the answer to its end. Returns its status.
    async fn ask(&mut self, request: &str, visitor: usize) -> std::io::Result<u16> {
        // One network may cause a thousand drawings at once, and no more.
        let address = format!("198.51.{}.{}", visitor / 250, visitor % 250);
        let head = format!("{request} HTTP/1.1\r\nHost: bench\r\nX-Forwarded-For: {address}\r\n\r\n");
        self.stream.write_all(head.as_bytes()).await?;
        self.bytes.clear();
        loop {
            if self.stream.read_buf(&mut self.bytes).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(status) = whole(&self.bytes) {
                return Ok(status);
            }
        }
    }
}

/// Returns the status of an answer that is there to its end.
fn whole(bytes: &[u8]) -> Option<u16> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&bytes[..end]).ok()?.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?.trim().parse::<usize>().ok()?;
    (bytes.len() >= end + length).then(|| head.get(9..12)?.parse().ok())?
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
