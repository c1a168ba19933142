//! Owns everything that knows HTTP: routes, status codes, headers, cookies. One thin file a surface.

pub mod account;
pub mod annotations;
pub mod assets;
pub mod auth;
pub mod badge;
pub mod body;
pub mod client;
pub mod decode;
pub mod erase;
pub mod error;
pub mod etag;
pub mod events;
pub mod export;
pub mod extractors;
pub mod funnels;
pub mod goals;
pub mod health;
pub mod heatmap;
pub mod import;
pub mod ingest;
pub mod invitations;
pub mod keys;
pub mod links;
pub mod live;
pub mod map;
pub mod middleware;
pub mod openapi;
pub mod params;
pub mod people;
pub mod plausible_sites;
pub mod props;
pub mod public_live;
pub mod public_streams;
pub mod push;
pub mod questions;
pub mod reader;
pub mod remembered;
pub mod renders;
pub mod reports;
pub mod screenshots;
pub mod segments;
pub mod sessions;
pub mod share;
pub mod shared_links;
pub mod shelf;
pub mod sites;
pub mod stats_v1;
pub mod throttle;
pub mod users;
pub mod watched;

use std::{path::PathBuf, sync::Arc};

use actix_web::{
    Resource, Route,
    guard::{self, Guard, GuardContext},
    http::Method,
    web,
};
use tokio::sync::{Semaphore, watch};
use url::Url;

use crate::{
    control::Control,
    enrich::TrustedProxies,
    ingest::{Ingest, SitesWatch},
    live::{ClickFeed, EventFeed, Presence},
    screenshots::Screenshots,
    store::{Arrivals, Client},
    transfer::{Eraser, Settled},
};

/// What handlers share. One value for the whole process; every part is cheap to share and lives as long.
pub struct Shared {
    pub ingest: Ingest,
    pub presence: Arc<Presence>,
    pub clicks: Arc<ClickFeed>,
    pub events: Arc<EventFeed>,
    /// What the live streams tell.
    pub told: live::Told,
    /// Who reads streams.
    pub watched: watched::Watched,
    pub sites: SitesWatch,
    pub control: Control,
    pub store: Client,
    pub proxies: TrustedProxies,
    /// Address that browsers use, where it is set.
    pub public_url: Option<Url>,
    pub demo: bool,
    pub renders: renders::Renders,
    pub questions: questions::Questions,
    /// Of which sites rows have come in.
    pub arrivals: Arrivals,
    pub screenshots: Screenshots,
    /// One permit for each open event stream.
    pub streams: Arc<Semaphore>,
    /// Set when the service stops: open event streams end then, for they would hold it up.
    pub stopping: watch::Sender<bool>,
    pub throttle: throttle::Throttle,
    pub badges: badge::Badges,
    pub places: map::Places,
    pub moments: public_live::Moments,
    pub public_streams: Arc<public_streams::PublicStreams>,
    /// One permit for each upload of events that is at work.
    pub uploads: Arc<Semaphore>,
    /// One permit for each file that is imported.
    pub imports: Arc<Semaphore>,
    /// Where such files lie meanwhile, without a name.
    pub data_dir: PathBuf,
    /// One permit for each export that is being read.
    pub exports: Arc<Semaphore>,
    pub settled: Settled,
    pub eraser: Eraser,
}

/// What a handler takes.
pub type State = web::Data<Shared>;

