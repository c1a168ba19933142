//! Owns the lookups that turn what a browser claims into what we believe: place, agent, source, visitor.
//! Everything here is a pure function of its input and of tables read at start; no clock, no network.

pub mod channel;
pub mod client_address;
pub mod geo;
pub mod mask;
pub mod page_url;
pub mod path_text;
mod plain_url;
mod pool;
mod recent;
pub mod referrer;
pub mod site_rules;
pub mod sources;
pub mod user_agent;
pub mod visitor;

pub use channel::Channel;
pub use client_address::{ForwardedHeader, TrustedProxies};
pub use geo::{GeoDatabase, GeoError};
pub use page_url::{PageUrl, UrlError, canonical_path, clean_referrer};
pub use pool::Pool;
pub use referrer::acquisition;
pub use site_rules::{RuleError, SiteRules};
pub use user_agent::{AgentVerdict, Agents, AgentsError};
pub use visitor::{Claim, imported_visitor_id, visitor_id};
