//! Where the log names a person: what is to be erased so that an entry keeps the act and loses the name.

use std::collections::BTreeSet;

use super::Changed;
use crate::email::EmailAddress;
use crate::id::UserId;

/// Of a person's own things these changes tell of rights and states, in words and names of groups and organizations. What else is changed of
/// a person may be a name, an address or a text about them.
const KEPT: [&str; 15] = [
    "access",
    "all-organizations",
    "denied-resource-types",
    "expires-at",
    "gains",
    "groups",
    "invitation-delivery",
    "loses",
    "maximum-role-name",
    "mfa",
    "mfa-since",
    "my-glue",
    "organizations",
    "role-name",
    "status",
];

/// A person whom the log is to forget.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Their ids, as far as they are known: somebody who was removed and invited again has more than one.
    pub ids: BTreeSet<UserId>,
    /// Their address, if it is by that that they are to be found.
    pub email: Option<EmailAddress>,
}

/// What an entry tells.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// Who acted.
    pub user: Option<UserId>,
    /// On what kind of thing.
    pub resource_type: &'a str,
    /// Its id, or the address of a person whose id nobody knows.
    pub resource_id: &'a str,
    /// Its name.
    pub resource_name: &'a str,
    /// What was changed.
    pub changes: &'a [Changed],
}

/// What of an entry names the person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Who acted: their name, where from and with what.
    pub actor: bool,
    /// The id of the thing, which is their address.
    pub resource_id: bool,
    /// The name of the thing.
    pub resource_name: bool,
    /// The values of these changes, by their places.
    pub changes: BTreeSet<usize>,
}

impl Forgotten {
    /// Learns an id of the person from an entry that has it beside their address. Entries come by rising time, so that of one who
    /// was invited the first tells.
    pub fn learn(&mut self, told: &Told<'_>) {
        let is_named = self.is_in(told.resource_name)
            || told.changes.iter().any(|change| {
                change.name == "email"
                    && [&change.from, &change.to].into_iter().flatten().any(|text| self.is_in(text))
            });
        if told.resource_type == "users" && is_named {
            self.ids.extend(told.resource_id.parse::<UserId>().ok());
        }
    }

    /// Where an entry names the person.
    #[must_use]
    pub fn mentions(&self, told: &Told<'_>) -> Mentions {
        let is_theirs = told.resource_id.parse().is_ok_and(|id| self.ids.contains(&id));
        let is_address = self.is_in(told.resource_id);
        let names = |text: &Option<String>| text.as_ref().is_some_and(|text| self.is_named_in(text));
        let changes = told.changes.iter().enumerate().filter(|(_, change)| {
            let is_kept = KEPT.contains(&change.name.as_str());
            (is_theirs || is_address) && !is_kept || names(&change.from) || names(&change.to)
        });
        Mentions {
            actor: told.user.is_some_and(|user| self.ids.contains(&user)),
            resource_id: is_address,
            resource_name: !told.resource_name.is_empty()
                && (is_theirs || is_address || self.is_named_in(told.resource_name)),
            changes: changes.map(|(place, _)| place).collect(),
        }
    }

    /// Whether a text has the address.
    fn is_in(&self, text: &str) -> bool {
        self.email.as_ref().is_some_and(|email| has_address(&text.to_lowercase(), email.as_str()))
    }

    /// Whether a text names the person: by the address, or by an id behind a name, as in `Ann Baker (17)`.
    fn is_named_in(&self, text: &str) -> bool {
        self.is_in(text) || self.ids.iter().any(|id| text.contains(&format!("({id})")))
    }
}

