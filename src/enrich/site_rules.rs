//! Owns a site's rules of what is counted, compiled once per site: hosts, paths, addresses.
//! It does not decide what becomes of an event; `ingest` asks and names the reason.

use std::net::IpAddr;

use ipnet::IpNet;

use super::path_text;
use crate::model::{Hostname, Pathname, Site};

/// Why a rule of a site's owner cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    #[error("{0:?} is not a host name; write `example.com`, or `*.example.com` for its subdomains")]
    Hostname(String),
    #[error("{0:?} does not start with a slash or `*`")]
    Path(String),
}

/// The rules of one site, ready to be asked for every event.
#[derive(Debug, Clone)]
pub struct SiteRules {
    hostnames: Vec<HostnameRule>,
    excluded_paths: Vec<PathPattern>,
    excluded_addresses: Vec<IpNet>,
}

impl SiteRules {
    /// Compiles the rules of a site. A rule that cannot be used matches nothing; settings are checked with
    /// [`HostnameRule::parse`] and [`PathPattern::parse`] when they are saved.
    #[must_use]
    pub fn new(site: &Site) -> Self {
        let settings = &site.settings;
        let hostnames = if settings.hostnames.is_empty() {
            HostnameRule::own_domain(site.name.as_str()).into_iter().collect()
        } else {
            settings.hostnames.iter().filter_map(|rule| HostnameRule::parse(rule).ok()).collect()
        };
        Self {
            hostnames,
            excluded_paths: settings.excluded_paths.iter().filter_map(|rule| PathPattern::parse(rule).ok()).collect(),
            excluded_addresses: settings.excluded_addresses.clone(),
        }
    }

    /// Tells whether pages of this host may send events for the site.
    #[must_use]
    pub fn allows_hostname(&self, hostname: &Hostname) -> bool {
        self.hostnames.iter().any(|rule| rule.matches(hostname.as_str()))
    }

    /// Tells whether a host is one of the site's own. A rule for any host says nothing about that.
    #[must_use]
    pub fn owns_hostname(&self, hostname: &Hostname) -> bool {
        self.hostnames.iter().any(|rule| rule.reach != Reach::Anywhere && rule.matches(hostname.as_str()))
    }

    /// Tells whether the owner does not want this path counted.
    #[must_use]
    pub fn excludes_path(&self, pathname: &Pathname) -> bool {
        self.excluded_paths.iter().any(|pattern| pattern.matches(pathname.as_str()))
    }

    /// Tells whether the owner does not want this address counted.
    #[must_use]
    pub fn excludes_address(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.excluded_addresses.iter().any(|network| network.contains(&address))
    }
}

/// Which hosts belong to a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostnameRule {
    domain: String,
    reach: Reach,
}

/// How far below its domain a rule reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Any host at all.
    Anywhere,
    /// The domain and its `www.`.
    Domain,
    /// What stands below the domain, not the domain itself.
    Subdomains,
    /// The domain and everything below it.
    DomainAndSubdomains,
}

impl HostnameRule {
    /// Parses `example.com`, `*.example.com` or `*`; international names may be written in their own script.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        if text.trim() == "*" {
            return Ok(Self { domain: String::new(), reach: Reach::Anywhere });
        }
        let (name, reach) = match text.trim().strip_prefix("*.") {
            Some(name) => (name, Reach::Subdomains),
            None => (text.trim(), Reach::Domain),
        };
        let domain = canonical_host(name).ok_or_else(|| RuleError::Hostname(text.to_owned()))?;
        Ok(Self { domain, reach })
    }

    /// The rule of a site without rules: its name and everything below it. None where the name is no domain.
    fn own_domain(site_name: &str) -> Option<Self> {
        let domain = canonical_host(site_name)?;
        Some(Self { domain, reach: Reach::DomainAndSubdomains })
    }

    fn matches(&self, hostname: &str) -> bool {
        let Some(before) = hostname.strip_suffix(self.domain.as_str()) else { return false };
        match self.reach {
            Reach::Anywhere => true,
            Reach::Domain => before.is_empty() || before == "www.",
            Reach::Subdomains => before.ends_with('.'),
            Reach::DomainAndSubdomains => before.is_empty() || before.ends_with('.'),
        }
    }
}

/// Brings a host to the form that URL parsers hand out: lower case, punycode, no trailing dot.
fn canonical_host(text: &str) -> Option<String> {
    let host = url::Host::parse(text.trim_end_matches('.')).ok()?.to_string();
    Hostname::parse(&host).ok().map(Hostname::into_string)
}

/// A path in which `*` stands for any text, slashes included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern {
    first: String,
    /// What follows each `*`; empty where there is none.
    rest: Vec<String>,
}

