//! What every change of a connection by the host is judged with.

use policy::{Change, GroupReach, Judged, Scene, Timestamp, Touch};
use store::Connection;

use crate::{Api, Caller, Failure};

/// Whether the host may have a connection so, that was so before, or is new: beside every other one with the same account.
pub async fn offered(
    api: &Api,
    caller: &Caller,
    (before, after): (Option<&Connection>, &Connection),
    groups: &GroupReach,
    now: Timestamp,
) -> Result<Judged, Failure> {
    let granted = api.store.connections_granted(caller.account.id).await?;
    let of_the_pair = granted.iter().filter(|other| other.delegate_id == after.delegate_id);
    let mut scene = Scene {
        groups: groups.clone(),
        connections: of_the_pair.map(|other| (other.id, other.life())).collect(),
        ..Scene::default()
    };
    let mut touches = vec![Touch::Connection];
    let stands = |connection: &Connection| connection.life().is_in_the_way(now);
    if stands(after) && !before.is_some_and(stands) {
        let others = granted.iter().filter(|other| other.id != after.id && stands(other));
        touches.push(Touch::Connections(others.count().saturating_add(1)));
    }
    match before {
        Some(before) => drop(scene.connections.insert(before.id, before.life())),
        None => drop(scene.connections.remove(&after.id)),
    }
    let before = scene.clone();
    scene.connections.insert(after.id, after.life());
    let change = Change { before, after: scene, touches };
    Ok(caller.judge(groups, &change, now)?)
}
