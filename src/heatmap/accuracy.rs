//! Proves that a hot spot is where visitors clicked: reads the pixels of finished pictures.

use super::{
    fixture::{a_map, a_narrow_page, a_page, a_request, spot_on},
    map::HeatMap,
    params::{MapRequest, Underlay},
    spot::Spot,
};

/// Farthest that a maximum may lie from the spot, in CSS pixels.
const TOLERANCE: f32 = 3.0;

/// The alpha of every pixel.
struct Alpha {
    width: usize,
    values: Vec<u8>,
}

impl Alpha {
    fn of(map: &HeatMap) -> Self {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(map.png(None).unwrap()));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!(info.color_type, png::ColorType::Rgba);
        Self { width: info.width as usize, values: pixels.chunks_exact(4).map(|pixel| pixel[3]).collect() }
    }

    /// The middle of the hottest pixels within 20 px of a place.
    fn maximum_near(&self, x: f32, y: f32) -> (f32, f32) {
        let (left, top) = ((x - 20.0).max(0.0) as usize, (y - 20.0).max(0.0) as usize);
        let height = self.values.len() / self.width;
        let around =
            (top..(top + 40).min(height)).flat_map(|y| (left..(left + 40).min(self.width)).map(move |x| (x, y)));
        let places: Vec<(usize, usize)> = around.collect();
        let alpha = |&(x, y): &(usize, usize)| self.values[y * self.width + x];
        let hottest = places.iter().map(alpha).max().unwrap();
        assert!(hottest > 0, "nothing is drawn near {x},{y}");
        let top: Vec<&(usize, usize)> = places.iter().filter(|place| alpha(place) == hottest).collect();
        let mean = |part: fn(&(usize, usize)) -> usize| {
            top.iter().map(|place| part(place) as f32 + 0.5).sum::<f32>() / top.len() as f32
        };
        (mean(|place| place.0), mean(|place| place.1))
    }
}

fn check(request: MapRequest, element: &str, spots: &[(f32, f32)]) {
    let scale = request.scale();
    let rows: Vec<Spot> = spots.iter().map(|&spot| spot_on(element, spot, 3)).collect();
    let map = a_map(
        MapRequest { underlay: Underlay::None, legend: false, ..request },
        &[a_page(), a_narrow_page()],
        50,
        &rows,
    );
    let alpha = Alpha::of(&map);
    let b = &map.layout.boxes[map.layout.find(element).unwrap()];
    for &(across, down) in spots {
        let (x, y) = (b.x + b.width * across, b.y + b.height * down);
        let (found_x, found_y) = alpha.maximum_near(x * scale, y * scale);
        let off = (found_x / scale - x).hypot(found_y / scale - y);
        assert!(off <= TOLERANCE, "{element} at {scale}: {x},{y} is drawn at {found_x},{found_y}, {off} px off");
    }
}

/// Places far enough from one another, none on the grid.
const SPREAD: [(f32, f32); 5] = [(0.111, 0.137), (0.873, 0.119), (0.503, 0.509), (0.131, 0.887), (0.907, 0.853)];

#[test]
fn maxima_lie_on_the_clicks() {
    for scale in [0.5, 1.0, 2.0] {
        check(MapRequest { scale: Some(scale), ..a_request() }, "video#film", &SPREAD);
        check(MapRequest { scale: Some(scale), ..a_request() }, "img#hero", &SPREAD);
    }
    check(MapRequest { radius: 48, ..a_request() }, "video#film", &SPREAD);
    check(MapRequest { radius: 8, ..a_request() }, "video#film", &SPREAD);
}

#[test]
fn maxima_lie_on_the_clicks_at_every_width() {
    for element in ["a#buy", "a#source", "button#send", "button#join"] {
        for width in [390, 1280] {
            check(MapRequest { width, ..a_request() }, element, &[(0.31, 0.62)]);
        }
    }
}

#[test]
fn maxima_at_the_edge_of_the_page_stay_there() {
    check(a_request(), "body", &[(0.0, 0.0), (1.0, 0.5), (0.5, 1.0)]);
    check(a_request(), "header", &[(0.002, 0.05), (0.999, 0.5)]);
}

#[test]
fn a_click_on_a_page_that_was_never_measured_is_drawn_at_its_share_of_it() {
    let request = MapRequest { underlay: Underlay::None, legend: false, ..a_request() };
    let spot = Spot { share_x: 0.25, down: 0.5, ..spot_on("#any", (0.9, 0.9), 4) };
    let (x, y) = Alpha::of(&a_map(request, &[], 50, &[spot])).maximum_near(320.0, 360.0);
    assert!((x - 320.0).hypot(y - 360.0) <= TOLERANCE, "{x},{y}");
}
