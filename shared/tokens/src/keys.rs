//! Sets of Ed25519 keys, kept as JWK Sets (RFC 7517, RFC 8037). The first key of a set is current and signs what is
//! new; the others still verify what they signed. A rotation puts a key in front and, later, takes the last away.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{SECRET_KEY_LENGTH, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::ed25519;

/// Names a key (`kid`): the thumbprint of its public half (RFC 7638), so the same key has the same name everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(String);

impl From<String> for KeyId {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Why there is no key set. Never says what was in the text, for it may be secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// The text is not a JWK Set.
    #[error("the keys are not a JWK Set in JSON")]
    NotAKeySet,
    /// The set is empty.
    #[error("the key set has no key")]
    Empty,
    /// A key is not for Ed25519.
    #[error("a key of the set is not an Ed25519 key (kty OKP, crv Ed25519)")]
    NotEd25519,
    /// A key is not 32 bytes of base64url, or no safe point of the curve.
    #[error("a key of the set is damaged")]
    Damaged,
    /// A key of a signing set has no private half.
    #[error("a key of the signing set has no private half (d)")]
    PrivateHalfMissing,
    /// A key of a public set has a private half: a secret lies where everyone may read it.
    #[error("a key of the public set has a private half (d); it must be replaced")]
    PrivateHalfPublished,
    /// The public half of a key is not that of its private half.
    #[error("the halves of key {0} do not belong together")]
    HalvesDiffer(KeyId),
    /// A key is named (`kid`) otherwise than by its thumbprint.
    #[error("the kid of key {0} is not its thumbprint")]
    WrongKeyId(KeyId),
    /// Two keys of the set are the same.
    #[error("key {0} is in the set twice")]
    Duplicate(KeyId),
    /// The system gave no randomness for a new key.
    #[error("there is no randomness for a new key")]
    NoRandomness,
}

/// What verifying needs. No secret.
#[derive(Clone)]
pub struct PublicKeys(KeySet<VerifyingKey>);

/// What signing needs. Secret: shows its key ids alone, and wipes its keys when dropped.
#[derive(Clone)]
pub struct SigningKeys(KeySet<SigningKey>);

impl PublicKeys {
    /// The keys of a JWK Set, the current one first. A set with a private half in it is refused.
    pub fn from_jwks(json: &str) -> Result<Self, KeySetError> {
        let keys = read(json)?.into_iter().map(|jwk| match jwk.d {
            None => jwk.public(),
            Some(_) => Err(KeySetError::PrivateHalfPublished),
        });
        KeySet::new(keys.collect::<Result<_, _>>()?).map(Self)
    }

    /// The keys with these public halves (`x`), the current one first.
    pub fn from_halves<'a>(halves: impl IntoIterator<Item = &'a str>) -> Result<Self, KeySetError> {
        let keys = halves.into_iter().map(|x| {
            let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x });
            let jwk: Jwk = serde_json::from_value(jwk).map_err(|_| KeySetError::NotAKeySet)?;
            jwk.public()
        });
        KeySet::new(keys.collect::<Result<_, _>>()?).map(Self)
    }

    /// The name and the public half (`x`) of each, the current one first.
    #[must_use]
    pub fn halves(&self) -> Vec<(KeyId, String)> {
        self.0.iter().map(|(kid, key)| (kid.clone(), URL_SAFE_NO_PAD.encode(key.as_bytes()))).collect()
    }

    /// The key that signs what is new.
    #[must_use]
    pub fn current_kid(&self) -> &KeyId {
        &self.0.current.0
    }

    pub(crate) fn get(&self, kid: &KeyId) -> Option<&VerifyingKey> {
        self.0.get(kid)
    }
}

impl SigningKeys {
    /// The keys of a JWK Set with private halves (`d`), the current one first.
    pub fn from_jwks(json: &str) -> Result<Self, KeySetError> {
        let keys = read(json)?.into_iter().map(|jwk| {
            let (kid, public) = jwk.public()?;
            let secret =
                SigningKey::from_bytes(&bytes(jwk.d.as_deref().ok_or(KeySetError::PrivateHalfMissing)?)?);
            if secret.verifying_key() == public {
                Ok((kid, secret))
            } else {
                Err(KeySetError::HalvesDiffer(kid))
            }
        });
        KeySet::new(keys.collect::<Result<_, _>>()?).map(Self)
    }

    /// A set of one fresh key.
    pub fn generate() -> Result<Self, KeySetError> {
        let mut secret = [0; SECRET_KEY_LENGTH];
        getrandom::fill(&mut secret).map_err(|_| KeySetError::NoRandomness)?;
        let secret = SigningKey::from_bytes(&secret);
        KeySet::new(vec![(thumbprint(&secret.verifying_key()), secret)]).map(Self)
    }

