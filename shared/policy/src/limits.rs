//! How much may be asked of the product in a time: requests by one caller, invitations by one account, mails to one address. And how much
//! one thing may hold, beside the limits on what is granted to one user ([`crate::grants`]).

use std::time::Duration;

use crate::email::EmailAddress;
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// The time for which requests are counted. It begins with a caller's first request, and the first one after its end begins
/// the next.
pub const REQUEST_WINDOW: Duration = Duration::from_secs(5 * 60);

/// The time for which an account's invitations are counted: by the hours of the clock.
pub const INVITATION_WINDOW: Duration = Duration::from_secs(3_600);

/// The time for which the mails to one address are counted: by the days of the clock, in UTC.
pub const MAIL_WINDOW: Duration = Duration::from_secs(24 * 3_600);

/// At most this many organizations in one group. An id in a set takes nine bytes, so the group's item has some 90 KB of the 400 that an item
/// may have, and a hundred such groups fit the 16 MB that are read at once.
pub const GROUP_ORGANIZATIONS: usize = 10_000;

/// At most this many groups that reach one organization. They take 2.7 KB of the organization's item, which each check reads: with
/// the usual words about it, it stays within the 4 KB that cost one unit.
pub const ORGANIZATION_GROUPS: usize = 300;

/// At most this many connections of one host that are offered, active or suspended. Whatever changes a group or an organization reads all
/// of the host's: a thousand with the usual grants are less than a megabyte, which is one page of a query.
pub const CONNECTIONS: usize = 1_000;

/// At most this many active Administrators in one account. Their ids are on the security item, which each request reads: they take
/// 3.6 KB there, and below 4 KB it costs one unit.
pub const ADMINISTRATORS: usize = 400;

/// Whether a host may have so many connections, one of them new.
pub const fn may_connect(connections: usize) -> Result<(), Refusal> {
    if connections <= CONNECTIONS {
        return Ok(());
    }
    Err(Refusal::TooManyConnections { limit: CONNECTIONS })
}

/// Whether an account with so many active Administrators may have so many more, or fewer.
pub const fn may_gain_administrators(administrators: usize, more: isize) -> Result<(), Refusal> {
    if more <= 0 || administrators.saturating_add(more.unsigned_abs()) <= ADMINISTRATORS {
        return Ok(());
    }
    Err(Refusal::TooManyAdministrators { limit: ADMINISTRATORS })
}

/// Whether a group that gains organizations may have so many.
pub const fn may_hold(organizations: usize) -> Result<(), Refusal> {
    if organizations <= GROUP_ORGANIZATIONS {
        return Ok(());
    }
    Err(Refusal::GroupFull { limit: GROUP_ORGANIZATIONS })
}

/// Whether so many groups may reach an organization that one of them gains.
pub const fn may_be_reached(groups: usize) -> Result<(), Refusal> {
    if groups <= ORGANIZATION_GROUPS {
        return Ok(());
    }
    Err(Refusal::InTooManyGroups { limit: ORGANIZATION_GROUPS })
}

/// What may be asked for in these times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests of one user or key.
    pub requests: u32,
    /// Invitations of one account, of people and of other accounts, sent again or for the first time.
    pub invitations: u32,
    /// Mails with an invitation to one address, of one account.
    pub mails: u32,
}

impl Default for Limits {
    /// As the public IT Glue API, 3,000 requests in five minutes. Ten thousand invitations an hour are twenty full requests: an
    /// MSP moves in with all of its customers' people in one go, and a script that runs wild stays at a fifth of what SES usually
    /// lets one customer send in a day. Ten mails to one person a day are more than anyone needs, and too few to annoy with.
    fn default() -> Self {
        Self { requests: 3_000, invitations: 10_000, mails: 10 }
    }
}

/// What is counted of one caller's requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requests {
    /// When the window began that they are counted in.
    pub since: Timestamp,
    /// How many there were in it.
    pub count: u32,
}

/// What happens to a request, by those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateDecision {
    /// The first of a new window.
    First,
    /// One more in the window that is open.
    Next,
}

/// The moment before which a window that is over by now began, or at which.
#[must_use]
pub fn last_window_over(now: Timestamp) -> Timestamp {
    now.before(REQUEST_WINDOW)
}

impl Requests {
    /// Whether more may be made now, if there is `room` for them up to this count.
    pub fn one_more(&self, room: u32, limit: u32, now: Timestamp) -> Result<RateDecision, Refusal> {
        if self.since <= last_window_over(now) {
            Ok(RateDecision::First)
        } else if self.count < room {
            Ok(RateDecision::Next)
        } else {
            let minutes = REQUEST_WINDOW.as_secs() / 60;
            // A clock that was put back makes no one wait for longer than a window.
            let end = self.since.after(REQUEST_WINDOW).min(now.after(REQUEST_WINDOW));
            Err(Refusal::TooManyRequests { limit, minutes, seconds: seconds_until(end, now) })
        }
    }
}

