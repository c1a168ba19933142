//! Owns the reasons why there is no heat map.

/// Why a map could not be made.
#[derive(Debug, thiserror::Error)]
pub enum HeatmapError {
    /// Neither a view nor a click of the page lies in the range.
    #[error("the page has no data in the range")]
    NoData,
    /// The picture would be larger than one render may be.
    #[error("a picture of {width} by {height} pixels is larger than {limit} pixels; ask for a smaller width or scale")]
    TooLarge { width: u32, height: u32, limit: u64 },
    /// The store answered with a row of another shape: a fault of ours.
    #[error("column {column} of the {answer} answer is not what was selected")]
    Row { answer: &'static str, column: usize },
    /// Only maps of clicks and moves can be drawn as they come about.
    #[error("only kind=click, rage, dead, error and move have a moving picture, and no comparison has one")]
    NotMoving,
    #[error("when the pointer rests since the page was loaded is not known: ask for frames=hours, or for clicks")]
    NotSinceLoad,
    #[error(transparent)]
    Encode(#[from] crate::render::EncodeError),
}
