//! Owns the projection: Equal Earth, forth and back. It does not know pixels.
//!
//! Šavrič, Patterson and Jenny, "The Equal Earth map projection", International Journal of Geographical Information Science 33 (3),
//! 2019 (online 2018), doi:10.1080/13658816.2018.1504949. The coefficients are those of the paper; d3-geo's numbers are the fixture
//! of the tests.

const A1: f64 = 1.340_264;
const A2: f64 = -0.081_106;
const A3: f64 = 0.000_893;
const A4: f64 = 0.003_796;

/// √3 / 2.
const M: f64 = 0.866_025_403_784_438_6;

/// More steps than Newton's method takes from anywhere on the map.
const MOST_STEPS: u32 = 12;

/// The meridian in the middle: the cut at 169° W runs through the Bering Strait and touches no land but Antarctica.
pub const CENTRAL_MERIDIAN: f64 = 11.0;

/// Half the width of the map, at the equator, in units of the projection.
pub const HALF_WIDTH: f64 = std::f64::consts::PI / (M * A1);

/// Returns the place of a point on the plane; `longitude` counts from the central meridian. Degrees.
///
/// A longitude beyond ±180° is allowed and goes on to the same side: the projection is linear in it.
pub fn project(longitude: f64, latitude: f64) -> (f64, f64) {
    let l = (M * latitude.to_radians().sin()).asin();
    let x = longitude.to_radians() * l.cos() / (M * slope(l));
    (x, height(l))
}

/// Returns the longitude from the central meridian and the latitude of a place on the plane, or nothing beyond the map's edge.
pub fn unproject(x: f64, y: f64) -> Option<(f64, f64)> {
    let mut l = y;
    for _ in 0..MOST_STEPS {
        let step = (height(l) - y) / slope(l);
        l -= step;
        if step.abs() < 1e-12 {
            break;
        }
    }
    let sine = l.sin() / M;
    let longitude = (M * x * slope(l) / l.cos()).to_degrees();
    (sine.abs() <= 1.0 && longitude.abs() <= 180.0).then(|| (longitude, sine.asin().to_degrees()))
}

/// Returns a longitude as it counts from the central meridian, from −180° to 180°.
pub fn from_centre(longitude: f64) -> f64 {
    (longitude - CENTRAL_MERIDIAN + 540.0).rem_euclid(360.0) - 180.0
}

fn height(l: f64) -> f64 {
    let l2 = l * l;
    let l6 = l2 * l2 * l2;
    l * (A1 + A2 * l2 + l6 * (A3 + A4 * l2))
}

/// The derivative of [`height`].
fn slope(l: f64) -> f64 {
    let l2 = l * l;
    let l6 = l2 * l2 * l2;
    A1 + 3.0 * A2 * l2 + l6 * (7.0 * A3 + 9.0 * A4 * l2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Longitude, latitude, x, y as `geoEqualEarthRaw` of d3-geo 3.1.1 gives them.
    const OF_D3: &str = include_str!("fixtures/equal_earth.tsv");

    #[test]
    fn agrees_with_d3() {
        let mut compared = 0;
        for line in OF_D3.lines() {
            let numbers: Vec<f64> = line.split('\t').map(|number| number.parse().unwrap()).collect();
            let [longitude, latitude, x, y] = numbers[..] else { panic!("{line}") };
            let (our_x, our_y) = project(longitude, latitude);
            assert!((our_x - x).abs() < 1e-9 && (our_y - y).abs() < 1e-9, "{line}: {our_x} {our_y}");
            compared += 1;
        }
        assert_eq!(compared, 98);
    }

    #[test]
    fn beyond_the_edge_is_nowhere() {
        let (edge, height) = project(180.0, 60.0);
        assert!(unproject(edge * 0.999, height).is_some());
        assert!(unproject(edge * 1.001, height).is_none());
        assert!(unproject(0.0, project(0.0, 90.0).1 * 1.01).is_none());
        assert!((project(180.0, 0.0).0 - HALF_WIDTH).abs() < 1e-12);
    }

    #[test]
    fn counts_from_the_central_meridian() {
        for (longitude, expected) in [(11.0, 0.0), (191.0, -180.0), (-170.0, 179.0), (-168.0, -179.0), (180.0, 169.0)] {
            assert!((from_centre(longitude) - expected).abs() < 1e-9, "{longitude}");
        }
    }

    proptest! {
        #[test]
        fn there_and_back(longitude in -180.0..180.0_f64, latitude in -89.9..89.9_f64) {
            let (x, y) = project(longitude, latitude);
            let (back, up) = unproject(x * 0.999_999_9, y).unwrap();
            prop_assert!((back - longitude).abs() < 1e-3 && (up - latitude).abs() < 1e-6, "{back} {up}");
        }
    }
}