/// A time of the clock in which things are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Which: so many times of this length since 1970.
    pub number: i64,
    /// The first moment after it.
    pub end: Timestamp,
}

/// The window of this length that the moment lies in.
#[must_use]
pub fn window(length: Duration, now: Timestamp) -> Window {
    let length = i64::try_from(length.as_millis()).unwrap_or(i64::MAX).max(1);
    let number = now.as_millis().div_euclid(length);
    Window { number, end: Timestamp::from_millis(number.saturating_add(1).saturating_mul(length)) }
}

/// Whether an account that has sent `sent` invitations in this hour may send `more`.
pub fn may_invite(sent: u32, more: usize, limits: &Limits, now: Timestamp) -> Result<(), Refusal> {
    let more = u32::try_from(more).unwrap_or(u32::MAX);
    if sent.saturating_add(more) <= limits.invitations {
        return Ok(());
    }
    let seconds = seconds_until(window(INVITATION_WINDOW, now).end, now);
    Err(Refusal::TooManyInvitations { limit: limits.invitations, sent, seconds })
}

/// Whether one more mail may go to an address to which `sent` went on this day.
pub fn may_mail(email: &EmailAddress, sent: u32, limits: &Limits, now: Timestamp) -> Result<(), Refusal> {
    if sent < limits.mails {
        return Ok(());
    }
    let seconds = seconds_until(window(MAIL_WINDOW, now).end, now);
    Err(Refusal::TooManyMails { email: Some(email.to_string()), limit: limits.mails, seconds })
}

