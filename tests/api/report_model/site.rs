//! Owns random sites: what their visitors did, drawn by a seed, and its way into the engine.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use heatline::{
    model::{Currency, Goal, GoalId, GoalTarget, Segment, SegmentId, Site},
    reports::{self, Definitions},
    store::{Client, Statement},
};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde_json::{Value, json};

/// A source of numbers that is the same on every machine: xorshift64*. Source: Vigna, "An experimental exploration of
/// Marsaglia's xorshift generators, scrambled" (2016).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound
    }

    pub fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[usize::try_from(self.below(list.len() as u64)).unwrap()]
    }

    /// Returns true once in so many times.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Pageview,
    Event,
    Engagement,
    Vitals,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Pageview => "pageview",
            Self::Event => "event",
            Self::Engagement => "engagement",
            Self::Vitals => "vitals",
        }
    }
}

/// A row of `events`. What belongs to the visit is by the name of its column.
#[derive(Debug, Clone)]
pub struct Row {
    pub at_ms: i64,
    /// When the session began.
    pub begun_ms: i64,
    pub day: Date,
    pub kind: Kind,
    pub name: String,
    pub view: u64,
    pub visitor: u64,
    pub session: u64,
    pub hostname: String,
    pub pathname: String,
    pub of_visit: BTreeMap<&'static str, String>,
    pub engaged_ms: u64,
    pub scroll_depth: u64,
    pub props: BTreeMap<String, String>,
    pub thousandths: i64,
    pub currency: &'static str,
    /// LCP, INP, CLS, FCP, TTFB, as far as they were measured.
    pub vitals: [Option<u64>; 5],
}

/// A click: on which view, when, and the flags of what became of it.
#[derive(Debug, Clone, Copy)]
pub struct Click {
    pub view: u64,
    pub at_ms: i64,
    pub flags: u64,
}

#[derive(Debug)]
pub struct RandomSite {
    pub zone: TimeZone,
    pub first_day: Date,
    pub last_day: Date,
    pub rows: Vec<Row>,
    pub clicks: Vec<Click>,
    pub definitions: Definitions,
}

pub const PATHS: [&str; 8] = ["/", "/docs", "/docs/install", "/blog/a/b", "/блог/пост", "/A", "/buy", "/a'b\\c"];
pub const NAMES: [&str; 4] = ["Signup", "Buy", "404", "Outbound Link: Click"];
pub const VITALS: [&str; 5] = ["lcp_ms", "inp_ms", "cls_e4", "fcp_ms", "ttfb_ms"];

