//! Owns the reading of user agents: browser, system, class of device, and whether a person is behind it.
//! The knowledge is kept by others: `uap-core` for browsers, `crawler-user-agents` for robots.

mod crawlers;
mod device;
mod names;

use std::{
    convert::Infallible,
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

use ua_parser::{Regexes, os, user_agent};

use self::crawlers::Crawlers;
use super::recent::Recent;
use crate::model::{Agent, names::cut};

/// Longer user agents are cut; those of browsers have less than half of it.
const MAX_BYTES: usize = 1024;
/// Verdicts remembered. A busy site sees a few thousand user agents a day.
const CACHE_CAPACITY: usize = 20_000;

const BROWSER_PATTERNS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/node_modules/uap-core/regexes.yaml"));

/// Why the compiled-in patterns cannot be used. It would be our packaging that is at fault, never an input.
#[derive(Debug, thiserror::Error)]
pub enum AgentsError {
    #[error("the browser patterns are not valid YAML")]
    BrowserList(#[from] serde_yaml_ng::Error),
    #[error("the crawler patterns are not valid JSON")]
    CrawlerList(#[from] serde_json::Error),
    #[error("a pattern of browsers or crawlers cannot be compiled: {0}")]
    Pattern(ua_parser::Error),
}

/// What a user agent stands for. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AgentVerdict {
    pub agent: Arc<Agent>,
    /// A robot, a library or a browser without a person; nothing else is known of it.
    pub bot: bool,
}

/// The tables, compiled once (about 60 ms and 14 MB), with a memory of recent verdicts.
pub struct Agents {
    browsers: user_agent::Extractor<'static>,
    systems: os::Extractor<'static>,
    crawlers: Crawlers,
    /// By a hash of the user agent whose key is drawn at start: user agents are not kept.
    recent: Recent<AgentVerdict>,
    hasher: RandomState,
}

impl Agents {
    /// Compiles the tables.
    pub fn new() -> Result<Self, AgentsError> {
        let patterns: Regexes<'static> = serde_yaml_ng::from_str(BROWSER_PATTERNS)?;
        let browsers =
            user_agent::Builder::new().push_all(patterns.user_agent_parsers).map_err(AgentsError::Pattern)?;
        let systems = os::Builder::new().push_all(patterns.os_parsers).map_err(|e| AgentsError::Pattern(e.into()))?;
        Ok(Self {
            browsers: browsers.build().map_err(|e| AgentsError::Pattern(e.into()))?,
            systems: systems.build().map_err(|e| AgentsError::Pattern(e.into()))?,
            crawlers: Crawlers::new()?,
            recent: Recent::new(CACHE_CAPACITY),
            hasher: RandomState::new(),
        })
    }

    /// Tells what a user agent stands for. A missing one is allowed and stands for nothing known.
    ///
    /// About 5 µs for a new user agent and 0.2 µs for a known one, however it is written.
    #[must_use]
    pub fn identify(&self, user_agent: &str) -> AgentVerdict {
        let user_agent = cut(user_agent.trim(), MAX_BYTES);
        if user_agent.is_empty() {
            return AgentVerdict::default();
        }
        let key = self.hasher.hash_one(user_agent);
        let Ok(verdict) = self.recent.get_or_try_insert(key, || Ok::<_, Infallible>(self.examine(user_agent)));
        verdict
    }

    fn examine(&self, user_agent: &str) -> AgentVerdict {
        let browser = self.browsers.extract(user_agent).unwrap_or_default();
        if self.crawlers.matches(user_agent) || names::is_robot(&browser.family) {
            return AgentVerdict { agent: Arc::default(), bot: true };
        }
        let system = self.systems.extract(user_agent).unwrap_or_default();
        let (browser, browser_version) = names::browser(&browser.family, browser.major);
        let (os, os_version) = names::system(&system.os, system.major.as_deref(), system.minor.as_deref());
        let device = device::class(user_agent);
        AgentVerdict { agent: Arc::new(Agent { browser, browser_version, os, os_version, device }), bot: false }
    }
}

#[cfg(test)]
mod tests;
