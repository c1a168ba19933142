//! Owns the languages of badges: their words, and how they write whole numbers (as in the Unicode CLDR 48).

use super::{
    error::ParamError,
    params::Name,
    show::{Metric, Period, Show},
};

/// A language that badges know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lang(&'static Language);

#[derive(Debug, PartialEq, Eq, Hash)]
struct Language {
    tag: &'static str,
    /// Between groups of digits.
    separator: char,
    /// Digits that the first group needs to be set apart: with 2, four digits stand together.
    first_group: usize,
    /// Who is here; today; yesterday; seven days; thirty days; visits; visitors; views.
    words: [&'static str; 8],
}

const NO_BREAK: char = '\u{a0}';
const NARROW_NO_BREAK: char = '\u{202f}';

#[rustfmt::skip]
static LANGUAGES: [Language; 25] = [
    language("en", ',', 1, ["online", "today", "yesterday", "7 days", "30 days", "total visits", "visitors", "views"]),
    language("bg", NO_BREAK, 2, ["на линия", "днес", "вчера", "7 дни", "30 дни", "общо", "посетители", "прегледи"]),
    language("ar", ',', 1, ["متصل الآن", "اليوم", "أمس", "7 أيام", "30 يومًا", "الزيارات", "الزوار", "المشاهدات"]),
    language("cs", NO_BREAK, 1, ["online", "dnes", "včera", "7 dní", "30 dní", "návštěvy", "návštěvníci", "zobrazení"]),
    language("de", '.', 1, ["online", "heute", "gestern", "7 Tage", "30 Tage", "Besuche", "Besucher", "Aufrufe"]),
    language("el", '.', 1, ["σε σύνδεση", "σήμερα", "χθες", "7 ημέρες", "30 ημέρες", "επισκέψεις", "επισκέπτες", "προβολές"]),
    language("es", '.', 2, ["en línea", "hoy", "ayer", "7 días", "30 días", "visitas", "visitantes", "vistas"]),
    language("fa", '٬', 1, ["آنلاین", "امروز", "دیروز", "۷ روز", "۳۰ روز", "بازدیدها", "بازدیدکنندگان", "نمایش‌ها"]),
    language("fr", NARROW_NO_BREAK, 1, ["en ligne", "aujourd’hui", "hier", "7 jours", "30 jours", "visites", "visiteurs", "vues"]),
    language("he", ',', 1, ["מחוברים", "היום", "אתמול", "7 ימים", "30 ימים", "ביקורים", "מבקרים", "צפיות"]),
    language("hi", ',', 1, ["ऑनलाइन", "आज", "बीता कल", "7 दिन", "30 दिन", "विज़िट", "आगंतुक", "व्यू"]),
    language("hu", NO_BREAK, 2, ["online", "ma", "tegnap", "7 nap", "30 nap", "látogatás", "látogató", "megtekintés"]),
    language("id", '.', 1, ["online", "hari ini", "kemarin", "7 hari", "30 hari", "kunjungan", "pengunjung", "tayangan"]),
    language("it", '.', 2, ["online", "oggi", "ieri", "7 giorni", "30 giorni", "visite", "visitatori", "visualizzazioni"]),
    language("ja", ',', 1, ["オンライン", "今日", "昨日", "7日間", "30日間", "訪問数", "訪問者", "閲覧数"]),
    language("ko", ',', 1, ["접속 중", "오늘", "어제", "7일", "30일", "방문", "방문자", "조회수"]),
    language("nl", '.', 1, ["online", "vandaag", "gisteren", "7 dagen", "30 dagen", "bezoeken", "bezoekers", "weergaven"]),
    language("pl", NO_BREAK, 2, ["online", "dziś", "wczoraj", "7 dni", "30 dni", "wizyty", "odwiedzający", "odsłony"]),
    language("pt", '.', 1, ["online", "hoje", "ontem", "7 dias", "30 dias", "visitas", "visitantes", "visualizações"]),
    language("ro", '.', 1, ["online", "azi", "ieri", "7 zile", "30 de zile", "vizite", "vizitatori", "vizualizări"]),
    language("ru", NO_BREAK, 1, ["онлайн", "сегодня", "вчера", "7 дней", "30 дней", "визиты", "посетители", "просмотры"]),
    language("tr", '.', 1, ["çevrimiçi", "bugün", "dün", "7 gün", "30 gün", "ziyaret", "ziyaretçi", "görüntüleme"]),
    language("uk", NO_BREAK, 1, ["онлайн", "сьогодні", "вчора", "7 днів", "30 днів", "візити", "відвідувачі", "перегляди"]),
    language("vi", '.', 1, ["trực tuyến", "hôm nay", "hôm qua", "7 ngày", "30 ngày", "lượt truy cập", "khách", "lượt xem"]),
    language("zh", ',', 1, ["在线", "今日", "昨日", "7 天", "30 天", "访问", "访客", "浏览量"]),
];

const fn language(tag: &'static str, separator: char, first_group: usize, words: [&'static str; 8]) -> Language {
    Language { tag, separator, first_group, words }
}