/// Whole seconds, rounded up, and at least one: whoever waits for so long does not come too early.
fn seconds_until(end: Timestamp, now: Timestamp) -> u32 {
    let millis = end.as_millis().saturating_sub(now.as_millis());
    u32::try_from(millis.saturating_add(999).div_euclid(1_000)).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::decision::Standing;
    use crate::effects::Holder;
    use crate::effects::Scene;
    use crate::grants::{Grants, Reach};
    use crate::id::{GroupId, OrganizationId, UserId};
    use crate::judge::{Change, Facts, Touch, judge};
    use crate::refusal::NamedPerson;
    use crate::role::Role;
    use crate::users::Permissions;
    use crate::users::{Actor, Who};

    const START: i64 = 1_800_000_000_000;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(START + millis)
    }

    #[test]
    fn three_thousand_in_five_minutes_and_then_the_seconds_left() {
        let limit = Limits::default().requests;
        let requests = |count| Requests { since: at(0), count };
        assert_eq!(requests(2_999).one_more(limit, limit, at(299_999)), Ok(RateDecision::Next));
        let Err(Refusal::TooManyRequests { seconds, .. }) =
            requests(3_000).one_more(limit, limit, at(100_001))
        else {
            panic!("the 3,001st is one too many");
        };
        assert_eq!(seconds, 200);
        assert_eq!(requests(3_000).one_more(limit, limit, at(300_000)), Ok(RateDecision::First));
        let Err(refusal) = requests(3_000).one_more(limit, limit, at(299_999)) else {
            panic!("not yet over")
        };
        assert_eq!(refusal.retry_after(), Some(1));
        let Err(refusal) = requests(3_000).one_more(limit, limit, at(-86_400_000)) else {
            panic!("still full")
        };
        assert_eq!(refusal.retry_after(), Some(300), "a clock that was put back");
    }

    #[test]
    fn an_account_fills_its_hour_and_not_more() {
        let limits = Limits { invitations: 500, ..Limits::default() };
        assert_eq!(may_invite(0, 500, &limits, at(0)), Ok(()));
        assert!(may_invite(0, 501, &limits, at(0)).is_err());
        assert!(
            may_invite(500, 1, &limits, at(0)).is_err() && may_invite(u32::MAX, 1, &limits, at(0)).is_err()
        );
        assert_eq!(may_invite(500, 0, &limits, at(0)), Ok(()));
    }

    #[test]
    fn the_eleventh_mail_of_a_day_waits_for_the_next() {
        let email: EmailAddress = "ann@x.example".parse().unwrap();
        let limits = Limits::default();
        assert_eq!(may_mail(&email, 9, &limits, at(0)), Ok(()));
        let refusal = may_mail(&email, 10, &limits, at(0)).unwrap_err();
        // 1,800,000,000 is eight o'clock in the morning.
        assert_eq!((refusal.code(), refusal.retry_after()), ("too-many-mails", Some(16 * 3_600)));
    }

    /// Groups with so many organizations before and after, the last ones of each other than the first: what is too much is only what grows.
    #[test]
    fn a_group_over_its_limit_gains_nothing_and_may_shrink() {
        let organizations = |ids: std::ops::Range<usize>| -> BTreeSet<OrganizationId> {
            ids.map(|id| OrganizationId::new(u64::try_from(id).unwrap() + 1).unwrap()).collect()
        };
        let group = GroupId::new(7).unwrap();
        let full = GROUP_ORGANIZATIONS;
        let actor = Actor {
            role: Role::Administrator,
            reach: Reach::All,
            who: Who::User,
            user: None,
            groups: BTreeSet::new(),
        };
        let facts = Facts { now: at(0), revision: 1, administrators: 1, closes_at: None };
        let refusal = |before: std::ops::Range<usize>, after: std::ops::Range<usize>| {
            let scene = |ids| Scene { groups: [(group, organizations(ids))].into(), ..Scene::default() };
            let change =
                Change { before: scene(before), after: scene(after), touches: vec![Touch::Group(group)] };
            judge(&actor, &change, facts).err()
        };
        let too_many = Some(vec![Refusal::GroupFull { limit: full }]);
        assert_eq!(refusal(0..full - 1, 0..full), None, "the last one that fits");
        assert_eq!(refusal(0..full, 0..full + 1), too_many, "the one too many");
        assert_eq!(refusal(1..full + 1, 0..full), None, "one for another");
        assert_eq!(refusal(0..full + 9, 0..full + 5), None, "one that was over it before shrinks");
        assert_eq!(refusal(1..full + 9, 0..full + 5), too_many, "and does not gain meanwhile");
    }

    proptest! {
        #[test]
        fn there_are_so_many_and_no_more(many in 0_usize..2_000, more in -10_isize..10) {
            prop_assert_eq!(may_be_reached(many).is_ok(), many <= ORGANIZATION_GROUPS);
            prop_assert_eq!(may_connect(many).is_ok(), many <= CONNECTIONS);
            let after = isize::try_from(many).unwrap() + more;
            let is_within = more <= 0 || after <= isize::try_from(ADMINISTRATORS).unwrap();
            prop_assert_eq!(may_gain_administrators(many, more).is_ok(), is_within, "what takes away always may");
        }
    }

    /// Who is promoted or let in again is held against the limit. An invitation is not: it is when it is accepted.
    #[test]
    fn an_account_has_so_many_administrators() {
        let actor = Actor {
            role: Role::Administrator,
            reach: Reach::All,
            who: Who::User,
            user: None,
            groups: BTreeSet::new(),
        };
        let user = UserId::new(9).unwrap();
        let scene = |holder: Option<(Role, Standing)>| {
            let holder = holder.map(|(role, standing)| Holder {
                person: NamedPerson { id: Some(user), email: "lee@example.com".to_owned() },
                permissions: Permissions {
                    role,
                    grants: Grants { all_organizations: true, ..Grants::default() },
                },
                standing,
            });
            Scene { users: holder.map(|holder| (user, holder)).into_iter().collect(), ..Scene::default() }
        };
        let (admin, editor) = (Role::Administrator, Role::Editor);
        let (pending, active, suspended) = (Standing::Pending, Standing::Active, Standing::Suspended);
        let cases = [
            (Some((editor, active)), (admin, active), true),
            (Some((admin, suspended)), (admin, active), true),
            (Some((editor, suspended)), (admin, active), true),
            (Some((editor, active)), (admin, suspended), false),
            (Some((editor, pending)), (admin, pending), false),
            (Some((admin, active)), (admin, suspended), false),
            (None, (admin, pending), false),
        ];
        for (before, after, is_held) in cases {
            let change = Change { before: scene(before), after: scene(Some(after)), touches: Vec::new() };
            let refusals = |administrators| {
                judge(&actor, &change, Facts { now: at(0), revision: 1, administrators, closes_at: None })
                    .err()
            };
            let full = vec![Refusal::TooManyAdministrators { limit: ADMINISTRATORS }];
            assert_eq!(refusals(ADMINISTRATORS - 1), None, "{before:?} to {after:?}");
            assert_eq!(refusals(ADMINISTRATORS), is_held.then_some(full), "{before:?} to {after:?}");
        }
    }

    proptest! {
        #[test]
        fn whoever_waits_as_told_is_let_in(count in 0_u32..20, limit in 0_u32..20, elapsed in -1_000_i64..700_000) {
            let requests = Requests { since: at(0), count };
            if let Err(refusal) = requests.one_more(limit, limit, at(elapsed)) {
                let wait = i64::from(refusal.retry_after().unwrap()) * 1_000;
                prop_assert!(elapsed < 0 || requests.one_more(limit, limit, at(elapsed + wait)) == Ok(RateDecision::First));
                prop_assert!((1_000..=300_000).contains(&wait));
            }
        }

        #[test]
        fn a_moment_lies_in_its_window(millis in 0_i64..4_000_000_000_000, hours in 1_u64..48) {
            let length = Duration::from_secs(hours * 3_600);
            let now = Timestamp::from_millis(millis);
            let Window { number, end } = window(length, now);
            prop_assert!(now < end && now >= end.before(length));
            prop_assert_eq!(window(length, end).number, number + 1);
        }
    }
}
