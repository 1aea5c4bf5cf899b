//! The access review: for each user, each delegate and each key the role, the organizations, and the last use. What an
//! Administrator goes through now and then, to take away what nobody needs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use api::show::invitation_state;
use api::{Api, Failure, Sponsors};
use lists::{Export, Pages, RowsOfPage};
use policy::connection::Status;
use policy::judge::Facts;
use policy::{AccountId, DeniedTypes, GroupReach, OrganizationId, Reach, Timestamp, UserId};
use store::usage::{Requester, Visits};
use store::{Invitation, User, UserStatus};
use web::body::Kind;
use web::list::{Filter, Shape};
use web::{Answer, Call, Faults};

use crate::row::Row;
use crate::shown::kinds;
use crate::shown::{Had, Line, ReviewedDelegate, ReviewedKey, ReviewedUser};

const KINDS: [&str; 3] = [kinds::User::WORD, kinds::Delegate::WORD, kinds::ApiKey::WORD];

pub const SHAPE: Shape = Shape {
    filters: &[Filter::any("kind", Kind::Choice(&KINDS), "Entries of these kinds.")],
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
        "invitation-state",
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
    let pages = Pages::asked(&caller, call, &SHAPE)?;
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
    let sponsors = Sponsors { users: users.clone(), keys: keys.clone() };
    let rows = users
        .into_iter()
        .map(Row::User)
        .chain(connections.into_iter().filter(is_there).map(Row::Delegate))
        .chain(keys.into_iter().map(Row::Key));
    let rows = rows.filter(|row| kinds.as_ref().is_none_or(|any| any.contains(&row.kind()))).collect();
    let RowsOfPage { rows, paging } = pages.page_of::<Row>(rows);
    let known = Known::read(api, account, caller.security.denied_types.clone(), &rows, sponsors).await?;
    let facts = caller.facts_of_change(call.now);
    let data: Vec<_> = rows.iter().map(|row| known.shown(row, facts)).collect();
    pages.answer(data, &paging, Some(&EXPORT))
}

/// What the lines of a page need to know beside themselves.
struct Known {
    groups: GroupReach,
    names: BTreeMap<OrganizationId, String>,
    invitations: HashMap<u64, Invitation>,
    uses: HashMap<Requester, Timestamp>,
    visits: Visits,
    /// Those on whom something of the page stands, or who made it.
    sponsors: Sponsors,
    denied: DeniedTypes,
}

impl Known {
    async fn read(
        api: &Api,
        account: AccountId,
        denied: DeniedTypes,
        rows: &[Row],
        mut sponsors: Sponsors,
    ) -> Result<Self, Failure> {
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
        let invitations = api.store.invitations(account, &pending).await?;
        let of_invitations = invitations.iter().filter_map(|invitation| invitation.sponsor_id);
        let named: BTreeSet<UserId> = of_invitations.chain(rows.iter().filter_map(Row::stands_on)).collect();
        sponsors.users.retain(|user| named.contains(&user.id));
        let groups: BTreeSet<_> = rows.iter().flat_map(Row::groups).chain(sponsors.group_ids()).collect();
        let (groups, uses, visits) = tokio::try_join!(
            api.store.group_reach(account, &groups),
            api.store.last_uses(account, &requesters),
            api.store.last_visits(account)
        )?;
        let mut reached = BTreeSet::new();
        for row in rows {
            if let Reach::These(organizations) = row.reach(&groups) {
                reached.extend(organizations);
            }
        }
        let organizations = api.store.organizations_by_id(account, &reached).await?;
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
            sponsors,
            denied,
        })
    }

    /// The line as a resource of what it is about.
    fn shown(&self, row: &Row, facts: Facts) -> Line {
        let now = facts.now;
        let had = self.had(row);
        match row {
            Row::User(user) => {
                let used = self.uses.get(&Requester::User(user.id)).copied();
                let invitation = self.invitations.get(&user.id.number());
                let state = invitation.map(|invitation| {
                    let vouch = self.sponsors.of_user(user, invitation, &self.groups, facts);
                    invitation_state(invitation, vouch.stands, now)
                });
                Line::User(ReviewedUser::of(user, (invitation, state), used, &had, now))
            }
            Row::Delegate(connection) => {
                let visits = self.visits.get(&connection.id);
                let vouch = self.sponsors.of_offer(connection, &self.groups, now);
                let state = connection.life().invitation_state(vouch.stands, now);
                Line::Delegate(ReviewedDelegate::of(connection, state, visits, &had, now))
            }
            Row::Key(key) => {
                let used = self.uses.get(&Requester::Key(key.id)).copied();
                let maker = self.sponsors.users.iter().find(|user| user.id == key.maker_id).map(User::name);
                Line::Key(ReviewedKey::of(key, maker, used, &had, now))
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