/// Zones, and a day near which their clocks are turned or do something else that is odd.
const ZONES: [(&str, &str); 7] = [
    ("Europe/Sofia", "2026-03-29"),
    ("Europe/Sofia", "2026-10-25"),
    ("Asia/Kathmandu", "2026-05-05"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("America/St_Johns", "2026-11-01"),
    ("Africa/Cairo", "2026-04-24"),
    ("UTC", "2026-12-28"),
];

/// Columns of visits with what they may hold.
const OF_VISIT: [(&str, &[&str]); 17] = [
    ("referrer", &["", "google.com", "t.co/x", "news.example/a"]),
    ("source", &["", "Google", "google", "Twitter"]),
    ("channel", &["Direct", "Organic Search", ""]),
    ("utm_source", &["", "nl"]),
    ("utm_medium", &["", "", "email"]),
    ("utm_campaign", &["", "spring", "Пролет"]),
    ("utm_content", &["", "a"]),
    ("utm_term", &["", "b"]),
    ("country", &["BG", "BG", "DE", "US", "", "XX"]),
    ("region", &["Plovdiv", "Sofia-Capital", ""]),
    ("city", &["Пловдив", "Sofia", ""]),
    ("browser", &["Chrome", "Firefox", ""]),
    ("browser_version", &["120", "9", ""]),
    ("os", &["Mac", "Windows", ""]),
    ("os_version", &["15", ""]),
    ("device", &["desktop", "mobile", "tablet"]),
    ("entry_hostname", &["demo.example", "www.demo.example"]),
];

impl RandomSite {
    pub fn draw(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let (zone, day) = *dice.of(&ZONES);
        let zone = TimeZone::get(zone).unwrap();
        let middle: Date = day.parse().unwrap();
        let first_day = middle.checked_sub(12.days()).unwrap();
        let last_day = middle.checked_add(8.days()).unwrap();
        let mut site = Self {
            zone,
            first_day,
            last_day,
            rows: Vec::new(),
            clicks: Vec::new(),
            definitions: definitions(&mut dice),
        };
        let sessions = 5 + dice.below(120);
        for session in 0..sessions {
            site.draw_session(&mut dice, seed, session);
        }
        site
    }

    /// Draws one visit. One in four begins shortly before a midnight, and many go on over it.
    fn draw_session(&mut self, dice: &mut Dice, seed: u64, number: u64) {
        let days = i64::from((self.last_day - self.first_day).get_days());
        let day =
            self.first_day.checked_add(i64::try_from(dice.below(days.unsigned_abs() + 1)).unwrap().days()).unwrap();
        let midnight = self.zone.to_timestamp(day.at(0, 0, 0, 0)).unwrap().as_millisecond();
        let mut at_ms =
            midnight + if dice.once_in(4) { -300_000 } else { i64::try_from(dice.below(86_400_000)).unwrap() };
        let begun_ms = at_ms;
        let mut of_visit: BTreeMap<&'static str, String> =
            OF_VISIT.iter().map(|(column, values)| (*column, (*dice.of(values)).to_owned())).collect();
        let person = seed * 1_000_000 + dice.below(60);
        let session = seed * 1_000_000 + number + 1;
        let mut view = 0;
        let mut page = (of_visit["entry_hostname"].clone(), (*dice.of(&PATHS)).to_owned());
        of_visit.insert("entry_pathname", page.1.clone());
        let first_kind = if dice.once_in(8) { Kind::Event } else { Kind::Pageview };
        for step in 0..=dice.below(7) {
            let kind = match (step, dice.below(10)) {
                (0, _) => first_kind,
                (_, 0..=3) => Kind::Pageview,
                (_, 4..=5) => Kind::Event,
                (_, 6..=8) => Kind::Engagement,
                _ => Kind::Vitals,
            };
            if view == 0 || kind == Kind::Pageview {
                view = session * 100 + step + 1;
                if step > 0 {
                    page = (page.0, (*dice.of(&PATHS)).to_owned());
                }
            }
            let day = Timestamp::from_millisecond(at_ms).unwrap().to_zoned(self.zone.clone()).date();
            let midnights = u64::try_from((day - self.first_day).get_days() + 5).unwrap();
            let mut row = Row {
                at_ms,
                begun_ms,
                day,
                kind,
                name: String::new(),
                view,
                // A person is another visitor on another day.
                visitor: person * 64 + midnights,
                session,
                hostname: page.0.clone(),
                pathname: page.1.clone(),
                of_visit: of_visit.clone(),
                engaged_ms: 0,
                scroll_depth: 0,
                props: BTreeMap::new(),
                thousandths: 0,
                currency: "",
                vitals: [None; 5],
            };
            // What the site itself tells people apart by, on some of its events.
            if matches!(kind, Kind::Pageview | Kind::Event) && at_ms % 3 != 0 {
                row.props.insert("user".to_owned(), format!("u{}", row.visitor / 64 % 20));
            }
            match kind {
                Kind::Event => draw_event(dice, &mut row),
                Kind::Engagement => {
                    row.engaged_ms = dice.below(100_000);
                    row.scroll_depth = dice.below(101);
                }
                Kind::Vitals => {
                    row.vitals = [6000, 900, 5000, 5000, 3000].map(|most| (!dice.once_in(3)).then(|| dice.below(most)));
                }
                Kind::Pageview => {
                    for _ in 0..dice.below(4) {
                        let flags = *dice.of(&[0, 8, 16, 24, 128, 128 + 8, 2]);
                        self.clicks.push(Click { view, at_ms: at_ms + 1000, flags });
                    }
                }
            }
            self.rows.push(row);
            at_ms += i64::try_from(dice.below(*dice_of(step))).unwrap();
        }
    }

    /// Puts the site into the engine, in so many inserts, rows in any order. Some days are frozen before the last one, and some
    /// after it, where that is wanted.
    pub async fn insert(&self, client: &Client, site: &Site, parts: usize, dice: &mut Dice, frozen: bool) {
        let mut rows: Vec<Value> = self.rows.iter().map(|row| row.to_json(site.id.get())).collect();
        for place in (1..rows.len()).rev() {
            rows.swap(place, usize::try_from(dice.below(place as u64 + 1)).unwrap());
        }
        let mut parts = rows.chunks(rows.len().div_ceil(parts).max(1)).peekable();
        while let Some(part) = parts.next() {
            if frozen && parts.peek().is_none() {
                self.freeze(client, site, |day| day.day() % 4 == 0).await;
            }
            insert(client, "events", part).await;
        }
        if frozen {
            self.freeze(client, site, |day| day.day() % 3 != 0).await;
        }
        let clicks: Vec<Value> = self.clicks.iter().map(|click| self.click_json(click, site.id.get())).collect();
        if !clicks.is_empty() {
            insert(client, "clicks", &clicks).await;
        }
    }

    async fn freeze(&self, client: &Client, site: &Site, which: impl Fn(Date) -> bool) {
        let days: BTreeSet<Date> = self.rows.iter().map(|row| row.day).filter(|day| which(*day)).collect();
        for day in days {
            reports::freeze::freeze(client, site, reports::date_range::day_of_date(day).unwrap()).await.unwrap();
        }
    }

    fn click_json(&self, click: &Click, site: u32) -> Value {
        json!({
            "site_id": site, "view_id": click.view, "at": clock(click.at_ms), "flags": click.flags, "pathname": "/",
            "day": Timestamp::from_millisecond(click.at_ms).unwrap().to_zoned(self.zone.clone()).date().to_string(),
        })
    }
}

/// Most milliseconds from one step of a visit to the next: visits of seconds and of hours.
fn dice_of(step: u64) -> &'static u64 {
    const MOST: [u64; 4] = [20_000, 1, 600_000, 1_700_000];
    &MOST[usize::try_from(step % 4).unwrap()]
}

