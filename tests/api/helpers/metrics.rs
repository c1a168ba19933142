//! Owns the reading of `/metrics`.

/// The metrics at one moment, in their text format.
pub struct Metrics(pub String);

impl Metrics {
    /// Returns the value of a metric without labels.
    pub fn value(&self, name: &str) -> u64 {
        self.line(&format!("heatline_{name}"))
    }

    /// Returns how many events met this fate; the reason is empty but for dropped ones.
    pub fn events(&self, outcome: &str, reason: &str) -> u64 {
        self.line(&format!("heatline_events_total{{outcome=\"{outcome}\",reason=\"{reason}\"}}"))
    }

    /// Returns how many events met any fate.
    pub fn all_events(&self) -> u64 {
        let lines = self.0.lines().filter(|line| line.starts_with("heatline_events_total{"));
        lines.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
    }

    fn line(&self, start: &str) -> u64 {
        let found = self.0.lines().find_map(|line| line.strip_prefix(start)?.strip_prefix(' '));
        found.unwrap_or_else(|| panic!("no {start} in {}", self.0)).parse().unwrap()
    }
}
