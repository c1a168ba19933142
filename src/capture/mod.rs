//! Owns taking a picture of a whole page with a browser of this machine, and sending it to a service. It does not know what the
//! picture is for, reads no environment and prints nothing.
//!
//! The browser runs without a window, on a profile of its own that goes with it, and is steered over two pipes by the `DevTools`
//! protocol: no port is opened. The visit is not counted: the tracker is told before the page's first script runs.

mod browser;
mod devtools;
mod page;
mod upload;

use std::{io, path::PathBuf, time::Duration};

use url::Url;

pub use browser::find;
pub use upload::{Server, upload};

use browser::Browser;
use devtools::DevTools;

/// How often a browser is started anew that ends before it has said a word: Debian's Chromium does that now and then.
const STARTS: u32 = 3;

/// Why there is no picture. One line each.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    #[error(
        "no Chromium, Chrome or Edge was found on this machine: install one (Debian, Ubuntu: `apt install chromium`), or name \
         it with --browser"
    )]
    NoBrowser,
    #[error("{} cannot be run as a browser: {source}", path.display())]
    Start { path: PathBuf, source: io::Error },
    #[error("the browser ended by itself: {said}")]
    Ended { said: String },
    #[error("the browser says what we do not understand: {0}")]
    Answer(String),
    #[error("the browser refused {method}: {reason}")]
    Refused { method: &'static str, reason: String },
    #[error("the page cannot be opened: {reason}")]
    NotReached { reason: String },
    #[error("the page answers with status {status}")]
    Status { status: u64 },
    #[error("the page crashed")]
    Crashed,
    #[error("the page was not ready within {seconds} s; --timeout gives it more")]
    Timeout { seconds: u64 },
    #[error("interrupted")]
    Interrupted,

    #[error("the address of the server is not usable: {0}")]
    ServerAddress(String),
    #[error("the server cannot be reached: {0}")]
    Send(String),
    #[error("the server refused the picture ({status}): {detail}")]
    NotTaken { status: u16, detail: String },
}

/// What picture to take.
#[derive(Debug, Clone)]
pub struct CaptureRequest {
    pub url: Url,
    /// Of the page, CSS pixels; so many pixels has the picture.
    pub width: u32,
    /// Longest picture; what is below is left out.
    pub most_height: u32,
    /// Pause between the page being ready and the picture, for what moves.
    pub wait: Duration,
    /// Longest time for all of it.
    pub limit: Duration,
    /// A PNG of more bytes is not wanted without a JPEG beside it.
    pub most_bytes: usize,
}

/// A picture of a page.
#[derive(Debug)]
pub struct Captured {
    pub png: Vec<u8>,
    /// The same with little loss, where the PNG is too large.
    pub jpeg: Option<Vec<u8>>,
    pub height: u32,
    /// Height of the page, of which the picture may show less.
    pub page_height: u32,
}

/// Takes a picture. `progress` is told what goes on.
pub async fn capture(
    program: &std::path::Path,
    request: &CaptureRequest,
    progress: &dyn Fn(&str),
) -> Result<Captured, CaptureError> {
    let (mut browser, mut devtools) = start(program).await?;
    let seconds = request.limit.as_secs();
    let done = tokio::select! {
        taken = tokio::time::timeout(request.limit, page::take(&mut devtools, request, progress)) => {
            taken.unwrap_or(Err(CaptureError::Timeout { seconds }))
        }
        _ = tokio::signal::ctrl_c() => Err(CaptureError::Interrupted),
    };
    let done = match done {
        Err(CaptureError::Ended { .. }) => Err(browser.ended().await),
        other => other,
    };
    browser.close(devtools).await;
    done
}

async fn start(program: &std::path::Path) -> Result<(Browser, DevTools), CaptureError> {
    let mut attempt = 1;
    loop {
        let (mut browser, mut devtools) = Browser::start(program)?;
        match devtools.call(None, "Browser.getVersion", serde_json::json!({})).await {
            Ok(_version) => return Ok((browser, devtools)),
            Err(CaptureError::Ended { .. }) if attempt < STARTS => attempt += 1,
            Err(CaptureError::Ended { .. }) => return Err(browser.ended().await),
            Err(error) => return Err(error),
        }
    }
}
