//! Owns the vocabulary: plain data that every other module speaks in.
//! It imports nothing of ours, does no I/O and knows no clock.

pub mod click;
pub mod counted_place;
pub mod event;
pub mod goal;
pub mod id_hash;
pub mod ids;
pub mod layout;
pub mod names;
pub mod outcome;
pub mod site;

pub use click::{Click, ClickFlags, Move, Scroll, Spot};
pub use counted_place::CountedPlace;
pub use event::{
    Acquisition, Agent, Attribution, Beacon, Device, EnrichedEvent, Fact, Landing, PageView, Place, Sender,
    SessionStamp, Size, TimedFact, Vitals,
};
pub use goal::{Currency, Goal, GoalTarget, Revenue, Segment};
pub use ids::{GoalId, SegmentId, SessionId, SiteId, ViewId, VisitorId};
pub use layout::{Layout, LayoutBox, LayoutFlags};
pub use names::{ElementKey, Hostname, NameError, Pathname, SiteName};
pub use outcome::{DropReason, Outcome};
pub use site::{DaySalt, Site, SiteSettings};
