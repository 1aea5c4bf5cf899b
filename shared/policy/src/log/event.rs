//! What an act is called where others are told of it: the type of its event, as in `glueconnect.invitation.accepted`.

use super::Changed;

/// What the type of every event begins with; it is their source as well.
pub const SOURCE: &str = "glueconnect";

/// Who acts, as far as an event is named after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The person whom the entry tells of.
    Themselves,
    /// Somebody else, or a program.
    Another,
    /// Nobody: the product itself, on its schedule or because SES told of a mail.
    Product,
}

/// By these names an entry says that somebody can reach more or less than before, or may do other things there.
const ACCESS: [&str; 10] = [
    "all-organizations",
    "denied-resource-types",
    "gains",
    "groups",
    "loses",
    "organizations",
    "others",
    "role-name",
    "status",
    "users",
];

/// Of these a change's values are words of ours; all others may be names and addresses of people, and are not passed on.
const WORDS: [&str; 4] = ["invitation-delivery", "maximum-role-name", "role-name", "status"];

/// Whether the values of a change can be told to others beside its name.
#[must_use]
pub fn is_told_with_values(change: &str) -> bool {
    WORDS.contains(&change)
}

/// The type of the event of an entry; none for what changes nothing, as a read, or a refusal.
#[must_use]
pub fn event_type(action: &str, outcome: &str, kind: &str, by: By, changes: &[Changed]) -> Option<String> {
    if outcome != "allowed" || kind == "access-checks" {
        return None;
    }
    let changed = |name: &str| changes.iter().find(|change| change.name == name);
    let moves_access = changes.iter().any(|change| ACCESS.contains(&change.name.as_str()));
    let happened = match (kind, action) {
        (_, "create" | "update" | "delete") if kind == "restrictions" => "access.changed",
        ("users", "create") => "user.invited",
        ("users" | "groups", "update") if moves_access => "access.changed",
        ("invitations", "update") => match (by, changed("invitation-delivery")) {
            (By::Product, Some(_)) => "invitation.not-delivered",
            (By::Product, None) => "invitation.expired",
            (By::Themselves, _) => "invitation.accepted",
            (By::Another, _) => "invitation.renewed",
        },
        ("connections", "create") => "connection.offered",
        ("connections", "delete") => "connection.ended",
        ("connections", "update") => {
            let status = changed("status");
            let is = |change: Option<&str>, word: &str| change == Some(word);
            let (from, to) = status.map_or((None, None), |one| (one.from.as_deref(), one.to.as_deref()));
            match status {
                _ if by == By::Product => "connection.not-delivered",
                Some(_) if is(from, "pending") && is(to, "active") => "connection.accepted",
                Some(_) if is(to, "declined") => "connection.declined",
                Some(_) if is(to, "suspended") => "connection.suspended",
                Some(_) if is(to, "active") => "connection.resumed",
                _ => "connection.changed",
            }
        }
        ("accounts", "create") => "account.opened",
        ("accounts", "delete") => "account.closed",
        ("accounts", "update") => match changed("closing-at").map(|change| change.to.is_some()) {
            Some(true) => "account.closing",
            Some(false) => "account.stays-open",
            None => return ordinary(action, kind),
        },
        ("sessions", "create") => "session.began",
        ("sessions", "delete") => "session.ended",
        _ => return ordinary(action, kind),
    };
    Some(format!("{SOURCE}.{happened}"))
}

/// What is nothing special: made, changed or removed.
fn ordinary(action: &str, kind: &str) -> Option<String> {
    let happened = match action {
        "create" => "created",
        "update" => "changed",
        "delete" => "removed",
        _ => return None,
    };
    let one = match kind {
        "organization-statuses" => "organization-status",
        "mfa" => "second-factor",
        plural => plural.strip_suffix('s').unwrap_or(plural),
    };
    Some(format!("{SOURCE}.{one}.{happened}"))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;
    use crate::log::RESOURCE_TYPES;

    fn changed(name: &str, from: &str, to: &str) -> Vec<Changed> {
        vec![Changed::new(name, Some(from.to_owned()), Some(to.to_owned()))]
    }

    #[test]
    fn every_act_has_its_event() {
        let mut table = String::from(
            "# The type of the event of an entry: what was done, to what, by whom, with what change.\n\n",
        );
        let mut row = |action: &str, kind: &str, by: By, changes: &[Changed]| {
            let event = event_type(action, "allowed", kind, by, changes).unwrap_or_else(|| "-".to_owned());
            let change = changes.iter().map(|one| {
                format!(
                    "{} {} {}",
                    one.name,
                    one.from.as_deref().unwrap_or("-"),
                    one.to.as_deref().unwrap_or("-")
                )
            });
            let change = change.collect::<Vec<_>>().join(", ");
            writeln!(
                table,
                "{action:<8}{kind:<24}{:<12}{event:<44}{change}",
                format!("{by:?}").to_lowercase()
            )
            .unwrap();
        };
        for kind in RESOURCE_TYPES {
            for action in ["create", "update", "delete"] {
                row(action, kind, By::Another, &[]);
            }
        }
        row("update", "invitations", By::Themselves, &[]);
        row("update", "invitations", By::Product, &changed("status", "invited", "expired"));
        row("update", "invitations", By::Product, &changed("invitation-delivery", "sent", "bounced"));
        for (from, to) in
            [("pending", "active"), ("pending", "declined"), ("active", "suspended"), ("suspended", "active")]
        {
            row("update", "connections", By::Another, &changed("status", from, to));
        }
        row("update", "connections", By::Another, &changed("maximum-role-name", "Editor", "Lite"));
        row("update", "connections", By::Product, &changed("invitation-delivery", "sent", "bounced"));
        let closes_at = Some("2026-12-22T08:00:00Z".to_owned());
        row("update", "accounts", By::Another, &[Changed::new("closing-at", None, closes_at.clone())]);
        row("update", "accounts", By::Another, &[Changed::new("closing-at", closes_at, None)]);
        for name in ACCESS {
            row("update", "users", By::Another, &changed(name, "1", "2"));
            row("update", "groups", By::Another, &changed(name, "1", "2"));
        }
        row("update", "users", By::Themselves, &changed("first-name", "Ann", "Anna"));
        let table: String = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
        crate::table::check("events.txt", &table);
    }

    #[test]
    fn what_was_refused_is_no_event() {
        assert_eq!(event_type("delete", "role-too-low", "users", By::Another, &[]), None);
        assert_eq!(event_type("read", "allowed", "users", By::Another, &[]), None);
        assert_eq!(event_type("update", "allowed", "access-checks", By::Another, &[]), None);
    }

    #[test]
    fn no_value_is_told_that_may_be_a_persons() {
        for name in ["email", "first-name", "last-name", "name", "message", "accepted-by", "gains", "users"] {
            assert!(!is_told_with_values(name), "{name}");
        }
    }
}
