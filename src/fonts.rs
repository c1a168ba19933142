//! Owns the reading of the owner's fonts, for scripts that the fonts in the binary lack. It does not draw.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::render::typeset::{Face, Faces};

/// Most fonts of a folder, and most bytes of all together; they are kept in memory.
const MOST_FONTS: usize = 64;
const MOST_BYTES: u64 = 256 << 20;

/// Why the fonts cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FontsError {
    #[error("the folder of fonts {path} cannot be read: {source}")]
    Folder { path: PathBuf, source: io::Error },
    #[error("the font {path} cannot be used: {reason}")]
    Font { path: PathBuf, reason: String },
    #[error("the folder of fonts {0} has no .ttf or .otf file")]
    Empty(PathBuf),
    #[error("the folder of fonts {0} has more than {MOST_FONTS} fonts or {MOST_BYTES} bytes")]
    TooMany(PathBuf),
}

/// Returns the fonts in the binary, and those of a folder after them, by name.
pub fn open(folder: Option<&Path>) -> Result<Faces, FontsError> {
    let Some(folder) = folder else { return Ok(Faces::default()) };
    let in_folder = |source| FontsError::Folder { path: folder.to_owned(), source };
    let entries = fs::read_dir(folder).map_err(in_folder)?.collect::<Result<Vec<_>, _>>().map_err(in_folder)?;
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).filter(|path| is_font(path)).collect();
    paths.sort();
    if paths.is_empty() {
        return Err(FontsError::Empty(folder.to_owned()));
    }
    let mut left = MOST_BYTES;
    let mut faces = Vec::new();
    for path in paths {
        let failed = |reason: String| FontsError::Font { path: path.clone(), reason };
        let size = fs::metadata(&path).map_err(|error| failed(error.to_string()))?.len();
        let rest = left.checked_sub(size).filter(|_| faces.len() < MOST_FONTS);
        left = rest.ok_or_else(|| FontsError::TooMany(folder.to_owned()))?;
        let bytes = fs::read(&path).map_err(|error| failed(error.to_string()))?;
        faces.push(Face::read(bytes).map_err(|error| failed(error.to_string()))?);
    }
    Ok(Faces::with(faces))
}

fn is_font(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("ttf") || ending.eq_ignore_ascii_case("otf"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_of_a_folder_are_read_and_what_is_none_is_named() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(open(Some(folder.path())), Err(FontsError::Empty(_))));
        let font = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/render/fonts/NotoSansLao.ttf");
        fs::copy(font, folder.path().join("lao.TTF")).unwrap();
        fs::write(folder.path().join("notes.txt"), "none").unwrap();
        assert!(open(Some(folder.path())).is_ok());
        fs::write(folder.path().join("broken.otf"), "none").unwrap();
        let error = open(Some(folder.path())).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("broken.otf") && error.contains("no TrueType"), "{error}");
        assert!(matches!(open(Some(Path::new("/nowhere/fonts"))), Err(FontsError::Folder { .. })));
    }
}
