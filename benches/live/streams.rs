//! Owns the open streams: what each takes in memory, and how long it takes until all have a message; the service beside the bare
//! endpoint, by the same client.

use std::{
    error::Error,
    fmt::Write as _,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::Notify,
    time::timeout,
};

use crate::{
    inputs,
    process::resident,
    server::{Server, Service},
};

/// Messages that are waited for; the median counts.
const ROUNDS: usize = 9;
/// Pause between them: at most four a second are told.
const PAUSE: Duration = Duration::from_millis(600);
/// A server that takes longer has failed.
const LIMIT: Duration = Duration::from_mins(1);

/// What is measured of one server.
struct Measured {
    kib_each: f64,
    all_have_it: Duration,
}

/// Measures both, and returns a page of tables.
pub fn measure(streams: u32, log: &Path) -> Result<String, Box<dyn Error>> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let bare = Server::bare()?;
    let of_bare = runtime.block_on(run(bare.address, bare.pid(), streams, "GET /stream", "", |_| {
        "POST /say HTTP/1.1\r\nHost: bench\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned()
    }))?;
    drop(bare);
    let service = Service::start(log)?;
    let authorization = format!("Authorization: Bearer {}\r\n", service.key);
    let beacon = |round: usize| {
        let body = format!(
            r#"{{"v":1,"site":"{}","view":"{:016x}","url":"https://{}/{round}","referrer":"","viewport":[1280,720],"document":[1280,900],"events":[{{"type":"pageview","ago":0}}]}}"#,
            inputs::SITE,
            0xabcd_0000_u64 + round as u64,
            inputs::SITE
        );
        // Another browser each time: another visitor, so that the number of visitors changes.
        format!(
            "POST /api/beacon HTTP/1.1\r\nHost: bench\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\
             User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:{}.0) Gecko/20100101 Firefox/{}.0\r\nConnection: close\r\n\r\n{body}",
            body.len(),
            100 + round,
            100 + round
        )
    };
    let totals = format!("GET /api/v1/sites/{}/live/stream?only=totals", inputs::SITE);
    let of_totals = runtime.block_on(run(
        service.server.address,
        service.server.pid(),
        streams,
        &totals,
        &authorization,
        beacon,
    ))?;
    drop(service);
    let mut page = format!("{streams} open event streams, read by one process on the same machine.\n\n");
    writeln!(page, "| | memory a stream | until all have a message, median of {ROUNDS} |\n|---|---|---|")?;
    for (name, measured) in [("bare actix-web, 200 bytes", &of_bare), ("the service, `only=totals`", &of_totals)] {
        let ms = measured.all_have_it.as_secs_f64() * 1e3;
        writeln!(page, "| {name} | {:.1} KiB | {ms:.0} ms |", measured.kib_each)?;
    }
    let (memory, time) = (
        of_totals.kib_each / of_bare.kib_each,
        of_totals.all_have_it.as_secs_f64() / of_bare.all_have_it.as_secs_f64(),
    );
    writeln!(page, "\nThe service takes {memory:.2} times the memory and {time:.2} times the time.")?;
    Ok(page)
}

async fn run(
    address: SocketAddr,
    pid: u32,
    streams: u32,
    request: &str,
    headers: &str,
    trigger: impl Fn(usize) -> String,
) -> Result<Measured, Box<dyn Error>> {
    let before = resident(pid)?.anonymous_mib;
    let told = Arc::new((AtomicU64::new(0), Notify::new()));
    let request = format!("{request} HTTP/1.1\r\nHost: bench\r\n{headers}\r\n");
    for opened in 0..streams {
        let mut socket = TcpStream::connect(address).await?;
        socket.write_all(request.as_bytes()).await?;
        let told = Arc::clone(&told);
        tokio::spawn(async move {
            let mut bytes = [0; 2048];
            // The head and the first message come together or one after the other; a message has `update` in it once.
            while let Ok(read @ 1..) = socket.read(&mut bytes).await {
                let updates = bytes[..read].windows(13).filter(|part| part == b"event: update").count();
                if updates > 0 {
                    told.0.fetch_add(updates as u64, Ordering::Relaxed);
                    told.1.notify_one();
                }
            }
        });
        // A burst would be refused by the listener's queue.
        if opened % 100 == 99 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let kib_each = (resident(pid)?.anonymous_mib - before) * 1024.0 / f64::from(streams);
    let mut took = Vec::new();
    for round in 0..ROUNDS {
        told.0.store(0, Ordering::Relaxed);
        let start = Instant::now();
        let mut socket = TcpStream::connect(address).await?;
        socket.write_all(trigger(round).as_bytes()).await?;
        let all = async {
            while told.0.load(Ordering::Relaxed) < u64::from(streams) {
                told.1.notified().await;
            }
        };
        timeout(LIMIT, all).await.map_err(|_elapsed| "not all streams were told")?;
        took.push(start.elapsed());
        eprintln!("round {round}: {:?}", start.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    took.sort_unstable();
    Ok(Measured { kib_each, all_have_it: took[took.len() / 2] })
}
