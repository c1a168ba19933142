//! Owns how a site's settings are checked, merged and kept as JSON. It does not apply them: `ingest` does.

use serde_json::{Map, Value};

use crate::model::{Hostname, Pathname, SiteSettings};

use super::error::ControlError;

/// Most entries of each list of a site's settings.
const MAX_ENTRIES: usize = 500;

/// Returns the settings with host names in their canonical form, or what is wrong with them.
pub(super) fn check(mut settings: SiteSettings) -> Result<SiteSettings, ControlError> {
    for (list, entries) in [
        ("hostnames", settings.hostnames.len()),
        ("excluded_paths", settings.excluded_paths.len()),
        ("excluded_addresses", settings.excluded_addresses.len()),
        ("live_frame_ancestors", settings.live_frame_ancestors.len()),
    ] {
        if entries > MAX_ENTRIES {
            return Err(invalid(format!("/settings/{list}"), format!("it has more than {MAX_ENTRIES} entries")));
        }
    }
    for (name, value, allowed) in [
        ("heatmap_retention_days", settings.heatmap_retention_days, SiteSettings::RETENTION_DAYS),
        ("retention_days", settings.retention_days, SiteSettings::ALL_RETENTION_DAYS),
        ("shared_map_min_visitors", settings.shared_map_min_visitors, SiteSettings::MIN_VISITORS),
        ("public_map_min_visitors", settings.public_map_min_visitors, SiteSettings::MIN_VISITORS),
    ] {
        if !allowed.contains(&value) {
            let reason = format!("it is {value}, expected {} to {}", allowed.start(), allowed.end());
            return Err(invalid(format!("/settings/{name}"), reason));
        }
    }
    if !SiteSettings::SEED_COUNT.contains(&settings.seed_count) {
        let reason = format!("it is {}, expected 0 to {}", settings.seed_count, SiteSettings::SEED_COUNT.end());
        return Err(invalid("/settings/seed_count".to_owned(), reason));
    }
    for (index, pattern) in settings.hostnames.iter_mut().enumerate() {
        *pattern = check_hostname(pattern).map_err(|reason| invalid(format!("/settings/hostnames/{index}"), reason))?;
    }
    for (index, pattern) in settings.excluded_paths.iter().enumerate() {
        check_path(pattern).map_err(|reason| invalid(format!("/settings/excluded_paths/{index}"), reason))?;
    }
    for (index, origin) in settings.live_frame_ancestors.iter_mut().enumerate() {
        *origin = check_origin(origin)
            .map_err(|reason| invalid(format!("/settings/live_frame_ancestors/{index}"), reason))?;
    }
    Ok(settings)
}

/// Replaces the given keys of stored settings. Returns the new settings and what to store for them. Keys that are stored
/// but unknown here (a newer program wrote them) stay; unknown keys of the patch are refused.
pub(super) fn merge(stored: &str, patch: &Map<String, Value>) -> Result<(SiteSettings, String), ControlError> {
    let mut all = object(stored)?;
    let mut known = only_known(all.clone())?;
    known.extend(patch.clone());
    let settings = serde_json::from_value(Value::Object(known))
        .map_err(|error| invalid("/settings".to_owned(), error.to_string()))
        .and_then(check)?;
    all.extend(to_object(&settings)?);
    Ok((settings, Value::Object(all).to_string()))
}

/// Reads stored settings, without the keys that are unknown here.
pub(super) fn read(stored: &str) -> Result<SiteSettings, ControlError> {
    if let Ok(settings) = serde_json::from_str(stored) {
        return Ok(settings);
    }
    serde_json::from_value(Value::Object(only_known(object(stored)?)?)).or(Err(UNREADABLE))
}

/// Returns what to store for settings.
pub(super) fn write(settings: &SiteSettings) -> Result<String, ControlError> {
    Ok(Value::Object(to_object(settings)?).to_string())
}

const UNREADABLE: ControlError = ControlError::Unreadable { what: "settings" };

fn check_hostname(pattern: &str) -> Result<String, String> {
    if pattern.trim() == "*" {
        return Ok("*".to_owned());
    }
    let (prefix, hostname) = match pattern.trim().strip_prefix("*.") {
        Some(hostname) => ("*.", hostname),
        None => ("", pattern),
    };
    let hostname = Hostname::parse(hostname).map_err(|error| error.to_string())?;
    Ok(format!("{prefix}{hostname}"))
}

/// Returns an origin in its canonical form. It becomes a part of a Content-Security-Policy: nothing that ends a source or a
/// directive may get through.
fn check_origin(text: &str) -> Result<String, String> {
    let text = text.trim().trim_end_matches('/');
    let wrong = || "it is no origin such as https://example.com or https://*.example.com".to_owned();
    let (scheme, host) = text.split_once("://").ok_or_else(wrong)?;
    let scheme = scheme.to_ascii_lowercase();
    if scheme != "https" && scheme != "http" {
        return Err(wrong());
    }
    let (prefix, host) = host.strip_prefix("*.").map_or(("", host), |host| ("*.", host));
    let (name, port) = host.rsplit_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let is_name =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    if !is_name || Hostname::parse(name).is_err() {
        return Err(wrong());
    }
    let name = name.to_ascii_lowercase();
    match port {
        None => Ok(format!("{scheme}://{prefix}{name}")),
        Some(port) => {
            let port: u16 = port.parse().map_err(|_not_a_port| wrong())?;
            Ok(format!("{scheme}://{prefix}{name}:{port}"))
        }
    }
}

