//! Owns the question which views had an element on screen. It does not know who clicked it.
//!
//! Visitors tell how long each hundredth of the page was on screen; layout samples tell in which hundredths an element stands, in
//! each class of width by itself. Together they tell it of elements that no script watched.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    error::HeatmapError,
    layout::median,
    query::SCREENS,
    rows::{Columns, Row},
    scroll::BANDS,
};
use crate::model::LayoutFlags;

/// What of a page was on screen.
#[derive(Debug, Clone, Default)]
pub struct Exposure {
    classes: Vec<Class>,
}

/// A class of width: its views, how many of them saw each hundredth, and where elements stand.
#[derive(Debug, Clone, Default)]
struct Class {
    views: u64,
    seen: Vec<u64>,
    places: HashMap<String, Place>,
}

/// Where an element stands down the page, from 0 (its top) to 1; on the screen throughout where fixed.
#[derive(Debug, Clone, Copy)]
struct Place {
    top: f32,
    bottom: f32,
    fixed: bool,
}

impl Exposure {
    /// Reads the answers to `query::seen` and `query::class_layouts`.
    pub fn read(seen: &[Row], layouts: &[Row]) -> Result<Self, HeatmapError> {
        let mut classes = vec![Class::default(); SCREENS];
        for row in seen {
            let columns = Columns::new("seen", row);
            let Some(class) = classes.get_mut(columns.count(0)? as usize) else { continue };
            class.views = columns.count(1)?;
            class.seen = columns.list(2)?.iter().map(|count| count.as_u64().unwrap_or_default()).collect();
        }
        let mut sightings: Vec<HashMap<&str, Vec<Place>>> = vec![HashMap::new(); SCREENS];
        for row in layouts {
            let columns = Columns::new("class layouts", row);
            let Some(class) = sightings.get_mut(columns.count(0)? as usize) else { continue };
            let height = columns.number(1)?.max(1.0);
            let lists = [2, 3, 4, 5].map(|column| columns.list(column));
            let [elements, tops, heights, flags] = lists;
            let number = |list: &[Value], at: usize| list.get(at).and_then(Value::as_f64).unwrap_or_default() as f32;
            let (tops, heights, flags) = (tops?, heights?, flags?);
            for (at, element) in elements?.iter().enumerate() {
                let Some(element) = element.as_str() else { continue };
                let (top, tall) = (number(tops, at) / height, number(heights, at) / height);
                let fixed = number(flags, at) as u16 & LayoutFlags::FIXED.bits() != 0;
                class.entry(element).or_default().push(Place { top, bottom: top + tall, fixed });
            }
        }
        for (class, sightings) in classes.iter_mut().zip(sightings) {
            class.places =
                sightings.into_iter().map(|(element, places)| (element.to_owned(), Place::typical(&places))).collect();
        }
        Ok(Self { classes })
    }

    /// Returns the views that had the element on screen; none where it is not known where it stands, or what anybody saw.
    pub fn of(&self, element: &str) -> Option<u64> {
        let known = self.classes.iter().filter(|class| class.views > 0);
        let known = known.filter_map(|class| Some(class.views_of(*class.places.get(element)?)));
        known.reduce(|sum, views| sum + views)
    }
}

impl Class {
    /// The views that saw the middle of the element, or the part of it that most did.
    fn views_of(&self, place: Place) -> u64 {
        if place.fixed {
            return self.views;
        }
        let band = |at: f32| ((at * BANDS as f32) as usize).min(BANDS - 1);
        let bands = band(place.top.max(0.0))..=band(place.bottom.max(0.0));
        self.seen.get(bands).and_then(|seen| seen.iter().copied().max()).unwrap_or_default()
    }
}

impl Place {
    fn typical(places: &[Self]) -> Self {
        let middle = |part: fn(&Self) -> f32| median(places.iter().map(part).collect());
        Self {
            top: middle(|place| place.top),
            bottom: middle(|place| place.bottom),
            fixed: places.iter().filter(|place| place.fixed).count() * 2 > places.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A class of width in which all saw the upper half, and a tenth the rest.
    fn seen(class: u32, views: u64) -> Row {
        let bands: Vec<u64> = (0..100).map(|band| if band < 50 { views } else { views / 10 }).collect();
        vec![json!(class), json!(views), json!(bands)]
    }

    fn layout(class: u32, boxes: &[(&str, i32, i32, u16)]) -> Row {
        let list = |part: fn(&(&str, i32, i32, u16)) -> Value| boxes.iter().map(part).collect::<Vec<_>>();
        vec![
            json!(class),
            json!(1000),
            json!(list(|b| json!(b.0))),
            json!(list(|b| json!(b.1))),
            json!(list(|b| json!(b.2))),
            json!(list(|b| json!(b.3))),
        ]
    }

    #[test]
    fn an_element_was_seen_by_the_views_that_saw_its_part_of_the_page() {
        let layouts =
            [layout(3, &[("#top", 100, 50, 0), ("#end", 900, 50, 0), ("#bar", 0, 60, 1), ("#edge", 490, 40, 0)])];
        let exposure = Exposure::read(&[seen(3, 200)], &layouts).unwrap();
        let told = ["#top", "#end", "#bar", "#edge", "#unknown"].map(|element| exposure.of(element));
        assert_eq!(told, [Some(200), Some(20), Some(200), Some(200), None]);
        assert_eq!(Exposure::read(&[], &layouts).unwrap().of("#top"), None, "nobody told what they saw");
    }

    #[test]
    fn every_class_of_width_has_its_own_page() {
        let layouts = [layout(0, &[("#buy", 900, 50, 0)]), layout(4, &[("#buy", 100, 50, 0), ("#desk", 0, 10, 0)])];
        let exposure = Exposure::read(&[seen(0, 1000), seen(4, 10)], &layouts).unwrap();
        assert_eq!(exposure.of("#buy"), Some(110));
        assert_eq!(exposure.of("#desk"), Some(10), "on a phone it is not there");
    }

    #[test]
    fn the_typical_place_counts() {
        let at = |y: i32| layout(2, &[("#a", y, 10, 0)]);
        let exposure = Exposure::read(&[seen(2, 100)], &[at(100), at(990), at(110)]).unwrap();
        assert_eq!(exposure.of("#a"), Some(100));
    }
}