fn draw_event(dice: &mut Dice, row: &mut Row) {
    (*dice.of(&NAMES)).clone_into(&mut row.name);
    for (key, values) in [("plan", ["pro", "free", ""]), ("a'b", ["=1+1", "%", "x"])] {
        if dice.once_in(2) {
            row.props.insert(key.to_owned(), (*dice.of(&values)).to_owned());
        }
    }
    if row.name == "Buy" && !dice.once_in(3) {
        row.thousandths = i64::try_from(dice.below(100_000)).unwrap() - 1000;
        row.currency = *dice.of(&["EUR", "EUR", "USD"]);
    }
}

fn definitions(dice: &mut Dice) -> Definitions {
    let event = |name: &str| GoalTarget::event(name);
    let with = |name: &str, props: &[(&str, &str)]| GoalTarget::Event {
        name: name.to_owned(),
        props: props.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
    };
    let page = |pattern: &str| GoalTarget::Page { pattern: pattern.to_owned() };
    let all = [
        ("Signup", event("Signup"), None),
        ("Buy", event("Buy"), Some("EUR")),
        ("Purchase in USD", event("Buy"), Some("USD")),
        ("Visit /docs**", page("/docs**"), None),
        ("Visit /blog/*", page("/blog/*"), None),
        ("Visit /buy", page("/buy"), None),
        ("Read the docs", GoalTarget::Scroll { pattern: "/docs*".to_owned(), percent: 50 }, None),
        ("Signup to Pro", with("Signup", &[("plan", "pro")]), None),
        ("Formula", with("Buy", &[("a'b", "=1+1"), ("plan", "free")]), Some("EUR")),
    ];
    let goals = all.into_iter().zip(1..).filter(|_| !dice.once_in(4)).map(|((name, target, currency), id)| Goal {
        id: GoalId::new(id),
        name: name.to_owned(),
        target,
        currency: currency.and_then(Currency::parse),
    });
    let segments = [
        json!([["is", "visit:country", ["BG", "DE"]]]),
        json!([["or", [["is", "visit:device", ["Mobile"]], ["has_done", ["is", "event:name", ["Signup"]]]]]]),
    ];
    let segments = segments.iter().zip(1..).map(|(filters, id)| Segment {
        id: SegmentId::new(id),
        name: format!("segment {id}"),
        filters: filters.to_string(),
    });
    Definitions { goals: goals.collect(), segments: segments.collect() }
}

impl Row {
    fn to_json(&self, site: u32) -> Value {
        let mut row = json!({
            "site_id": site, "day": self.day.to_string(), "at": clock(self.at_ms), "kind": self.kind.as_str(),
            "session_started_at": clock(self.begun_ms), "name": self.name, "view_id": self.view, "visitor_id": self.visitor, "session_id": self.session,
            "hostname": self.hostname, "pathname": self.pathname, "engaged_ms": self.engaged_ms,
            "scroll_depth": self.scroll_depth, "props": self.props, "currency": self.currency,
            "revenue": format!("{}{}.{:03}", if self.thousandths < 0 { "-" } else { "" }, self.thousandths.abs() / 1000, self.thousandths.abs() % 1000),
        });
        for (column, value) in &self.of_visit {
            row[*column] = value.as_str().into();
        }
        for (column, value) in VITALS.iter().zip(self.vitals) {
            row[*column] = value.into();
        }
        row
    }
}

fn clock(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms).unwrap().strftime("%Y-%m-%d %H:%M:%S%.3f").to_string()
}

async fn insert(client: &Client, table: &str, rows: &[Value]) {
    let mut sql = format!("INSERT INTO {table} SETTINGS input_format_skip_unknown_fields = 0 FORMAT JSONEachRow\n");
    for row in rows {
        writeln!(sql, "{row}").unwrap();
    }
    client.execute(&Statement::new(sql)).await.unwrap();
}
