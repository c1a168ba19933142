//! Owns the reading of an event stream, message by message.

use std::time::Duration;

use serde_json::Value;

/// One message of a stream.
#[derive(Debug)]
pub struct Message {
    pub event: String,
    pub id: u64,
    pub data: Value,
}

/// An open stream.
pub struct EventStream {
    response: reqwest::Response,
    text: String,
}

impl EventStream {
    pub fn new(response: reqwest::Response) -> Self {
        Self { response, text: String::new() }
    }

    /// Returns the next message, or `None` when none comes within the time. Comments are left out.
    pub async fn next(&mut self, within: Duration) -> Option<Message> {
        tokio::time::timeout(within, self.read()).await.ok()
    }

    /// Tells whether the service ends the stream within the time. What comes before is left out.
    pub async fn ends(&mut self, within: Duration) -> bool {
        let end = async { while matches!(self.response.chunk().await, Ok(Some(_))) {} };
        tokio::time::timeout(within, end).await.is_ok()
    }

    async fn read(&mut self) -> Message {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                if !block.starts_with(':') {
                    return parse(&block);
                }
            }
            let chunk = self.response.chunk().await.unwrap().expect("the stream stays open");
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

fn parse(block: &str) -> Message {
    let field = |name: &str| {
        let found = block.lines().find_map(|line| line.strip_prefix(name));
        found.unwrap_or_else(|| panic!("no {name} in {block:?}"))
    };
    Message {
        event: field("event: ").to_owned(),
        id: field("id: ").parse().unwrap(),
        data: serde_json::from_str(field("data: ")).unwrap(),
    }
}
