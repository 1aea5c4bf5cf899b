//! The users of the account, filtered, sorted, a page at a time, or as a table.

use std::collections::{BTreeSet, HashMap};

use api::list::{Admit, Export, Page, Pages};
use api::{Api, Caller, Failure, show};
use policy::{AccountId, EmailAddress, GroupReach, Role, Timestamp, UserId};
use store::{Invitation, Span, User, UserStatus, Walk};
use web::body::Kind;
use web::list::{Filter, Listing, Shape};
use web::{Answer, Call, Faults};

use crate::shown::Included;

pub const SHAPE: Shape = Shape {
    filters: &[
        Filter::any("id", Kind::Id, "These users."),
        Filter::one("name", Kind::NAME, "Those in whose names this stands, in whatever case."),
        Filter::any("email", Kind::Email, "Those with these addresses."),
        Filter::any("role-name", Kind::Role, "Those with these roles."),
        Filter::any("status", Kind::Choice(&show::USER_STATUSES), "Those who stand so."),
        Filter::one("my-glue", Kind::Flag, "Those of MyGlue, or of IT Glue."),
    ],
    // Everyone has the reputation 0: scripts that sort by it get the order of ids.
    sorts: &["name", "email", "id", "created-at", "updated-at", "reputation"],
    includes: INCLUDES,
    newest_first: false,
    exports: true,
};

/// What one user can be asked with.
pub const OF_ONE: Shape =
    Shape { includes: INCLUDES, filters: &[], sorts: &[], newest_first: false, exports: false };

const INCLUDES: &[&str] = &["groups", "organizations"];

const EXPORT: Export = Export {
    file_name: "users.csv",
    columns: &[
        "name",
        "email",
        "role-name",
        "status",
        "all-organizations",
        "my-glue",
        "mfa",
        "invitation-sent-at",
        "invitation-accepted-at",
        "invitation-expires-at",
        "invitation-delivery",
        "current-sign-in-at",
        "current-sign-in-ip",
        "last-sign-in-at",
        "last-sign-in-ip",
        "created-at",
        "updated-at",
    ],
};

pub async fn list(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.actor(&GroupReach::new()).may_manage_users()?;
    let pages = caller.pages(call, &SHAPE)?;
    let account = caller.account.id;
    let filters = Filters::read(api, account, call.now, &pages.listing)?;
    let page = page(api, &caller, &pages, &filters).await?;
    let ids: Vec<UserId> = page.rows.iter().map(|user| user.id).collect();
    let groups: BTreeSet<_> = page.rows.iter().flat_map(|user| &user.group_ids).copied().collect();
    let (invitations, reach) =
        tokio::try_join!(api.store.invitations(account, &ids), api.store.group_reach(account, &groups))?;
    let invitations: HashMap<_, _> =
        invitations.iter().map(|invitation| (invitation.user_id, invitation)).collect();
    let shown = |user: &User| show::user(user, invitations.get(&user.id).copied(), &reach, call.now);
    let data: Vec<_> = page.rows.iter().map(shown).collect();
    let included = included(api, &caller, &pages, &page.rows, &reach).await?;
    pages.answer_including(data, included, &page.paging, Some(&EXPORT))
}

/// The users on the page: those who are named by id or address are read by key, all others along the keys, as far as it takes.
async fn page(
    api: &Api,
    caller: &Caller,
    pages: &Pages,
    filters: &Filters<'_>,
) -> Result<Page<User>, Failure> {
    let account = caller.account.id;
    let total = filters.admit_everyone().then(|| usize::try_from(caller.security.tally.users).ok()).flatten();
    let walk: Walk<User> = match filters.named().await? {
        Some(users) => api.store.walk_these_users(account, &users, pages.span()),
        None if pages.listing.sort() == Some("email") => {
            let after = pages.after().and_then(|place| place.text.parse::<EmailAddress>().ok());
            let span = Span { after, backwards: pages.listing.backwards() };
            let walk = api.store.walk_users_by_email(account, &span);
            return pages.page_by_key(walk, filters, total).await;
        }
        None => api.store.walk_users(account, pages.span()),
    };
    pages.page(walk, filters, total).await
}

