//! Tables of rules as readable files under `tables/`, compared with what the rules say now.

use std::path::Path;

/// Compares a table with its file. `UPDATE_TABLES=1` writes the file instead; what changed then shows in the diff.
pub fn check(file: &str, now: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tables").join(file);
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(&path, now).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let differing = now.lines().zip(written.lines()).find(|(now, written)| now != written);
    assert!(
        now == written,
        "{file} is not what the rules say (UPDATE_TABLES=1 rewrites it); first difference (now, written): {differing:#?}"
    );
}
