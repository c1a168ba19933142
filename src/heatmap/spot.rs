//! Owns the clicks or rests at nearly one place of one element, as `query::spots` selects them and ClickHouse's `RowBinary`
//! writes them: a map has tens of thousands, of which reading JSON would take longer than drawing.

use super::error::HeatmapError;

/// Bytes of one row.
const ROW_BYTES: usize = 1 + 1 + 8 + 1 + 4 * 4 + 8;

/// Clicks, or milliseconds of rest, at nearly one place of one element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    /// Of a moving map the frame.
    pub frame: u8,
    /// Nothing was open above the page.
    pub base: bool,
    /// What ClickHouse makes of the element's key.
    pub element_id: u64,
    /// Mean position in the element's box, from 0 to 1.
    pub fraction_x: f32,
    pub fraction_y: f32,
    /// The element stayed on the screen while the page scrolled. With the following only where elements may have to be
    /// placed by their share of the page.
    pub fixed: bool,
    /// Mean position across the document, from 0 to 1; across the viewport where fixed.
    pub share_x: f32,
    /// Mean position down the document, from 0 to 1; in CSS pixels of the viewport where fixed.
    pub down: f32,
    pub weight: u64,
}

/// Reads the answer to `query::spots`.
pub fn read(bytes: &[u8]) -> Result<Vec<Spot>, HeatmapError> {
    let (rows, rest) = bytes.as_chunks::<ROW_BYTES>();
    if !rest.is_empty() {
        return Err(HeatmapError::Row { answer: "spots", column: 0 });
    }
    Ok(rows.iter().map(spot).collect())
}

fn spot(row: &[u8; ROW_BYTES]) -> Spot {
    let [frame, base, rest @ ..] = *row;
    let number = |at: usize| f32::from_le_bytes([rest[at], rest[at + 1], rest[at + 2], rest[at + 3]]);
    let whole = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&rest[at..at + 8]);
        u64::from_le_bytes(bytes)
    };
    Spot {
        frame,
        base: base != 0,
        element_id: whole(0),
        fraction_x: number(8),
        fraction_y: number(12),
        fixed: rest[16] != 0,
        share_x: number(17),
        down: number(21),
        weight: whole(25),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heatmap::fixture::{row_binary, spot_on};

    #[test]
    fn reads_what_clickhouse_writes() {
        let other = Spot { fixed: true, frame: 7, share_x: 0.125, down: 900.0, ..spot_on("#a", (0.0, 1.0), u64::MAX) };
        let spots = [spot_on("a#buy", (0.25, 0.75), 3), other];
        assert_eq!(read(&row_binary(&spots)).unwrap(), spots);
        assert_eq!(read(&[]).unwrap(), []);
    }

    #[test]
    fn refuses_what_is_cut_off() {
        let bytes = row_binary(&[spot_on("a#buy", (0.25, 0.75), 3)]);
        for end in 1..bytes.len() {
            assert!(read(&bytes[..end]).is_err(), "{end}");
        }
    }
}
