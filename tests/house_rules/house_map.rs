//! The workspace as cargo sees it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};

/// The folder in which everything stands.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The text of a file of the house.
pub fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The names in a folder of the house, in order.
pub fn names_in(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The workspace with everything that it builds on, on this machine's platform.
pub struct HouseMap {
    metadata: Metadata,
    normal: BTreeMap<PackageId, Vec<PackageId>>,
}

impl HouseMap {
    /// Asks cargo. What is locked stays locked; what a build has fetched is not fetched again.
    pub fn draw() -> Self {
        let options = ["--locked".to_owned(), "--filter-platform".to_owned(), host()];
        let metadata = MetadataCommand::new()
            .manifest_path(root().join("Cargo.toml"))
            .other_options(options)
            .exec()
            .unwrap_or_else(|error| panic!("cargo metadata: {error}"));
        let nodes = &metadata.resolve.as_ref().unwrap().nodes;
        let normal = nodes
            .iter()
            .map(|node| {
                let used = node.deps.iter().filter(|dependency| {
                    dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal)
                });
                (node.id.clone(), used.map(|dependency| dependency.pkg.clone()).collect())
            })
            .collect();
        Self { metadata, normal }
    }

    /// What the root `Cargo.toml` says to other tools.
    pub fn workspace_metadata(&self) -> &serde_json::Value {
        &self.metadata.workspace_metadata
    }

    /// The crates of the house.
    pub fn members(&self) -> Vec<&Package> {
        self.metadata.workspace_packages()
    }

    /// The names of the crates in this folder of the house.
    pub fn members_in(&self, folder: &str) -> BTreeSet<&str> {
        let folder = root().join(folder);
        let inside = |package: &&&Package| package.manifest_path.starts_with(&folder);
        self.members().iter().filter(inside).map(|package| package.name.as_str()).collect()
    }

    /// The crates that this one of the house names itself, those for tests aside.
    pub fn uses(&self, member: &str) -> BTreeSet<&str> {
        self.named(member, DependencyKind::Normal)
    }

    /// The crates that this one of the house names for its tests.
    pub fn tests_with(&self, member: &str) -> BTreeSet<&str> {
        self.named(member, DependencyKind::Development)
    }

    fn named(&self, member: &str, kind: DependencyKind) -> BTreeSet<&str> {
        let dependencies = self.member(member).dependencies.iter();
        dependencies.filter(|named| named.kind == kind).map(|named| named.name.as_str()).collect()
    }

    /// Everything that is linked with this crate of the house, near or far.
    pub fn reaches(&self, member: &str) -> BTreeSet<&str> {
        let mut seen: BTreeSet<&PackageId> = BTreeSet::new();
        let mut next = vec![&self.member(member).id];
        while let Some(id) = next.pop() {
            next.extend(self.normal[id].iter().filter(|used| seen.insert(used)));
        }
        seen.into_iter().map(|id| self.metadata[id].name.as_str()).collect()
    }

    fn member(&self, name: &str) -> &Package {
        let members = self.members();
        members.into_iter().find(|package| package.name == name).unwrap_or_else(|| panic!("no crate {name}"))
    }
}

fn host() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let told = Command::new(rustc).arg("-vV").output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    told.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}
