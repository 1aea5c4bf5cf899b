//! Cursors of lists: a place in a list, signed together with what the list was, so that it is good for that list alone.
//!
//! A cursor is no authority: what its bearer may see is decided as for any other page. The signature keeps its inside ours to
//! change, and tells a cursor of another account, another route or other filters from one that belongs here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Bytes of the signature that a cursor carries: half of HMAC-SHA-256, as RFC 2104 allows.
const SIGNATURE: usize = 16;

/// What the cursors of one account are signed with. Opens nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct CursorKey(String);

/// The text is not a cursor of this list: altered, cut, of another list, or of another account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a cursor of this list")]
pub struct NotACursor;

impl std::fmt::Debug for CursorKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("CursorKey(…)")
    }
}

impl CursorKey {
    /// A new one, of 256 random bits.
    pub fn generate() -> Result<Self, crate::NoRandomness> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| crate::NoRandomness)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// One that was stored.
    #[must_use]
    pub const fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// To be stored.
    #[must_use]
    pub fn into_stored(self) -> String {
        self.0
    }

    /// Signs a place in the list that `list` describes.
    #[must_use]
    pub fn sign(&self, list: &str, place: &str) -> String {
        let mut bytes = place.as_bytes().to_vec();
        if let Some(signature) = self
            .over(list, place)
            .and_then(|mac| mac.finalize().into_bytes().first_chunk::<SIGNATURE>().copied())
        {
            bytes.extend(signature);
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place that a cursor of the list `list` names.
    pub fn verify(&self, list: &str, cursor: &str) -> Result<String, NotACursor> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| NotACursor)?;
        let (place, signature) = bytes.split_last_chunk::<SIGNATURE>().ok_or(NotACursor)?;
        let place = str::from_utf8(place).map_err(|_| NotACursor)?;
        let mac = self.over(list, place).ok_or(NotACursor)?;
        mac.verify_truncated_left(signature).map_err(|_| NotACursor)?;
        Ok(place.to_owned())
    }

    fn over(&self, list: &str, place: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()).ok()?;
        // The length keeps a word from wandering between the two.
        mac.update(&u64::try_from(list.len()).ok()?.to_be_bytes());
        mac.update(list.as_bytes());
        mac.update(place.as_bytes());
        Some(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_good_for_its_own_list_alone() {
        let key = CursorKey::generate().unwrap();
        let cursor = key.sign("/users?sort=name", "zoë 17");
        assert_eq!(key.verify("/users?sort=name", &cursor).as_deref(), Ok("zoë 17"));
        assert_eq!(key.verify("/users?sort=-name", &cursor), Err(NotACursor));
        assert_eq!(key.verify("/users", &cursor), Err(NotACursor));
        assert_eq!(CursorKey::generate().unwrap().verify("/users?sort=name", &cursor), Err(NotACursor));
    }

    #[test]
    fn one_changed_or_missing_character_is_noticed_wherever_it_stands() {
        let key = CursorKey::generate().unwrap();
        for place in ["", "1", "12", "123", "name 1234"] {
            let cursor = key.sign("/users", place);
            for at in 0..cursor.len() {
                for other in ['A', 'B', 'z', '0', '-', '_', '=', '+'] {
                    let mut altered: Vec<char> = cursor.chars().collect();
                    if altered[at] != other {
                        altered[at] = other;
                        let altered: String = altered.into_iter().collect();
                        assert_eq!(key.verify("/users", &altered), Err(NotACursor), "{cursor} {altered}");
                    }
                }
                assert_eq!(key.verify("/users", &cursor[..at]), Err(NotACursor), "{cursor} up to {at}");
            }
        }
    }

    #[test]
    fn the_key_is_not_shown_by_accident() {
        let key = CursorKey::generate().unwrap();
        assert_eq!(format!("{key:?}"), "CursorKey(…)");
    }
}
