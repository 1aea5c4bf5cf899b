//! Opens an asset again to everyone who reaches its organization.

use api::change::of_version;
use api::{Api, Failure, show};
use store::restriction::RestrictionChange;
use store::{Asset, until_current};
use web::{Answer, Call, Fault};

use crate::found::Found;

pub async fn remove(api: &Api, call: &Call, asset: &Asset) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, call, asset))
}

async fn attempt(api: &Api, call: &Call, asset: &Asset) -> Result<Answer, Failure> {
    let found = Found::read(api, call, asset).await?;
    let before = found.stored.as_ref().ok_or_else(Fault::unknown)?;
    of_version(call, before.version)?;
    let judged = found.judged(api, call.now).await?;
    let change = RestrictionChange {
        before: Some(before.clone()),
        after: None,
        told: api.changed(found.caller.account.id, &show::restriction(before), &()).await?,
    };
    api.store
        .change_restrictions(&found.organization, &[change], &judged, &found.caller.act(call))
        .await
        .map_err(|(_, error)| error)?;
    Ok(Answer::no_content())
}
