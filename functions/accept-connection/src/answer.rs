//! `POST /connection-invitations/{token}`: accepts or declines, once, by a signed-in Administrator of the invited account.

use api::{Api, Caller, Failure, show};
use policy::GroupReach;
use policy::connection::State;
use serde_json::json;
use store::{Connection, until_current};
use web::{Answer, Call, Faults};

use crate::link::{open, unknown};

/// What the Administrator says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Accept,
    Decline,
}

impl std::str::FromStr for Verdict {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "accept" => Ok(Self::Accept),
            "decline" => Ok(Self::Decline),
            _ => Err("a decision is accept or decline"),
        }
    }
}

pub async fn answer(api: &Api, call: &Call, token: &str) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, call, token))
}

async fn attempt(api: &Api, call: &Call, token: &str) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let connection = open(api, call, token).await?;
    let verdict = read(call)?;
    let after = carry_out(api, call, &caller, &connection, verdict).await?;
    Ok(Answer::ok(&json!({"data": show::connection(&after, caller.account.id, &[], call.now)})))
}

fn read(call: &Call) -> Result<Verdict, Faults> {
    let mut resource = call.document()?.one("connection-invitations")?;
    let verdict = resource.attributes.required("decision", str::parse);
    resource.finish()?;
    Ok(verdict.unwrap_or(Verdict::Decline))
}

/// Writes the verdict, at the revision at which the caller was an Administrator of the invited account.
async fn carry_out(
    api: &Api,
    call: &Call,
    caller: &Caller,
    connection: &Connection,
    verdict: Verdict,
) -> Result<Connection, Failure> {
    if caller.account.id != connection.delegate_id {
        return Err(unknown(call));
    }
    caller.actor(&GroupReach::new()).may_administer()?;
    let after = match verdict {
        Verdict::Accept => Connection {
            state: State::Active,
            accepted_at: Some(call.now),
            accepted_by: Some(caller.user.name()),
            ..connection.clone()
        },
        Verdict::Decline => Connection { state: State::Declined, ..connection.clone() },
    };
    let deciding = (caller.account.id, caller.security.revision);
    api.store.update_connection(&after, "update", deciding, &caller.act(call)).await?;
    Ok(Connection { version: after.version + 1, updated_at: call.now, ..after })
}
