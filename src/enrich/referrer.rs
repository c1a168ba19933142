//! Owns the naming of sources: from referrer and `utm_` values to what reports show.
//! It does not clean URLs; [`page_url`](super::page_url) has done so before.

use super::{
    channel::{Channel, Clues},
    site_rules::SiteRules,
    sources::{self, Kind},
};
use crate::model::{Acquisition, Attribution, Hostname};

/// Resolves how a visit to a page of `hostname` was won.
///
/// A referrer on the same host, or on a host of the same site, is navigation within the site and counts for nothing.
/// `utm_source` beats the referrer for the name; the referrer helps where the name says nothing of the kind.
#[must_use]
pub fn acquisition(attribution: &Attribution, hostname: &Hostname, rules: &SiteRules) -> Acquisition {
    let referrer = Referrer::read(&attribution.referrer).filter(|referrer| !referrer.is_internal(hostname, rules));
    let campaign = CampaignSource::read(&attribution.utm_source, &attribution.utm_medium);

    let by_campaign = campaign.as_ref().and_then(|source| source.kind);
    let by_referrer = referrer.as_ref().and_then(Referrer::source).map(|source| source.kind);
    let paid_source = campaign.as_ref().is_some_and(|source| source.paid);
    let referrer_name = referrer.as_ref().map(Referrer::name);
    let source = campaign.map(|source| source.name).or(referrer_name).unwrap_or_default();

    let channel = Channel::of(&Clues {
        has_source: !source.is_empty(),
        kind: by_campaign.or(by_referrer),
        paid_source,
        medium: &attribution.utm_medium,
        campaign: &attribution.utm_campaign,
    });
    Acquisition {
        referrer: referrer.map(|referrer| referrer.page()).unwrap_or_default(),
        source,
        channel: channel.as_str().to_owned(),
        utm_source: attribution.utm_source.clone(),
        utm_medium: attribution.utm_medium.clone(),
        utm_campaign: attribution.utm_campaign.clone(),
        utm_content: attribution.utm_content.clone(),
        utm_term: attribution.utm_term.clone(),
    }
}

/// A cleaned referrer, taken apart.
#[derive(Debug, Clone, Copy)]
enum Referrer<'a> {
    Page { host: &'a str, path: &'a str },
    App { package: &'a str },
}

impl<'a> Referrer<'a> {
    fn read(cleaned: &'a str) -> Option<Self> {
        if let Some(package) = cleaned.strip_prefix("android-app://") {
            return Some(Self::App { package });
        }
        let rest = cleaned.strip_prefix("https://").or_else(|| cleaned.strip_prefix("http://"))?;
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        (!host.is_empty()).then_some(Self::Page { host, path })
    }

    fn is_internal(&self, hostname: &Hostname, rules: &SiteRules) -> bool {
        match self {
            Self::Page { host, .. } => {
                without_www(host) == without_www(hostname.as_str())
                    || Hostname::parse(host).is_ok_and(|host| rules.owns_hostname(&host))
            }
            Self::App { .. } => false,
        }
    }

    fn source(&self) -> Option<sources::Source> {
        match self {
            Self::Page { host, .. } => sources::by_host(without_prefix(host)),
            Self::App { package } => sources::by_app(package),
        }
    }

    fn name(&self) -> String {
        match self.source() {
            Some(source) => source.name.to_owned(),
            None => match self {
                Self::Page { host, .. } => without_prefix(host).to_owned(),
                Self::App { package } => (*package).to_owned(),
            },
        }
    }

    /// Returns host and path without scheme and `www.`; the host alone for a home page.
    fn page(&self) -> String {
        match self {
            Self::Page { host, path } if *path == "/" => without_www(host).to_owned(),
            Self::Page { host, path } => format!("{}{path}", without_www(host)),
            Self::App { package } => (*package).to_owned(),
        }
    }
}

/// What a campaign's parameters say of the source.
struct CampaignSource {
    name: String,
    kind: Option<Kind>,
    paid: bool,
}

impl CampaignSource {
    fn read(utm_source: &str, utm_medium: &str) -> Option<Self> {
        // A click id names its network, even where the page's owner wrote no `utm_source`.
        let word = match (utm_source.trim(), utm_medium) {
            ("", "(gclid)") => "google",
            ("", "(msclkid)") => "bing",
            ("", _) => return None,
            (word, _) => word,
        };
        if let Some(spelling) = sources::by_spelling(word) {
            let source = spelling.source;
            return Some(Self { name: source.name.to_owned(), kind: Some(source.kind), paid: spelling.paid });
        }
        let looks_like_host = word.contains('.') && !word.contains([' ', '/']);
        if !looks_like_host {
            return Some(Self { name: word.to_owned(), kind: None, paid: false });
        }
        let host = word.to_lowercase();
        let referrer = Referrer::Page { host: &host, path: "" };
        Some(Self { name: referrer.name(), kind: referrer.source().map(|source| source.kind), paid: false })
    }
}

