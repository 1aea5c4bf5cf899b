//! The QR code of an address for authenticator apps, as a path that a page draws. Pages then need no library of their own.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

/// A QR code as squares of the length one, without the empty margin around it.
pub struct Picture {
    /// How many squares stand side by side.
    pub size: u16,
    /// The path of an SVG: each run of dark squares in a row is one rectangle.
    pub path: String,
}

/// The QR code of this text; nothing if it is too long for one.
pub fn picture(text: &str) -> Option<Picture> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
            if run > 0 {
                // Writing into a string does not fail.
                let _ = write!(path, "M{x} {y}h{run}v1h-{run}z");
            }
            x = x.saturating_add(i32::try_from(run).unwrap_or(i32::MAX)).saturating_add(1);
        }
    }
    Some(Picture { size: u16::try_from(code.size()).ok()?, path })
}
