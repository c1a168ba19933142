//! Owns how numbers are written in pictures.

/// Returns the largest 1, 2 or 5 times a power of ten that is not above `value`.
pub fn round_below(value: f32) -> f32 {
    let mut step = 1.0;
    while step > value {
        step /= 10.0;
    }
    while step * 10.0 <= value {
        step *= 10.0;
    }
    [5.0, 2.0].into_iter().map(|times| times * step).find(|&round| round <= value).unwrap_or(step)
}

/// Writes a number as people read it: three places at most below ten, whole and grouped above.
pub fn figure(value: f32) -> String {
    if value >= 10.0 {
        return grouped(value.round() as u64);
    }
    let text = if value >= 1.0 { format!("{value:.1}") } else { format!("{value:.3}") };
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Writes how many there are of something.
pub fn counted(number: u64, what: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {what}{ending}", grouped(number))
}

/// Writes a whole number with thin spaces between thousands.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// Writes a rate from 0 to 1 in percent, with a place more where it is small.
pub fn percent(rate: f64) -> String {
    let percent = rate * 100.0;
    if (0.005..9.95).contains(&percent) { format!("{percent:.1} %") } else { format!("{percent:.0} %") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        for (value, text) in
            [(0.0, "0"), (0.02, "0.02"), (2.0, "2"), (2.55, "2.5"), (10.4, "10"), (1234.0, "1\u{202f}234")]
        {
            assert_eq!(figure(value), text);
        }
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
        for (rate, text) in [(0.0, "0 %"), (0.004, "0.4 %"), (0.0995, "10 %"), (0.123, "12 %"), (1.0, "100 %")] {
            assert_eq!(percent(rate), text);
        }
    }

    #[test]
    fn ticks_are_round_and_in_order() {
        for (value, round) in [(0.07, 0.05), (1.0, 1.0), (3.9, 2.0), (99.0, 50.0), (100.0, 100.0)] {
            assert!((round_below(value) - round).abs() < round * 1e-3, "{value}: {}", round_below(value));
        }
    }
}