/// The groups and organizations of these users, as far as the request asks for them and the caller can see them.
pub async fn included(
    api: &Api,
    caller: &Caller,
    pages: &Pages,
    users: &[User],
    reach: &GroupReach,
) -> Result<Option<Vec<Included>>, Failure> {
    let account = caller.account.id;
    let mut included = Vec::new();
    if pages.includes("groups") {
        let ids = reach.keys().copied().collect();
        for group in api.store.groups_by_id(account, &ids).await? {
            let members = api.store.members(account, group.id).await?;
            included.push(Included::Group(show::group(&group, &members)));
        }
    }
    if pages.includes("organizations") {
        let direct = users.iter().flat_map(|user| &user.organization_ids);
        let own_groups = api.store.group_reach(account, &caller.group_ids()).await?;
        let seen = caller.actor(&own_groups).reach;
        let ids = direct.chain(reach.values().flatten()).copied().filter(|id| seen.contains(*id)).collect();
        for organization in api.store.organizations_by_id(account, &ids).await? {
            let line = api.store.line(account, organization.parent_id).await?;
            included.push(Included::Organization(show::organization(&organization, &line)));
        }
    }
    Ok((pages.includes("groups") || pages.includes("organizations")).then_some(included))
}

/// What the request filters by.
struct Filters<'a> {
    api: &'a Api,
    account: AccountId,
    now: Timestamp,
    ids: Option<Vec<UserId>>,
    name: Option<String>,
    emails: Option<Vec<EmailAddress>>,
    roles: Option<Vec<Role>>,
    statuses: Option<Vec<&'static str>>,
    my_glue: Option<bool>,
}

impl<'a> Filters<'a> {
    fn read(api: &'a Api, account: AccountId, now: Timestamp, listing: &Listing) -> Result<Self, Failure> {
        let mut faults = Vec::new();
        let filters = Self {
            api,
            account,
            now,
            ids: listing.any_of("id", &mut faults),
            name: listing.filter("name").map(|name| name.trim().to_lowercase()),
            emails: listing.any_of("email", &mut faults),
            roles: listing.any_of("role-name", &mut faults),
            statuses: listing.choice("status", &show::USER_STATUSES, &mut faults),
            my_glue: listing.flag("my-glue", &mut faults),
        };
        Faults::check(faults)?;
        Ok(filters)
    }

    fn admit_everyone(&self) -> bool {
        self.ids.is_none()
            && self.name.is_none()
            && self.emails.is_none()
            && self.roles.is_none()
            && self.statuses.is_none()
            && self.my_glue.is_none()
    }

    /// The only users who can be meant, if the request names some.
    async fn named(&self) -> Result<Option<BTreeSet<UserId>>, Failure> {
        if let Some(ids) = &self.ids {
            return Ok(Some(ids.iter().copied().collect()));
        }
        let Some(emails) = &self.emails else { return Ok(None) };
        let emails: Vec<_> = emails.iter().collect();
        let users = self.api.store.users_by_email(self.account, &emails).await?;
        Ok(Some(users.values().map(|user| user.id).collect()))
    }

    /// All but the status, which needs the invitation.
    fn admit(&self, user: &User) -> bool {
        self.ids.as_ref().is_none_or(|ids| ids.contains(&user.id))
            && self.name.as_ref().is_none_or(|name| user.name().to_lowercase().contains(name))
            && self.emails.as_ref().is_none_or(|emails| emails.contains(&user.email))
            && self.roles.as_ref().is_none_or(|roles| roles.contains(&user.role))
            && self.my_glue.is_none_or(|my_glue| user.my_glue == my_glue)
    }
}

impl Admit<User> for Filters<'_> {
    async fn admitted(&self, mut users: Vec<User>) -> Result<Vec<User>, Failure> {
        users.retain(|user| self.admit(user));
        let Some(statuses) = &self.statuses else { return Ok(users) };
        let pending = users.iter().filter(|user| user.status == UserStatus::Invited);
        let ids: Vec<UserId> = pending.map(|user| user.id).collect();
        let invitations: Vec<Invitation> = self.api.store.invitations(self.account, &ids).await?;
        let invitations: HashMap<_, _> =
            invitations.iter().map(|invitation| (invitation.user_id, invitation)).collect();
        users.retain(|user| {
            let status = show::user_status(user, invitations.get(&user.id).copied(), self.now);
            statuses.contains(&status.name())
        });
        Ok(users)
    }
}
