//! Owns the senders: connections that send one request after the other and read every answer, as fast as they can or at
//! a constant rate. Requests are made beforehand, so that the machine's cores are left to the server.

use std::{
    io::{self, Write as _},
    net::SocketAddr,
    ops::Range,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use rand::Rng as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    runtime,
    task::JoinSet,
    time::timeout,
};

use crate::inputs;

/// Threads that send, each with its own part of the connections.
const THREADS: usize = 2;
/// How long the last answers of a round may take.
const GRACE: Duration = Duration::from_secs(20);
/// Longest time in which every request is sent once.
const MOST_ONCE: Duration = Duration::from_mins(2);
/// How long a sender waits when the server says that it can take no more.
const PAUSE: Duration = Duration::from_millis(10);

/// Requests of the same size, ready to send.
pub struct Requests {
    pub events: u32,
    all: Vec<Request>,
}

struct Request {
    bytes: Vec<u8>,
    /// Where the sixteen digits of the view are, which are drawn anew each time.
    view_at: usize,
}

impl Requests {
    /// Makes requests of `events` events: each visitor sends `views` different ones.
    pub fn new(visitors: Range<u32>, views: u32, events: u32) -> Arc<Self> {
        let all = (0..views).flat_map(|view| visitors.clone().map(move |visitor| (visitor, view)));
        Arc::new(Self { events, all: all.map(|(visitor, view)| Request::new(visitor, view, events)).collect() })
    }

    /// Returns the mean size of a request's body and head, bytes.
    pub fn mean_bytes(&self) -> usize {
        self.all.iter().map(|request| request.bytes.len()).sum::<usize>() / self.all.len().max(1)
    }
}

impl Request {
    fn new(visitor: u32, view: u32, events: u32) -> Self {
        let body = inputs::beacon(visitor, view, events);
        let head = format!(
            "POST /api/beacon HTTP/1.1\r\nHost: stats.{site}\r\nUser-Agent: {agent}\r\nAccept: */*\r\n\
             Origin: https://www.{site}\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: {length}\r\n\
             X-Forwarded-For: {address}\r\n\r\n",
            site = inputs::SITE,
            agent = inputs::user_agent(visitor),
            length = body.len(),
            address = inputs::address(visitor),
        );
        let name = "\"view\":\"";
        let view_at = head.len() + body.find(name).expect("every beacon has a view") + name.len();
        Self { bytes: (head + &body).into_bytes(), view_at }
    }

    fn copy_to(&self, out: &mut Vec<u8>) -> io::Result<()> {
        out.clear();
        out.extend_from_slice(&self.bytes);
        write!(&mut out[self.view_at..self.view_at + 16], "{:016x}", rand::rng().random::<u64>())
    }
}

/// What came back in one round.
#[derive(Default)]
pub struct Tally {
    pub accepted: u64,
    /// Answers 503: nothing was kept.
    pub unavailable: u64,
    /// Answers that are neither 202 nor 503; there should be none.
    pub other: u64,
    pub seconds: f64,
    /// Of accepted requests, microseconds, in no order.
    latencies_us: Vec<u32>,
}

impl Tally {
    /// Returns the latency in milliseconds that a share of the accepted requests stays below.
    pub fn latency_ms(&mut self, share: f64) -> f64 {
        if self.latencies_us.is_empty() {
            return 0.0;
        }
        let index = ((self.latencies_us.len() - 1) as f64 * share) as usize;
        let (_, latency_us, _) = self.latencies_us.select_nth_unstable(index);
        f64::from(*latency_us) / 1000.0
    }

    fn add(&mut self, mut other: Self) {
        self.accepted += other.accepted;
        self.unavailable += other.unavailable;
        self.other += other.other;
        self.latencies_us.append(&mut other.latencies_us);
    }
}

/// How requests are sent.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub connections: usize,
    pub until: Until,
    /// Requests a second of all connections together; none: each sends when it has its answer.
    pub rate: Option<f64>,
}

/// When a plan ends.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    After(Duration),
    /// Every request was sent once.
    Once,
}

