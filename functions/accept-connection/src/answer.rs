//! `POST /connection-invitations/{token}`: accepts or declines, once, by a signed-in Administrator of the invited account.

use api::credentials::{Proven, prove};
use api::document::Data;
use api::{Api, Caller, Failure, session, show};
use policy::GroupReach;
use policy::connection::State;
use policy::password::MAXIMUM_CHARACTERS;
use store::{Connection, until_current};
use web::body::{Attribute, Kind};
use web::page::answered;
use web::{Answer, Body, Call, Faults};

use crate::link::{open, unknown};
use crate::page::{for_people, form};

const DECISION: Attribute =
    Attribute::required("decision", Kind::Choice(&["accept", "decline"]), "What becomes of the invitation.");

/// The answer of somebody who is signed in.
pub const BODY: Body = Body::new("connection-invitations", &[DECISION]);

/// The answer of somebody who signs in with it.
pub const FORM: &[Attribute] = &[
    DECISION,
    Attribute::required("email", Kind::Email, "The address of an Administrator of the invited account."),
    Attribute::required("password", Kind::Secret(1, MAXIMUM_CHARACTERS), "That Administrator's password."),
    Attribute::optional(
        "otp",
        Kind::Secret(0, MAXIMUM_CHARACTERS),
        "A code of the authenticator app or a recovery code, where a second factor is set up.",
    ),
];

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
    if call.is_form() {
        return answer_form(api, call, token).await.map_err(|failure| for_people(call, failure));
    }
    until_current!(attempt(api, call, token))
}

async fn attempt(api: &Api, call: &Call, token: &str) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let connection = open(api, call, token).await?;
    let verdict = read(call)?;
    let after = carry_out(api, call, &caller, &connection, verdict).await?;
    Ok(Answer::ok(&Data { data: show::connection(&after, caller.account.id, &[], call.now) }))
}

/// The page's form: whoever fills it in signs in with it, in the invited account, for this one answer.
async fn answer_form(api: &Api, call: &Call, token: &str) -> Result<Answer, Failure> {
    if api.keys.verify(call.now, |keys| keys.verify_connection_invitation(token)).await?.is_ok()
        && let Some(earlier) = api.earlier(call).await?
    {
        return Ok(earlier);
    }
    let connection = open(api, call, token).await?;
    let fields = call.form(FORM)?;
    let Ok(verdict) = fields.text("decision").parse::<Verdict>() else {
        return form(api, &connection, Some("Choose to accept or to decline.")).await;
    };
    let otp = Some(fields.text("otp")).filter(|otp| !otp.trim().is_empty());
    let delegate = Some(connection.delegate_id);
    let proven = match prove(api, call, delegate, fields.text("email"), fields.text("password"), otp).await {
        Ok(proven) => proven,
        Err(Failure::Faults(faults)) if faults.status() == 401 => {
            let detail = faults.all().first().map_or("", web::Fault::detail);
            return form(api, &connection, Some(detail)).await;
        }
        Err(other) => return Err(other),
    };
    let outcome = until_current!(attempt_form(api, call, token, &proven, verdict));
    match outcome {
        Ok(after) => Ok(Answer::page(
            200,
            answered(&after.host_name, &after.delegate_name, verdict == Verdict::Accept),
        )),
        Err(Failure::Faults(faults)) if faults.status() == 403 => {
            let detail = faults.all().first().map_or("", web::Fault::detail);
            form(api, &connection, Some(detail)).await
        }
        Err(other) => Err(other),
    }
}

async fn attempt_form(
    api: &Api,
    call: &Call,
    token: &str,
    proven: &Proven,
    verdict: Verdict,
) -> Result<Connection, Failure> {
    let account = proven.membership.account.id;
    let session = session::at_home(account, &proven.user, proven.mfa, call.now);
    let membership = api.store.membership(account, proven.user.id).await?;
    let caller = Caller::admit(session, membership, call)?;
    let connection = open(api, call, token).await?;
    carry_out(api, call, &caller, &connection, verdict).await
}

fn read(call: &Call) -> Result<Verdict, Faults> {
    let mut resource = call.document()?.one(&BODY)?;
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
    caller.actor(&GroupReach::new()).may_answer_connection()?;
    let after = match verdict {
        Verdict::Accept => Connection {
            state: State::Active,
            accepted_at: Some(call.now),
            accepted_by: Some(caller.name()),
            ..connection.clone()
        },
        Verdict::Decline => Connection { state: State::Declined, ..connection.clone() },
    };
    let deciding = (caller.account.id, caller.security.revision);
    api.store.update_connection(&after, "update", deciding, &caller.act(call)).await?;
    Ok(Connection { version: after.version + 1, updated_at: call.now, ..after })
}
