//! The console's files as one tree: read, named by one hash, its shell filled in. The build reads it for the binary, the local
//! product at each request.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// Below it, and below the hash of the tree, lie the files.
pub const ASSETS: &str = "/console/assets";

/// The page that every address of the console answers.
pub const SHELL: &str = "index.html";

/// All files of a folder.
pub struct Tree {
    /// Of all paths and contents. It stands in the files' addresses, so that relative imports stay inside one version.
    pub hash: String,
    /// By their paths, with `/` between the names.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Tree {
    /// Reads a folder. In the shell `{assets}` becomes the files' address and `{modules}` a preload of the modules that every page needs.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        collect(folder, "", &mut files)?;
        let hash = hash(&files);
        if let Some(shell) = files.get_mut(SHELL) {
            let text = String::from_utf8_lossy(shell);
            *shell = text.replace("{assets}", &format!("{ASSETS}/{hash}")).into_bytes();
        }
        let modules = modules(&hash, &files);
        if let Some(shell) = files.get_mut(SHELL) {
            *shell = String::from_utf8_lossy(shell).replace("{modules}", &modules).into_bytes();
        }
        Ok(Self { hash, files })
    }
}

fn collect(folder: &Path, above: &str, files: &mut BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // What editors leave behind, and types, which no browser reads.
        if name.starts_with('.') || name.ends_with('~') || name.ends_with(".d.ts") {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{above}{name}/"), files)?;
        } else {
            files.insert(format!("{above}{name}"), fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// Lengths stand before paths and contents, so that nothing wanders from one to the next.
fn hash(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut hash = Sha256::new();
    for (path, content) in files {
        for part in [path.as_bytes(), content] {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// A preload of each module that every page needs.
fn modules(hash: &str, files: &BTreeMap<String, Vec<u8>>) -> String {
    let line = |path: &String| format!("<link rel=\"modulepreload\" href=\"{ASSETS}/{hash}/{path}\">\n");
    needed(files).iter().map(line).collect()
}

/// `main.js`, what it imports, and what that imports. A page's own module comes by `import()` when one opens it.
fn needed(files: &BTreeMap<String, Vec<u8>>) -> BTreeSet<String> {
    let mut needed = BTreeSet::new();
    let mut open = vec!["main.js".to_owned()];
    while let Some(path) = open.pop() {
        let Some(content) = files.get(&path) else { continue };
        let text = String::from_utf8_lossy(content);
        let imports = text.lines().filter(|line| line.starts_with("import") && !line.starts_with("import("));
        let addresses = imports.filter_map(|line| line.split(['\'', '"']).nth(1));
        if needed.insert(path.clone()) {
            open.extend(addresses.map(|address| from(&path, address)));
        }
    }
    needed
}

/// The path that a module names by this relative address.
fn from(module: &str, address: &str) -> String {
    let mut parts: Vec<&str> = module.split('/').collect();
    parts.pop();
    for part in address.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
