//! Owns the channels: how a visit was won, decided by rules that anybody can read here.
//! They follow Google Analytics' default channel groups, with assistants as a channel of their own.

use super::sources::Kind;

/// How a visit was won.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    Direct,
    OrganicSearch,
    PaidSearch,
    OrganicSocial,
    PaidSocial,
    OrganicVideo,
    PaidVideo,
    OrganicShopping,
    PaidShopping,
    AiAssistants,
    Email,
    Referral,
    Display,
    Affiliates,
    Audio,
    Sms,
    PushNotifications,
    CrossNetwork,
    PaidOther,
}

impl Channel {
    pub const ALL: [Self; 19] = [
        Self::Direct,
        Self::OrganicSearch,
        Self::PaidSearch,
        Self::OrganicSocial,
        Self::PaidSocial,
        Self::OrganicVideo,
        Self::PaidVideo,
        Self::OrganicShopping,
        Self::PaidShopping,
        Self::AiAssistants,
        Self::Email,
        Self::Referral,
        Self::Display,
        Self::Affiliates,
        Self::Audio,
        Self::Sms,
        Self::PushNotifications,
        Self::CrossNetwork,
        Self::PaidOther,
    ];

    /// Returns the words of reports and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "Direct",
            Self::OrganicSearch => "Organic Search",
            Self::PaidSearch => "Paid Search",
            Self::OrganicSocial => "Organic Social",
            Self::PaidSocial => "Paid Social",
            Self::OrganicVideo => "Organic Video",
            Self::PaidVideo => "Paid Video",
            Self::OrganicShopping => "Organic Shopping",
            Self::PaidShopping => "Paid Shopping",
            Self::AiAssistants => "AI Assistants",
            Self::Email => "Email",
            Self::Referral => "Referral",
            Self::Display => "Display",
            Self::Affiliates => "Affiliates",
            Self::Audio => "Audio",
            Self::Sms => "SMS",
            Self::PushNotifications => "Mobile Push Notifications",
            Self::CrossNetwork => "Cross-network",
            Self::PaidOther => "Paid Other",
        }
    }

    /// Decides the channel. The first rule that holds wins: what was paid for, then who sent the visitor, then what
    /// the medium says.
    #[must_use]
    pub fn of(clues: &Clues<'_>) -> Self {
        let medium = clues.medium.trim().to_lowercase();
        let campaign = clues.campaign.to_lowercase();
        if campaign.contains("cross-network") {
            return Self::CrossNetwork;
        }
        if clues.paid_source || is_paid(&medium) {
            return paid(clues.kind, &medium, &campaign);
        }
        if is_display(&medium) {
            return Self::Display;
        }
        clues.kind.and_then(by_source).or_else(|| by_medium(&medium)).unwrap_or_else(|| {
            if is_shopping(&campaign) {
                Self::OrganicShopping
            } else if clues.has_source {
                Self::Referral
            } else {
                Self::Direct
            }
        })
    }
}

/// What is known of how a visitor came.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clues<'a> {
    /// False for a visit without referrer and `utm_source`.
    pub has_source: bool,
    /// The kind of the source, where it is in our table.
    pub kind: Option<Kind>,
    /// The name of the source stands for advertisements only: `adwords`.
    pub paid_source: bool,
    /// `utm_medium` and `utm_campaign`, as written.
    pub medium: &'a str,
    pub campaign: &'a str,
}

fn paid(kind: Option<Kind>, medium: &str, campaign: &str) -> Channel {
    match kind {
        Some(Kind::Shopping) => Channel::PaidShopping,
        _ if is_shopping(campaign) => Channel::PaidShopping,
        Some(Kind::Search) => Channel::PaidSearch,
        Some(Kind::Social) => Channel::PaidSocial,
        Some(Kind::Video) => Channel::PaidVideo,
        Some(Kind::Assistant | Kind::Email | Kind::Site) | None if is_display(medium) => Channel::Display,
        Some(Kind::Assistant | Kind::Email | Kind::Site) | None => Channel::PaidOther,
    }
}

fn by_source(kind: Kind) -> Option<Channel> {
    match kind {
        Kind::Search => Some(Channel::OrganicSearch),
        Kind::Social => Some(Channel::OrganicSocial),
        Kind::Video => Some(Channel::OrganicVideo),
        Kind::Shopping => Some(Channel::OrganicShopping),
        Kind::Assistant => Some(Channel::AiAssistants),
        Kind::Email => Some(Channel::Email),
        Kind::Site => None,
    }
}

