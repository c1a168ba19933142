//! Owns the question whether two counts differ by more than chance. It does not know what is counted.
//!
//! Two Poisson counts with exposures are compared by the conditional test: given their sum, one of them is binomial
//! (Przyborowski and Wilenski, 1940). Many comparisons at once are held to a false discovery rate (Benjamini and Hochberg, 1995).

/// Sums up to which the test adds up the binomial; above it the normal distribution is as good.
const MOST_EXACT: u64 = 2_000;

/// Returns the probability of a difference like this or a rarer one, if both rates were the same. `share` is the share that `a` would
/// have of the sum then, between 0 and 1.
pub fn p_value(a: u64, b: u64, share: f64) -> f64 {
    let n = a + b;
    if n == 0 || !(0.0..=1.0).contains(&share) {
        return 1.0;
    }
    if share <= 0.0 || share >= 1.0 {
        let expected = if share <= 0.0 { 0 } else { n };
        return if a == expected { 1.0 } else { 0.0 };
    }
    if n > MOST_EXACT {
        let (mean, deviation) = (n as f64 * share, (n as f64 * share * (1.0 - share)).sqrt());
        // Half a count less: the binomial goes in steps.
        let z = ((a as f64 - mean).abs() - 0.5).max(0.0) / deviation;
        return two_sided(z);
    }
    let found = probability(n, a, share);
    // Outcomes as rare as the one found are those whose rounding differs.
    let as_rare = |k: &u64| probability(n, *k, share) <= found * (1.0 + 1e-9);
    (0..=n).filter(as_rare).map(|k| probability(n, k, share)).sum::<f64>().min(1.0)
}

/// The probability of `k` out of `n`.
fn probability(n: u64, k: u64, share: f64) -> f64 {
    let ways = ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k);
    (ways + k as f64 * share.ln() + (n - k) as f64 * (1.0 - share).ln()).exp()
}

/// Stirling's series; exact to ten digits from two on.
fn ln_factorial(n: u64) -> f64 {
    if n < 2 {
        return 0.0;
    }
    let n = n as f64;
    n * n.ln() - n + 0.5 * (std::f64::consts::TAU * n).ln() + 1.0 / (12.0 * n) - 1.0 / (360.0 * n * n * n)
        + 1.0 / (1260.0 * n.powi(5))
}

/// Returns the share of a normal distribution that lies further out than `z` deviations, on both sides (Abramowitz and
/// Stegun, 7.1.26: exact to 1.5·10⁻⁷).
fn two_sided(z: f64) -> f64 {
    let x = z / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let series = [0.254_829_592, -0.284_496_736, 1.421_413_741, -1.453_152_027, 1.061_405_429];
    let sum = series.iter().rev().fold(0.0, |sum, factor| (sum + factor) * t);
    (sum * (-x * x).exp()).clamp(0.0, 1.0)
}

/// Returns for every p-value the smallest false discovery rate at which it counts as a discovery.
pub fn false_discovery_rates(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut rates = vec![1.0; p_values.len()];
    let mut least = 1.0f64;
    for (rank, &at) in order.iter().enumerate().rev() {
        least = least.min(p_values[at] * p_values.len() as f64 / (rank + 1) as f64);
        rates[at] = least;
    }
    rates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_tables() {
        // R: binom.test(a, a + b, share)$p.value
        let cases = [
            (5, 5, 0.5, 1.0),
            (9, 1, 0.5, 0.021_484_375),
            (0, 10, 0.5, 0.001_953_125),
            (15, 5, 0.5, 0.041_389_465_332_031),
            (3, 0, 0.25, 0.015_625),
            (60, 40, 0.5, 0.056_887_933_640_980),
        ];
        for (a, b, share, expected) in cases {
            let p = p_value(a, b, share);
            assert!((p - expected).abs() < 1e-6, "{a}, {b}: {p}, expected {expected}");
        }
    }

    #[test]
    fn the_normal_distribution_goes_on_where_the_sum_ends() {
        // 1.96 deviations are 5 % on both sides.
        assert!((two_sided(1.959_964) - 0.05).abs() < 1e-5);
        let exact = p_value(1_040, 960, 0.5);
        let normal = p_value(1_041, 960, 0.5);
        assert!((exact - normal).abs() < 0.01, "{exact} {normal}");
    }

    #[test]
    fn nothing_is_no_difference() {
        assert!((p_value(0, 0, 0.5) - 1.0).abs() < f64::EPSILON);
        assert!((p_value(3, 0, 1.0) - 1.0).abs() < f64::EPSILON, "there was no other view");
        assert!((p_value(1, 2, f64::NAN) - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn many_comparisons_are_held_to_a_rate_of_false_discoveries() {
        let rates = false_discovery_rates(&[0.01, 0.04, 0.03, 0.5]);
        for (found, expected) in rates.iter().zip([0.04, 0.053_333, 0.053_333, 0.5]) {
            assert!((found - expected).abs() < 1e-5, "{rates:?}");
        }
        assert!(false_discovery_rates(&[]).is_empty());
    }
}