/// The whole route table of the public listener.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        // ingest: public, for any origin
        .service(resource("/js/{script}", [get(assets::tracker)]))
        .service(resource("/api/beacon", [post(ingest::beacon), options(ingest::preflight)]))
        .service(resource("/api/event", [post(ingest::event), options(ingest::preflight)]))
        .service(resource("/pixel.gif", [get(ingest::pixel)]))
        // public pictures
        .service(resource("/badge/{site}.{form:[a-z]+}", [get(badge::badge)]))
        .service(resource("/counter/{path:.*}.{form:[a-z]+}", [get(badge::foreign::goatcounter::counter)]))
        .service(resource("/busuanzi", [get(badge::foreign::busuanzi::busuanzi)]))
        .service(resource("/hits/{page:.*}.{form:[a-z]+}", [get(badge::foreign::hits::hits)]))
        .service(resource("/api/count/{action}/badge.svg", [get(badge::foreign::hits::seeyoufarm)]))
        .service(resource("/live/{site}/count", [get(badge::widget::count)]))
        .service(resource("/map/{site}.svg", [get(map::svg)]))
        .service(resource("/map/{site}.png", [get(map::png)]))
        .service(resource("/live/{site}", [get(public_live::page)]))
        .service(resource("/live/{site}/stream", [get(public_live::stream)]))
        // who is asking
        .service(resource("/api/v1/setup", [get(sessions::setup_state), post(sessions::set_up)]))
        .service(resource(
            "/api/v1/session",
            [get(sessions::who_am_i), post(sessions::sign_in), delete(sessions::sign_out)],
        ))
        .service(resource("/api/v1/share", [get(share::show), post(share::unlock)]))
        .service(resource("/api/v1/invitation", [post(invitations::show)]))
        .service(resource("/api/v1/invitation/accept", [post(invitations::accept)]))
        .service(resource("/api/v1/account", [get(account::show), patch(account::change)]))
        .service(resource("/api/v1/account/password", [put(account::change_password)]))
        .service(resource("/api/v1/account/sessions", [get(account::sessions), delete(account::end_other_sessions)]))
        .service(resource("/api/v1/account/sessions/{session}", [delete(account::end_session)]))
        .service(resource("/api/v1/users", [get(users::list), post(users::add)]))
        .service(resource("/api/v1/users/{id}", [delete(users::remove)]))
        .configure(of_sites)
        // reports
        .service(resource("/api/v1/sites/{site}/outcomes", [get(reports::outcomes)]))
        .service(resource("/api/v2/query", [get(reports::linked), post(reports::query)]))
        .service(resource("/api/v2/query/sign", [post(reports::sign)]))
        .service(resource("/api/v1/sites/{site}/funnel", [post(funnels::funnel)]))
        .service(resource("/api/v1/sites/{site}/retention", [post(funnels::retention)]))
        .service(resource("/api/v1/sites/{site}/journeys", [post(funnels::journeys)]))
        .service(resource("/api/v1/stats/realtime/visitors", [get(stats_v1::realtime_visitors)]))
        .service(resource("/api/v1/stats/aggregate", [get(stats_v1::aggregate)]))
        .service(resource("/api/v1/stats/timeseries", [get(stats_v1::timeseries)]))
        .service(resource("/api/v1/stats/breakdown", [get(stats_v1::breakdown)]))
        // the description of all this
        .service(resource("/api/openapi.json", [get(openapi::document)]))
        .service(resource("/api/docs", [get(openapi::page)]))
        .service(resource("/api/docs/viewer.js", [get(openapi::script)]))
        .service(resource("/api/docs/viewer.css", [get(openapi::style)]))
        // operations
        .service(resource("/healthz", [get(health::healthz)]))
        .service(resource("/readyz", [get(health::readyz)]))
        .service(resource("/api/health", [get(health::plausible)]))
        // what people look at
        .service(resource("/share/{site}", [get(share::overview)]))
        .service(resource("/share/{site}/{page}", [get(share::page)]))
        .service(resource("/demo", [get(assets::demo_redirect)]))
        .service(resource("/demo/{path:.*}", [get(assets::demo)]))
        .service(resource("/assets/world.svg", [get(map::world)]))
        .service(resource("/assets/{path:.*}", [get(assets::dashboard_asset)]))
        .default_service(web::route().to(assets::dashboard));
}

