//! Owns the list of pages that have heat maps.

use serde::Serialize;

use super::{
    error::HeatmapError,
    rows::{Columns, Row},
};

/// A page with what there is to see of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page {
    pub path: String,
    pub views: u64,
    pub clicks: u64,
    pub rage: u64,
    pub dead: u64,
    /// The most frequent viewport widths, in CSS pixels, from narrow to wide.
    pub widths: Vec<u64>,
}

/// Reads the answer to `query::pages`.
pub fn read(rows: &[Row]) -> Result<Vec<Page>, HeatmapError> {
    rows.iter()
        .map(|row| {
            let columns = Columns::new("pages", row);
            let widths = columns.list(6)?.iter().filter_map(serde_json::Value::as_u64).collect();
            Ok(Page {
                path: columns.text(0)?.to_owned(),
                views: columns.count(1)?,
                clicks: columns.count(2)?,
                rage: columns.count(3)?,
                dead: columns.count(4)?,
                widths,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_what_was_selected() {
        let by_width = json!([[5, 1280], [2, 390]]);
        let row = vec![json!("/цени"), json!(50), json!(7), json!(2), json!(1), by_width, json!([390, 1280])];
        let page =
            Page { path: "/цени".to_owned(), views: 50, clicks: 7, rage: 2, dead: 1, widths: vec![390, 1280] };
        assert_eq!(read(&[row]).unwrap(), [page]);
    }
}
