//! Content packed on its way: an HTTP API does not do that, so the functions do.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

/// Bytes from which on packing saves more than it costs.
pub(crate) const WORTHWHILE: usize = 1_024;

/// Bytes up to which content is packed with some care. What is longer is packed as fast as can be, so that the work stays small
/// beside what it took to read the rows.
const CAREFULLY: usize = 256 * 1_024;

/// The content packed by `gzip`; none where that would not make it shorter, with a third more for base64, as which a function hands it
/// to the gateway.
pub(crate) fn gzip(content: &str) -> Option<Vec<u8>> {
    if content.len() < WORTHWHILE {
        return None;
    }
    let level = if content.len() <= CAREFULLY { 6 } else { 1 };
    let mut out = GzEncoder::new(Vec::new(), Compression::new(level));
    out.write_all(content.as_bytes()).ok()?;
    let packed = out.finish().ok()?;
    (packed.len() / 3 * 4 < content.len()).then_some(packed)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn unpacked(packed: &[u8]) -> String {
        let mut text = String::new();
        flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn what_is_packed_comes_out_whole_and_is_a_fifth_of_a_list() {
        for rows in [10, 300, 20_000] {
            let row = |number: usize| {
                format!(r#"{{"type":"users","id":"{number}","attributes":{{"name":"Zoë {number}"}}}}"#)
            };
            let text = (0..rows).map(row).collect::<Vec<_>>().join(",");
            let packed = gzip(&text);
            assert_eq!(packed.is_some(), text.len() >= WORTHWHILE, "{rows}");
            let Some(packed) = packed else { continue };
            assert_eq!(unpacked(&packed), text);
            assert!(rows < 300 || packed.len() * 5 < text.len(), "{} of {}", packed.len(), text.len());
        }
    }

    #[test]
    fn what_is_short_or_has_no_pattern_stays_as_it_is() {
        assert_eq!(gzip(&"a".repeat(WORTHWHILE - 1)), None);
        assert!(gzip(&"a".repeat(WORTHWHILE)).is_some());
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from_u32(33 + (state >> 8) % 94).unwrap()
        };
        let noise: String = (0..2_000).map(|_| next()).collect();
        assert_eq!(gzip(&noise), None);
    }
}
