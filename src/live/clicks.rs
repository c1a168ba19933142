//! Owns the feed of clicks as they are accepted, for those who watch a page being clicked. Nothing is kept: who does not watch has
//! missed it.

use std::sync::Arc;

use dashmap::DashMap;
use tokio::sync::broadcast::{self, Receiver, Sender};

use crate::model::{ClickFlags, Device, ElementKey, EnrichedEvent, Fact, Pathname, SiteId};

/// Clicks that a reader may fall behind; what is older it misses, and is told how many.
const BACKLOG: usize = 1024;

/// A click as it came in.
#[derive(Debug, Clone)]
pub struct LiveClick {
    pub path: Pathname,
    /// Width of the viewport in CSS pixels.
    pub width: u32,
    pub device: Device,
    pub state: u32,
    pub element: ElementKey,
    /// Position in the element's box, from 0 to 1.
    pub fraction: (f32, f32),
}

/// The feeds of the sites that somebody watches.
#[derive(Default)]
pub struct ClickFeed(DashMap<SiteId, Sender<Arc<LiveClick>>>);

impl ClickFeed {
    /// Tells of the clicks among accepted events. What is told again of a click is no click.
    pub fn note_all(&self, events: &[EnrichedEvent]) {
        for event in events {
            let Fact::Click(click) = &event.fact else { continue };
            if click.spot.flags.contains(ClickFlags::FOLLOW_UP) {
                continue;
            }
            // Of most sites nobody watches the clicks.
            let Some(feed) = self.0.get(&event.site_id) else { continue };
            let spot = &click.spot;
            let share = |fraction: u16| f32::from(fraction) / f32::from(u16::MAX);
            let told = feed.send(Arc::new(LiveClick {
                path: event.page.pathname.clone(),
                width: event.page.viewport.width,
                device: event.agent.device,
                state: spot.state,
                element: spot.element.clone(),
                fraction: (share(spot.fraction_x), share(spot.fraction_y)),
            }));
            drop(feed);
            if told.is_err() {
                self.0.remove_if(&event.site_id, |_, feed| feed.receiver_count() == 0);
            }
        }
    }

    /// Returns the clicks on a site from now on.
    pub fn watch(&self, site: SiteId) -> Receiver<Arc<LiveClick>> {
        self.0.entry(site).or_insert_with(|| broadcast::channel(BACKLOG).0).subscribe()
    }
}
