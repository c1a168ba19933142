//! Owns what must hold for the bytes of strangers and of broken disks: one function for each target. It does not own where
//! the bytes come from: the targets take those that libFuzzer makes up, `tests/corpus.rs` those that are kept.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, LazyLock},
};

use jiff::tz::TimeZone;

use heatline::{
    enrich::{SiteRules, TrustedProxies, acquisition},
    http::decode::{DecodeError, Encoding, decode},
    ingest::{beacon, limits, plausible},
    model::{
        Agent, Beacon, EnrichedEvent, Landing, PageView, Place, SessionId, SessionStamp, Site, SiteId, SiteName,
        SiteSettings, TimedFact, ViewId, VisitorId,
    },
    spool::{
        record::{self, Record, Rows, RowsWriter},
        segment::{Entries, Entry, FRAME_BYTES, HEADER_BYTES, Header, put_record},
    },
    store::{
        block::Blocks,
        rows::{RowFact, RowHead},
    },
};

const NOW_MS: i64 = 1_700_000_000_000;
/// Most sites that an event of Plausible's format may name.
const SITES: usize = 10;
/// Largest decoded body that the target `headers` allows.
const DECODED_BYTES: usize = 4096;
const BOOT: u32 = 9;

static RULES: LazyLock<SiteRules> = LazyLock::new(|| {
    SiteRules::new(&Site {
        id: SiteId::new(1),
        name: SiteName::parse("demo.example").expect("it is one"),
        time_zone: TimeZone::UTC,
        settings: SiteSettings::default(),
    })
});

/// Takes the body of `POST /api/beacon`: it is read or refused; what is read keeps its limits, and is the same after its way
/// through the spool.
pub fn beacon(body: &[u8]) {
    let Ok(beacon) = beacon::parse(body, NOW_MS) else { return };
    assert!((1..=limits::EVENTS).contains(&beacon.facts.len()));
    let backdate_ms = i64::try_from(limits::BACKDATE.as_millis()).expect("half an hour");
    assert!(beacon.facts.iter().all(|fact| (NOW_MS - backdate_ms..=NOW_MS).contains(&fact.at_ms)));
    keep(&beacon);
}

/// Takes the body of `POST /api/event`: the same.
pub fn plausible(body: &[u8]) {
    let Ok(beacons) = plausible::parse(body, ViewId::new(7), NOW_MS) else { return };
    assert!((1..=SITES).contains(&beacons.len()));
    for beacon in &beacons {
        assert_eq!(beacon.facts.len(), 1);
        keep(beacon);
    }
}

/// Takes a line with `Forwarded`, a line with `X-Forwarded-For`, a line with `Content-Encoding` and the body; a carriage
/// return in a line begins another header of the name. A peer that is no proxy of ours decides nothing, and a body
/// decodes within its limit or not at all.
pub fn headers(bytes: &[u8]) {
    let mut parts = bytes.splitn(4, |&byte| byte == b'\n');
    let mut line = || String::from_utf8_lossy(parts.next().unwrap_or_default());
    let (forwarded, x_forwarded_for, encoding) = (line(), line(), line());
    find_client(&forwarded, &x_forwarded_for);
    if let Some(encoding) = Encoding::parse(&encoding) {
        decode_within(encoding, parts.next().unwrap_or_default());
    }
}

/// Takes a segment file as a disk may have left it, or one that is made here: a byte with a number of flips (0 to 15), each
/// as place (two bytes) and bits, then the payloads of records, each after its length (two bytes). Every byte of the file
/// is accounted for, what was not flipped is read as it was written, and what a record says goes on to ClickHouse.
pub fn segment(bytes: &[u8]) {
    read_header(bytes);
    assert_eq!(entries_bytes(bytes), bytes.len());
    let (flips, payloads) = segment_parts(bytes);
    let mut content = Vec::new();
    for (number, payload) in (1..).zip(&payloads) {
        put_record(&mut content, BOOT, number, payload);
        read_record(payload);
    }
    let as_written = (1..).zip(&payloads).map(|(number, payload)| Entry::Record { number, payload });
    assert!(Entries::new(BOOT, &content).eq(as_written), "it is read as it was written");
    for flip in flips {
        let at = usize::from(u16::from_le_bytes([flip[0], flip[1]]));
        if let Some(byte) = content.get_mut(at) {
            *byte ^= flip[2];
        }
    }
    assert_eq!(entries_bytes(&content), content.len());
}

/// Puts a beacon through what follows its reading: the names of its source, the spool, the columns.
fn keep(beacon: &Beacon) {
    let page = Arc::new(beacon.page.clone());
    assert!(page.pathname.as_str().starts_with('/'));
    let session = Arc::new(SessionStamp {
        id: SessionId::new(3),
        started_at_ms: NOW_MS,
        entry_pathname: page.pathname.clone(),
        landing: Arc::new(Landing {
            hostname: page.hostname.clone(),
            acquisition: acquisition(&page.attribution, &page.hostname, &RULES),
        }),
    });
    let events: Vec<_> = beacon.facts.iter().map(|fact| event(fact, &page, &session)).collect();
    let facts: Vec<_> = events.iter().filter_map(RowFact::of).collect();
    let Some(first) = events.first().filter(|_| !facts.is_empty()) else { return };
    let rows = Rows { received_at_ms: NOW_MS, runs: vec![(RowHead::of(first), facts)] };
    let payload = write(&rows);
    assert_eq!(record::read(&payload), Ok(Record::Rows(rows)));
    read_record(&payload);
}