/// The routes of sites: what is kept of them, and what is looked at by itself.
fn of_sites(config: &mut web::ServiceConfig) {
    config
        .service(resource("/api/v1/sites", [get(sites::list), post(sites::create)]))
        // Plausible's Sites API: before the routes of one site, for these words are no names
        .service(resource("/api/v1/sites/goals", [get(plausible_sites::goals), put(plausible_sites::keep_goal)]))
        .service(resource("/api/v1/sites/goals/{goal_id}", [delete(plausible_sites::remove_goal)]))
        .service(resource("/api/v1/sites/custom-props", [get(plausible_sites::props), put(plausible_sites::add_prop)]))
        .service(resource("/api/v1/sites/custom-props/{property}", [delete(plausible_sites::remove_prop)]))
        .service(resource("/api/v1/sites/shared-links", [put(plausible_sites::keep_shared_link)]))
        .service(resource("/api/v1/sites/{site}", [get(sites::show), patch(sites::update), delete(sites::remove)]))
        .service(resource("/api/v1/sites/{site}/people", [get(people::list)]))
        .service(resource("/api/v1/sites/{site}/people/{id}", [patch(people::change), delete(people::remove)]))
        .service(resource("/api/v1/sites/{site}/invitations", [post(people::invite)]))
        .service(resource("/api/v1/sites/{site}/invitations/{id}", [delete(people::take_back)]))
        .service(resource("/api/v1/sites/{site}/keys", [get(keys::list), post(keys::make)]))
        .service(resource("/api/v1/sites/{site}/keys/{id}", [delete(keys::revoke)]))
        .service(resource("/api/v1/sites/{site}/goals", [get(goals::list), post(goals::keep)]))
        .service(resource("/api/v1/sites/{site}/goals/{id}", [patch(goals::change), delete(goals::remove)]))
        .service(resource("/api/v1/sites/{site}/segments", [get(segments::list), post(segments::add)]))
        .service(resource(
            "/api/v1/sites/{site}/segments/{id}",
            [get(segments::show), patch(segments::change), delete(segments::remove)],
        ))
        .service(resource("/api/v1/sites/{site}/props", [get(props::list), put(props::replace)]))
        .service(resource("/api/v1/sites/{site}/props/{prop}", [delete(props::remove)]))
        .service(resource("/api/v1/sites/{site}/annotations", [get(annotations::list), post(annotations::add)]))
        .service(resource(
            "/api/v1/sites/{site}/annotations/{id}",
            [patch(annotations::change), delete(annotations::remove)],
        ))
        .service(resource("/api/v1/sites/{site}/shared-links", [get(shared_links::list), post(shared_links::add)]))
        .service(resource(
            "/api/v1/sites/{site}/shared-links/{id}",
            [patch(shared_links::change), delete(shared_links::remove)],
        ))
        .service(resource("/api/v1/sites/{site}/events", [post(events::take)]))
        .service(resource("/api/v1/sites/{site}/export", [get(export::export)]))
        .service(resource("/api/v1/sites/{site}/import", [post(import::import)]))
        .service(resource("/api/v1/sites/{site}/data", [delete(erase::erase)]))
        .service(resource("/api/v1/sites/{site}/live", [get(live::snapshot)]))
        .service(resource("/api/v1/sites/{site}/live/stream", [get(live::stream)]))
        .service(resource("/api/v1/sites/{site}/live/visitors", [get(live::visitors)]))
        .service(resource("/api/v1/sites/{site}/live/events", [get(live::events)]))
        .service(resource("/api/v1/sites/{site}/live/history", [get(live::history)]))
        .service(resource("/api/v1/sites/{site}/pages", [get(heatmap::pages)]))
        .service(resource("/api/v1/sites/{site}/heatmap.png", [get(heatmap::png)]))
        .service(resource("/api/v1/sites/{site}/heatmap.webp", [get(heatmap::webp)]))
        .service(resource("/api/v1/sites/{site}/heatmap.svg", [get(heatmap::svg)]))
        .service(resource("/api/v1/sites/{site}/heatmap.gif", [get(heatmap::gif)]))
        .service(resource("/api/v1/sites/{site}/heatmap.json", [get(heatmap::json)]))
        .service(resource("/api/v1/sites/{site}/heatmap/stream", [get(heatmap::stream)]))
        .service(resource("/api/v1/sites/{site}/heatmap/overlay", [post(heatmap::overlay)]))
        .service(resource("/api/v1/sites/{site}/elements", [get(heatmap::elements)]))
        .service(resource("/api/v1/sites/{site}/heatmap/sign", [post(heatmap::sign), delete(heatmap::end_links)]))
        .service(resource(
            "/api/v1/sites/{site}/screenshot",
            [get(screenshots::show), put(screenshots::keep), delete(screenshots::remove)],
        ))
        .service(resource("/api/v1/sites/{site}/screenshots", [get(screenshots::list)]));
}

fn resource<const N: usize>(path: &str, routes: [Route; N]) -> Resource {
    let mut resource = web::resource(path);
    for route in routes {
        resource = resource.route(route);
    }
    resource
}

/// A handler under a method; GET answers HEAD too, the server drops the body.
macro_rules! method {
    ($($name:ident => $route:expr),+ $(,)?) => {
        $(fn $name<F, Args>(handler: F) -> Route
        where
            F: actix_web::Handler<Args>,
            Args: actix_web::FromRequest + 'static,
            F::Output: actix_web::Responder + 'static,
        {
            $route.to(handler)
        })+
    };
}

method!(
    get => web::route().guard(guard::Any(IsMethod(Method::GET)).or(IsMethod(Method::HEAD))),
    post => web::route().guard(IsMethod(Method::POST)),
    put => web::route().guard(IsMethod(Method::PUT)),
    patch => web::route().guard(IsMethod(Method::PATCH)),
    delete => web::route().guard(IsMethod(Method::DELETE)),
    options => web::route().guard(IsMethod(Method::OPTIONS)),
);

/// actix's guard of a method, asked only where the method is another one: it notes each that it is asked about for the
/// `Allow` of a 405, which takes three allocations of a beacon that needs none of it.
struct IsMethod(Method);

impl Guard for IsMethod {
    fn check(&self, context: &GuardContext<'_>) -> bool {
        context.head().method == self.0 || guard::Method(self.0.clone()).check(context)
    }
}
