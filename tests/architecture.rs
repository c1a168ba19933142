//! The module picture of the design, as a test: which module may use which, and where foreign crates are known.
#![expect(clippy::unwrap_used, reason = "a test says by panicking what is wrong")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Which modules a module may use besides itself.
const MAY_USE: [(&str, &[&str]); 26] = [
    ("model", &[]),
    ("render", &[]),
    ("enrich", &["model"]),
    ("store", &["model"]),
    ("spool", &["model", "store"]),
    ("control", &["model"]),
    ("live", &["model"]),
    ("ingest", &["model", "enrich", "live", "spool", "store", "control"]),
    ("reports", &["model", "store"]),
    ("heatmap", &["model", "render", "reports", "store"]),
    ("transfer", &["model", "enrich", "ingest", "spool", "store"]),
    ("badge", &["model", "render"]),
    ("fonts", &["render"]),
    ("map", &["model", "render"]),
    ("screenshots", &["control", "model"]),
    ("named", &["enrich", "model", "reports"]),
    ("capture", &[]),
    ("top", &[]),
    ("install", &[]),
    ("config", &["control", "spool", "store"]),
    ("demo", &["control", "model"]),
    ("resume", &["ingest", "live", "model", "spool", "store"]),
    ("telemetry", &["ingest", "model", "spool"]),
    (
        "http",
        &[
            "badge",
            "control",
            "enrich",
            "heatmap",
            "ingest",
            "live",
            "map",
            "model",
            "named",
            "render",
            "reports",
            "screenshots",
            "store",
            "telemetry",
            "transfer",
        ],
    ),
    (
        "app",
        &[
            "config",
            "control",
            "demo",
            "enrich",
            "fonts",
            "http",
            "ingest",
            "install",
            "live",
            "model",
            "reports",
            "resume",
            "screenshots",
            "spool",
            "store",
            "transfer",
        ],
    ),
    (
        "cli",
        &[
            "app",
            "badge",
            "capture",
            "config",
            "control",
            "demo",
            "enrich",
            "fonts",
            "heatmap",
            "install",
            "map",
            "model",
            "named",
            "render",
            "reports",
            "screenshots",
            "spool",
            "store",
            "telemetry",
            "top",
            "transfer",
        ],
    ),
];

/// What only some modules may know: the path as it stands in code, the modules, and why.
const ONLY_IN: [(&str, &[&str], &str); 7] = [
    ("actix_web::", &["http", "app"], "HTTP is known to `http` alone, and to the wiring"),
    ("sqlx::", &["control"], "the control database is known to `control` alone"),
    ("clickhouse::", &["store"], "ClickHouse is known to `store` alone"),
    ("image::", &["screenshots"], "pictures of strangers are opened by `screenshots` alone"),
    ("ratatui::", &["top"], "the terminal is drawn on by `top` alone"),
    ("hyper_util::", &["capture", "top"], "requests to other servers are sent by `capture` and `top` alone"),
    ("env::", &["config", "cli", "install"], "the environment is read at the edge and handed down"),
];

/// One line of code, without comments.
struct Line {
    file: PathBuf,
    number: usize,
    text: String,
    is_test: bool,
}

#[test]
fn modules_use_only_what_the_table_allows() {
    let mut wrong = Vec::new();
    for module in modules() {
        let (_, allowed) = MAY_USE.iter().find(|(name, _)| *name == module).unwrap_or_else(|| {
            panic!("the module {module} is not in the table: say in tests/architecture.rs what it may use")
        });
        let lines = code(&module);
        for (at, used) in uses(&lines) {
            if used != module && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{}: `{module}` may not use `{used}`", at.place()));
            }
        }
    }
    assert!(wrong.is_empty(), "the import table of the design is broken:\n{}", wrong.join("\n"));
}

#[test]
fn the_table_names_only_modules_that_exist() {
    let all = modules();
    for (module, allowed) in MAY_USE {
        for name in allowed.iter().chain([&module]) {
            assert!(all.contains(*name), "the table names {name}, which is no module");
        }
    }
}

