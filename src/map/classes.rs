//! Owns the classes of countries: how many visitors get which colour. It does not know the colours.

/// Most classes.
pub const MOST: usize = 5;

/// The least visitors of each class, ascending: round numbers, each class as many times wider as the one before. So one country
/// with most of the visitors does not make all others equal, and a change of one visitor does not move the bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classes(Vec<u64>);

impl Classes {
    /// Finds the classes for the numbers of countries.
    pub fn of(visitors: impl Iterator<Item = u64>) -> Self {
        let (mut least, mut most) = (u64::MAX, 0);
        for visitors in visitors {
            least = least.min(visitors);
            most = most.max(visitors);
        }
        if most == 0 {
            return Self(Vec::new());
        }
        let (low, high) = (least.max(1) as f64, most as f64);
        let step = (high / low).powf(1.0 / MOST as f64);
        let mut bounds = vec![least.max(1)];
        let mut wanted = low;
        for _ in 1..MOST {
            wanted *= step;
            let bound = round(wanted);
            if bound > bounds[bounds.len() - 1] && bound <= most {
                bounds.push(bound);
            }
        }
        Self(bounds)
    }

    /// Returns the least visitors of each class.
    pub fn bounds(&self) -> &[u64] {
        &self.0
    }

    /// Returns the class of a number; those there are are spread over all colours.
    pub fn class(&self, visitors: u64) -> usize {
        let class = self.0.iter().rposition(|&least| visitors >= least).unwrap_or(0);
        self.colour(class)
    }

    /// Returns which colour a class has: where there are few, those of the middle.
    pub fn colour(&self, class: usize) -> usize {
        match self.0.len() {
            0 | 1 => MOST / 2,
            count => class * (MOST - 1) / (count - 1),
        }
    }
}

/// Rounds to 1, 2, 3, 5 or 7 times a power of ten.
fn round(value: f64) -> u64 {
    let power = 10.0_f64.powi(value.max(1.0).log10().floor() as i32);
    let lead = value / power;
    let steps = [1.0, 2.0, 3.0, 5.0, 7.0, 10.0];
    let nearest = steps.into_iter().min_by(|a, b| (a - lead).abs().total_cmp(&(b - lead).abs())).unwrap_or(1.0);
    (nearest * power) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_country_with_nearly_all_visitors_leaves_room_for_the_others() {
        let classes = Classes::of([12_000, 300, 90, 40, 9, 3].into_iter());
        assert_eq!(classes.bounds(), [3, 20, 70, 500, 2000]);
        let colours: Vec<usize> = [12_000, 300, 90, 40, 9, 3].map(|visitors| classes.class(visitors)).into();
        assert_eq!(colours, [4, 2, 2, 1, 0, 0]);
    }

    #[test]
    fn few_numbers_have_few_classes() {
        assert_eq!(Classes::of([1].into_iter()).bounds(), [1]);
        assert_eq!(Classes::of([1].into_iter()).class(1), 2);
        assert_eq!(Classes::of([5, 5, 5].into_iter()).bounds(), [5]);
        let two = Classes::of([1, 2].into_iter());
        assert_eq!((two.bounds(), two.class(1), two.class(2)), (&[1, 2][..], 0, 4));
        assert!(Classes::of([].into_iter()).bounds().is_empty());
        assert_eq!(Classes::of([u64::MAX].into_iter()).bounds().len(), 1);
    }
}
