//! Owns the element map: boxes filled with a level, each with a small label where there is room for one.
//! It does not know what was counted.

use super::{Layer, Rect, Shade, Surface, text};

/// One element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementBox {
    /// In CSS pixels of the page.
    pub rect: Rect,
    pub level: u8,
    /// A few letters: `12 %`. May be empty.
    pub tag: String,
}

const RADIUS: f32 = 6.0;
const TAG_SIZE: f32 = 11.5;
const TAG_HEIGHT: f32 = 18.0;
const TAG_PADDING: f32 = 6.0;
/// Room between two labels.
const TAG_GAP: i32 = 2;

const EDGE: Shade = Shade::new(62);
/// The edge of what nobody clicked.
const COLD_EDGE: Shade = Shade::new(34);
const PLATE: Shade = Shade::new(88);

/// Draws the boxes from large to small, so that a link lies over the card it is in, then the labels in the caller's
/// order: who comes first gets the place it wants. A label without a free place is left out, for two over each other
/// cannot be read.
pub fn draw(surface: &mut dyn Surface, boxes: &[ElementBox], scale: f32) {
    let mut order: Vec<&ElementBox> = boxes.iter().collect();
    order.sort_by_key(|element| std::cmp::Reverse(element.rect.area()));
    let border = (1.5 * scale).round().max(1.0) as i32;
    for element in order {
        let rect = element.rect.scaled(scale);
        let radius = ((RADIUS * scale) as i32).min(rect.height / 3);
        surface.fill_level_round(rect, radius, element.level);
        let (border, edge) = if element.level > 0 { (border, EDGE) } else { (1, COLD_EDGE) };
        surface.outline_round(rect, radius, border, Layer::Ink, edge);
    }
    let mut taken = Vec::new();
    for element in boxes.iter().filter(|element| !element.tag.is_empty()) {
        label(surface, element, scale, &mut taken);
    }
}

fn label(surface: &mut dyn Surface, element: &ElementBox, scale: f32, taken: &mut Vec<Rect>) {
    // Letters stay readable in small pictures; where they stand is of the picture.
    let size = scale.max(0.75);
    let wide = (text::width(&element.tag, TAG_SIZE * size) + 2.0 * TAG_PADDING * size).ceil() as i32;
    let plate = Rect::new(0, 0, wide, (TAG_HEIGHT * size) as i32);
    let places = places(element.rect.scaled(scale), plate, (4.0 * size) as i32);
    let bounds = surface.bounds();
    let is_free = |place: &Rect| bounds.contains(*place) && !taken.iter().any(|other| other.overlaps(*place));
    let Some(place) = places.into_iter().find(is_free) else { return };
    surface.fill_round(place, place.height / 3, Layer::Ink, PLATE);
    let baseline = place.y as f32 + place.height as f32 / 2.0 + TAG_SIZE * size * 0.36;
    surface.text((place.x as f32 + TAG_PADDING * size, baseline), TAG_SIZE * size, Shade::WHITE, &element.tag);
    taken.push(place.inset(-TAG_GAP));
}

/// Returns where a label may stand, the best place first: in a corner of a large box, on the edge of a small one, whose
/// own words it would hide, else beside it.
fn places(element: Rect, plate: Rect, gap: i32) -> Vec<Rect> {
    let at = |x: i32, y: i32| Rect { x, y, ..plate };
    let (left, right) = (element.x, element.right() - plate.width);
    let (top, bottom) = (element.y, element.bottom() - plate.height);
    let inside = [
        at(right - gap, top + gap),
        at(left + gap, top + gap),
        at(right - gap, bottom - gap),
        at(left + gap, bottom - gap),
    ];
    let half = plate.height / 2;
    let over = 2 * gap;
    let on_edge = [
        at(right + over, top - half),
        at(left - over, top - half),
        at(right + over, bottom + half),
        at(left - over, bottom + half),
    ];
    let middle = element.y + (element.height - plate.height) / 2;
    let beside = [at(element.right() + gap, middle), at(left - plate.width - gap, middle)];
    let centre = at(element.x + (element.width - plate.width) / 2, middle);
    let is_large = element.width > 2 * plate.width && element.height > 3 * plate.height;
    let mut places = Vec::with_capacity(11);
    if is_large {
        places.extend(inside);
        places.extend(on_edge);
    } else {
        places.extend(on_edge);
        places.extend(beside);
    }
    places.push(centre);
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags_drawn(boxes: &[ElementBox]) -> Vec<Rect> {
        let mut canvas = crate::render::Canvas::new(600, 400);
        let mut taken = Vec::new();
        for element in boxes {
            label(&mut canvas, element, 1.0, &mut taken);
        }
        taken
    }

    fn a_box(x: i32, y: i32, width: i32, height: i32) -> ElementBox {
        ElementBox { rect: Rect::new(x, y, width, height), level: 9, tag: "12 %".to_owned() }
    }

    #[test]
    fn labels_never_overlap_and_never_leave_the_picture() {
        let boxes: Vec<ElementBox> =
            (0..60).map(|at| a_box(at % 10 * 58 - 4, at / 10 * 31 - 4, 60 + at, 30 + at)).collect();
        let tags = tags_drawn(&boxes);
        assert!(tags.len() >= 30, "{} of {}", tags.len(), boxes.len());
        for (at, tag) in tags.iter().enumerate() {
            assert!(Rect::new(0, 0, 600, 400).contains(tag.inset(TAG_GAP)), "{tag:?}");
            assert!(tags[..at].iter().all(|other| !other.inset(TAG_GAP).overlaps(tag.inset(TAG_GAP))), "{tag:?}");
        }
    }

    #[test]
    fn a_small_box_keeps_its_words_and_a_large_one_its_surroundings() {
        let button = a_box(100, 100, 120, 40);
        let [tag] = tags_drawn(std::slice::from_ref(&button))[..] else { panic!("one label") };
        assert!(tag.bottom() <= 100 + 13 && tag.right() > 220, "{tag:?}");
        let card = a_box(100, 100, 300, 200);
        let [tag] = tags_drawn(std::slice::from_ref(&card))[..] else { panic!("one label") };
        assert!(card.rect.contains(tag), "{tag:?}");
    }

    #[test]
    fn in_a_small_picture_a_label_stands_at_its_box_too() {
        let mut canvas = crate::render::Canvas::new(300, 200);
        let mut taken = Vec::new();
        label(&mut canvas, &a_box(300, 200, 240, 120), 0.5, &mut taken);
        assert!(Rect::new(150, 100, 120, 60).contains(taken[0].inset(TAG_GAP)), "{:?}", taken[0]);
    }

    #[test]
    fn a_box_without_room_for_a_label_has_none() {
        let boxes = vec![a_box(100, 100, 40, 20); 20];
        assert!(tags_drawn(&boxes).len() < 12);
    }
}