fn by_medium(medium: &str) -> Option<Channel> {
    let channel = match medium {
        "organic" => Channel::OrganicSearch,
        "social" | "social-network" | "social-media" | "social network" | "social media" | "sm" => {
            Channel::OrganicSocial
        }
        "affiliate" | "affiliates" => Channel::Affiliates,
        "audio" => Channel::Audio,
        "sms" => Channel::Sms,
        "referral" | "app" | "link" => Channel::Referral,
        _ if ["email", "e-mail", "e_mail", "e mail", "newsletter"].iter().any(|word| medium.contains(word)) => {
            Channel::Email
        }
        _ if medium.contains("video") => Channel::OrganicVideo,
        _ if medium.ends_with("push") || medium.contains("mobile") || medium.contains("notification") => {
            Channel::PushNotifications
        }
        _ => return None,
    };
    Some(channel)
}

/// `cpc`, `cpm`, `ppc`, `paid_social`, `retargeting`, and our own marks for a click id without a medium.
fn is_paid(medium: &str) -> bool {
    medium.contains("cp")
        || medium.starts_with("paid")
        || matches!(medium, "ppc" | "retargeting" | "(gclid)" | "(msclkid)")
}

fn is_display(medium: &str) -> bool {
    matches!(medium, "display" | "banner" | "expandable" | "interstitial" | "cpm")
}

/// `shop`, `spring-shopping`; not `workshop` or `bishop`.
fn is_shopping(campaign: &str) -> bool {
    campaign.contains("shopping")
        || campaign.match_indices("shop").any(|(at, _)| !campaign[..at].ends_with(|c: char| c.is_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_rules_in_their_order() {
        struct Case(&'static str, Option<Kind>, &'static str, &'static str, Channel);
        let cases = [
            Case("search engine", Some(Kind::Search), "", "", Channel::OrganicSearch),
            Case("search, paid", Some(Kind::Search), "cpc", "", Channel::PaidSearch),
            Case("search, auto-tagged", Some(Kind::Search), "(gclid)", "", Channel::PaidSearch),
            Case("search, cpm is still search", Some(Kind::Search), "CPM", "", Channel::PaidSearch),
            Case("social network", Some(Kind::Social), "whatever", "", Channel::OrganicSocial),
            Case("social, paid", Some(Kind::Social), "paid_social", "", Channel::PaidSocial),
            Case("video", Some(Kind::Video), "", "", Channel::OrganicVideo),
            Case("video, paid", Some(Kind::Video), "ppc", "", Channel::PaidVideo),
            Case("shop", Some(Kind::Shopping), "", "", Channel::OrganicShopping),
            Case("shop, paid", Some(Kind::Shopping), "cpc", "", Channel::PaidShopping),
            Case("shopping campaign, paid", Some(Kind::Search), "cpc", "spring-shopping", Channel::PaidShopping),
            Case("shopping campaign", None, "", "Shop now", Channel::OrganicShopping),
            Case("workshop is no shop", None, "", "workshop", Channel::Referral),
            Case("assistant", Some(Kind::Assistant), "", "", Channel::AiAssistants),
            Case("mail", Some(Kind::Email), "", "", Channel::Email),
            Case("mail by medium", None, "E-Mail", "", Channel::Email),
            Case("newsletter", None, "weekly-newsletter", "", Channel::Email),
            Case("display", None, "banner", "", Channel::Display),
            Case("display by the thousand", None, "cpm", "", Channel::Display),
            Case("display at a social network", Some(Kind::Social), "display", "", Channel::Display),
            Case("cross-network", Some(Kind::Search), "cpc", "2024 Cross-Network", Channel::CrossNetwork),
            Case("paid elsewhere", None, "cpc", "", Channel::PaidOther),
            Case("affiliate", None, "affiliate", "", Channel::Affiliates),
            Case("audio", None, "audio", "", Channel::Audio),
            Case("SMS", None, "sms", "", Channel::Sms),
            Case("push", None, "webpush", "", Channel::PushNotifications),
            Case("social by medium", None, "social", "", Channel::OrganicSocial),
            Case("organic by medium", None, "organic", "", Channel::OrganicSearch),
            Case("known site", Some(Kind::Site), "", "", Channel::Referral),
            Case("unknown site", None, "", "", Channel::Referral),
        ];
        for Case(description, kind, medium, campaign, expected) in cases {
            let clues = Clues { has_source: true, kind, paid_source: false, medium, campaign };
            assert_eq!(Channel::of(&clues), expected, "{description}");
        }
    }

    #[test]
    fn calls_a_visit_without_source_direct_unless_the_medium_says_more() {
        assert_eq!(Channel::of(&Clues::default()), Channel::Direct);
        assert_eq!(Channel::of(&Clues { medium: "email", ..Clues::default() }), Channel::Email);
    }

    #[test]
    fn names_are_distinct() {
        let names: std::collections::BTreeSet<_> = Channel::ALL.iter().map(|channel| channel.as_str()).collect();
        assert_eq!(names.len(), Channel::ALL.len());
    }
}
