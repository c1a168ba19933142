//! Owns the export of GoatCounter, version 2: a line of its CSV to the row that is stored. What it does not tell stays empty.
//!
//! Source: GoatCounter's documentation of its export; columns are found by name, for they differ between releases.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, civil::Date};

use super::{
    csv,
    import::Target,
    row::{EventKind, Id, Kind, Row},
};
use crate::{
    enrich::{
        AgentVerdict, Claim, acquisition, imported_visitor_id,
        page_url::{PageUrl, clean_referrer},
    },
    ingest::{
        limits,
        sessions::{Entry, SessionKey, Sessions},
    },
    model::{
        Acquisition, Agent, Attribution, Device, Hostname, Landing, VisitorId,
        names::{cut, printable},
    },
};

/// How the first line begins: the version, and the first column.
pub const START: &[u8] = b"2Path,";
/// Most visitors whose last visit is remembered.
const MOST_SESSIONS: usize = 100_000;
const MOBILE_BELOW: u32 = 768;
const TABLET_BELOW: u32 = 1024;
/// The columns that are needed, and those that are used where they are there.
const NEEDED: [&str; 3] = ["Path", "Event", "Date"];
const USED: [&str; 9] =
    ["Session", "Bot", "Referrer", "Referrer scheme", "Screen size", "Location", "UserAgent", "Browser", "System"];

/// Reads the lines of one file.
pub struct GoatCounter {
    places: BTreeMap<&'static str, usize>,
    sessions: Sessions,
}

impl GoatCounter {
    /// Reads the first line.
    pub fn new(head: &[u8]) -> Result<Self, String> {
        let names = csv::fields(&head[1..]).ok_or("the first line is no CSV")?;
        let place = |name: &'static str| Some((name, names.iter().position(|found| found == name)?));
        let places: BTreeMap<_, _> = NEEDED.into_iter().chain(USED).filter_map(place).collect();
        match NEEDED.into_iter().find(|name| !places.contains_key(name)) {
            Some(missing) => Err(format!("the column {missing} is missing")),
            None => Ok(Self { places, sessions: Sessions::of_the_past(MOST_SESSIONS) }),
        }
    }

    /// Reads a line; none for the view of a robot. `number` tells lines that are alike apart.
    pub fn row(&self, line: &[u8], number: u64, target: &Target<'_>) -> Result<Option<Row>, String> {
        let fields = csv::fields(line).ok_or("it is no CSV")?;
        let field =
            |name: &str| self.places.get(name).and_then(|&place| fields.get(place)).map_or("", |text| text.trim());
        let at: Timestamp =
            field("Date").parse().map_err(|_no_time| format!("Date is {:?}", cut(field("Date"), 40)))?;
        let AgentVerdict { agent, bot } = target.agents.identify(field("UserAgent"));
        if bot || !matches!(field("Bot"), "" | "0") {
            return Ok(None);
        }
        let agent = if field("UserAgent").is_empty() { told_agent(&field) } else { agent };
        let is_event = field("Event").eq_ignore_ascii_case("true");
        let page = page(if is_event { "/" } else { field("Path") }, target)?;
        let mut name = String::new();
        if is_event {
            let told = printable(field("Path"));
            name =
                limits::event_name(cut(&told, limits::EVENT_NAME_BYTES), "Path").map_err(|error| error.to_string())?;
        }
        let local = at.to_zoned(target.site.time_zone.clone()).date();
        let visitor_on = |day: Date| whose(target, day, field("Session"), number);
        let visitor = visitor_on(local);
        let key = SessionKey { site: target.site.id, visitor, yesterday: local.yesterday().ok().map(visitor_on) };
        let session = self.sessions.touch(key, at.as_millisecond(), || Entry {
            pathname: page.pathname.clone(),
            landing: Arc::new(Landing { hostname: page.hostname.clone(), acquisition: won(&field, &page, target) }),
        });
        let landing = &*session.landing;
        let started = Timestamp::from_millisecond(session.started_at_ms).map_err(|error| error.to_string())?;
        let acquired = landing.acquisition.clone();
        Ok(Some(Row {
            table: Kind::Events,
            day: local,
            at,
            kind: if is_event { EventKind::Event } else { EventKind::Pageview },
            name,
            view_id: Id(view_id(visitor, number, line)),
            visitor_id: Id(visitor.get()),
            session_id: Id(session.id.get()),
            session_started_at: started,
            hostname: page.hostname.into_string(),
            pathname: page.pathname.into_string(),
            entry_hostname: landing.hostname.as_str().to_owned(),
            entry_pathname: session.entry_pathname.as_str().to_owned(),
            referrer: acquired.referrer,
            source: acquired.source,
            channel: acquired.channel,
            utm_source: acquired.utm_source,
            utm_medium: acquired.utm_medium,
            utm_campaign: acquired.utm_campaign,
            utm_content: acquired.utm_content,
            utm_term: acquired.utm_term,
            country: country(field("Location")),
            browser: agent.browser.clone(),
            browser_version: agent.browser_version.clone(),
            os: agent.os.clone(),
            os_version: agent.os_version.clone(),
            device: agent.device.as_str().to_owned(),
            ..Row::default()
        }))
    }
}

