//! Content packed on its way: an HTTP API does not do that, so the functions do.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::accept::Coding;

/// Bytes from which on packing saves more than it costs.
pub(crate) const WORTHWHILE: usize = 1_024;

/// Bytes up to which content is packed with some care. What is longer is packed as fast as can be, so that the work stays small
/// beside what it took to read the rows.
const CAREFULLY: usize = 256 * 1_024;

/// How far back the packer looks, as a power of two: its memory, whatever the content's length.
const WINDOW: u32 = 18;

/// The content packed; none where that would not make it shorter, with a third more for base64, as which a function hands it to
/// the gateway.
pub(crate) fn packed(content: &str, coding: Coding) -> Option<Vec<u8>> {
    if content.len() < WORTHWHILE {
        return None;
    }
    let is_short = content.len() <= CAREFULLY;
    let packed = match coding {
        Coding::Gzip => gzip(content, if is_short { 6 } else { 1 }),
        Coding::Brotli => brotli(content, if is_short { 5 } else { 1 }),
    };
    packed.ok().filter(|packed| packed.len() / 3 * 4 < content.len())
}

fn gzip(content: &str, level: u32) -> std::io::Result<Vec<u8>> {
    let mut out = GzEncoder::new(Vec::new(), Compression::new(level));
    out.write_all(content.as_bytes())?;
    out.finish()
}

fn brotli(content: &str, level: u32) -> std::io::Result<Vec<u8>> {
    let mut out = brotli::CompressorWriter::new(Vec::new(), 4_096, level, WINDOW);
    out.write_all(content.as_bytes())?;
    out.flush()?;
    Ok(out.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn unpacked(packed: &[u8], coding: Coding) -> String {
        let mut text = String::new();
        match coding {
            Coding::Gzip => flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap(),
            Coding::Brotli => brotli::Decompressor::new(packed, 4_096).read_to_string(&mut text).unwrap(),
        };
        text
    }

    #[test]
    fn what_is_packed_comes_out_whole_and_is_a_tenth_of_a_list() {
        for coding in [Coding::Gzip, Coding::Brotli] {
            for rows in [10, 300, 20_000] {
                let row = |number: usize| {
                    format!(r#"{{"type":"users","id":"{number}","attributes":{{"name":"Zoë {number}"}}}}"#)
                };
                let text = (0..rows).map(row).collect::<Vec<_>>().join(",");
                let packed = packed(&text, coding);
                assert_eq!(packed.is_some(), text.len() >= WORTHWHILE, "{rows}");
                let Some(packed) = packed else { continue };
                assert_eq!(unpacked(&packed, coding), text);
                assert!(
                    rows < 300 || packed.len() * 5 < text.len(),
                    "{coding:?}: {} of {}",
                    packed.len(),
                    text.len()
                );
            }
        }
    }

    #[test]
    fn what_is_short_or_has_no_pattern_stays_as_it_is() {
        assert_eq!(packed(&"a".repeat(WORTHWHILE - 1), Coding::Gzip), None);
        assert!(packed(&"a".repeat(WORTHWHILE), Coding::Gzip).is_some());
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from_u32(33 + (state >> 8) % 94).unwrap()
        };
        let noise: String = (0..2_000).map(|_| next()).collect();
        for coding in [Coding::Gzip, Coding::Brotli] {
            assert_eq!(packed(&noise, coding), None);
        }
    }
}
