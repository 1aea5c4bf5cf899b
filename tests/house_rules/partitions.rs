//! The partitions of the table, by kinds: what roles are held against.

use std::collections::BTreeMap;

use journeys::calls::kind;
use journeys::fates::{Fate, fates};
use policy::{AccountId, Timestamp, id};
use store::keys;

/// Some partitions of every kind, with ids as they are made today and as they will be made when they have a digit more.
pub fn partitions() -> BTreeMap<String, Vec<String>> {
    // 2026-11-22 and 2040-01-01.
    let moments = [1_795_305_600_000, 2_208_988_800_000].map(Timestamp::from_millis);
    let ids = moments.map(|moment| id::compose(moment, 7));
    assert_eq!(ids.map(|number| number.to_string().len()), [15, 16]);
    let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut add = |pk: String| kinds.entry(kind(&pk)).or_default().push(pk);
    // Nothing is there: it is read to see whether the table answers.
    add("#".to_owned());
    add(keys::public_keys().pk);
    add(keys::pace().pk);
    add(keys::closing_shard());
    add(keys::subdomain(&"acme-it".parse().unwrap()).pk);
    add(keys::request_of_nobody("3f2a").pk);
    add(keys::person_accounts(&"ann@bakery.example".parse().unwrap()));
    add(keys::attempts_of(None, "nobodys"));
    add(keys::attempts_from("192.0.2.7", "password", 1).pk);
    for account in ids {
        let account = AccountId::from(account);
        add(keys::account(account).pk);
        add(keys::security(account).pk);
        add(keys::organizations(account));
        add(keys::labels(account));
        add(keys::restrictions(account));
        add(keys::users(account));
        add(keys::email(account, &"ann@bakery.example".parse().unwrap()).pk);
        add(keys::groups(account));
        add(keys::connections(account));
        add(keys::received(account));
        add(keys::seals(account));
        add(keys::log_retention(account).pk);
        add(keys::session(account, ids[0].into()).pk);
        add(keys::attempts_of(Some(account), "acme"));
        add(keys::api_keys(account));
        add(keys::uses(account));
        add(keys::requests(account));
        add(keys::invitations_sent(account, 498_696).pk);
        add(keys::visitors(account));
        for other in ids {
            add(keys::credential(account, other.into()).pk);
            add(keys::mfa(account, other.into()).pk);
            add(keys::invitation(account, other.into()).pk);
            add(keys::members(account, other.into()));
            add(keys::connection_mails(account, other.into()));
            add(keys::persons(account, other.into()));
            add(keys::log_entry(account, moments[0], other.into()).pk);
            keys::log_lanes(account, "202611").for_each(&mut add);
            add(keys::due_shard(other.into()));
        }
    }
    kinds
}

#[test]
fn what_becomes_of_every_kind_when_its_account_is_closed_is_decided() {
    let decided = fates();
    for kind in partitions().into_keys().filter(|kind| kind.starts_with("A#") && kind != "A#<account>") {
        let fate = decided.get(&kind);
        assert!(
            matches!(fate, Some(Fate::Goes | Fate::Stays)),
            "docs/design/table.md says nothing of {kind}"
        );
    }
}
