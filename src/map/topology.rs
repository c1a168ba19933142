//! Owns the reading of `TopoJSON`: lines that neighbours share, and which lines each country is made of. It does not draw.

use serde::Deserialize;

use super::projection::from_centre;

/// The file that is built in.
const FILE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/node_modules/world-atlas/countries-50m.json"));

/// A point: longitude from the central meridian, latitude, in degrees.
pub type Point = (f64, f64);

/// The number of a line, counted from the end (−1 is line 0) where it is walked backwards.
pub type Walk = i32;

/// A polygon: the lines of its edge, then those of its holes.
pub type Polygon = Vec<Vec<Walk>>;

/// The world as lines.
pub struct Topology {
    /// Along a line the longitude goes on beyond ±180°, so that no line jumps.
    pub lines: Vec<Vec<Point>>,
    pub countries: Vec<Shape>,
    pub land: Vec<Polygon>,
}

/// A country with its polygons.
pub struct Shape {
    /// ISO 3166-1 numeric, empty for some.
    pub id: String,
    pub name: String,
    pub polygons: Vec<Polygon>,
}

#[derive(Deserialize)]
struct File {
    transform: Transform,
    arcs: Vec<Vec<(i64, i64)>>,
    objects: Objects,
}

#[derive(Deserialize)]
struct Transform {
    scale: (f64, f64),
    translate: (f64, f64),
}

#[derive(Deserialize)]
struct Objects {
    countries: Collection,
    land: Collection,
}

#[derive(Deserialize)]
struct Collection {
    geometries: Vec<Geometry>,
}

#[derive(Deserialize)]
struct Geometry {
    #[serde(default)]
    id: String,
    #[serde(default)]
    properties: Properties,
    #[serde(flatten)]
    arcs: Arcs,
}

#[derive(Deserialize, Default)]
struct Properties {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "arcs")]
enum Arcs {
    Polygon(Polygon),
    MultiPolygon(Vec<Polygon>),
}

impl Arcs {
    fn polygons(self) -> Vec<Polygon> {
        match self {
            Self::Polygon(polygon) => vec![polygon],
            Self::MultiPolygon(polygons) => polygons,
        }
    }
}

impl Topology {
    /// Reads the file that is built in.
    pub fn read() -> Self {
        let file: File = serde_json::from_str(FILE).expect("the file is checked by a test");
        let lines = file.arcs.iter().map(|steps| line(steps, &file.transform)).collect();
        let land = file.objects.land.geometries.into_iter().flat_map(|geometry| geometry.arcs.polygons()).collect();
        let shape = |geometry: Geometry| Shape {
            id: geometry.id,
            name: geometry.properties.name,
            polygons: geometry.arcs.polygons(),
        };
        Self { lines, countries: file.objects.countries.geometries.into_iter().map(shape).collect(), land }
    }

    /// Returns the line of a walk, and whether it is walked backwards.
    pub const fn line_of(walk: Walk) -> (usize, bool) {
        if walk < 0 { (!walk as usize, true) } else { (walk as usize, false) }
    }
}

/// Adds up the steps of a line.
fn line(steps: &[(i64, i64)], transform: &Transform) -> Vec<Point> {
    let (mut x, mut y) = (0, 0);
    let mut before: Option<f64> = None;
    let mut points = Vec::with_capacity(steps.len());
    for (right, up) in steps {
        x += right;
        y += up;
        let longitude = from_centre(x as f64 * transform.scale.0 + transform.translate.0);
        let longitude = before.map_or(longitude, |before| nearest(longitude, before));
        before = Some(longitude);
        points.push((longitude, y as f64 * transform.scale.1 + transform.translate.1));
    }
    points
}

/// Returns the longitude, whole turns added, that lies nearest to another one.
pub fn nearest(longitude: f64, to: f64) -> f64 {
    longitude + 360.0 * ((to - longitude) / 360.0).round()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_world() {
        let world = Topology::read();
        assert_eq!((world.countries.len(), world.lines.len()), (241, 1959));
        assert!(world.countries.iter().any(|country| country.id == "100" && country.name == "Bulgaria"));
        assert!(!world.land.is_empty());
        for walk in world.countries.iter().flat_map(|country| &country.polygons).flatten().flatten() {
            assert!(Topology::line_of(*walk).0 < world.lines.len());
        }
        for pair in world.lines.iter().flat_map(|line| line.windows(2)) {
            assert!((pair[0].0 - pair[1].0).abs() <= 180.0, "{pair:?}");
        }
    }
}
