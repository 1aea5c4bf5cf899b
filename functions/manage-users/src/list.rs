//! The users of the account, filtered, sorted, a page at a time, or as a table.

use std::collections::{BTreeSet, HashMap};

use api::{Api, Caller, Failure, show};
use lists::{Admit as _, Export, Pages, RowsOfPage};
use policy::invitation::InvitationState;
use policy::{Delivery, EmailAddress, UserId};
use store::{Span, User};
use web::body::Kind;
use web::list::{Filter, Shape};
use web::{Answer, Call};

use crate::filters::Filters;
use crate::included::included;
use crate::rows::Row;
use crate::shown::{Meta, StatusCounts};

pub const SHAPE: Shape = Shape {
    filters: &[
        Filter::any("id", Kind::Id, "Users with these ids."),
        Filter::any(
            "name",
            Kind::NAME,
            "Users whose name contains one of these texts. Case and accents are ignored.",
        ),
        Filter::any("email", Kind::Email, "Users with these e-mail addresses."),
        Filter::any("role-name", Kind::Role, "With these roles."),
        Filter::any("status", Kind::Choice(&show::USER_STATUSES), "With these statuses."),
        Filter::one("my-glue", Kind::Flag, "true for users of MyGlue, false for users of IT Glue."),
        Filter::any("group-id", Kind::Id, "The members of these groups."),
        Filter::any(
            "organization-id",
            Kind::Id,
            "Users with access to one of these organizations: directly, through a group, or with all organizations.",
        ),
        Filter::any(
            "invitation-delivery",
            Kind::Words(deliveries),
            "Pending users whose latest mail has this delivery state.",
        ),
        Filter::any(
            "invitation-state",
            Kind::Words(|| InvitationState::ALL.map(InvitationState::name).to_vec()),
            "Pending users with this state of their link.",
        ),
        Filter::any(
            "invited-by",
            Kind::Id,
            "Pending users whose invitation has one of these users or API keys as its sponsor.",
        ),
        Filter::search("Users whose name or e-mail address contains this text, or who have this id."),
    ],
    // Everyone has the reputation 0: scripts that sort by it get the order of ids.
    sorts: &["name", "email", "id", "status", "created-at", "updated-at", "reputation"],
    includes: INCLUDES,
    newest_first: false,
    exports: true,
};

/// What one user can be asked with.
pub const OF_ONE: Shape = Shape::of_one(INCLUDES);

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
        "invitation-state",
        "invited-by-name",
        "current-sign-in-at",
        "current-sign-in-ip",
        "last-sign-in-at",
        "last-sign-in-ip",
        "created-at",
        "updated-at",
    ],
};

/// In an account of so many users, statuses are counted with every page: everyone fits into one read.
const FEW: i64 = 200;

/// How far a mail can be, each word once: several ends of a mail have one name.
fn deliveries() -> Vec<&'static str> {
    let mut names: Vec<&str> = Vec::new();
    for name in Delivery::ALL.map(Delivery::name) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

pub async fn list(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_manage_users()?;
    let pages = Pages::asked(&caller, call, &SHAPE)?;
    let account = caller.account.id;
    let facts = caller.facts_of_change(call.now);
    let filters = Filters::read(api, &caller, facts, &pages).await?;
    let (page, status_counts) = page(api, &caller, &pages, &filters).await?;
    let ids: Vec<UserId> = page.rows.iter().map(|user| user.id).collect();
    let groups: BTreeSet<_> = page.rows.iter().flat_map(|user| &user.group_ids).copied().collect();
    let (invitations, reach) =
        tokio::try_join!(api.store.invitations(account, &ids), api.store.group_reach(account, &groups))?;
    let vouched = api.vouched_for(account, &page.rows, &invitations, &reach, facts).await?;
    let invitations: HashMap<_, _> =
        invitations.iter().map(|invitation| (invitation.user_id, invitation)).collect();
    let mut room = show::Room::default();
    let shown = |user: &User| {
        let invitation = invitations.get(&user.id).copied();
        let vouch = vouched.get(&user.id).cloned().unwrap_or_default();
        show::user(user, invitation, &vouch, &reach, call.now).within(&mut room)
    };
    let data: Vec<_> = page.rows.iter().map(shown).collect();
    let included = included(api, &caller, &pages, &page.rows, &reach).await?;
    let meta = Meta { list: pages.listing.meta(&page.paging), status_counts };
    pages.answer_including(data, included, meta, &page.paging, Some(&EXPORT))
}

/// The users on the page. Those who are named, by id, address or group, are read by key; all others along the keys, as far as it
/// takes; everyone for an order that no key has. Where everyone is read, or the account is small, statuses are counted too.
async fn page(
    api: &Api,
    caller: &Caller,
    pages: &Pages,
    filters: &Filters<'_>,
) -> Result<(RowsOfPage<User>, Option<StatusCounts>), Failure> {
    let account = caller.account.id;
    if let Some((users, total)) = filters.named(pages).await? {
        let walk = api.store.walk_these_users(account, &users, pages.span());
        return match pages.is_sorted_by("status") {
            true => Ok((in_order(pages, filters, walk.rest().await?).await?.0, None)),
            false => Ok((pages.page(walk, filters, total).await?, None)),
        };
    }
    let is_small = caller.security.tally.users <= FEW && pages.listing.counts();
    if !is_small && (pages.is_by_id() || pages.sort() == "email") {
        let users = usize::try_from(caller.security.tally.users).ok();
        let total = users.filter(|_| filters.admit_everyone());
        if pages.is_by_id() {
            let walk = api.store.walk_users(account, pages.span());
            return Ok((pages.page_by_key(walk, filters, total).await?, None));
        }
        let address = pages.after().and_then(|place| place.texts.first());
        let after = address.and_then(|address| address.parse::<EmailAddress>().ok());
        let walk = api.store.walk_users_by_email(account, &Span { after, backwards: pages.backwards() });
        return Ok((pages.page_by_key(walk, filters, total).await?, None));
    }
    let everyone = pages.whole(api.store.walk_users(account, Span::ALL)).await?;
    if is_small || pages.is_sorted_by("status") {
        let (page, counts) = in_order(pages, filters, everyone).await?;
        return Ok((page, Some(counts)));
    }
    Ok((pages.page_of(filters.admitted(everyone).await?), None))
}

/// The page out of these users, in an order that may ask for their statuses; and how many of them have which.
async fn in_order(
    pages: &Pages,
    filters: &Filters<'_>,
    users: Vec<User>,
) -> Result<(RowsOfPage<User>, StatusCounts), Failure> {
    let invitations = filters.invitations(&users).await?;
    let status = |user: &User| show::user_status(user, invitations.get(&user.id), filters.now());
    let counts = StatusCounts::of(users.iter().map(status));
    let admitted = filters.admitted_of(users, &invitations).await?;
    let rows = admitted.into_iter().map(|user| Row { status: status(&user), user }).collect();
    let RowsOfPage { rows, paging } = pages.page_of::<Row>(rows);
    Ok((RowsOfPage { rows: rows.into_iter().map(|row| row.user).collect(), paging }, counts))
}