fn check_path(pattern: &str) -> Result<(), String> {
    if !pattern.starts_with(['/', '*']) {
        return Err("it starts neither with a slash nor with *".to_owned());
    }
    if pattern.len() > Pathname::MAX_BYTES {
        return Err(format!("it is longer than {} bytes", Pathname::MAX_BYTES));
    }
    Ok(())
}

fn invalid(pointer: String, reason: String) -> ControlError {
    ControlError::InvalidSetting { pointer, reason }
}

fn object(stored: &str) -> Result<Map<String, Value>, ControlError> {
    serde_json::from_str(stored).or(Err(UNREADABLE))
}

fn to_object(settings: &SiteSettings) -> Result<Map<String, Value>, ControlError> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err(UNREADABLE),
    }
}

fn only_known(mut stored: Map<String, Value>) -> Result<Map<String, Value>, ControlError> {
    let known = to_object(&SiteSettings::default())?;
    stored.retain(|key, _| known.contains_key(key));
    Ok(stored)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patch(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_patch_replaces_its_keys_and_leaves_the_others() {
        let stored = write(&SiteSettings { public_badge: true, ..SiteSettings::default() }).unwrap();
        let (settings, stored) =
            merge(&stored, &patch(&json!({"hostnames": ["Example.COM.", "*.b.example"]}))).unwrap();
        assert!(settings.public_badge);
        assert_eq!(settings.hostnames, ["example.com", "*.b.example"]);
        assert_eq!(read(&stored).unwrap(), settings);
    }

    #[test]
    fn what_was_stored_by_an_older_program_has_the_defaults() {
        let settings = read(r#"{"public_badge": true}"#).unwrap();
        assert_eq!((settings.heatmap_retention_days, settings.shared_map_min_visitors), (400, 5));
        let (settings, stored) =
            merge("{}", &patch(&json!({"heatmap_retention_days": 3660, "shared_map_min_visitors": 1}))).unwrap();
        assert_eq!((settings.heatmap_retention_days, settings.shared_map_min_visitors), (3660, 1));
        assert_eq!(read(&stored).unwrap(), settings);
    }

    #[test]
    fn an_origin_is_an_origin_and_nothing_else() {
        for (origin, expected) in [
            ("https://Example.com/", "https://example.com"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("https://*.example.com", "https://*.example.com"),
        ] {
            assert_eq!(check_origin(origin).as_deref(), Ok(expected));
        }
        for wrong in [
            "*",
            "https://*",
            "example.com",
            "javascript://x",
            "https://a.example;script-src *",
            "https://a.example https://b.example",
            "https://a.example,https://b.example",
            "https://a.example/path",
            "https://a.example\r\nX: y",
            "https://a.example:99999",
            "https://user@a.example",
            "https://пример.бг",
            "'self'",
            "",
        ] {
            assert!(check_origin(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_key_of_a_newer_program_is_ignored_and_kept() {
        let stored = r#"{"public_badge": true, "retention_days": 30}"#;
        assert!(read(stored).unwrap().public_badge);
        let (_, stored) = merge(stored, &patch(&json!({"public_badge": false}))).unwrap();
        assert_eq!(object(&stored).unwrap()["retention_days"], 30);
        assert!(!read(&stored).unwrap().public_badge);
    }

    #[test]
    fn wrong_settings_are_refused_and_the_place_is_named() {
        let many: Vec<String> = (0..501).map(|n| format!("/{n}")).collect();
        for (wrong, expected) in [
            (json!({"hostname": ["a"]}), "/settings"),
            (json!({"public_badge": "yes"}), "/settings"),
            (json!({"excluded_addresses": ["10.0.0.0/33"]}), "/settings"),
            (json!({"hostnames": ["a.example", "b/c"]}), "/settings/hostnames/1"),
            (json!({"hostnames": ["*.*"]}), "/settings/hostnames/0"),
            (json!({"excluded_paths": ["admin"]}), "/settings/excluded_paths/0"),
            (json!({"excluded_paths": [format!("/{}", "x".repeat(2048))]}), "/settings/excluded_paths/0"),
            (json!({"excluded_paths": many}), "/settings/excluded_paths"),
            (json!({"heatmap_retention_days": 0}), "/settings/heatmap_retention_days"),
            (json!({"heatmap_retention_days": 3661}), "/settings/heatmap_retention_days"),
            (json!({"heatmap_retention_days": "a year"}), "/settings"),
            (json!({"retention_days": 3661}), "/settings/retention_days"),
            (json!({"shared_map_min_visitors": 0}), "/settings/shared_map_min_visitors"),
            (json!({"shared_map_min_visitors": 1001}), "/settings/shared_map_min_visitors"),
            (json!({"shared_map_min_visitors": -5}), "/settings"),
            (json!({"seed_count": 1_000_000_000_001_u64}), "/settings/seed_count"),
            (json!({"seed_count": -1}), "/settings"),
            (json!({"public_map_min_visitors": 0}), "/settings/public_map_min_visitors"),
            (json!({"live_frame_ancestors": ["https://a.example", "*"]}), "/settings/live_frame_ancestors/1"),
        ] {
            match merge("{}", &patch(&wrong)) {
                Err(ControlError::InvalidSetting { pointer, .. }) => assert_eq!(pointer, expected, "{wrong}"),
                other => panic!("{wrong}: {other:?}"),
            }
        }
    }
}