/// Whether the address stands in a text by itself, not as the end or the beginning of another.
fn has_address(text: &str, address: &str) -> bool {
    let goes_on =
        |next: Option<char>| next.is_some_and(|next| next.is_alphanumeric() || "._+-%'".contains(next));
    text.match_indices(address).any(|(place, found)| {
        let (before, after) = (text.get(..place), text.get(place + found.len()..));
        let after = after.unwrap_or_default().trim_start_matches('.').chars().next();
        !goes_on(before.unwrap_or_default().chars().next_back()) && !goes_on(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u64) -> UserId {
        UserId::new(number).unwrap()
    }

    fn ann() -> Forgotten {
        Forgotten { ids: [id(17)].into(), email: Some("ann@bakery.example".parse().unwrap()) }
    }

    fn changed(name: &str, from: Option<&str>, to: Option<&str>) -> Changed {
        Changed::new(name, from.map(str::to_owned), to.map(str::to_owned))
    }

    fn told<'a>(
        user: u64,
        kind: &'a str,
        resource_id: &'a str,
        name: &'a str,
        changes: &'a [Changed],
    ) -> Told<'a> {
        Told { user: Some(id(user)), resource_type: kind, resource_id, resource_name: name, changes }
    }

    #[test]
    fn who_acted_loses_the_name_and_keeps_what_was_done() {
        let changes = [changed("name", Some("Bakery"), Some("Mill"))];
        let mentions = ann().mentions(&told(17, "organizations", "3", "Mill", &changes));
        assert_eq!(mentions, Mentions { actor: true, ..Mentions::default() });
        assert_eq!(ann().mentions(&told(18, "organizations", "3", "Mill", &changes)), Mentions::default());
    }

    #[test]
    fn of_an_act_on_a_person_the_name_goes_and_the_rights_stay() {
        let changes = [
            changed("email", None, Some("ann@bakery.example")),
            changed("role-name", Some("Lite"), Some("Editor")),
            changed("message", None, Some("Dear Ann")),
            changed("groups", None, Some("Desk (5)")),
        ];
        let mentions = ann().mentions(&told(2, "users", "17", "Ann Baker", &changes));
        let expected = Mentions { resource_name: true, changes: [0, 2].into(), ..Mentions::default() };
        assert_eq!(mentions, expected);
    }

    #[test]
    fn one_who_is_known_by_address_alone_loses_that_too() {
        let mentions = ann().mentions(&told(2, "users", "ann@bakery.example", "ann@bakery.example", &[]));
        assert!(mentions.resource_id && mentions.resource_name && !mentions.actor);
        let by_id = Forgotten { email: None, ..ann() };
        assert!(!by_id.mentions(&told(2, "users", "ann@bakery.example", "", &[])).resource_id);
    }

    #[test]
    fn a_change_that_names_others_too_is_erased_where_it_names_the_person() {
        let changes = [
            changed("users", None, Some("Ann Baker (17), Ben (171)")),
            changed("users", Some("Ben (171)"), None),
        ];
        let mentions = ann().mentions(&told(2, "groups", "5", "Desk", &changes));
        assert_eq!(mentions, Mentions { changes: [0].into(), ..Mentions::default() });
        let changes = [changed("accepted-by", None, Some("Ann <ANN@bakery.example>"))];
        assert_eq!(ann().mentions(&told(2, "connections", "6", "A → B", &changes)).changes, [0].into());
    }

    #[test]
    fn an_address_that_is_part_of_another_is_not_meant() {
        let is_named = |text: &str| ann().mentions(&told(2, "groups", "5", text, &[])).resource_name;
        for text in ["ann@bakery.example", "Write to Ann@Bakery.example.", "<ann@bakery.example>, Ben"] {
            assert!(is_named(text), "{text}");
        }
        for text in
            ["joann@bakery.example", "jo.ann@bakery.example", "ann@bakery.example.org", "ann@bakery.examples"]
        {
            assert!(!is_named(text), "{text}");
        }
    }

    #[test]
    fn ids_are_learned_from_entries_that_have_the_address() {
        let mut ann = Forgotten { ids: BTreeSet::new(), email: Some("ann@bakery.example".parse().unwrap()) };
        let invited = [changed("email", None, Some("ann@bakery.example"))];
        ann.learn(&told(2, "users", "17", "ann@bakery.example", &invited));
        ann.learn(&told(2, "users", "18", "Ben", &[changed("email", None, Some("ben@bakery.example"))]));
        ann.learn(&told(2, "users", "19", "Ann Baker", &invited));
        ann.learn(&told(2, "groups", "20", "ann@bakery.example", &[]));
        assert_eq!(ann.ids, [id(17), id(19)].into());
        let mut nobody = Forgotten::default();
        nobody.learn(&told(2, "users", "17", "ann@bakery.example", &invited));
        assert_eq!(nobody, Forgotten::default());
    }
}
