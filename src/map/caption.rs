//! Owns the words of maps in their languages. It does not place them.

use super::{
    params::{Lang, MapRange},
    places::{Shown, Spot},
};

/// Who made the outlines.
pub const OUTLINES: &str = "Natural Earth";

/// Returns what the map says in words: in full, and shorter for narrow pictures.
pub fn captions(shown: &Shown, range: MapRange, lang: Lang) -> Vec<String> {
    if shown.visitors == 0 {
        return vec![nobody(range, lang).to_owned(), "0".to_owned()];
    }
    let visitors = visitors(shown.visitors, lang);
    let time = time(range, lang);
    let mut captions = vec![format!("{visitors} · {time}"), visitors];
    if !shown.countries.is_empty() {
        captions.insert(0, format!("{} · {} · {time}", captions[1], countries(shown.countries.len() as u64, lang)));
    }
    captions
}

/// Returns the name of a spot with its number.
pub fn spot(spot: &Spot, lang: Lang) -> String {
    let number = grouped(spot.visitors, lang);
    if spot.city.is_empty() {
        format!("{}: {number}", spot.country)
    } else {
        format!("{}, {}: {number}", spot.city, spot.country)
    }
}

/// Returns the title of a map.
pub const fn title(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "Map of visitors",
        Lang::Bg => "Карта на посетителите",
    }
}

/// Returns who is to be named, for the corner of the picture.
pub fn credits(geo: &str) -> String {
    if geo.is_empty() { OUTLINES.to_owned() } else { format!("{OUTLINES} · {geo}") }
}

/// Returns the same as a sentence, for the description of the picture.
pub fn credits_in_full(geo: &str) -> String {
    let outlines = "Outlines: Natural Earth (public domain).";
    match geo {
        "" => outlines.to_owned(),
        "DB-IP" => format!("{outlines} IP geolocation by DB-IP (https://db-ip.com), CC BY 4.0."),
        other => format!("{outlines} IP geolocation: {other}."),
    }
}

fn visitors(count: u64, lang: Lang) -> String {
    let number = grouped(count, lang);
    match (lang, count) {
        (Lang::En, 1) => format!("{number} visitor"),
        (Lang::En, _) => format!("{number} visitors"),
        (Lang::Bg, 1) => format!("{number} посетител"),
        (Lang::Bg, _) => format!("{number} посетители"),
    }
}

fn countries(count: u64, lang: Lang) -> String {
    match (lang, count) {
        (Lang::En, 1) => "1 country".to_owned(),
        (Lang::En, _) => format!("{count} countries"),
        (Lang::Bg, 1) => "1 държава".to_owned(),
        (Lang::Bg, _) => format!("{count} държави"),
    }
}

const fn time(range: MapRange, lang: Lang) -> &'static str {
    match (lang, range) {
        (Lang::En, MapRange::Now) => "here now",
        (Lang::En, MapRange::Hour) => "last hour",
        (Lang::En, MapRange::Day) => "last 24 hours",
        (Lang::En, MapRange::Week) => "last 7 days",
        (Lang::En, MapRange::Month) => "last 30 days",
        (Lang::En, MapRange::All) => "all time",
        (Lang::Bg, MapRange::Now) => "тук сега",
        (Lang::Bg, MapRange::Hour) => "последния час",
        (Lang::Bg, MapRange::Day) => "последните 24 часа",
        (Lang::Bg, MapRange::Week) => "последните 7 дни",
        (Lang::Bg, MapRange::Month) => "последните 30 дни",
        (Lang::Bg, MapRange::All) => "за цялото време",
    }
}

const fn nobody(range: MapRange, lang: Lang) -> &'static str {
    match (lang, range) {
        (Lang::En, MapRange::Now) => "Nobody is here now",
        (Lang::En, MapRange::Hour) => "No visitors in the last hour",
        (Lang::En, MapRange::Day) => "No visitors in the last 24 hours",
        (Lang::En, MapRange::Week) => "No visitors in the last 7 days",
        (Lang::En, MapRange::Month) => "No visitors in the last 30 days",
        (Lang::En, MapRange::All) => "No visitors yet",
        (Lang::Bg, MapRange::Now) => "Сега тук няма никого",
        (Lang::Bg, MapRange::Hour) => "Няма посетители през последния час",
        (Lang::Bg, MapRange::Day) => "Няма посетители през последните 24 часа",
        (Lang::Bg, MapRange::Week) => "Няма посетители през последните 7 дни",
        (Lang::Bg, MapRange::Month) => "Няма посетители през последните 30 дни",
        (Lang::Bg, MapRange::All) => "Още няма посетители",
    }
}

/// Returns a number with its thousands apart.
pub fn grouped(number: u64, lang: Lang) -> String {
    let separator = match lang {
        Lang::En => ',',
        // A space at which no line is broken.
        Lang::Bg => '\u{a0}',
    };
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(visitors: u64, countries: usize, range: MapRange, lang: Lang) -> Vec<String> {
        let countries = (0..countries).map(|_| ("BG".to_owned(), 1)).collect();
        captions(&Shown { spots: Vec::new(), countries, visitors }, range, lang)
    }

    #[test]
    fn says_how_many_from_where_and_when() {
        assert_eq!(said(1234, 56, MapRange::Day, Lang::En)[0], "1,234 visitors · 56 countries · last 24 hours");
        assert_eq!(said(1, 1, MapRange::Now, Lang::En)[0], "1 visitor · 1 country · here now");
        assert_eq!(said(1234, 2, MapRange::Hour, Lang::Bg)[0], "1\u{a0}234 посетители · 2 държави · последния час");
        assert_eq!(said(2, 0, MapRange::All, Lang::En), ["2 visitors · all time", "2 visitors"]);
        assert_eq!(said(0, 0, MapRange::Now, Lang::Bg)[0], "Сега тук няма никого");
    }
}
