//! Checks that the files which are built into the binary are there, and says how to make them.

use std::{path::Path, process::exit};

/// What the binary embeds, and what makes it.
const EMBEDDED: [(&str, &str); 7] = [
    ("tracker-js/dist/heatline.js", "make assets"),
    ("dashboards/dist/index.html", "make assets"),
    ("dashboards/dist/live.html", "make assets"),
    ("demo/index.html", "git checkout demo"),
    ("node_modules/uap-core/regexes.yaml", "npm install"),
    ("node_modules/crawler-user-agents/crawler-user-agents.json", "npm install"),
    ("node_modules/world-atlas/countries-50m.json", "npm install"),
];

fn main() {
    for (file, command) in EMBEDDED {
        println!("cargo::rerun-if-changed={file}");
        if !Path::new(file).is_file() {
            println!(
                "cargo::error={file} is missing; make it with `{command}` (or build everything with `make build`)"
            );
            exit(1);
        }
    }
    for folder in ["tracker-js/dist", "dashboards/dist", "demo"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
