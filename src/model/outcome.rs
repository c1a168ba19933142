//! Owns the fates of an event: every event ends in exactly one [`Outcome`], and each is counted once.

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// In the spool, as durable as it promises.
    Accepted,
    /// Left out by a documented rule; the client is told 202 with the reason.
    Dropped(DropReason),
    /// Refused with a 4xx: nothing of its request was kept.
    Rejected,
    /// Refused with a 503: nothing of its request was kept, come back.
    Unavailable,
    /// Refused with a 429: its sender or its site sends more than it may. Nothing was kept, come back.
    Limited,
    /// Lost by a fault of ours.
    Internal,
}

/// The documented rules by which an event is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DropReason {
    UnknownSite,
    Hostname,
    Bot,
    ExcludedPath,
    ExcludedAddress,
    /// The visitor asks not to be tracked and the site honours it.
    PrivacySignal,
    /// A link preview or prerendering browser that no person looks at.
    Prefetch,
    /// The same batch of the same view came before, within ten minutes.
    Repeated,
}

impl DropReason {
    pub const ALL: [Self; 8] = [
        Self::UnknownSite,
        Self::Hostname,
        Self::Bot,
        Self::ExcludedPath,
        Self::ExcludedAddress,
        Self::PrivacySignal,
        Self::Prefetch,
        Self::Repeated,
    ];

    /// Returns the word of headers, metrics and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownSite => "unknown_site",
            Self::Hostname => "hostname",
            Self::Bot => "bot",
            Self::ExcludedPath => "excluded_path",
            Self::ExcludedAddress => "excluded_address",
            Self::PrivacySignal => "privacy_signal",
            Self::Prefetch => "prefetch",
            Self::Repeated => "repeated",
        }
    }
}

impl Outcome {
    /// Returns the words of metrics: the fate, and the reason where there is one.
    #[must_use]
    pub const fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Accepted => ("accepted", ""),
            Self::Dropped(reason) => ("dropped", reason.as_str()),
            Self::Rejected => ("rejected", ""),
            Self::Unavailable => ("unavailable", ""),
            Self::Limited => ("limited", ""),
            Self::Internal => ("internal", ""),
        }
    }
}