#[test]
fn foreign_crates_and_the_environment_are_known_only_where_they_belong() {
    let mut wrong = Vec::new();
    let mut found = BTreeSet::new();
    for module in modules() {
        for line in code(&module).iter().filter(|line| !line.is_test) {
            for (path, allowed, why) in ONLY_IN {
                if !names(&line.text, path) {
                    continue;
                }
                found.insert(path);
                if !allowed.contains(&module.as_str()) {
                    wrong.push(format!("{}: `{path}` in `{module}`: {why}", line.place()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(found.len(), ONLY_IN.len(), "a rule finds nothing at all: {found:?}");
}

#[test]
fn nothing_is_called_utils() {
    for file in rust_files(&source()) {
        let words = ["utils", "util", "helpers", "common", "misc"];
        for part in file.strip_prefix(source()).unwrap().components() {
            let name = part.as_os_str().to_string_lossy();
            let name = name.trim_end_matches(".rs");
            assert!(!words.contains(&name), "{}: a name that says nothing", shown(&file));
        }
    }
}

#[test]
fn the_reader_of_imports_sees_every_way_to_write_one() {
    let text = "use crate::{\n    model::{Site, names::{self}},\n    store,\n};\nuse crate::live::Presence;\n\
        let x = (\"http://\", crate::http::routes); // crate::badge\n/// [`crate::demo`]\nfn f(x: &crate::\n    config::Config) {}";
    let lines: Vec<Line> = lines_of(Path::new("x.rs"), text).collect();
    let found: Vec<(usize, String)> = uses(&lines).into_iter().map(|(line, used)| (line.number, used)).collect();
    let expected = [(2, "model"), (3, "store"), (5, "live"), (6, "http"), (9, "config")];
    assert_eq!(found, expected.map(|(number, name)| (number, name.to_owned())));
}

impl Line {
    fn place(&self) -> String {
        format!("{}:{}", shown(&self.file), self.number)
    }
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn shown(file: &Path) -> String {
    file.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(file).display().to_string()
}

/// Returns the names of the modules at the top; `main` and `lib` hold no code to speak of.
fn modules() -> BTreeSet<String> {
    let entries = fs::read_dir(source()).unwrap().map(|entry| entry.unwrap().path());
    let rust = entries.filter(|path| path.is_dir() || path.extension().is_some_and(|ending| ending == "rs"));
    let names = rust.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned());
    names.filter(|name| name != "main" && name != "lib").collect()
}

/// Returns all code of a module.
fn code(module: &str) -> Vec<Line> {
    let file = source().join(format!("{module}.rs"));
    let mut files = rust_files(&source().join(module));
    files.extend(file.is_file().then_some(file));
    assert!(!files.is_empty(), "the module {module} has no files");
    let test_files = files.iter().flat_map(|file| test_files(file)).collect::<BTreeSet<_>>();
    let mut lines = Vec::new();
    for file in &files {
        let is_test_file = test_files.iter().any(|test| file == test || file.starts_with(test.with_extension("")));
        let text = fs::read_to_string(file).unwrap();
        lines.extend(lines_of(file, &text).map(|line| Line { is_test: line.is_test || is_test_file, ..line }));
    }
    lines
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Returns the lines without comments. What follows `#[cfg(test)] mod … {` is test code: it stands at the end of a file.
fn lines_of(file: &Path, text: &str) -> impl Iterator<Item = Line> {
    let mut after_cfg_test = false;
    let mut is_test = false;
    text.lines().enumerate().map(move |(index, line)| {
        let code = &line[..start_of_comment(line)];
        is_test |= after_cfg_test && code.starts_with("mod ") && code.trim_end().ends_with('{');
        after_cfg_test = code.trim() == "#[cfg(test)]";
        Line { file: file.to_owned(), number: index + 1, text: code.to_owned(), is_test }
    })
}

/// Returns where `//` begins a comment; between quotes it is a part of a text.
fn start_of_comment(line: &str) -> usize {
    let in_text = |at: usize| line[..at].replace("\\\"", "").matches('"').count() % 2 == 1;
    line.match_indices("//").map(|(at, _)| at).find(|&at| !in_text(at)).unwrap_or(line.len())
}

/// Returns the files that `#[cfg(test)] mod x;` in this file names.
fn test_files(file: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(file).unwrap();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let folder = match file.file_stem().unwrap().to_str() {
        Some("mod" | "lib" | "main") => file.parent().unwrap().to_owned(),
        _ => file.with_extension(""),
    };
    let named = lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]").filter_map(|pair| {
        let name = pair[1].strip_suffix(';')?.rsplit_once("mod ")?.1;
        Some(folder.join(name).with_extension("rs"))
    });
    named.collect()
}

/// Returns every module at the top that the code names by `crate::…`, with the line in which the name stands.
fn uses(lines: &[Line]) -> Vec<(&Line, String)> {
    let mut found = Vec::new();
    let mut words = words(lines).into_iter().peekable();
    while let Some((_, word)) = words.next() {
        if word != "crate" || words.next_if(|(_, next)| next == "::").is_none() {
            continue;
        }
        if words.next_if(|(_, next)| next == "{").is_none() {
            found.extend(words.next());
            continue;
        }
        let mut depth = 1;
        let mut is_first = true;
        for (line, word) in words.by_ref() {
            match word.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                "," if depth == 1 => is_first = true,
                _ if depth == 1 && is_first => {
                    is_first = false;
                    found.push((line, word));
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    found.retain(|(_, word)| word.chars().all(|c| c.is_alphanumeric() || c == '_'));
    found
}

/// Cuts code into names, `::` and single other characters.
fn words(lines: &[Line]) -> Vec<(&Line, String)> {
    let mut words = Vec::new();
    for line in lines {
        let mut rest = line.text.trim_start();
        while let Some(first) = rest.chars().next() {
            let name = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            let length = if name > 0 {
                name
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            words.push((line, rest[..length].to_owned()));
            rest = rest[length..].trim_start();
        }
    }
    words
}

/// Returns whether the path stands in the code, not as the end of a longer name.
fn names(code: &str, path: &str) -> bool {
    code.match_indices(path).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        before.is_none_or(|c| !(c.is_alphanumeric() || c == '_'))
    })
}
