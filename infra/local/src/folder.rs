//! Where the product's data is kept: in memory, or in a folder that one process uses at a time.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Where data is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// In memory, gone at the end.
    Memory,
    /// In this folder, with the mailbox in a folder beside it.
    Dir(PathBuf),
}

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// It cannot be made, read or written.
    #[error("{} cannot be used: {cause}. Mend that, or", .folder.display())]
    Unusable {
        /// The folder that cannot be used.
        folder: PathBuf,
        /// The cause.
        cause: io::Error,
    },
    /// Another process uses it.
    #[error("{} is in use by another process. Stop it, or", .0.display())]
    InUse(PathBuf),
    /// It was filled by a version of the product whose items this one does not read.
    #[error("{} was filled by an earlier version, whose items this one does not read. Remove it, or", .0.display())]
    OfAnEarlierVersion(PathBuf),
}

/// The file of the key set.
pub(crate) const KEYS: &str = "keys.json";

/// The layout of what the product keeps. Another number: the items of before cannot be read any more.
const LAYOUT: &str = "2";

/// The data folder, locked for this process until it is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes the folder if it is absent, and locks it.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let unusable = |cause| FolderError::Unusable { folder: path.to_owned(), cause };
        make_private(path).map_err(unusable)?;
        let lock = private_file().append(true).open(path.join("lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {
                let folder = Self { path: path.to_owned(), _lock: lock };
                folder.of_this_layout()?;
                Ok(folder)
            }
            Err(TryLockError::WouldBlock) => Err(FolderError::InUse(path.to_owned())),
            Err(TryLockError::Error(cause)) => Err(unusable(cause)),
        }
    }

    /// Notes the layout in a folder that is new, and refuses one of another layout.
    fn of_this_layout(&self) -> Result<(), FolderError> {
        let unusable = |cause| FolderError::Unusable { folder: self.path.clone(), cause };
        let (note, kept) = (self.file("layout"), self.file(KEYS));
        match std::fs::read_to_string(&note) {
            Ok(layout) if layout.trim() == LAYOUT => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !kept.exists() => {
                replace(&note, LAYOUT).map_err(unusable)
            }
            Ok(_) => Err(FolderError::OfAnEarlierVersion(self.path.clone())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(FolderError::OfAnEarlierVersion(self.path.clone()))
            }
            Err(error) => Err(unusable(error)),
        }
    }

    /// The path of a file in the folder.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

/// The mailbox's folder. It holds links, which are the recipients' and never the product's, so it is not in the
/// data folder.
#[must_use]
pub fn mailbox_folder(data: &Path) -> PathBuf {
    let mut name = data.file_name().unwrap_or_default().to_owned();
    name.push("-mailbox");
    data.with_file_name(name)
}

/// Makes a folder, with those above it, that its owner alone can read.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Options for a file that its owner alone can read.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Replaces a file at once: whoever reads it sees the old text or the new one.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let mut file = private_file().write(true).truncate(true).open(&fresh)?;
    file.write_all(text.as_bytes())?;
    std::fs::rename(&fresh, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mailbox_stands_beside_the_data() {
        assert_eq!(mailbox_folder(Path::new(".local")), Path::new(".local-mailbox"));
        assert_eq!(mailbox_folder(Path::new("/tmp/x/data/")), Path::new("/tmp/x/data-mailbox"));
    }

    #[test]
    fn a_folder_of_an_earlier_version_is_refused_and_left_as_it_is() {
        let path = std::env::temp_dir().join(format!("glueconnect-layout-{}", std::process::id()));
        drop(Folder::open(&path).unwrap());
        drop(Folder::open(&path).unwrap());
        std::fs::write(path.join("layout"), "1").unwrap();
        assert!(matches!(Folder::open(&path), Err(FolderError::OfAnEarlierVersion(_))));
        // The first layout had no note.
        std::fs::remove_file(path.join("layout")).unwrap();
        std::fs::write(path.join(KEYS), "{}").unwrap();
        assert!(matches!(Folder::open(&path), Err(FolderError::OfAnEarlierVersion(_))));
        assert_eq!(std::fs::read_to_string(path.join(KEYS)).unwrap(), "{}");
        std::fs::remove_dir_all(&path).unwrap();
    }
}