fn event(fact: &TimedFact, page: &Arc<PageView>, session: &Arc<SessionStamp>) -> EnrichedEvent {
    EnrichedEvent {
        page: Arc::clone(page),
        at_ms: fact.at_ms,
        fact: fact.fact.clone(),
        site_id: SiteId::new(1),
        local_day: 19_675,
        visitor: VisitorId::new(2),
        session: Arc::clone(session),
        place: Arc::new(Place::default()),
        agent: Arc::new(Agent::default()),
    }
}

fn find_client(forwarded: &str, x_forwarded_for: &str) {
    let (forwarded, x_forwarded_for) = (lines(forwarded), lines(x_forwarded_for));
    let (near, stranger) = (IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from([203, 0, 113, 9]));
    let proxies = TrustedProxies::default();
    assert_eq!(proxies.client_address(stranger, &forwarded, &x_forwarded_for), stranger);
    assert!(!proxies.is_secure(stranger, &forwarded, &x_forwarded_for));
    let client = proxies.client_address(near, &forwarded, &x_forwarded_for);
    assert_eq!(client, client.to_canonical(), "one address has one form");
    // The word of a proxy stands behind whatever the client wrote.
    let appended: Vec<&str> = x_forwarded_for.iter().copied().chain(["198.51.100.7"]).collect();
    assert_eq!(proxies.client_address(near, &forwarded, &appended), IpAddr::from([198, 51, 100, 7]));
    let _ = proxies.is_secure(near, &forwarded, &x_forwarded_for);
}

/// Splits headers of one name.
fn lines(text: &str) -> Vec<&str> {
    text.split('\r').filter(|line| !line.is_empty()).collect()
}

/// The limit cuts at exactly what a body decodes to.
fn decode_within(encoding: Encoding, body: &[u8]) {
    let Ok(decoded) = decode(encoding, body, DECODED_BYTES) else { return };
    assert!(decoded.len() <= DECODED_BYTES);
    assert_eq!(decode(encoding, body, decoded.len()).as_ref(), Ok(&decoded), "just enough room");
    if let Some(limit_bytes) = decoded.len().checked_sub(1) {
        assert_eq!(decode(encoding, body, limit_bytes), Err(DecodeError::TooLarge { limit_bytes }));
    }
}

fn read_header(bytes: &[u8]) {
    let _ = Header::read(bytes);
    if let Some(numbers) = bytes.first_chunk::<HEADER_BYTES>() {
        let number = |at: usize| u64::from_le_bytes(numbers[at..at + 8].try_into().expect("eight bytes"));
        let header = Header {
            batch: number(0),
            first_record: number(8),
            kept_before: number(16),
            created_at_ms: number(24).cast_signed(),
        };
        assert_eq!(Header::read(&header.to_bytes()), Ok(header));
    }
}

/// Returns how many bytes the entries of a content account for.
fn entries_bytes(content: &[u8]) -> usize {
    let bytes = Entries::new(BOOT, content).map(|entry| match entry {
        Entry::Record { payload, .. } => FRAME_BYTES + payload.len(),
        Entry::Damaged(bytes) | Entry::Torn(bytes) => bytes.len(),
    });
    bytes.sum()
}

/// Splits the input of [`segment`] into flips and payloads.
fn segment_parts(bytes: &[u8]) -> (Vec<&[u8]>, Vec<&[u8]>) {
    let Some((&count, rest)) = bytes.split_first() else { return (Vec::new(), Vec::new()) };
    let (flips, mut rest) = rest.split_at(rest.len().min(usize::from(count % 16) * 3));
    let mut payloads = Vec::new();
    while let Some((length, behind)) = rest.split_first_chunk::<2>() {
        let (payload, behind) = behind.split_at(behind.len().min(usize::from(u16::from_le_bytes(*length))));
        payloads.push(payload);
        rest = behind;
    }
    (flips.chunks_exact(3).collect(), payloads)
}

/// Reads what a record says. Written again it says the same, and every row finds its columns.
fn read_record(payload: &[u8]) {
    let mut blocks = Blocks::new(1, 0);
    match record::read(payload) {
        Ok(Record::Rows(rows)) => {
            // As bytes, for a place may be no number, which equals nothing.
            let written = write(&rows);
            let Ok(Record::Rows(again)) = record::read(&written) else { panic!("rows are read again as rows") };
            assert_eq!(write(&again), written);
            for (head, facts) in &rows.runs {
                for fact in facts {
                    blocks.add(head, fact);
                }
            }
        }
        Ok(Record::Outcomes(outcomes)) => {
            let written = record::outcomes_record(&outcomes);
            for outcome in &outcomes {
                blocks.add_outcome(outcome);
            }
            assert_eq!(record::read(&written), Ok(Record::Outcomes(outcomes)));
        }
        Ok(Record::Concurrency(minutes)) => {
            let written = record::concurrency_record(&minutes);
            for minute in &minutes {
                blocks.add_concurrency(minute);
            }
            assert_eq!(record::read(&written), Ok(Record::Concurrency(minutes)));
        }
        Err(_unreadable) => {}
    }
    let _ = blocks.finish();
}

/// Writes rows as the service does: no head without a row.
fn write(rows: &Rows<'_>) -> Vec<u8> {
    let mut writer = RowsWriter::new(rows.received_at_ms);
    for (head, facts) in rows.runs.iter().filter(|(_, facts)| !facts.is_empty()) {
        writer.head(head);
        for fact in facts {
            writer.fact(fact);
        }
    }
    writer.finish()
}
