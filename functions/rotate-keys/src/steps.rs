//! The steps of a rotation. The public half of a key is in the table before anything is signed with it, and stays there until
//! nothing that it signed is good any more.

use policy::Timestamp;
use policy::keys::after_becoming_current;
use signing::{SecretError, Version};
use store::{ChangeError, PublicKey, PublicKeySet, StoreError, until_current};
use tokens::{KeyId, KeySetError, SigningKeys};

use crate::Rotating;

/// Why a step was not done.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    /// The table has no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The table changed meanwhile, again and again.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// Secrets Manager has no answer.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// What the secret has is no key set.
    #[error(transparent)]
    Keys(#[from] KeySetError),
    /// A step came before the one that it builds on.
    #[error("there is no pending version of the secret")]
    NothingPending,
    /// The table does not have the keys that would sign.
    #[error("the pending keys are not published")]
    NotPublished,
}

impl store::MaybeStale for NotDone {
    fn is_stale(&self) -> bool {
        matches!(self, Self::Change(ChangeError::Stale(_)))
    }
}

/// Makes the pending version: a fresh key in front of those that are still good.
pub async fn create(rotating: &Rotating, token: &str, now: Timestamp) -> Result<(), NotDone> {
    if rotating.secret.read(Version::Pending(token)).await?.is_some() {
        return Ok(());
    }
    let published = rotating.store.public_keys().await?;
    let retired: Vec<KeyId> = published
        .keys
        .iter()
        .filter(|key| !key.life().verifies(now))
        .map(|key| KeyId::from(key.kid.clone()))
        .collect();
    let made = match current(rotating).await? {
        Some(keys) => keys.rotated(&retired)?,
        None => SigningKeys::generate()?,
    };
    rotating.secret.write_pending(token, made.to_jwks()).await?;
    Ok(())
}

/// Publishes the pending keys. Nothing names the new one yet, and whatever it may sign is verified from now on.
pub async fn publish(rotating: &Rotating, token: &str) -> Result<(), NotDone> {
    let keys = pending(rotating, token).await?;
    until_current!(add(rotating, &keys, None))
}

/// Whether everything that the pending keys will sign can be verified.
pub async fn test(rotating: &Rotating, token: &str) -> Result<(), NotDone> {
    let keys = pending(rotating, token).await?;
    let published = rotating.store.public_keys().await?;
    let is_there = |(kid, x): &(KeyId, String)| {
        published.keys.iter().any(|key| key.kid == kid.to_string() && key.x == *x)
    };
    if keys.public().halves().iter().all(is_there) { Ok(()) } else { Err(NotDone::NotPublished) }
}

/// Makes the pending version the one that signs; the keys before it end when nothing that they signed is good any more.
pub async fn finish(rotating: &Rotating, token: &str, now: Timestamp) -> Result<(), NotDone> {
    if rotating.secret.read(Version::Pending(token)).await?.is_some() {
        rotating.secret.make_current(token).await?;
    }
    tidy(rotating, now).await
}

/// Publishes what signs now, and takes away what is retired.
pub async fn tidy(rotating: &Rotating, now: Timestamp) -> Result<(), NotDone> {
    let Some(keys) = current(rotating).await? else { return Ok(()) };
    until_current!(add(rotating, &keys, Some(now)))
}

/// The keys of the version that everybody reads; none while it is empty.
async fn current(rotating: &Rotating) -> Result<Option<SigningKeys>, NotDone> {
    let text = rotating.secret.read(Version::Current).await?;
    match text.map(|text| SigningKeys::from_jwks(&text)) {
        None | Some(Err(KeySetError::Empty)) => Ok(None),
        Some(keys) => Ok(Some(keys?)),
    }
}

async fn pending(rotating: &Rotating, token: &str) -> Result<SigningKeys, NotDone> {
    let text = rotating.secret.read(Version::Pending(token)).await?.ok_or(NotDone::NothingPending)?;
    Ok(SigningKeys::from_jwks(&text)?)
}

/// Adds to the published keys those of a set that are not there. With a time, its first one signs from then on, and what is
/// retired goes.
async fn add(rotating: &Rotating, keys: &SigningKeys, signs: Option<Timestamp>) -> Result<(), NotDone> {
    let before = rotating.store.public_keys().await?;
    let mut set = before.clone();
    // Oldest first, as in the table.
    for (kid, x) in keys.public().halves().into_iter().rev() {
        let kid = kid.to_string();
        if !set.keys.iter().any(|key| key.kid == kid) {
            set.keys.push(PublicKey { kid, x, not_before: None, retired_at: None });
        }
    }
    if let Some(now) = signs {
        begin(&mut set, &keys.public().current_kid().to_string(), now);
    }
    if set != before {
        rotating.store.publish_keys(&set).await?;
    }
    Ok(())
}

fn begin(set: &mut PublicKeySet, kid: &str, now: Timestamp) {
    let Some(which) = set.keys.iter().position(|key| key.kid == kid) else { return };
    let lives = set.keys.iter().map(PublicKey::life).collect();
    for (key, life) in set.keys.iter_mut().zip(after_becoming_current(lives, which, now)) {
        key.not_before = life.not_before;
        key.retired_at = life.retired_at;
    }
    set.keys.retain(|key| key.life().verifies(now));
}
