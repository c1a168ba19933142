//! Owns where the files are that come with the program but not in it: the engine's library, the geo database.

use std::path::{Path, PathBuf};

/// Folders above the executable in which `node_modules` is looked for: `target/release` of a checkout has two.
const FLOORS: usize = 3;

/// Returns where a file or folder of an npm package may be, likeliest first: beside the executable under its
/// own name, then in `node_modules` of the folders above the executable, then in that of the working folder.
#[must_use]
pub fn places(name: &str, packages: &[&str], in_package: &str) -> Vec<PathBuf> {
    let executable = std::env::current_exe().ok();
    let folder = executable.as_deref().and_then(Path::parent);
    let mut places: Vec<PathBuf> = folder.map(|folder| folder.join(name)).into_iter().collect();
    let above = folder.into_iter().flat_map(|folder| folder.ancestors().skip(1).take(FLOORS));
    for base in above.chain([Path::new(".")]) {
        places.extend(packages.iter().map(|package| base.join("node_modules").join(package).join(in_package)));
    }
    places
}
