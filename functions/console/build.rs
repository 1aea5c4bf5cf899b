//! Puts the console's files into the binary: each as it is, and as brotli and gzip where these are smaller.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

#[path = "src/tree.rs"]
mod tree;

use tree::Tree;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("assets");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed={}", folder.display());
    println!("cargo::rerun-if-changed=src/tree.rs");
    let tree = Tree::read(&folder)?;
    let mut table = format!("Files {{ tree: Cow::Borrowed({:?}), files: Cow::Borrowed(&[\n", tree.hash);
    for (number, (path, plain)) in tree.files.iter().enumerate() {
        let name = out.join(number.to_string());
        let included = kept(&name.with_extension("plain"), plain)?;
        let brotli = smaller(&name.with_extension("br"), &brotli(plain)?, plain)?;
        let gzip = smaller(&name.with_extension("gz"), &gzip(plain)?, plain)?;
        writeln!(
            table,
            "File {{ path: Cow::Borrowed({path:?}), plain: Cow::Borrowed({included}), brotli: {brotli}, gzip: {gzip} }},"
        )?;
    }
    table.push_str("]) }");
    fs::write(out.join("files.rs"), table)?;
    Ok(())
}

/// Writes these bytes, and answers the expression that includes them.
fn kept(path: &Path, bytes: &[u8]) -> io::Result<String> {
    fs::write(path, bytes)?;
    Ok(format!("include_bytes!({:?})", path.display().to_string()))
}

/// The expression for the compressed bytes, if compressing helped.
fn smaller(path: &Path, compressed: &[u8], plain: &[u8]) -> io::Result<String> {
    if compressed.len() >= plain.len() {
        return Ok("None".to_owned());
    }
    Ok(format!("Some({})", kept(path, compressed)?))
}

fn brotli(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
    brotli::BrotliCompress(&mut &*plain, &mut compressed, &parameters)?;
    Ok(compressed)
}

fn gzip(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain)?;
    encoder.finish()
}
