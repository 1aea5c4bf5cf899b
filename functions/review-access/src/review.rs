//! The access review: for each user, each delegate and each key the role, the organizations, and the last use. What an
//! Administrator goes through now and then, to take away what nobody needs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use api::list::{Export, Page};
use api::{Api, Failure};
use policy::connection::Status;
use policy::{AccountId, DeniedTypes, GroupReach, OrganizationId, Reach, Timestamp};
use store::usage::{Requester, Visits};
use store::{Invitation, UserStatus};
use web::body::Kind;
use web::list::{Filter, Shape};
use web::{Answer, Call, Faults};

use crate::row::Row;
use crate::shown::kinds;
use crate::shown::{Had, Line, ReviewedDelegate, ReviewedKey, ReviewedUser};

const KINDS: [&str; 3] = [kinds::User::WORD, kinds::Delegate::WORD, kinds::ApiKey::WORD];

pub const SHAPE: Shape = Shape {
    filters: &[Filter::any("kind", Kind::Choice(&KINDS), "These kinds.")],
    sorts: &["name", "id"],
    includes: &[],
    newest_first: false,
    exports: true,
};

const EXPORT: Export = Export {
    file_name: "access-review.csv",
    columns: &[
        "kind",
        "name",
        "email",
        "role-name",
        "status",
        "mfa",
        "all-organizations",
        "organization-names",
        "denied-resource-types",
        "last-used-at",
        "last-used-by",
        "expires-at",
        "created-at",
    ],
};

/// Reads everyone who has access, whatever the page: a review is made now and then, and wants to be whole.
pub async fn review(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_administer()?;
    let pages = caller.pages(call, &SHAPE)?;
    let mut faults = Vec::new();
    let kinds = pages.listing.choice("kind", &KINDS, &mut faults);
    Faults::check(faults)?;
    let account = caller.account.id;
    let (users, connections, keys) = tokio::try_join!(
        api.store.users(account),
        api.store.connections_granted(account),
        api.store.api_keys(account)
    )?;
    let is_there = |connection: &store::Connection| {
        !matches!(connection.life().status(call.now), Status::Declined | Status::Expired | Status::Ended)
    };
    let rows = users
        .into_iter()
        .map(Row::User)
        .chain(connections.into_iter().filter(is_there).map(Row::Delegate))
        .chain(keys.into_iter().map(Row::Key));
    let rows = rows.filter(|row| kinds.as_ref().is_none_or(|any| any.contains(&row.kind()))).collect();
    let Page { rows, paging } = pages.page_of::<Row>(rows);
    let known = Known::read(api, account, caller.security.denied_types, &rows).await?;
    let data: Vec<_> = rows.iter().map(|row| known.shown(row, call.now)).collect();
    pages.answer(data, &paging, Some(&EXPORT))
}

/// What the lines of a page need to know beside themselves.
struct Known {
    groups: GroupReach,
    names: BTreeMap<OrganizationId, String>,
    invitations: HashMap<u64, Invitation>,
    uses: HashMap<Requester, Timestamp>,
    visits: Visits,
    denied: DeniedTypes,
}

impl Known {
    async fn read(api: &Api, account: AccountId, denied: DeniedTypes, rows: &[Row]) -> Result<Self, Failure> {
        let groups: BTreeSet<_> = rows.iter().flat_map(Row::groups).collect();
        let pending: Vec<_> = rows
            .iter()
            .filter_map(|row| match row {
                Row::User(user) if user.status == UserStatus::Invited => Some(user.id),
                _ => None,
            })
            .collect();
        let requesters: Vec<_> = rows
            .iter()
            .filter_map(|row| match row {
                Row::User(user) => Some(Requester::User(user.id)),
                Row::Key(key) => Some(Requester::Key(key.id)),
                Row::Delegate(_) => None,
            })
            .collect();
        let (groups, invitations, uses, visits) = tokio::try_join!(
            api.store.group_reach(account, &groups),
            api.store.invitations(account, &pending),
            api.store.last_uses(account, &requesters),
            api.store.last_visits(account)
        )?;
        let mut named = BTreeSet::new();
        for row in rows {
            if let Reach::These(organizations) = row.reach(&groups) {
                named.extend(organizations);
            }
        }
        let organizations = api.store.organizations_by_id(account, &named).await?;
        Ok(Self {
            groups,
            names: organizations
                .into_iter()
                .map(|organization| (organization.id, organization.name))
                .collect(),
            invitations: invitations
                .into_iter()
                .map(|invitation| (invitation.user_id.number(), invitation))
                .collect(),
            uses,
            visits,
            denied,
        })
    }

    /// The line as a resource of what it is about.
    fn shown(&self, row: &Row, now: Timestamp) -> Line {
        let had = self.had(row);
        match row {
            Row::User(user) => {
                let used = self.uses.get(&Requester::User(user.id)).copied();
                let invitation = self.invitations.get(&user.id.number());
                Line::User(ReviewedUser::of(user, invitation, used, &had, now))
            }
            Row::Delegate(connection) => {
                let visits = self.visits.get(&connection.id);
                Line::Delegate(ReviewedDelegate::of(connection, visits, &had, now))
            }
            Row::Key(key) => {
                let used = self.uses.get(&Requester::Key(key.id)).copied();
                Line::Key(ReviewedKey::of(key, used, &had, now))
            }
        }
    }

    fn had(&self, row: &Row) -> Had<'_> {
        let (all, organizations) = match row.reach(&self.groups) {
            Reach::All => (true, BTreeSet::new()),
            Reach::These(organizations) => (false, organizations),
        };
        let named = organizations.into_iter().filter_map(|id| Some((id, self.names.get(&id)?.as_str())));
        let (ids, names) = named.unzip();
        let denied = self.denied.of(&row.kept_from()).iter().map(ToString::to_string).collect();
        Had { all, ids, names, denied }
    }
}
