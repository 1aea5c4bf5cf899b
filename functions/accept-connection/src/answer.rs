//! `POST /connection-invitations/{token}`: accepts or declines, once, by a signed-in Administrator of the invited account.

use std::collections::BTreeMap;

use api::attempts::Claimed;
use api::credentials::{Proven, Purpose, prove};
use api::document::Data;
use api::link::{refused, unknown};
use api::{Api, Caller, Failure, Vouch, show};
use policy::connection::State;
use policy::password::MAXIMUM_CHARACTERS;
use policy::{Change, ConnectionId, GroupReach, Scene, SessionId, Touch};
use store::{Connection, until_current};
use tokens::SessionClaims;
use web::body::{Attribute, Kind};
use web::{Answer, Body, Call, Fault, Faults};

use crate::link::{check_sponsor, open_to_answer};
use crate::page::{ANSWERED, Filled, for_people, form};

const DECISION: Attribute = Attribute::required(
    "decision",
    Kind::Choice(&["accept", "decline"]),
    "Whether to accept or decline the invitation.",
);

/// The answer of somebody who is signed in.
pub const BODY: Body = Body::new("connection-invitations", &[DECISION]);

/// The answer of somebody who is signed in and has no mail.
pub const BODY_INSIDE: Body = Body::new("connections", &[DECISION]);

