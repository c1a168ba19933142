//! Owns the clicks or rests at nearly one place of one element, as `query::spots` selects them and ClickHouse's `RowBinary`
//! writes them: a map has tens of thousands, of which reading JSON would take longer than drawing.

use super::error::HeatmapError;

/// Clicks, or milliseconds of rest, at nearly one place of one element.
#[derive(Debug, Clone, PartialEq)]
pub struct Spot<'a> {
    /// Of a moving map the frame.
    pub frame: u8,
    pub element: &'a str,
    /// The element stayed on the screen while the page scrolled.
    pub fixed: bool,
    /// Mean position in the element's box, from 0 to 1.
    pub fraction_x: f32,
    pub fraction_y: f32,
    /// Mean position across the document, from 0 to 1; across the viewport where fixed.
    pub share_x: f32,
    /// Mean position down the document, from 0 to 1; in CSS pixels of the viewport where fixed.
    pub down: f32,
    pub weight: u64,
}

/// Reads the answer to `query::spots`.
pub fn read(bytes: &[u8]) -> Result<Vec<Spot<'_>>, HeatmapError> {
    let mut reader = Reader(bytes);
    let mut spots = Vec::with_capacity(bytes.len() / 48);
    while !reader.0.is_empty() {
        spots.push(reader.spot().ok_or(HeatmapError::Row { answer: "spots", column: 0 })?);
    }
    Ok(spots)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn spot(&mut self) -> Option<Spot<'a>> {
        Some(Spot {
            frame: self.byte()?,
            element: self.text()?,
            fixed: self.byte()? != 0,
            fraction_x: self.number()?,
            fraction_y: self.number()?,
            share_x: self.number()?,
            down: self.number()?,
            weight: u64::from_le_bytes(self.array()?),
        })
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn number(&mut self) -> Option<f32> {
        self.array().map(f32::from_le_bytes)
    }

    /// A length in unsigned LEB128, and so many bytes of UTF-8. No key is longer than what two bytes count.
    fn text(&mut self) -> Option<&'a str> {
        let low = self.byte()?;
        let high = if low & 0x80 == 0 { 0 } else { self.byte()? };
        let length = usize::from(low & 0x7f) | usize::from(high) << 7;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heatmap::fixture::{row_binary, spot_on};

    #[test]
    fn reads_what_clickhouse_writes() {
        let long = "x".repeat(190);
        let spots = [spot_on("a#buy", (0.25, 0.75), 3), Spot { fixed: true, frame: 7, ..spot_on(&long, (0.0, 1.0), 1) }];
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