impl PathPattern {
    /// Parses a pattern: `/admin/*`, `*/preview`. Percent-escapes are read as pathnames are.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let text = text.trim();
        if !text.starts_with(['/', '*']) {
            return Err(RuleError::Path(text.to_owned()));
        }
        let mut parts = text.split('*').map(path_text::readable);
        Ok(Self { first: parts.next().unwrap_or_default(), rest: parts.collect() })
    }

    /// Tells whether the whole path matches, in time linear in its length.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let Some((last, middle)) = self.rest.split_last() else { return path == self.first };
        let Some(mut left) = path.strip_prefix(self.first.as_str()) else { return false };
        for part in middle {
            match left.find(part.as_str()) {
                Some(at) => left = &left[at + part.len()..],
                None => return false,
            }
        }
        left.ends_with(last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{SiteId, SiteName, SiteSettings};

    fn rules(name: &str, settings: SiteSettings) -> SiteRules {
        let site = Site {
            id: SiteId::new(1),
            name: SiteName::parse(name).unwrap(),
            time_zone: jiff::tz::TimeZone::UTC,
            settings,
        };
        SiteRules::new(&site)
    }

    #[test]
    fn allows_the_hosts_that_the_owner_names() {
        let cases: [(&str, &str, &[&str], &str, bool); 19] = [
            ("own name", "example.com", &[], "example.com", true),
            ("own subdomain", "example.com", &[], "shop.example.com", true),
            ("look-alike suffix", "example.com", &[], "evilexample.com", false),
            ("look-alike prefix", "example.com", &[], "example.com.evil.net", false),
            ("own name in Cyrillic", "пример.бг", &[], "xn--e1afmkfd.xn--90ae", true),
            ("name that is no domain", "my_site", &[], "example.com", false),
            ("listed", "blog", &["example.com"], "example.com", true),
            ("listed, www", "blog", &["example.com"], "www.example.com", true),
            ("listed, other subdomain", "blog", &["example.com"], "shop.example.com", false),
            ("list replaces the own name", "example.com", &["example.org"], "example.com", false),
            ("wildcard", "blog", &["*.example.com"], "a.b.example.com", true),
            ("wildcard is not the domain", "blog", &["*.example.com"], "example.com", false),
            ("second rule", "blog", &["a.example", "b.example"], "b.example", true),
            ("upper case and dot", "blog", &["Example.COM."], "example.com", true),
            ("Cyrillic rule", "blog", &["пример.бг"], "www.xn--e1afmkfd.xn--90ae", true),
            ("IPv4", "blog", &["127.0.0.1"], "127.0.0.1", true),
            ("IPv6", "blog", &["[::1]"], "[::1]", true),
            ("any host", "blog", &["*"], "example.net", true),
            ("unusable rule", "blog", &["https://example.com/"], "example.com", false),
        ];
        for (description, name, hostnames, host, expected) in cases {
            let hostnames = hostnames.iter().map(|&rule| rule.to_owned()).collect();
            let rules = rules(name, SiteSettings { hostnames, ..SiteSettings::default() });
            assert_eq!(rules.allows_hostname(&Hostname::parse(host).unwrap()), expected, "{description}");
        }
    }

    #[test]
    fn refuses_rules_that_would_never_match() {
        for rule in ["", "*.", "https://example.com", "example.com/path", "a b", "host:8080"] {
            assert_eq!(HostnameRule::parse(rule), Err(RuleError::Hostname(rule.to_owned())), "{rule:?}");
        }
        assert_eq!(PathPattern::parse("admin"), Err(RuleError::Path("admin".to_owned())));
    }

    #[test]
    fn matches_paths_with_wildcards() {
        let cases = [
            ("/admin", "/admin", true),
            ("/admin", "/admin/", false),
            ("/admin*", "/admin/users", true),
            ("/admin/*", "/admin", false),
            ("*/preview", "/a/b/preview", true),
            ("*/preview", "/preview/a", false),
            ("/a*c*e", "/abcde", true),
            ("/a*c*e", "/ace", true),
            ("/a*ce*e", "/ace", false),
            ("*", "/anything", true),
            ("/a**b", "/a/b", true),
            ("/%D0%B1%D0%BB%D0%BE%D0%B3/*", "/блог/статия", true),
            ("/a+b(c)", "/a+b(c)", true),
        ];
        for (pattern, path, expected) in cases {
            assert_eq!(PathPattern::parse(pattern).unwrap().matches(path), expected, "{pattern} on {path}");
        }
    }

    #[test]
    fn excludes_addresses_by_network_and_mapped_form() {
        let excluded_addresses = vec!["192.0.2.0/24".parse().unwrap()];
        let rules = rules("a.example", SiteSettings { excluded_addresses, ..SiteSettings::default() });
        assert!(rules.excludes_address("192.0.2.77".parse().unwrap()));
        assert!(rules.excludes_address("::ffff:192.0.2.77".parse().unwrap()));
        assert!(!rules.excludes_address("192.0.3.1".parse().unwrap()));
    }

    proptest! {
        #[test]
        fn agrees_with_a_regular_expression(pattern in "/[ab*]{0,8}", path in "/[ab]{0,12}") {
            let expression = format!("^{}$", pattern.replace('*', ".*"));
            let expected = regex::Regex::new(&expression).unwrap().is_match(&path);
            prop_assert_eq!(PathPattern::parse(&pattern).unwrap().matches(&path), expected);
        }
    }
}
