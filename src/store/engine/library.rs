//! Owns where the engine's library is and the one foreign call into it.

use std::{
    ffi::{CString, c_char, c_int},
    path::{Path, PathBuf},
};

use super::EngineError;

/// Name of the library's file, in whatever folder it is.
pub const FILE_NAME: &str = "libchdb.so";
/// The npm packages that carry the library, one a platform.
pub const PACKAGES: [&str; 2] = ["@chdb/lib-linux-x64-gnu", "@chdb/lib-linux-arm64-gnu"];

/// Returns the engine's library: the named file or folder, else the first of the usual places that has it.
pub fn find(named: Option<&Path>, usual_places: Vec<PathBuf>) -> Result<PathBuf, EngineError> {
    let candidates = match named {
        Some(path) if path.is_dir() => vec![path.join(FILE_NAME)],
        Some(path) => vec![path.to_owned()],
        None => usual_places,
    };
    candidates.iter().find(|path| path.is_file()).cloned().ok_or_else(|| EngineError::NoLibrary {
        looked_at: candidates.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", "),
    })
}

/// Runs `clickhouse-local` with these arguments inside this process and returns its exit code.
/// Returns only when the engine has ended.
pub fn run(library: &Path, arguments: &[String]) -> Result<i32, EngineError> {
    let wrong = |reason: String| EngineError::WrongLibrary { path: library.display().to_string(), reason };
    let texts = arguments
        .iter()
        .map(|argument| CString::new(argument.as_str()).map_err(|error| wrong(error.to_string())))
        .collect::<Result<Vec<_>, _>>()?;
    let mut pointers: Vec<*const c_char> = texts.iter().map(|text| text.as_ptr()).collect();
    pointers.push(std::ptr::null());
    let count = c_int::try_from(texts.len()).map_err(|error| wrong(error.to_string()))?;
    call(library, count, pointers.as_ptr()).map_err(|error| wrong(error.to_string()))
}

#[expect(unsafe_code, reason = "the engine is a C library; this is the only foreign call of the program")]
fn call(library: &Path, count: c_int, arguments: *const *const c_char) -> Result<c_int, libloading::Error> {
    type CommandLine = unsafe extern "C" fn(c_int, *const *const c_char) -> c_int;
    // SAFETY: the library's initialisers run here, once, in a process that does nothing else. The symbol's
    // type is that of chdb.h: `int chdb_query_cmdline(int argc, char ** argv)`; it does not keep the
    // arguments, which the caller holds for the whole call and ends with a null pointer.
    unsafe {
        let engine = libloading::Library::new(library)?;
        let command_line: libloading::Symbol<'_, CommandLine> = engine.get(b"chdb_query_cmdline\0")?;
        let code = command_line(count, arguments);
        // The engine's threads may still run: unloading the code under them would crash the process.
        std::mem::forget(engine);
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_library_says_where_it_looked_and_how_to_get_it() {
        let error = find(Some(Path::new("/nowhere/libchdb.so")), Vec::new()).unwrap_err().to_string();
        assert!(error.contains("/nowhere/libchdb.so"), "{error}");
        assert!(error.contains("npm install"), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }

    #[test]
    fn a_file_that_is_no_library_is_refused_by_name() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = run(file.path(), &["clickhouse-local".to_owned()]).unwrap_err();
        assert!(matches!(error, EngineError::WrongLibrary { .. }), "{error}");
    }
}