/// The answer of somebody who signs in with it.
pub const FORM: &[Attribute] = &[
    DECISION,
    Attribute::required(
        "email",
        Kind::Email,
        "The e-mail address of an Administrator of the invited account.",
    ),
    Attribute::required("password", Kind::Secret(1, MAXIMUM_CHARACTERS), "That Administrator's password."),
    Attribute::optional(
        "otp",
        Kind::Secret(0, MAXIMUM_CHARACTERS),
        "A code from the authenticator app, or a recovery code. Required if a second factor is set up.",
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
            _ => Err("a decision must be `accept` or `decline`"),
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

/// `POST /connections/{id}/answer`: the same without the mail. A pending offer stands in the list of whoever it is made to.
pub async fn answer_inside(api: &Api, call: &Call, id: ConnectionId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt_inside(api, call, id))
}

async fn attempt_inside(api: &Api, call: &Call, id: ConnectionId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_answer_connection()?;
    let connection = api.store.connection_of(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(connection.subject());
    let verdict = read(call, &BODY_INSIDE)?;
    if connection.delegate_id != caller.account.id {
        let detail = "Only the invited account can answer this invitation.";
        return Err(Fault::forbidden("delegate-only", detail).into());
    }
    let life = connection.life();
    let inviter = Some(connection.inviter_name.as_str());
    life.check_link(connection.generation, call.now).map_err(|fault| refused(call, fault, inviter))?;
    let after = carry_out(api, call, &caller, &connection, verdict).await?;
    Ok(Answer::ok(&Data {
        data: show::connection(&after, caller.account.id, &[], &Vouch::default(), call.now),
    }))
}

async fn attempt(api: &Api, call: &Call, token: &str) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let connection = open_to_answer(api, call, token).await?;
    let verdict = read(call, &BODY)?;
    let after = carry_out(api, call, &caller, &connection, verdict).await?;
    Ok(Answer::ok(&Data {
        data: show::connection(&after, caller.account.id, &[], &Vouch::default(), call.now),
    }))
}

/// The page's form: whoever fills it in signs in with it, in the invited account, for this one answer.
async fn answer_form(api: &Api, call: &Call, token: &str) -> Result<Answer, Failure> {
    if api.keys.verify(call.now, |keys| keys.verify_connection_invitation(token)).await?.is_ok()
        && let Some(earlier) = api.earlier(call).await?
    {
        return Ok(earlier);
    }
    let connection = open_to_answer(api, call, token).await?;
    let fields = call.form(FORM)?;
    let verdict = fields.text("decision").parse::<Verdict>();
    if !matches!(verdict, Ok(Verdict::Decline)) {
        check_sponsor(api, call, &connection).await?;
    }
    let Ok(verdict) = verdict else {
        return form(api, call, &connection, Filled::with(&fields, "Choose whether to accept or decline."))
            .await;
    };
    let otp = Some(fields.text("otp")).filter(|otp| !otp.trim().is_empty());
    let claimed = Claimed::new(Some(connection.delegate_id), "", fields.text("email"));
    let proven =
        match prove(api, call, &claimed, fields.text("email"), fields.text("password"), (otp, Purpose::Once))
            .await
        {
            Ok(proven) => proven,
            Err(Failure::Faults(faults)) if matches!(faults.status(), 401 | 422 | 429) => {
                return form(api, call, &connection, Filled::with(&fields, words(&faults))).await;
            }
            Err(other) => return Err(other),
        };
    let outcome = until_current!(attempt_form(api, call, token, &proven, verdict));
    match outcome {
        Ok(_) => Ok(Answer::see_other(format!("?{}=true", ANSWERED.name))),
        Err(Failure::Faults(faults)) if faults.status() == 403 => {
            form(api, call, &connection, Filled::with(&fields, words(&faults))).await
        }
        Err(other) => Err(other),
    }
}

/// What was wrong, as people read it.
fn words(faults: &Faults) -> &str {
    let fault = faults.all().first();
    match fault.map_or("", Fault::code) {
        "invalid-credentials" => "The e-mail address, password or code is wrong.",
        "mfa-required" => {
            "Enter the code from your authenticator app, or a recovery code, and your password again."
        }
        _ => fault.map_or("", Fault::detail),
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
    let session = SessionClaims { id: SessionId::NOBODY, ..proven.session.clone() };
    let membership = api.store.membership(account, proven.user.id).await?;
    let caller = Caller::admit(session, membership, call)?;
    let connection = open_to_answer(api, call, token).await?;
    carry_out(api, call, &caller, &connection, verdict).await
}

fn read(call: &Call, body: &'static Body) -> Result<Verdict, Faults> {
    let mut resource = call.document()?.one(body)?;
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
    caller.standing().may_answer_connection()?;
    let (host_revision, of_the_pair) = pair(api, connection).await?;
    if verdict == Verdict::Accept {
        // At the host's revision, which the change hangs on: the sponsor may have gone since the link was opened.
        check_sponsor(api, call, connection).await?;
    }
    let after = match verdict {
        Verdict::Accept => Connection {
            state: State::Active,
            accepted_at: Some(call.now),
            accepted_by: Some(caller.name()),
            ..connection.clone()
        },
        Verdict::Decline => Connection { state: State::Declined, ..connection.clone() },
    };
    let before = Scene { connections: of_the_pair, ..Scene::default() };
    let mut scene = before.clone();
    scene.connections.insert(after.id, after.life());
    let change = Change { before, after: scene, touches: vec![Touch::Answer] };
    let judged = caller.judge(&GroupReach::new(), &change, call.now)?;
    // As the delegate sees it, in both logs: what is granted is the host's to know.
    let shown = |one: &Connection| show::connection(one, one.delegate_id, &[], &Vouch::default(), call.now);
    let changes = api.changed(caller.account.id, &shown(connection), &shown(&after)).await?;
    let act = caller.act(call).changing(changes);
    api.store.update_connection(&after, "update", &judged, Some(host_revision), &act).await?;
    Ok(Connection { version: after.version + 1, updated_at: call.now, ..after })
}

/// The host's revision, and at it every connection between the same two accounts.
async fn pair(
    api: &Api,
    connection: &Connection,
) -> Result<(u64, BTreeMap<ConnectionId, policy::connection::Connection>), Failure> {
    let host = api.store.open_account_of(connection.host_id).await?.ok_or_else(Fault::unknown)?;
    let same_host = api.store.connections_from(connection.host_id, connection.delegate_id).await?;
    Ok((host.security.revision, same_host.iter().map(|other| (other.id, other.life())).collect()))
}
