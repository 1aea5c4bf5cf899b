//! The files that are served: those in the binary, or those in a folder.

use std::borrow::Cow;
use std::path::PathBuf;

use web::accept::Coding;

use crate::tree::{SHELL, Tree};

/// Where the console's files come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// The binary has them, compressed.
    Binary,
    /// This folder, read at each request: save, reload, see.
    Folder(PathBuf),
}

/// All files, at one moment.
#[derive(Debug, Clone)]
pub struct Files {
    /// The hash of the tree.
    pub tree: Cow<'static, str>,
    /// In the order of their paths.
    pub files: Cow<'static, [File]>,
}

/// One file.
#[derive(Debug, Clone)]
pub struct File {
    /// Its path below the tree.
    pub path: Cow<'static, str>,
    /// As it is.
    pub plain: Cow<'static, [u8]>,
    /// As brotli, if that is smaller.
    pub brotli: Option<&'static [u8]>,
    /// As gzip, if that is smaller.
    pub gzip: Option<&'static [u8]>,
}

static IN_THE_BINARY: Files = include!(concat!(env!("OUT_DIR"), "/files.rs"));

impl Source {
    /// For whoever changes the pages: in a debug build the folder of the sources, if it is there.
    #[must_use]
    pub fn for_development() -> Self {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets");
        if cfg!(debug_assertions) && folder.is_dir() { Self::Folder(folder) } else { Self::Binary }
    }

    /// The files as they are now; none if the folder cannot be read.
    #[must_use]
    pub fn files(&self) -> Option<Cow<'static, Files>> {
        match self {
            Self::Binary => Some(Cow::Borrowed(&IN_THE_BINARY)),
            Self::Folder(folder) => match Tree::read(folder) {
                Ok(tree) => Some(Cow::Owned(tree.into())),
                Err(error) => {
                    tracing::error!(folder = %folder.display(), %error, "the console's files cannot be read");
                    None
                }
            },
        }
    }
}

impl From<Tree> for Files {
    fn from(tree: Tree) -> Self {
        let file = |(path, plain)| File {
            path: Cow::Owned(path),
            plain: Cow::Owned(plain),
            brotli: None,
            gzip: None,
        };
        Self { tree: tree.hash.into(), files: tree.files.into_iter().map(file).collect() }
    }
}

impl Files {
    /// The addresses of the modules that the shell has loaded ahead.
    #[must_use]
    pub fn modules(&self) -> Vec<String> {
        let shell = self.at(SHELL).map_or(Cow::Borrowed(""), |shell| String::from_utf8_lossy(&shell.plain));
        let preloads = shell.split("rel=\"modulepreload\" href=\"").skip(1);
        preloads.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
    }

    /// The file with this path.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

impl File {
    /// Its media type.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        match self.path.rsplit_once('.').map_or("", |(_, ending)| ending) {
            "css" => "text/css; charset=utf-8",
            "html" => "text/html; charset=utf-8",
            "ico" => "image/x-icon",
            "js" => "text/javascript; charset=utf-8",
            "png" => "image/png",
            "svg" => "image/svg+xml",
            _ => "text/plain; charset=utf-8",
        }
    }

    /// Its bytes in the best form that the client takes, and what that form is called.
    #[must_use]
    pub fn for_client(&self, accepted: Option<&str>) -> (Vec<u8>, Option<&'static str>) {
        let wanted = accepted.and_then(|accepted| Coding::wanted(accepted, &[Coding::Brotli, Coding::Gzip]));
        match (wanted, self.brotli, self.gzip) {
            (Some(Coding::Brotli), Some(packed), _) | (Some(Coding::Gzip), _, Some(packed)) => {
                (packed.to_vec(), wanted.map(Coding::name))
            }
            _ => (self.plain.to_vec(), None),
        }
    }
}
