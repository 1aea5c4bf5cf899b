//! An acceptance that is sent again with its idempotency key: the same session once more, while its user is in. No token is
//! kept, only what it says; the signature takes no randomness, so the same one comes out.

use api::{Api, Caller, Failure};
use tokens::{SessionClaims, SigningKeys};
use web::{Answer, Call, Fault};

use crate::accept::answered;

/// The answer that was given to this very acceptance; none if it is the first.
pub async fn again(
    api: &Api,
    signing: &SigningKeys,
    call: &Call,
    token: &str,
) -> Result<Option<Answer>, Failure> {
    // What is no link of ours is noted nowhere.
    let link = api.keys.verify(call.now, |keys| keys.verify_user_invitation(token)).await?;
    let Ok(link) = link else { return Ok(None) };
    let Some(earlier) = api.earlier(call).await? else { return Ok(None) };
    let kept: Option<SessionClaims> = earlier.body().and_then(|body| serde_json::from_str(body).ok());
    // Nothing is signed but what the link's own user got.
    let of_link = |kept: &SessionClaims| {
        kept.user == link.user
            && kept.home_account == link.account
            && kept.account == link.account
            && !kept.mfa
    };
    let session = kept.filter(of_link).ok_or_else(Fault::unavailable)?;
    let membership = api.store.membership(link.account, link.user).await?;
    Caller::recognize(session.clone(), membership, call)?;
    answered(signing, call, &session).map(Some)
}