    /// The same set with a fresh key in front, and without those of these names.
    pub fn rotated(&self, without: &[KeyId]) -> Result<Self, KeySetError> {
        let fresh = Self::generate()?;
        let kept = self.0.iter().filter(|(kid, _)| !without.contains(kid)).cloned();
        KeySet::new(std::iter::once(fresh.0.current).chain(kept).collect()).map(Self)
    }

    /// The set as a JWK Set with the private halves: SECRET, for a secret store alone.
    #[must_use]
    pub fn to_jwks(&self) -> String {
        self.write(|key| Some(URL_SAFE_NO_PAD.encode(key.as_bytes())))
    }

    /// The public halves, for verifying.
    #[must_use]
    pub fn public(&self) -> PublicKeys {
        PublicKeys(self.0.map(SigningKey::verifying_key))
    }

    /// The public halves as a JWK Set: no secret.
    #[must_use]
    pub fn public_jwks(&self) -> String {
        self.write(|_| None)
    }

    /// The key that signs what is new.
    #[must_use]
    pub fn current_kid(&self) -> &KeyId {
        &self.0.current.0
    }

    pub(crate) fn get(&self, kid: &KeyId) -> Option<&SigningKey> {
        self.0.get(kid)
    }

    fn write(&self, private_half: impl Fn(&SigningKey) -> Option<String>) -> String {
        let keys = self.0.iter().map(|(kid, key)| WrittenJwk {
            kty: "OKP",
            crv: "Ed25519",
            usage: "sig",
            alg: "EdDSA",
            kid,
            x: URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes()),
            d: private_half(key),
        });
        json!({ "keys": keys.collect::<Vec<_>>() }).to_string()
    }
}

impl fmt::Debug for PublicKeys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("PublicKeys ")?;
        out.debug_list().entries(self.0.iter().map(|(kid, _)| kid)).finish()
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SigningKeys ")?;
        out.debug_list().entries(self.0.iter().map(|(kid, _)| kid)).finish()
    }
}

/// At least one key, each with its name, no name twice.
#[derive(Clone)]
struct KeySet<K> {
    current: (KeyId, K),
    others: Vec<(KeyId, K)>,
}

impl<K> KeySet<K> {
    fn new(keys: Vec<(KeyId, K)>) -> Result<Self, KeySetError> {
        ed25519::install();
        let mut keys = keys.into_iter();
        let mut set = Self { current: keys.next().ok_or(KeySetError::Empty)?, others: Vec::new() };
        for (kid, key) in keys {
            if set.get(&kid).is_some() {
                return Err(KeySetError::Duplicate(kid));
            }
            set.others.push((kid, key));
        }
        Ok(set)
    }

    fn iter(&self) -> impl Iterator<Item = &(KeyId, K)> {
        std::iter::once(&self.current).chain(&self.others)
    }

    fn get(&self, kid: &KeyId) -> Option<&K> {
        self.iter().find(|(name, _)| name == kid).map(|(_, key)| key)
    }

    fn map<T>(&self, change: impl Fn(&K) -> T) -> KeySet<T> {
        let change = |(kid, key): &(KeyId, K)| (kid.clone(), change(key));
        KeySet { current: change(&self.current), others: self.others.iter().map(change).collect() }
    }
}

#[derive(Deserialize)]
struct JwkSet {
    keys: Vec<Jwk>,
}

/// Everything may be missing, so that a key of another kind is recognised as such.
#[derive(Deserialize)]
struct Jwk {
    kty: Option<String>,
    crv: Option<String>,
    kid: Option<KeyId>,
    x: Option<String>,
    d: Option<String>,
}

#[derive(Serialize)]
struct WrittenJwk<'a> {
    kty: &'static str,
    crv: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
    alg: &'static str,
    kid: &'a KeyId,
    x: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    d: Option<String>,
}

impl Jwk {
    fn public(&self) -> Result<(KeyId, VerifyingKey), KeySetError> {
        if self.kty.as_deref() != Some("OKP") || self.crv.as_deref() != Some("Ed25519") {
            return Err(KeySetError::NotEd25519);
        }
        let x = bytes(self.x.as_deref().ok_or(KeySetError::Damaged)?)?;
        let public = VerifyingKey::from_bytes(&x).map_err(|_| KeySetError::Damaged)?;
        if public.is_weak() {
            return Err(KeySetError::Damaged);
        }
        let kid = thumbprint(&public);
        match &self.kid {
            Some(name) if *name != kid => Err(KeySetError::WrongKeyId(kid)),
            _ => Ok((kid, public)),
        }
    }
}

fn read(json: &str) -> Result<Vec<Jwk>, KeySetError> {
    // The cause is dropped: serde quotes what it found, and that may be a private key.
    serde_json::from_str(json).map(|set: JwkSet| set.keys).map_err(|_| KeySetError::NotAKeySet)
}