fn without_www(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// Cuts off what stands for the mobile site or a link checker: `m.`, and Facebook's `l.` and `lm.`.
fn without_prefix(host: &str) -> &str {
    const PREFIXES: [&str; 4] = ["www.", "m.", "l.", "lm."];
    let cut = PREFIXES.iter().find_map(|prefix| host.strip_prefix(prefix));
    cut.filter(|rest| rest.contains('.')).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Site, SiteId, SiteName, SiteSettings};

    fn resolve(referrer: &str, utm_source: &str, utm_medium: &str) -> Acquisition {
        let site = Site {
            id: SiteId::new(1),
            name: SiteName::parse("shop.example").unwrap(),
            time_zone: jiff::tz::TimeZone::UTC,
            settings: SiteSettings::default(),
        };
        let attribution = Attribution {
            referrer: referrer.to_owned(),
            utm_source: utm_source.to_owned(),
            utm_medium: utm_medium.to_owned(),
            ..Attribution::default()
        };
        acquisition(&attribution, &Hostname::parse("www.shop.example").unwrap(), &SiteRules::new(&site))
    }

    #[test]
    fn names_referrers() {
        let cases = [
            ("none", "", "", "", "Direct"),
            ("own page", "https://www.shop.example/a", "", "", "Direct"),
            ("own page without www", "https://shop.example/a", "", "", "Direct"),
            ("own subdomain", "https://blog.shop.example/a", "", "", "Direct"),
            ("search", "https://www.google.com/", "google.com", "Google", "Organic Search"),
            ("country's search", "https://www.google.bg/search", "google.bg/search", "Google", "Organic Search"),
            ("search behind a prefix", "https://m.yandex.ru/", "m.yandex.ru", "Yandex", "Organic Search"),
            ("regional search", "https://bg.search.yahoo.com/", "bg.search.yahoo.com", "Yahoo", "Organic Search"),
            (
                "Facebook's link checker",
                "https://l.facebook.com/l.php",
                "l.facebook.com/l.php",
                "Facebook",
                "Organic Social",
            ),
            ("mobile Facebook", "https://lm.facebook.com/", "lm.facebook.com", "Facebook", "Organic Social"),
            ("X", "https://t.co/abc", "t.co/abc", "X", "Organic Social"),
            ("video", "https://m.youtube.com/", "m.youtube.com", "YouTube", "Organic Video"),
            ("assistant", "https://chatgpt.com/", "chatgpt.com", "ChatGPT", "AI Assistants"),
            (
                "assistant of a search engine",
                "https://gemini.google.com/app",
                "gemini.google.com/app",
                "Gemini",
                "AI Assistants",
            ),
            ("web mail", "https://nm80.abv.bg/Mail.html", "nm80.abv.bg/Mail.html", "ABV Mail", "Email"),
            ("portal with search", "https://www.abv.bg/", "abv.bg", "ABV", "Organic Search"),
            ("shop", "https://www.emag.bg/", "emag.bg", "eMAG", "Organic Shopping"),
            ("news", "https://www.vesti.bg/bulgaria", "vesti.bg/bulgaria", "Vesti.bg", "Referral"),
            ("section of a portal", "https://dnes.dir.bg/x", "dnes.dir.bg/x", "Dir.bg", "Referral"),
            ("unknown", "https://www.friend.example/блог", "friend.example/блог", "friend.example", "Referral"),
            ("unknown, mobile", "https://m.friend.example/", "m.friend.example", "friend.example", "Referral"),
            ("two labels are no prefix", "https://m.example/", "m.example", "m.example", "Referral"),
            ("app", "android-app://com.google.android.gm", "com.google.android.gm", "Gmail", "Email"),
            (
                "search app",
                "android-app://com.google.android.googlequicksearchbox",
                "com.google.android.googlequicksearchbox",
                "Google",
                "Organic Search",
            ),
            ("unknown app", "android-app://org.example.app", "org.example.app", "org.example.app", "Referral"),
        ];
        for (description, referrer, page, source, channel) in cases {
            let found = resolve(referrer, "", "");
            assert_eq!(
                (found.referrer.as_str(), found.source.as_str(), found.channel.as_str()),
                (page, source, channel),
                "{description}"
            );
        }
    }

    #[test]
    fn names_campaign_sources() {
        let cases = [
            ("folded", "", "facebook", "", "Facebook", "Organic Social"),
            ("folded by abbreviation", "", "IG", "cpc", "Instagram", "Paid Social"),
            ("folded by host", "", "www.linkedin.com", "", "LinkedIn", "Organic Social"),
            ("assistant's own tag", "https://chatgpt.com/", "chatgpt.com", "", "ChatGPT", "AI Assistants"),
            ("free text", "", "Spring Sale", "", "Spring Sale", "Referral"),
            ("unknown host", "", "www.partner.example", "affiliate", "partner.example", "Affiliates"),
            ("name beats referrer", "https://www.google.com/", "newsletter", "email", "Newsletter", "Email"),
            ("referrer tells the kind", "https://www.facebook.com/", "spring", "cpc", "spring", "Paid Social"),
            ("advertisements by name", "", "adwords", "", "Google", "Paid Search"),
            ("click id", "https://www.google.com/", "", "(gclid)", "Google", "Paid Search"),
            ("click id without referrer", "", "", "(msclkid)", "Bing", "Paid Search"),
            ("medium alone", "", "", "email", "", "Email"),
            ("campaign link within the site", "https://shop.example/", "banner-1", "banner", "banner-1", "Display"),
        ];
        for (description, referrer, utm_source, utm_medium, source, channel) in cases {
            let found = resolve(referrer, utm_source, utm_medium);
            assert_eq!((found.source.as_str(), found.channel.as_str()), (source, channel), "{description}");
            assert_eq!(found.utm_source, utm_source, "{description}: kept as written");
        }
    }
}
