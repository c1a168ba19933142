//! Owns the conversation with a browser: messages of JSON, each ended by a zero byte, questions with numbers and answers to them,
//! and events in between. It does not know what is asked for.

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};

use super::CaptureError;

/// Longest message: a picture of 40 megapixels in base64.
const MESSAGE_BYTES: u64 = 256 * 1024 * 1024;
/// Events that somebody may wait for; all others are passed over.
const LOADED: &str = "Page.loadEventFired";
const RESPONSE: &str = "Network.responseReceived";
const DIALOG: &str = "Page.javascriptDialogOpening";
const CRASHED: &str = "Inspector.targetCrashed";

/// A connection to a browser.
pub struct DevTools {
    to: Box<dyn AsyncWrite + Send + Unpin>,
    from: BufReader<Box<dyn AsyncRead + Send + Unpin>>,
    last_id: u64,
    /// Whether the page was loaded since it was last asked.
    loaded: bool,
    /// Frames whose documents came, with the status, oldest first.
    documents: Vec<(Value, u64)>,
}

/// What the browser sends: an answer with the number of its question, or an event with a name.
#[derive(Deserialize)]
struct Message {
    id: Option<u64>,
    #[serde(default)]
    method: String,
    #[serde(default)]
    params: Value,
    #[serde(default)]
    result: Value,
    error: Option<Value>,
    #[serde(rename = "sessionId")]
    session: Option<String>,
}

impl DevTools {
    pub fn new(to: impl AsyncWrite + Send + Unpin + 'static, from: impl AsyncRead + Send + Unpin + 'static) -> Self {
        let from: Box<dyn AsyncRead + Send + Unpin> = Box::new(from);
        Self { to: Box::new(to), from: BufReader::new(from), last_id: 0, loaded: false, documents: Vec::new() }
    }

    /// Asks the browser, or with a session one page of it, and waits for the answer.
    pub async fn call(
        &mut self,
        session: Option<&str>,
        method: &'static str,
        params: Value,
    ) -> Result<Value, CaptureError> {
        let id = self.send(session, method, &params).await?;
        loop {
            let message = self.next().await?;
            if message.id != Some(id) {
                self.note(message).await?;
                continue;
            }
            return match message.error {
                None => Ok(message.result),
                Some(error) => {
                    let reason = error["message"].as_str().unwrap_or("without a reason").to_owned();
                    Err(CaptureError::Refused { method, reason })
                }
            };
        }
    }

    /// Waits until the page is loaded.
    pub async fn loaded(&mut self) -> Result<(), CaptureError> {
        while !self.loaded {
            let message = self.next().await?;
            self.note(message).await?;
        }
        self.loaded = false;
        Ok(())
    }

    /// Returns the status of the last document that came for a frame.
    pub fn status(&self, frame: &Value) -> Option<u64> {
        self.documents.iter().rfind(|(of, _)| of == frame).map(|(_, status)| *status)
    }

    async fn send(&mut self, session: Option<&str>, method: &'static str, params: &Value) -> Result<u64, CaptureError> {
        self.last_id += 1;
        let mut message = json!({"id": self.last_id, "method": method, "params": params});
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        // A broken pipe: there is nobody at the other end any more.
        self.to.write_all(&bytes).await.map_err(|_closed| ended())?;
        self.to.flush().await.map_err(|_closed| ended())?;
        Ok(self.last_id)
    }

    async fn next(&mut self) -> Result<Message, CaptureError> {
        let mut bytes = Vec::new();
        let read = (&mut self.from).take(MESSAGE_BYTES).read_until(0, &mut bytes).await;
        read.map_err(|_broken| ended())?;
        match bytes.pop() {
            Some(0) => serde_json::from_slice(&bytes).map_err(|error| CaptureError::Answer(error.to_string())),
            Some(_) if bytes.len() as u64 + 1 == MESSAGE_BYTES => {
                Err(CaptureError::Answer(format!("a message of more than {MESSAGE_BYTES} bytes")))
            }
            _ => Err(ended()),
        }
    }

