//! The keys at hand: read once, and again when they are some minutes old, so that a rotation takes hold without a deployment.

use std::sync::{Arc, Mutex, PoisonError};

use environment::aws::{SdkConfig, aws_config};
use environment::variables::{Missing, required};
use policy::Timestamp;
use policy::keys::is_worth_reading_again;
use tokens::SigningKeys;

use crate::secret::{Secret, SecretError, Version};

/// Gives the keys to those who sign.
#[derive(Debug, Clone)]
pub struct Signer {
    secret: Secret,
    read: Arc<Mutex<Option<(SigningKeys, Timestamp)>>>,
}

impl Signer {
    /// Over the secret of this name.
    #[must_use]
    pub fn new(config: &SdkConfig, secret: impl Into<String>) -> Self {
        Self { secret: Secret::new(config, secret), read: Arc::default() }
    }

    /// As the environment says: `SIGNING_KEYS_SECRET`, and what AWS sets.
    pub fn from_environment() -> Result<Self, Missing> {
        Ok(Self::new(&aws_config()?, required("SIGNING_KEYS_SECRET")?))
    }

    /// The keys. Those that were read last go on to sign while Secrets Manager does not answer: what they sign is verified for
    /// longer than it is ever away. Without any, nothing is signed.
    pub async fn keys(&self, now: Timestamp) -> Result<SigningKeys, SecretError> {
        let last = self.last();
        match last {
            Some((keys, at)) if !is_worth_reading_again(at, now) => Ok(keys),
            Some((keys, _)) => Ok(self.keys_anew(now).await.unwrap_or_else(|error| {
                tracing::error!(%error, "the signing keys could not be read again");
                keys
            })),
            None => self.keys_anew(now).await,
        }
    }

    /// The keys, or none, with a word in the log on why not: for those who then answer that they cannot.
    pub async fn at_hand(&self, now: Timestamp) -> Option<SigningKeys> {
        let keys = self.keys(now).await;
        keys.inspect_err(|error| tracing::error!(%error, "there is nothing to sign with")).ok()
    }

    /// The keys as they are now in the secret.
    pub async fn keys_anew(&self, now: Timestamp) -> Result<SigningKeys, SecretError> {
        let text = self.secret.read(Version::Current).await?.unwrap_or_default();
        let keys = SigningKeys::from_jwks(&text)?;
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = Some((keys.clone(), now));
        Ok(keys)
    }

    fn last(&self) -> Option<(SigningKeys, Timestamp)> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
