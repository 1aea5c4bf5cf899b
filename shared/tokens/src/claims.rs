//! What all tokens have in common: one algorithm, one purpose each, one way to be refused.

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Header, Validation};
use policy::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::ed25519;
use crate::keys::{KeyId, PublicKeys, SigningKeys};

/// The longest token that is looked at, in bytes. Ours have about 500.
const LONGEST: usize = 2048;

/// Why a token is refused. Callers are told the same words whatever the reason; the reason (`Debug`) is for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this token is not valid")]
pub enum TokenError {
    /// It is longer than any token of ours.
    TooLong,
    /// It is not a token that this product writes for this purpose.
    Malformed,
    /// It names a key that is not in the set.
    UnknownKey,
    /// The signature is not that of the named key.
    BadSignature,
    /// Its end has come.
    Expired,
}

/// Why nothing was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    /// The set has no key of this id: a rotation took it out.
    #[error("there is no signing key {0}")]
    UnknownKey(KeyId),
    /// The token could not be written.
    #[error("the token could not be signed")]
    Failed,
}

/// What a token says, and for whom.
pub(crate) trait Claims: Serialize + DeserializeOwned {
    /// The purpose (`aud`): no token passes for one of another purpose.
    const AUDIENCE: &'static str;

    /// When the token ends.
    fn expires_at(&self) -> Timestamp;
}

/// The claims on the wire. `exp` is for other people's tools, which count in seconds; ours read the milliseconds.
#[derive(Serialize, Deserialize)]
struct Addressed<C> {
    aud: String,
    exp: i64,
    #[serde(flatten)]
    claims: C,
}

impl SigningKeys {
    /// Signs under the named key. Ed25519 takes no randomness: the same claims and key give the same bytes.
    pub(crate) fn sign<C: Claims>(&self, claims: &C, kid: &KeyId) -> Result<String, SigningError> {
        let key = self.get(kid).ok_or_else(|| SigningError::UnknownKey(kid.clone()))?;
        let (aud, exp) = (C::AUDIENCE.to_owned(), claims.expires_at().as_seconds());
        jsonwebtoken::encode(&header(kid), &Addressed { aud, exp, claims }, &ed25519::encoding_key(key))
            .map_err(|_| SigningError::Failed)
    }
}

impl PublicKeys {
    /// What a token says that one of these keys signed for this purpose. Judges no time.
    pub(crate) fn verify<C: Claims>(&self, token: &str) -> Result<C, TokenError> {
        if token.len() > LONGEST {
            return Err(TokenError::TooLong);
        }
        let claimed = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Malformed)?;
        let kid = KeyId::from(claimed.kid.clone().ok_or(TokenError::Malformed)?);
        // A header that we would not write (another algorithm, a key inside, `crit`) is refused as a whole.
        if claimed != header(&kid) {
            return Err(TokenError::Malformed);
        }
        let key = self.get(&kid).ok_or(TokenError::UnknownKey)?;
        jsonwebtoken::decode::<Addressed<C>>(token, &ed25519::decoding_key(key), &validation(C::AUDIENCE))
            .map(|token| token.claims.claims)
            .map_err(|error| match error.kind() {
                ErrorKind::InvalidSignature => TokenError::BadSignature,
                _ => TokenError::Malformed,
            })
    }
}

fn header(kid: &KeyId) -> Header {
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(kid.to_string());
    header
}

fn validation(audience: &str) -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_required_spec_claims(&["aud"]);
    validation.set_audience(&[audience]);
    // The library would read its own clock; ours is an argument, and a link's end is judged elsewhere.
    validation.validate_exp = false;
    validation
}
