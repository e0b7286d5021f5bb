//! The repository as it lies on disk.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::source::Source;

/// The repository's root.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder` (from the root; "" = the root itself), as sorted paths with `/`. What is built, run or
/// written by tools is passed over.
pub fn files(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    walk(&root(), folder, &mut found);
    found.sort();
    found
}

fn walk(root: &Path, folder: &str, found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let hidden = name.starts_with('.') && ![".ci", ".editorconfig", ".gitignore"].contains(&name.as_str());
        if hidden || (folder.is_empty() && ["target", "var", "guardia.toml"].contains(&name.as_str())) {
            continue;
        }
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        if entry.path().is_dir() {
            walk(root, &path, found);
        } else {
            found.push(path);
        }
    }
}

/// Whether the file's name ends in this extension.
pub fn is_kind(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|own| own == extension)
}

/// The text of a file, or an empty text for a folder; `None` where nothing is, or no text.
pub fn read(path: &str) -> Option<String> {
    let path = root().join(path);
    if path.is_dir() { Some(String::new()) } else { fs::read_to_string(path).ok() }
}

/// The same; a picture is there, and says nothing.
pub fn read_or_picture(path: &str) -> Option<String> {
    read(path).or_else(|| (is_kind(path, "png") && root().join(path).is_file()).then(String::new))
}

/// Every Rust source below the folders. Files that only tests compile are marked as such.
pub fn sources(folders: &[&str]) -> Vec<Source> {
    let paths = folders.iter().flat_map(|folder| files(folder)).filter(|path| is_kind(path, "rs"));
    let mut sources: Vec<Source> = paths.filter_map(|path| read(&path).map(|text| Source::new(&path, &text))).collect();
    let test_modules: Vec<String> = sources.iter().flat_map(Source::test_modules).collect();
    for source in &mut sources {
        let below = |module: &String| {
            source.path.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        };
        if test_modules.iter().any(below) {
            source.all_tests();
        }
    }
    sources
}

/// The rooms in `src/`: its files and folders, but `lib.rs`.
pub fn rooms() -> Vec<String> {
    let names = files("src").into_iter().filter_map(|path| {
        let inside = path.strip_prefix("src/")?;
        let name = inside.split_once('/').map_or_else(|| inside.strip_suffix(".rs"), |(folder, _)| Some(folder))?;
        (name != "lib").then(|| name.to_owned())
    });
    names.collect::<BTreeSet<_>>().into_iter().collect()
}