/// Reads a path, which may have a query, as a page of the site.
fn page(path: &str, target: &Target<'_>) -> Result<PageUrl, String> {
    let path = format!("/{}", path.trim_start_matches('/'));
    let mut page = PageUrl::parse(&format!("https://site.invalid{path}"), false).map_err(|error| error.to_string())?;
    page.hostname = Hostname::parse(target.site.name.as_str()).map_err(|error| error.to_string())?;
    Ok(page)
}

/// GoatCounter tells visitors apart by its session, which lasts eight hours; a view without one is somebody's own.
fn whose(target: &Target<'_>, day: Date, session: &str, number: u64) -> VisitorId {
    let days = day.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24;
    let day = u16::try_from(days).unwrap_or_default();
    let name = match session {
        "" | "0" => format!("goatcounter line {number}"),
        session => format!("goatcounter session {session}"),
    };
    imported_visitor_id(&target.import_key, target.site.id, day, Claim::Name(&name))
}

/// Tells how a visit was won: by a page (h), a program or search engine that has a name (g), or a campaign (c).
fn won<'a>(field: &impl Fn(&str) -> &'a str, page: &PageUrl, target: &Target<'_>) -> Acquisition {
    let referrer = field("Referrer");
    let mut attribution = page.attribution.clone();
    match field("Referrer scheme") {
        "c" => referrer.clone_into(&mut attribution.utm_source),
        "g" => {
            let named = Attribution { utm_source: referrer.to_owned(), ..attribution.clone() };
            let won = acquisition(&named, &page.hostname, &target.rules);
            return Acquisition { utm_source: attribution.utm_source, ..won };
        }
        _ if referrer.is_empty() => {}
        _ => attribution.referrer = clean_referrer(&format!("https://{}", referrer.trim_start_matches("https://"))),
    }
    let told = printable(&attribution.utm_source).into_owned();
    cut(&told, 255).clone_into(&mut attribution.utm_source);
    acquisition(&attribution, &page.hostname, &target.rules)
}

/// What newer exports tell in the place of the user agent.
fn told_agent<'a>(field: &impl Fn(&str) -> &'a str) -> Arc<Agent> {
    let split = |text: &'a str| match text.rsplit_once(' ') {
        Some((name, version)) if version.starts_with(|c: char| c.is_ascii_digit()) => (name, version),
        _ => (text, ""),
    };
    let plain = |text: &str| cut(&printable(text), 100).to_owned();
    let (browser, browser_version) = split(field("Browser"));
    let (os, os_version) = split(field("System"));
    let width: u32 = digits(field("Screen size")).parse().unwrap_or(0);
    let device = match width {
        0 => Device::Desktop,
        width if width < MOBILE_BELOW => Device::Mobile,
        width if width < TABLET_BELOW => Device::Tablet,
        _ => Device::Desktop,
    };
    Arc::new(Agent {
        browser: plain(browser),
        browser_version: plain(browser_version),
        os: plain(os),
        os_version: plain(os_version),
        device,
    })
}

/// Returns the digits that a text begins with.
fn digits(text: &str) -> &str {
    text.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default()
}

/// Returns the country of a location like `BG` or `BG-22`.
fn country(location: &str) -> String {
    let country = location.split('-').next().unwrap_or_default();
    let is_code = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_code { country.to_ascii_uppercase() } else { String::new() }
}

fn view_id(visitor: VisitorId, number: u64, line: &[u8]) -> u64 {
    let mut hash = blake3::Hasher::new();
    hash.update(b"goatcounter view").update(&visitor.get().to_be_bytes()).update(&number.to_be_bytes()).update(line);
    let mut first = [0; 8];
    first.copy_from_slice(&hash.finalize().as_bytes()[..8]);
    u64::from_be_bytes(first)
}