fn bytes(text: &str) -> Result<[u8; 32], KeySetError> {
    let decoded = URL_SAFE_NO_PAD.decode(text).map_err(|_| KeySetError::Damaged)?;
    decoded.try_into().map_err(|_| KeySetError::Damaged)
}

fn thumbprint(public: &VerifyingKey) -> KeyId {
    let x = URL_SAFE_NO_PAD.encode(public.as_bytes());
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    KeyId(URL_SAFE_NO_PAD.encode(Sha256::digest(members)))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    // RFC 8037, appendices A.1 to A.3.
    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    const D: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
    const THUMBPRINT: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

    fn set(keys: &[Value]) -> String {
        json!({ "keys": keys }).to_string()
    }

    fn key() -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "x": X })
    }

    fn with(member: &str, value: &str) -> Value {
        let mut key = key();
        key[member] = value.into();
        key
    }

    #[test]
    fn a_key_is_named_by_its_thumbprint() {
        let keys = PublicKeys::from_jwks(&set(&[key()])).unwrap();
        assert_eq!(keys.current_kid().to_string(), THUMBPRINT);
        let keys = SigningKeys::from_jwks(&set(&[with("d", D)])).unwrap();
        assert_eq!(keys.current_kid().to_string(), THUMBPRINT);
        assert!(PublicKeys::from_jwks(&set(&[with("kid", THUMBPRINT)])).is_ok());
    }

    #[test]
    fn a_set_survives_being_written_and_read() {
        let keys = SigningKeys::generate().unwrap();
        let read = SigningKeys::from_jwks(&keys.to_jwks()).unwrap();
        assert_eq!(read.to_jwks(), keys.to_jwks());
        assert_eq!(PublicKeys::from_jwks(&keys.public_jwks()).unwrap().current_kid(), keys.current_kid());
        assert_eq!(keys.public().current_kid(), keys.current_kid());
        assert_ne!(SigningKeys::generate().unwrap().current_kid(), keys.current_kid());
    }

    #[test]
    fn what_is_not_a_set_of_public_keys_is_refused_by_name() {
        let kid = KeyId(THUMBPRINT.to_owned());
        let refused = |json: &str| PublicKeys::from_jwks(json).unwrap_err();
        assert_eq!(refused("not json"), KeySetError::NotAKeySet);
        assert_eq!(refused(&key().to_string()), KeySetError::NotAKeySet);
        assert_eq!(refused(&set(&[])), KeySetError::Empty);
        assert_eq!(refused(&set(&[with("crv", "X25519")])), KeySetError::NotEd25519);
        assert_eq!(
            refused(&set(&[json!({ "kty": "RSA", "n": "AQ", "e": "AQAB" })])),
            KeySetError::NotEd25519
        );
        assert_eq!(refused(&set(&[with("x", &format!("{X}="))])), KeySetError::Damaged);
        assert_eq!(refused(&set(&[with("x", "AAAA")])), KeySetError::Damaged);
        let small_order = URL_SAFE_NO_PAD.encode([0; 32]);
        assert_eq!(refused(&set(&[with("x", &small_order)])), KeySetError::Damaged);
        assert_eq!(refused(&set(&[with("kid", "2026")])), KeySetError::WrongKeyId(kid.clone()));
        assert_eq!(refused(&set(&[key(), key()])), KeySetError::Duplicate(kid));
        assert_eq!(refused(&set(&[with("d", D)])), KeySetError::PrivateHalfPublished);
    }

    #[test]
    fn what_is_not_a_set_of_signing_keys_is_refused_by_name() {
        let refused = |json: &str| SigningKeys::from_jwks(json).unwrap_err();
        assert_eq!(refused(&set(&[key()])), KeySetError::PrivateHalfMissing);
        assert_eq!(refused(&set(&[with("d", X)])), KeySetError::HalvesDiffer(KeyId(THUMBPRINT.to_owned())));
        assert_eq!(refused(&set(&[with("d", "AAAA")])), KeySetError::Damaged);
    }

    #[test]
    fn neither_debug_nor_an_error_shows_a_secret() {
        let keys = SigningKeys::from_jwks(&set(&[with("d", D)])).unwrap();
        assert_eq!(format!("{keys:?}"), format!("SigningKeys [KeyId(\"{THUMBPRINT}\")]"));
        assert_eq!(format!("{:?}", keys.public()), format!("PublicKeys [KeyId(\"{THUMBPRINT}\")]"));
        assert!(!keys.public_jwks().contains(D));
        let broken = [format!(r#"{{"keys":"{D}"}}"#), set(&[with("d", &format!("{D}{D}"))])];
        for json in broken {
            let error = SigningKeys::from_jwks(&json).unwrap_err();
            assert!(!format!("{error} {error:?}").contains(D), "{error:?}");
        }
    }
}