/// Carries a plan out. Every request that was sent has its answer in the tally.
pub fn run(server: SocketAddr, requests: &Arc<Requests>, plan: Plan) -> io::Result<Tally> {
    let began = Instant::now();
    let mut total = Tally::default();
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let requests = Arc::clone(requests);
            let numbers: Vec<usize> = (thread..plan.connections).step_by(THREADS).collect();
            thread::spawn(move || send(server, &requests, plan, began, numbers))
        })
        .collect();
    for thread in threads {
        total.add(thread.join().map_err(|_panic| io::Error::other("a sender panicked"))??);
    }
    total.seconds = began.elapsed().as_secs_f64();
    Ok(total)
}

/// One thread with its part of the connections.
fn send(
    server: SocketAddr,
    requests: &Arc<Requests>,
    plan: Plan,
    began: Instant,
    numbers: Vec<usize>,
) -> io::Result<Tally> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut connections = JoinSet::new();
        for number in numbers {
            connections.spawn(converse(server, Arc::clone(requests), plan, began, number));
        }
        let all = async {
            let mut total = Tally::default();
            while let Some(tally) = connections.join_next().await {
                total.add(tally??);
            }
            Ok(total)
        };
        let length = match plan.until {
            Until::After(length) => length,
            Until::Once => MOST_ONCE,
        };
        timeout(length + GRACE, all).await?
    })
}

async fn converse(
    server: SocketAddr,
    requests: Arc<Requests>,
    plan: Plan,
    start: Instant,
    number: usize,
) -> io::Result<Tally> {
    let mut stream = TcpStream::connect(server).await?;
    stream.set_nodelay(true)?;
    let mut tally = Tally::default();
    let (mut out, mut answer) = (Vec::new(), Vec::with_capacity(4096));
    // Each connection begins at its own place in the list.
    let first = number * requests.all.len() / plan.connections;
    let (most, until) = match plan.until {
        Until::After(length) => (usize::MAX, start + length),
        Until::Once => ((number + 1) * requests.all.len() / plan.connections - first, start + MOST_ONCE),
    };
    let pace = plan.rate.map(|rate| plan.connections as f64 / rate);
    for (sent, request) in requests.all.iter().cycle().skip(first).take(most).enumerate() {
        let now = Instant::now();
        // At a constant rate a request that goes late counts from when it was due; a sender that overslept does not.
        let began = match pace {
            Some(seconds) => {
                let place = sent as f64 + number as f64 / plan.connections as f64;
                let due = start + Duration::from_secs_f64(seconds * place);
                if due > now {
                    tokio::time::sleep_until(due.into()).await;
                    Instant::now()
                } else {
                    due
                }
            }
            None => now,
        };
        if began >= until {
            break;
        }
        request.copy_to(&mut out)?;
        stream.write_all(&out).await?;
        let status = read_answer(&mut stream, &mut answer).await?;
        match status {
            202 => {
                tally.accepted += 1;
                tally.latencies_us.push(u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX));
                continue;
            }
            503 => tally.unavailable += 1,
            _ => tally.other += 1,
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(tally)
}

/// Reads one answer to its end and returns its status.
async fn read_answer(stream: &mut TcpStream, answer: &mut Vec<u8>) -> io::Result<u16> {
    const STATUS_AT: std::ops::Range<usize> = 9..12;
    answer.clear();
    loop {
        if stream.read_buf(answer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let Some(head) = position(answer, b"\r\n\r\n") else { continue };
        let body = number(&answer[..head], b"content-length: ");
        if answer.len() >= head + 4 + usize::from(body) {
            return Ok(number(&answer[STATUS_AT], b""));
        }
    }
}

/// Returns the number behind `name`, zero where it is missing.
fn number(head: &[u8], name: &[u8]) -> u16 {
    let Some(at) = position(head, name) else { return 0 };
    let digits = head[at + name.len()..].iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, digit| number * 10 + u16::from(digit - b'0'))
}

fn position(text: &[u8], wanted: &[u8]) -> Option<usize> {
    if wanted.is_empty() {
        return Some(0);
    }
    text.windows(wanted.len()).position(|window| window == wanted)
}
