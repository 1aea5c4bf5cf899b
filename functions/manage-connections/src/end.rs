//! Ends a connection, by an Administrator of either side. Ending what is over changes nothing.

use api::change::of_version;
use api::document::PreviewOfChange;
use api::foreseen::{EffectsShown, Foreseen};
use api::{Api, Failure, Vouch, show};
use policy::connection::State;
use policy::{Change, ConnectionId, GroupReach, Scene, Touch};
use store::{Connection, until_current};
use web::{Answer, Call, Fault};

pub async fn end(api: &Api, call: &Call, id: ConnectionId) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    until_current!(attempt(api, call, id, preview))
}

async fn attempt(api: &Api, call: &Call, id: ConnectionId, preview: bool) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_administer()?;
    let connection = api.store.connection_of(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(connection.subject());
    of_version(call, connection.version)?;
    if matches!(connection.state, State::Declined | State::Ended) {
        let nothing = PreviewOfChange { meta: Foreseen::nothing() };
        return Ok(if preview { Answer::ok(&nothing) } else { Answer::no_content() });
    }
    let is_host = connection.host_id == caller.account.id;
    // What the host's groups reach is the host's to know.
    let groups = match is_host {
        true => api.store.group_reach(caller.account.id, &connection.group_ids).await?,
        false => GroupReach::new(),
    };
    let shown = show::connection(&connection, caller.account.id, &[], &Vouch::default(), call.now);
    let before = Scene { connections: [(id, connection.life())].into(), groups, ..Scene::default() };
    let ended = Connection { state: State::Ended, ..connection };
    let after = Scene { connections: [(id, ended.life())].into(), ..before.clone() };
    let touches = vec![if is_host { Touch::Connection } else { Touch::Leave }];
    let judged = caller.judge(&GroupReach::new(), &Change { before, after, touches }, call.now)?;
    let effects = match is_host {
        true => api.foresee(&caller.account, &judged, None, call.now).await?,
        false => EffectsShown::default(),
    };
    if preview {
        return Ok(Answer::ok(&PreviewOfChange { meta: Foreseen::of(effects, &judged) }));
    }
    let mut changes = api.changed(caller.account.id, &shown, &()).await?;
    changes.extend(effects.changes());
    let act = caller.act(call).changing(changes);
    api.store.update_connection(&ended, "delete", &judged, None, &act).await?;
    Ok(Answer::no_content())
}
