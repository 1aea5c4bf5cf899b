//! What somebody leaves behind who goes.

use policy::log::Changed;
use policy::{Judged, Role, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use store::{ApiKey, Connection, User};
use web::{Email, Id, Time, Word};

use crate::foreseen::EffectsShown;

/// At most this many of a kind are named; all of them are counted.
const NAMED: usize = 50;

/// At most this many of a kind are named in the log.
const LOGGED: usize = 10;

/// What is left after a user is removed: their API keys, and invitations whose sponsor they were.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Leftovers {
    meta: LeftBehind,
}

/// What is left.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LeftBehind {
    /// The API keys that the user created.
    api_keys: Vec<MadeKey>,
    /// Number of open invitations that can no longer be accepted because their sponsor cannot grant them any more. Resend
    /// them to fix this.
    invitations_count: usize,
    /// The invited users, the first fifty.
    invitations: Vec<Invited>,
    /// The pending GlueConnect invitations that can no longer be accepted. Resend them to fix this.
    connections: Vec<Offered>,
    /// Always true in a preview: nothing was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    preview: Option<bool>,
    /// In a preview: who would lose access to what.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "EffectsShown")]
    effects: Option<EffectsShown>,
}

/// An API key that was created by a user who is removed.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct MadeKey {
    id: Id,
    name: String,
    role_name: Word<Role>,
    /// When it expires.
    expires_at: Option<Time>,
    /// Whether it is removed together with the user. Otherwise it keeps working.
    removed: bool,
}

/// A user whose invitation has a sponsor who can no longer grant it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Invited {
    user_id: Id,
    email: Email,
}

/// A connection's invitation whose sponsor can no longer grant it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Offered {
    id: Id,
    account_name: String,
}

impl Leftovers {
    /// What is left behind. Keys that are past their end are nothing.
    #[must_use]
    pub fn of(
        keys: &[ApiKey],
        with_keys: bool,
        invited: &[User],
        offers: &[Connection],
        now: Timestamp,
    ) -> Self {
        let made = |key: &ApiKey| MadeKey {
            id: key.id.into(),
            name: key.name.clone(),
            role_name: Word(key.role),
            expires_at: key.ends_at.map(Time),
            removed: with_keys,
        };
        let meta = LeftBehind {
            api_keys: keys.iter().filter(|key| !key.is_over(now)).map(made).collect(),
            invitations_count: invited.len(),
            invitations: invited
                .iter()
                .take(NAMED)
                .map(|user| Invited { user_id: user.id.into(), email: Email::from(&user.email) })
                .collect(),
            connections: offers
                .iter()
                .map(|offer| Offered { id: offer.id.into(), account_name: offer.delegate_name.clone() })
                .collect(),
            preview: None,
            effects: None,
        };
        Self { meta }
    }

    /// Whether nothing is left behind.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        let LeftBehind { api_keys, invitations, connections, .. } = &self.meta;
        api_keys.is_empty() && invitations.is_empty() && connections.is_empty()
    }

    /// The same before it is done, with who would lose what, as far as whoever asks may learn of it.
    #[must_use]
    pub fn foreseeing(self, effects: EffectsShown, judged: &Judged) -> Self {
        let effects = effects.seen_by(judged);
        Self { meta: LeftBehind { preview: Some(true), effects: Some(effects), ..self.meta } }
    }

    /// For the log: what is left behind, by name.
    #[must_use]
    pub fn changes(&self) -> Vec<Changed> {
        let LeftBehind { api_keys, invitations, invitations_count, connections, .. } = &self.meta;
        let named = |names: Vec<String>, all: usize| match all - names.len() {
            0 => names.join(", "),
            others => format!("{} and {others} more", names.join(", ")),
        };
        let first = |names: Vec<String>| names.into_iter().take(LOGGED).collect::<Vec<_>>();
        let kept = first(api_keys.iter().filter(|key| !key.removed).map(|key| key.name.clone()).collect());
        let gone = first(api_keys.iter().filter(|key| key.removed).map(|key| key.name.clone()).collect());
        let invited = first(invitations.iter().map(|one| one.email.to_string()).collect());
        let offered = first(connections.iter().map(|offer| offer.account_name.clone()).collect());
        let keys_gone = api_keys.iter().filter(|key| key.removed).count();
        let lines = [
            ("api-keys-removed", gone, keys_gone),
            ("api-keys-left", kept, api_keys.len() - keys_gone),
            ("invitations-stranded", invited, *invitations_count),
            ("connections-stranded", offered, connections.len()),
        ];
        let lines = lines.into_iter().filter(|(_, names, _)| !names.is_empty());
        lines.map(|(what, names, all)| Changed::new(what, None, Some(named(names, all)))).collect()
    }
}
