//! Owns the density of visitors on the sphere. It does not know pixels or colours.

use super::{places::Spot, projection::from_centre};

/// Side of a cell of the grid, in degrees.
const CELL: f64 = 1.0;
const COLUMNS: usize = 360;
const ROWS: usize = 180;

/// Standard deviation of the kernel along a great circle, in degrees: some 250 km.
const SIGMA: f64 = 2.3;
/// The kernel ends at so many standard deviations.
const REACH: f64 = 3.5;

/// Visitors around each point of a grid of degrees: at a lone spot the value is its visitors.
pub struct Density(Vec<f32>);

impl Density {
    /// Spreads the spots. The kernel is a Gaussian of the great-circle distance (von Mises–Fisher), so that it is a circle of the
    /// same kilometres everywhere; on the grid it is as much wider as the cosine of the latitude is smaller.
    pub fn of(spots: &[Spot]) -> Self {
        let mut values = vec![0.0_f32; COLUMNS * ROWS];
        let concentration = 1.0 / SIGMA.to_radians().powi(2);
        let reach = REACH * SIGMA;
        for spot in spots {
            let (longitude, latitude) = (from_centre(spot.longitude.into()), f64::from(spot.latitude));
            let (sine, cosine) = latitude.to_radians().sin_cos();
            let weight = spot.visitors as f64;
            let rows = row(latitude - reach)..=row(latitude + reach);
            for row in rows {
                let parallel = -90.0 + (row as f64 + 0.5) * CELL;
                let (row_sine, row_cosine) = parallel.to_radians().sin_cos();
                // The widest difference of longitude within reach on this parallel; near a pole all around.
                let least = (reach.to_radians().cos() - sine * row_sine) / (cosine * row_cosine).max(1e-9);
                let half = least.clamp(-1.0, 1.0).acos().to_degrees();
                let first = ((longitude - half + 180.0) / CELL - 0.5).ceil() as i64;
                let count = ((2.0 * half / CELL).floor() as i64 + 1).min(COLUMNS as i64);
                for step in 0..count {
                    let column = (first + step).rem_euclid(COLUMNS as i64) as usize;
                    let across = (-180.0 + (column as f64 + 0.5) * CELL - longitude).to_radians();
                    let cosine_of_distance = sine * row_sine + cosine * row_cosine * across.cos();
                    let near = (concentration * (cosine_of_distance - 1.0)).exp();
                    values[row * COLUMNS + column] += (weight * near) as f32;
                }
            }
        }
        Self(values)
    }

    /// Returns the density at a point that counts from the central meridian, between the points of the grid by distance.
    pub fn at(&self, (longitude, latitude): (f64, f64)) -> f32 {
        let across = (longitude + 180.0) / CELL - 0.5;
        let up = ((latitude + 90.0) / CELL - 0.5).clamp(0.0, (ROWS - 1) as f64);
        let (column, row) = (across.floor(), (up.floor() as usize).min(ROWS - 2));
        let (right, above) = ((across - column) as f32, (up - row as f64) as f32);
        let value =
            |row: usize, step: i64| self.0[row * COLUMNS + (column as i64 + step).rem_euclid(COLUMNS as i64) as usize];
        let mix = |row: usize| value(row, 0) * (1.0 - right) + value(row, 1) * right;
        mix(row) * (1.0 - above) + mix(row + 1) * above
    }

    /// Returns the value that all but the hottest hundredth of the touched area stays under, and the highest.
    pub fn survey(&self) -> (f32, f32) {
        let mut touched: Vec<(f32, f64)> = Vec::new();
        for (at, &value) in self.0.iter().enumerate() {
            if value >= 0.05 {
                let parallel = -90.0 + ((at / COLUMNS) as f64 + 0.5) * CELL;
                touched.push((value, parallel.to_radians().cos()));
            }
        }
        touched.sort_by(|a, b| b.0.total_cmp(&a.0));
        let area: f64 = touched.iter().map(|(_, area)| area).sum();
        let mut passed = 0.0;
        let percentile = touched.iter().find(|(_, cell)| {
            passed += cell;
            passed > area / 100.0
        });
        let value = |found: Option<&(f32, f64)>| found.map_or(0.0, |found| found.0);
        (value(percentile), value(touched.first()))
    }
}

fn row(latitude: f64) -> usize {
    ((latitude + 90.0) / CELL).clamp(0.0, (ROWS - 1) as f64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(latitude: f32, longitude: f32, visitors: u64) -> Spot {
        Spot { country: "BG".into(), city: "Sofia".into(), latitude, longitude, visitors }
    }

    /// The mass on the sphere: cells near a pole are smaller.
    fn mass(density: &Density) -> f64 {
        let cells = density.0.iter().enumerate();
        cells.map(|(at, &value)| f64::from(value) * (-89.5 + (at / COLUMNS) as f64).to_radians().cos()).sum()
    }

    #[test]
    fn a_spot_peaks_at_its_visitors_and_is_round_in_kilometres() {
        for latitude in [0.5_f32, 45.5, 70.5] {
            let density = Density::of(&[spot(latitude, 11.5, 100)]);
            let centre = (0.5, f64::from(latitude));
            assert!((density.at(centre) - 100.0).abs() < 1.0, "{latitude}: {}", density.at(centre));
            let north = density.at((0.5, centre.1 + 3.0));
            let east = density.at((0.5 + 3.0 / centre.1.to_radians().cos(), centre.1));
            assert!((north - east).abs() < 4.0, "{latitude}: {north} to the north, {east} to the east");
            assert!(density.at((0.5, centre.1 - 9.0)) < 0.2);
        }
    }

    #[test]
    fn everywhere_a_visitor_weighs_the_same() {
        let expected = mass(&Density::of(&[spot(0.0, 0.0, 10)]));
        for (latitude, longitude) in
            [(52.5, 13.4), (64.1, -21.9), (-33.9, 151.2), (0.0, 191.0), (10.0, -169.2), (88.0, 0.0)]
        {
            let mass = mass(&Density::of(&[spot(latitude, longitude, 10)]));
            assert!((mass / expected - 1.0).abs() < 0.01, "{latitude} {longitude}: {mass} of {expected}");
        }
    }

    #[test]
    fn the_glow_goes_on_over_the_cut() {
        let density = Density::of(&[spot(0.0, -169.5, 10)]);
        assert!(density.at((-179.0, 0.0)) > 5.0 && density.at((179.0, 0.0)) > 5.0);
    }
}
