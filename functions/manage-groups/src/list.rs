//! The groups of the account, and one of them.

use std::collections::{BTreeSet, HashMap};

use api::document::Including;
use api::{Api, Caller, Failure, show as shown};
use lists::{Pages, Plainly, Sought as _};
use policy::{GroupId, UserId, text};
use store::{Group, Span};
use web::body::Kind;
use web::list::{Filter, Shape};
use web::{Answer, Call, Fault, Faults};

use crate::shown::Included;

pub const SHAPE: Shape = Shape {
    filters: &[
        Filter::any("id", Kind::Id, "Groups with these ids."),
        Filter::any("name", Kind::NAME, "Groups with exactly these names. Case and accents are ignored."),
        Filter::search("Groups whose name contains this text, or that have this id."),
    ],
    sorts: &["name", "id", "created-at", "updated-at"],
    includes: INCLUDES,
    newest_first: false,
    exports: false,
};

/// What one group can be asked with.
pub const OF_ONE: Shape = Shape::of_one(INCLUDES);

const INCLUDES: &[&str] = &["users", "organizations"];

/// A row counts its members and organizations; it names them where they are included.
pub async fn list(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_create_groups()?;
    let pages = Pages::asked(&caller, call, &SHAPE)?;
    let mut faults = Vec::new();
    let ids: Option<Vec<GroupId>> = pages.listing.any_of("id", &mut faults);
    let names = pages.listing.names("name", &mut faults);
    let sought = pages.listing.search(&mut faults);
    Faults::check(faults)?;
    let account = caller.account.id;
    let is_named = |group: &Group, name: &str| text::folded(&group.name) == name;
    let names = lists::meant(names, || api.store.walk_groups(account, Span::ALL), is_named).await?;
    let filters = Plainly(|group: &Group| {
        names.as_ref().is_none_or(|names| names.iter().any(|name| is_named(group, name)))
            && sought.as_ref().is_none_or(|sought| group.is_found_by(sought))
    });
    let admits_all = names.is_none() && sought.is_none();
    let (walk, total) = match ids {
        None => {
            let total = usize::try_from(caller.security.tally.groups).ok().filter(|_| admits_all);
            (api.store.walk_groups(account, pages.span()), total)
        }
        Some(ids) => (api.store.walk_these_groups(account, &ids.into_iter().collect(), pages.span()), None),
    };
    let page = pages.page(walk, &filters, total).await?;
    let ids = page.rows.iter().map(|group| group.id).collect();
    let members = match pages.includes("users") {
        true => Members::Named(named(api, &caller, &ids).await?),
        false => Members::Counted(api.store.member_counts(account, &ids).await?),
    };
    let with_organizations = pages.includes("organizations");
    let row = |group: &Group| {
        let (count, named) = members.of(group.id);
        shown::group_in_list(group, count, named, with_organizations)
    };
    let data = page.rows.iter().map(row).collect();
    let included = included(api, call, &caller, &pages, &page.rows, members.all()).await?;
    pages.answer_including(data, included, pages.listing.meta(&page.paging), &page.paging, None)
}

pub async fn show(api: &Api, call: &Call, id: GroupId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    if !caller.belongs_to(id) {
        caller.standing().may_create_groups()?;
    }
    let pages = Pages::asked(&caller, call, &OF_ONE)?;
    let group = api.store.group(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(group.subject());
    let members = named(api, &caller, &[id].into()).await?.remove(&id).unwrap_or_default();
    let data = shown::group(&group, &members);
    let members = members.into_iter().collect();
    let included = included(api, call, &caller, &pages, std::slice::from_ref(&group), members).await?;
    Ok(Answer::ok(&Including { data, included }))
}

/// The members of groups, as a list says them.
enum Members {
    Counted(HashMap<GroupId, usize>),
    Named(HashMap<GroupId, Vec<UserId>>),
}

impl Members {
    /// How many a group has, and which, if they are to be named.
    fn of(&self, group: GroupId) -> (usize, Option<&[UserId]>) {
        match self {
            Self::Counted(counts) => (counts.get(&group).copied().unwrap_or_default(), None),
            Self::Named(members) => {
                let members = members.get(&group).map_or(&[][..], Vec::as_slice);
                (members.len(), Some(members))
            }
        }
    }

    /// All of them that are named, each once.
    fn all(&self) -> BTreeSet<UserId> {
        match self {
            Self::Counted(_) => BTreeSet::new(),
            Self::Named(members) => members.values().flatten().copied().collect(),
        }
    }
}

/// The members of these groups whom the caller sees.
async fn named(
    api: &Api,
    caller: &Caller,
    groups: &BTreeSet<GroupId>,
) -> Result<HashMap<GroupId, Vec<UserId>>, Failure> {
    let standing = caller.standing();
    let mut members = api.store.members_of(caller.account.id, groups).await?;
    for members in members.values_mut() {
        members.retain(|member| standing.sees(*member));
    }
    Ok(members)
}

/// These users, and the organizations of these groups, as far as the request asks for them and the caller can see them.
async fn included(
    api: &Api,
    call: &Call,
    caller: &Caller,
    pages: &Pages,
    groups: &[Group],
    users: BTreeSet<UserId>,
) -> Result<Option<Vec<Included>>, Failure> {
    let account = caller.account.id;
    let mut included = Vec::new();
    if pages.includes("users") {
        let ids: Vec<_> = users.into_iter().collect();
        let (users, invitations) =
            tokio::try_join!(api.store.users_by_id(account, &ids), api.store.invitations(account, &ids))?;
        let reached = users.iter().flat_map(|user| &user.group_ids).copied().collect();
        let reach = api.store.group_reach(account, &reached).await?;
        let facts = caller.facts_of_change(call.now);
        let vouched = api.vouched_for(account, &users, &invitations, &reach, facts).await?;
        let invitations: HashMap<_, _> =
            invitations.iter().map(|invitation| (invitation.user_id, invitation)).collect();
        let mut room = shown::Room::default();
        for user in &users {
            let invitation = invitations.get(&user.id).copied();
            let vouch = vouched.get(&user.id).cloned().unwrap_or_default();
            let user = shown::user(user, invitation, &vouch, &reach, call.now).within(&mut room);
            included.push(Included::User(Box::new(user)));
        }
    }
    if pages.includes("organizations") {
        let own_groups = api.store.group_reach(account, &caller.group_ids()).await?;
        let seen = caller.actor(&own_groups).reach;
        let ids = groups.iter().flat_map(|group| &group.organization_ids).copied();
        let ids = ids.filter(|id| seen.contains(*id)).collect();
        let organizations = api.store.organizations_by_id(account, &ids).await?;
        let shown = api.with_ancestors(account, &organizations).await?;
        included.extend(shown.into_iter().map(Box::new).map(Included::Organization));
    }
    let asked = pages.includes("users") || pages.includes("organizations");
    Ok(asked.then_some(included))
}
