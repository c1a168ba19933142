//! Owns how an event of our wire format is read: its kind decides what else is looked at.
//!
//! Written by hand because serde's `flatten` and `tag` put every event into a tree of values first: for a beacon of 25
//! events that took three times as long.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{
        self, IntoDeserializer, MapAccess, Visitor,
        value::{MapAccessDeserializer, MapDeserializer},
    },
};
use serde_json::Value;

/// An event as it came.
pub(super) struct RawEvent<'a> {
    /// Milliseconds from the fact to the sending.
    pub ago: u64,
    pub fact: RawFact<'a>,
}

pub(super) enum RawFact<'a> {
    Pageview,
    Event(RawCustom<'a>),
    Engagement(RawEngagement),
    Click(RawClick<'a>),
    Move(RawMove<'a>),
    Scroll(RawScroll<'a>),
    Layout(RawLayout<'a>),
    Leave,
}

#[derive(Deserialize)]
struct RawNothing {
    ago: Option<u64>,
}

#[derive(Deserialize)]
pub(super) struct RawCustom<'a> {
    ago: Option<u64>,
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    #[serde(default)]
    pub props: BTreeMap<String, String>,
    #[serde(default)]
    pub revenue: Option<Value>,
}

#[derive(Deserialize)]
pub(super) struct RawEngagement {
    ago: Option<u64>,
    pub engaged: u32,
    pub depth: u8,
}

#[derive(Deserialize)]
pub(super) struct RawClick<'a> {
    ago: Option<u64>,
    #[serde(borrow)]
    pub element: Cow<'a, str>,
    pub fraction: [u16; 2],
    pub at: [u32; 2],
    #[serde(default)]
    pub container: [u32; 2],
    #[serde(default)]
    pub since: u32,
    #[serde(default)]
    pub size: [u32; 2],
    #[serde(default)]
    pub state: u32,
    #[serde(default)]
    pub flags: u16,
}

#[derive(Deserialize)]
pub(super) struct RawMove<'a> {
    ago: Option<u64>,
    #[serde(borrow)]
    pub element: Cow<'a, str>,
    pub fraction: [u16; 2],
    pub at: [u32; 2],
    pub rest: u32,
    #[serde(default)]
    pub size: [u32; 2],
    #[serde(default)]
    pub state: u32,
    #[serde(default)]
    pub flags: u16,
}

#[derive(Deserialize)]
pub(super) struct RawScroll<'a> {
    ago: Option<u64>,
    pub depth: u32,
    #[serde(default)]
    pub exposure: Vec<u32>,
    #[serde(borrow, default)]
    pub landmarks: Vec<RawLandmark<'a>>,
}

/// Element, visible milliseconds.
#[derive(Deserialize)]
pub(super) struct RawLandmark<'a>(#[serde(borrow)] pub Cow<'a, str>, pub u32);

#[derive(Deserialize)]
pub(super) struct RawLayout<'a> {
    ago: Option<u64>,
    pub complete: bool,
    #[serde(default)]
    pub state: u32,
    #[serde(borrow)]
    pub boxes: Vec<RawBox<'a>>,
}

/// Element, tag, role, x, y, width, height, flags.
#[derive(Deserialize)]
pub(super) struct RawBox<'a>(
    #[serde(borrow)] pub Cow<'a, str>,
    #[serde(borrow)] pub Cow<'a, str>,
    #[serde(borrow)] pub Cow<'a, str>,
    pub i32,
    pub i32,
    pub u32,
    pub u32,
    pub u16,
);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    Type,
    Ago,
    Other(String),
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Pageview,
    Event,
    Engagement,
    Click,
    Move,
    Scroll,
    Layout,
    Leave,
}

impl<'de: 'a, 'a> Deserialize<'de> for RawEvent<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EventVisitor)
    }
}

struct EventVisitor;

impl<'de> Visitor<'de> for EventVisitor {
    type Value = RawEvent<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    /// Reads straight on where `type` comes before all but `ago`, as our tracker writes it.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawEvent<'de>, A::Error> {
        let mut ago = None;
        loop {
            match map.next_key()? {
                Some(Key::Type) => return read(map.next_value()?, ago, map),
                Some(Key::Ago) => ago = Some(map.next_value()?),
                Some(Key::Other(first)) => return read_in_any_order(first, ago, map),
                None => return Err(de::Error::missing_field("type")),
            }
        }
    }
}

/// Reads what follows the type.
fn read<'de, A: MapAccess<'de>>(kind: Kind, ago_before: Option<u64>, map: A) -> Result<RawEvent<'de>, A::Error> {
    let rest = MapAccessDeserializer::new(map);
    let (ago, fact) = match kind {
        Kind::Pageview => (RawNothing::deserialize(rest)?.ago, RawFact::Pageview),
        Kind::Leave => (RawNothing::deserialize(rest)?.ago, RawFact::Leave),
        Kind::Event => {
            let raw = RawCustom::deserialize(rest)?;
            (raw.ago, RawFact::Event(raw))
        }
        Kind::Engagement => {
            let raw = RawEngagement::deserialize(rest)?;
            (raw.ago, RawFact::Engagement(raw))
        }
        Kind::Click => {
            let raw = RawClick::deserialize(rest)?;
            (raw.ago, RawFact::Click(raw))
        }
        Kind::Move => {
            let raw = RawMove::deserialize(rest)?;
            (raw.ago, RawFact::Move(raw))
        }
        Kind::Scroll => {
            let raw = RawScroll::deserialize(rest)?;
            (raw.ago, RawFact::Scroll(raw))
        }
        Kind::Layout => {
            let raw = RawLayout::deserialize(rest)?;
            (raw.ago, RawFact::Layout(raw))
        }
    };
    Ok(RawEvent { ago: ago.or(ago_before).unwrap_or_default(), fact })
}

/// Reads an event whose type stands further back: its members are kept until the type is known.
fn read_in_any_order<'de, A: MapAccess<'de>>(
    first: String,
    ago: Option<u64>,
    mut map: A,
) -> Result<RawEvent<'de>, A::Error> {
    let mut members = vec![(first, map.next_value::<Value>()?)];
    let mut kind = None;
    while let Some((name, value)) = map.next_entry::<String, Value>()? {
        if name == "type" {
            kind = Some(value);
        } else {
            members.push((name, value));
        }
    }
    let kind = kind.ok_or_else(|| de::Error::missing_field("type"))?;
    let kind = Kind::deserialize(kind.into_deserializer()).map_err(de::Error::custom)?;
    read(kind, ago, MapDeserializer::new(members.into_iter()))
        .map_err(|error: serde_json::Error| de::Error::custom(error))
}