    /// Takes note of an event.
    async fn note(&mut self, message: Message) -> Result<(), CaptureError> {
        match message.method.as_str() {
            LOADED => self.loaded = true,
            RESPONSE if message.params["type"] == "Document" => {
                let frame = &message.params["frameId"];
                self.documents
                    .extend(message.params["response"]["status"].as_u64().map(|status| (frame.clone(), status)));
            }
            // A page that asks something does nothing until it is answered.
            DIALOG => {
                let answer = json!({"accept": true});
                self.send(message.session.as_deref(), "Page.handleJavaScriptDialog", &answer).await?;
            }
            CRASHED => return Err(CaptureError::Crashed),
            _ => {}
        }
        Ok(())
    }
}

fn ended() -> CaptureError {
    CaptureError::Ended { said: "it closed the connection".to_owned() }
}

#[cfg(test)]
mod tests {
    use tokio::io::{DuplexStream, duplex, split};

    use super::*;

    /// A connection, and the browser's end of it.
    fn connected() -> (DevTools, BufReader<DuplexStream>) {
        let (ours, theirs) = duplex(1024);
        let (from, to) = split(ours);
        (DevTools::new(to, from), BufReader::new(theirs))
    }

    async fn asked(browser: &mut BufReader<DuplexStream>) -> Value {
        let mut bytes = Vec::new();
        browser.read_until(0, &mut bytes).await.unwrap();
        assert_eq!(bytes.pop(), Some(0));
        serde_json::from_slice(&bytes).unwrap()
    }

    async fn say(browser: &mut BufReader<DuplexStream>, messages: &[Value]) {
        for message in messages {
            browser.write_all(format!("{message}\0").as_bytes()).await.unwrap();
        }
    }

    #[tokio::test]
    async fn an_answer_is_told_from_the_events_before_it() {
        let (mut devtools, mut browser) = connected();
        let page = async {
            let question = asked(&mut browser).await;
            assert_eq!(question, json!({"id": 1, "method": "A.b", "params": {"x": 1}, "sessionId": "s"}));
            let document = |frame: &str, status: u64| {
                let response = json!({"status": status});
                json!({"method": RESPONSE, "params": {"type": "Document", "frameId": frame, "response": response}})
            };
            let answers = [
                json!({"method": "Any.thing", "params": {}}),
                document("page", 301),
                document("page", 404),
                document("frame", 200),
                json!({"method": LOADED}),
                json!({"id": 1, "result": {"y": 2}}),
            ];
            say(&mut browser, &answers).await;
        };
        let (answer, ()) = tokio::join!(devtools.call(Some("s"), "A.b", json!({"x": 1})), page);
        assert_eq!(answer.unwrap(), json!({"y": 2}));
        devtools.loaded().await.unwrap();
        assert_eq!(devtools.status(&json!("page")), Some(404));
        assert_eq!(devtools.status(&json!("other")), None);
    }

    #[tokio::test]
    async fn a_refusal_a_crash_and_an_end_are_errors() {
        let (mut devtools, mut browser) = connected();
        say(&mut browser, &[json!({"id": 1, "error": {"message": "no such page"}})]).await;
        let refused = devtools.call(None, "A.b", json!({})).await.unwrap_err().to_string();
        assert_eq!(refused, "the browser refused A.b: no such page");
        say(&mut browser, &[json!({"method": CRASHED})]).await;
        assert!(matches!(devtools.call(None, "A.b", json!({})).await, Err(CaptureError::Crashed)));
        browser.write_all(b"not json\0{\"id\":").await.unwrap();
        assert!(matches!(devtools.call(None, "A.b", json!({})).await, Err(CaptureError::Answer(_))));
        drop(browser);
        assert!(matches!(devtools.call(None, "A.b", json!({})).await, Err(CaptureError::Ended { .. })));
    }

    #[tokio::test]
    async fn what_a_page_asks_is_answered() {
        let (mut devtools, mut browser) = connected();
        let page = async {
            say(&mut browser, &[json!({"method": DIALOG, "sessionId": "s", "params": {}})]).await;
            let answer = asked(&mut browser).await;
            assert_eq!((&answer["method"], &answer["sessionId"]), (&json!("Page.handleJavaScriptDialog"), &json!("s")));
            say(&mut browser, &[json!({"method": LOADED})]).await;
        };
        let (loaded, ()) = tokio::join!(devtools.loaded(), page);
        loaded.unwrap();
    }
}
