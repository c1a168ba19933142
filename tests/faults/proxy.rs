//! Owns a proxy between a service and ClickHouse that does to an insert what networks do. It takes a request in whole, as
//! nginx does, and knows the door of the embedded engine, so that the engine can play an external server.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use heatline::store::{Endpoint, client::ENGINE_DOOR_HEADER};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What happens to an insert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    None,
    /// The connection is reset before anything reaches the server.
    Refused,
    /// The server gets half of the body, and the connection is reset.
    CutOff,
    /// The server has stored it, and the connection is reset instead of an answer.
    AnswerLost,
    /// The connection is reset, and the server gets all of it so much later.
    Late(Duration),
    /// The server has stored it, and its answer does not come for so long.
    Stalled(Duration),
}

type Script = Box<dyn FnMut() -> Fault + Send>;

/// A running proxy. It ends with its runtime.
pub struct Proxy {
    pub address: SocketAddr,
    inner: Arc<Inner>,
}

struct Inner {
    upstream: Endpoint,
    script: Mutex<Script>,
    /// Inserts that are under way, and those that still will be.
    busy: AtomicU64,
}

impl Proxy {
    /// Starts a proxy before an engine. It harms nothing yet.
    pub async fn start(upstream: Endpoint) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let inner = Arc::new(Inner { upstream, script: Mutex::new(Box::new(|| Fault::None)), busy: AtomicU64::new(0) });
        let shared = Arc::clone(&inner);
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let inner = Arc::clone(&shared);
                tokio::spawn(async move {
                    // Either side may go at any time.
                    let _ = inner.serve(client).await;
                });
            }
        });
        Self { address, inner }
    }

    /// Returns the URL under which a service finds ClickHouse.
    pub fn url(&self) -> String {
        let Endpoint { user, password, database, .. } = &self.inner.upstream;
        format!("http://{user}:{password}@{}/{database}", self.address)
    }

    /// Asks for the fate of every insert from now on.
    pub fn script(&self, script: impl FnMut() -> Fault + Send + 'static) {
        *self.inner.script.lock().unwrap() = Box::new(script);
    }

    /// Tells whether all inserts have come through or are gone.
    pub fn is_idle(&self) -> bool {
        self.inner.busy.load(Ordering::SeqCst) == 0
    }
}

impl Inner {
    async fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let Some(request) = Request::read(&mut client).await? else { return Ok(()) };
        if !request.head.contains("INSERT") {
            return self.answer(&request, &mut client).await;
        }
        self.busy.fetch_add(1, Ordering::SeqCst);
        let done = self.insert(&request, client).await;
        self.busy.fetch_sub(1, Ordering::SeqCst);
        done
    }

    async fn insert(&self, request: &Request, mut client: TcpStream) -> io::Result<()> {
        let fault = (self.script.lock().unwrap())();
        match fault {
            Fault::None => return self.answer(request, &mut client).await,
            Fault::Refused => {}
            Fault::CutOff => {
                let half =
                    Request { head: request.head.clone(), body: request.body[..request.body.len() / 2].to_vec() };
                self.exchange(&half).await?;
            }
            Fault::AnswerLost => {
                self.exchange(request).await?;
            }
            Fault::Late(delay) => {
                client.set_zero_linger()?;
                drop(client);
                tokio::time::sleep(delay).await;
                return self.exchange(request).await.map(drop);
            }
            Fault::Stalled(delay) => {
                self.exchange(request).await?;
                tokio::time::sleep(delay).await;
            }
        }
        // A reset, not a polite end.
        client.set_zero_linger()
    }

    async fn answer(&self, request: &Request, client: &mut TcpStream) -> io::Result<()> {
        let answer = self.exchange(request).await?;
        client.write_all(&answer).await?;
        client.shutdown().await
    }

    /// Hands a request on, over a connection of its own, and returns the whole answer.
    async fn exchange(&self, request: &Request) -> io::Result<Vec<u8>> {
        let address = self.upstream.url.trim_start_matches("http://").trim_end_matches('/');
        let mut server = TcpStream::connect(address).await?;
        let door = self.upstream.door.as_deref().unwrap();
        let (line, headers) = request.head.split_once("\r\n").unwrap();
        let head = format!("{line}\r\n{ENGINE_DOOR_HEADER}: {door}\r\nConnection: close\r\n{headers}");
        server.write_all(head.as_bytes()).await?;
        server.write_all(&request.body).await?;
        server.shutdown().await?;
        let mut answer = Vec::new();
        server.read_to_end(&mut answer).await?;
        Ok(answer)
    }
}

/// A request with its body as it came, chunks and all.
struct Request {
    head: String,
    body: Vec<u8>,
}

impl Request {
    /// Reads a request to its end; none where the connection ends before.
    async fn read(client: &mut TcpStream) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&bytes[..end + 4]).into_owned();
                if is_whole(&head, &bytes[end + 4..]) {
                    return Ok(Some(Self { head, body: bytes.split_off(end + 4) }));
                }
            }
            if client.read_buf(&mut bytes).await? == 0 {
                return Ok(None);
            }
        }
    }
}

/// Tells whether a body is there to its end.
fn is_whole(head: &str, body: &[u8]) -> bool {
    let header = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    };
    if header("transfer-encoding").is_some() {
        return chunks_are_whole(body);
    }
    let length = header("content-length").map_or(0, |length| length.parse().unwrap());
    body.len() >= length
}

fn chunks_are_whole(mut rest: &[u8]) -> bool {
    loop {
        let Some(end) = rest.windows(2).position(|two| two == b"\r\n") else { return false };
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        let Some(after) = rest.get(end + 2 + length + 2..) else { return false };
        if length == 0 {
            return true;
        }
        rest = after;
    }
}