impl Default for Lang {
    fn default() -> Self {
        Self(&LANGUAGES[0])
    }
}

impl Lang {
    /// Parses the tag in the URL.
    pub fn parse(tag: &str) -> Result<Self, ParamError> {
        let known = LANGUAGES.iter().find(|language| language.tag == tag);
        known.map(Self).ok_or_else(|| ParamError::value(Name::Lang, tag, Self::tags().join(", ")))
    }

    /// Returns the tags of all languages.
    #[must_use]
    pub fn tags() -> Vec<&'static str> {
        LANGUAGES.iter().map(|language| language.tag).collect()
    }

    /// Returns the language tag.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0.tag
    }

    /// Returns what a badge says beside its number.
    #[must_use]
    pub fn label(self, show: Show, metric: Metric) -> String {
        let [online, today, yesterday, week, month, visits, visitors, views] = self.0.words;
        let counted = match metric {
            Metric::Visits => visits,
            Metric::Visitors => visitors,
            Metric::Views => views,
        };
        let period = match show {
            Show::Online => return online.to_owned(),
            Show::Counted(Period::All) => return counted.to_owned(),
            Show::Counted(Period::Today) => today,
            Show::Counted(Period::Yesterday) => yesterday,
            Show::Counted(Period::Week) => week,
            Show::Counted(Period::Month) => month,
        };
        // Visitors are what a period is about; anything else is said.
        if metric == Metric::Visitors { period.to_owned() } else { format!("{counted} · {period}") }
    }

    /// Writes a whole number: `1,234,567` in English, `12,34,567` in Hindi, `۱٬۲۳۴٬۵۶۷` in Persian.
    #[must_use]
    pub fn number(self, number: u64) -> String {
        let digits = number.to_string();
        let apart = digits.len() >= 3 + self.0.first_group;
        let mut text = String::with_capacity(digits.len() * 2);
        for (index, digit) in digits.chars().enumerate() {
            let left = digits.len() - index;
            if apart && index > 0 && self.is_border(left) {
                text.push(self.0.separator);
            }
            text.push(self.digit(digit));
        }
        text
    }

    /// Tells whether a group begins where so many digits are left.
    fn is_border(self, left: usize) -> bool {
        match self.0.tag {
            // Lakh and crore.
            "hi" => left == 3 || (left > 3 && left % 2 == 1),
            _ => left.is_multiple_of(3),
        }
    }

    fn digit(self, digit: char) -> char {
        match (self.0.tag, digit.to_digit(10)) {
            ("fa", Some(value)) => char::from_u32(0x6f0 + value).unwrap_or(digit),
            _ => digit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lang(tag: &str) -> Lang {
        Lang::parse(tag).unwrap()
    }

    #[test]
    fn numbers_are_written_as_the_cldr_says() {
        // What `Intl.NumberFormat` of Node 24 gives (CLDR 48).
        let cases = [
            ("en", "1,234", "12,345", "1,234,567"),
            ("bg", "1234", "12\u{a0}345", "1\u{a0}234\u{a0}567"),
            ("de", "1.234", "12.345", "1.234.567"),
            ("es", "1234", "12.345", "1.234.567"),
            ("fr", "1\u{202f}234", "12\u{202f}345", "1\u{202f}234\u{202f}567"),
            ("pl", "1234", "12\u{a0}345", "1\u{a0}234\u{a0}567"),
            ("ru", "1\u{a0}234", "12\u{a0}345", "1\u{a0}234\u{a0}567"),
            ("hi", "1,234", "12,345", "12,34,567"),
            ("fa", "۱٬۲۳۴", "۱۲٬۳۴۵", "۱٬۲۳۴٬۵۶۷"),
            ("ja", "1,234", "12,345", "1,234,567"),
        ];
        for (tag, thousands, ten_thousands, millions) in cases {
            let written = [1234, 12_345, 1_234_567].map(|number| lang(tag).number(number));
            assert_eq!(written, [thousands, ten_thousands, millions], "{tag}");
        }
        assert_eq!(Lang::default().number(0), "0");
        assert_eq!(Lang::default().number(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn every_language_has_every_word_once() {
        for language in &LANGUAGES {
            let mut words = language.words.to_vec();
            words.sort_unstable();
            words.dedup();
            assert!(words.len() == 8 && words.iter().all(|word| !word.is_empty()), "{}", language.tag);
            assert_eq!(lang(language.tag).as_str(), language.tag);
        }
        assert!(Lang::parse("tlh").is_err());
    }

    #[test]
    fn a_label_says_what_is_counted_where_that_is_not_visitors() {
        let today = Show::Counted(Period::Today);
        assert_eq!(lang("bg").label(today, Metric::Visitors), "днес");
        assert_eq!(lang("en").label(today, Metric::Views), "views · today");
        assert_eq!(lang("en").label(Show::Counted(Period::All), Metric::Visits), "total visits");
        assert_eq!(lang("de").label(Show::Online, Metric::Visitors), "online");
    }
}
