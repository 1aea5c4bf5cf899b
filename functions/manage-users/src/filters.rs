//! What the request filters users by.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use api::show::{invitation_state, user_status};
use api::{Api, Caller, Failure, Vouch, show};
use lists::{Admit, Pages, Sought as _};
use policy::invitation::InvitationState;
use policy::judge::Facts;
use policy::{AccountId, Delivery, EmailAddress, GroupId, OrganizationId, Role, Timestamp, UserId, text};
use store::{Invitation, Span, User, UserStatus};
use web::Faults;

/// The filters of one request; an absent one admits everyone.
pub struct Filters<'a> {
    api: &'a Api,
    account: AccountId,
    facts: Facts,
    ids: Option<Vec<UserId>>,
    names: Option<Vec<String>>,
    sought: Option<String>,
    emails: Option<Vec<EmailAddress>>,
    roles: Option<Vec<Role>>,
    my_glue: Option<bool>,
    groups: Option<Vec<GroupId>>,
    organizations: Option<Having>,
    statuses: Option<Vec<&'static str>>,
    deliveries: Option<Vec<&'static str>>,
    states: Option<Vec<&'static str>>,
    inviters: Option<Vec<UserId>>,
}

/// The organizations that are asked for, as far as the caller sees them, and the groups that reach one of them.
struct Having {
    organizations: BTreeSet<OrganizationId>,
    groups: BTreeSet<GroupId>,
}

impl Having {
    async fn read(api: &Api, caller: &Caller, asked: Vec<OrganizationId>) -> Result<Self, Failure> {
        let account = caller.account.id;
        let own_groups = api.store.group_reach(account, &caller.group_ids()).await?;
        let seen = caller.actor(&own_groups).reach;
        let ids = asked.into_iter().filter(|organization| seen.contains(*organization)).collect();
        let found = api.store.organizations_by_id(account, &ids).await?;
        Ok(Self {
            groups: found.iter().flat_map(|organization| &organization.group_ids).copied().collect(),
            organizations: found.into_iter().map(|organization| organization.id).collect(),
        })
    }

    fn admit(&self, user: &User) -> bool {
        let has_all = user.grants().reach_all(user.role) && !self.organizations.is_empty();
        has_all
            || !user.organization_ids.is_disjoint(&self.organizations)
            || !user.group_ids.is_disjoint(&self.groups)
    }
}

/// What is known of invitations: those of pending users.
pub type Pending = HashMap<UserId, Invitation>;

impl<'a> Filters<'a> {
    /// Reads them, all faults at once.
    pub async fn read(
        api: &'a Api,
        caller: &Caller,
        facts: Facts,
        Pages { listing, .. }: &Pages,
    ) -> Result<Self, Failure> {
        let account = caller.account.id;
        let mut faults = Vec::new();
        let names = listing.names("name", &mut faults);
        let organizations: Option<Vec<OrganizationId>> = listing.any_of("organization-id", &mut faults);
        let filters = Self {
            api,
            account,
            facts,
            ids: listing.any_of("id", &mut faults),
            names: None,
            sought: listing.search(&mut faults),
            emails: listing.any_of("email", &mut faults),
            roles: listing.any_of("role-name", &mut faults),
            my_glue: listing.flag("my-glue", &mut faults),
            groups: listing.any_of("group-id", &mut faults),
            organizations: None,
            statuses: listing.choice("status", &show::USER_STATUSES, &mut faults),
            deliveries: listing.choice(
                "invitation-delivery",
                &Delivery::ALL.map(Delivery::name),
                &mut faults,
            ),
            states: listing.choice(
                "invitation-state",
                &InvitationState::ALL.map(InvitationState::name),
                &mut faults,
            ),
            inviters: listing.any_of("invited-by", &mut faults),
        };
        Faults::check(faults)?;
        let everyone = || api.store.walk_users(account, Span::ALL);
        let names = lists::meant(names, everyone, |user, name| text::is_part(name, &user.name())).await?;
        let organizations = match organizations {
            Some(asked) => Some(Having::read(api, caller, asked).await?),
            None => None,
        };
        Ok(Self { names, organizations, ..filters })
    }

    /// The moment of the request.
    pub const fn now(&self) -> Timestamp {
        self.facts.now
    }

    /// Whether there is none.
    pub fn admit_everyone(&self) -> bool {
        self.ids.is_none() && self.emails.is_none() && self.groups.is_none() && self.admit_all_of_these()
    }

    /// Whether there is none but those that name users.
    fn admit_all_of_these(&self) -> bool {
        self.names.is_none()
            && self.sought.is_none()
            && self.roles.is_none()
            && self.my_glue.is_none()
            && self.organizations.is_none()
            && self.statuses.is_none()
            && !self.ask_for_invitations()
    }

    fn ask_for_invitations(&self) -> bool {
        self.deliveries.is_some() || self.states.is_some() || self.inviters.is_some()
    }

    /// The only users who can be meant, if the request names some, and how many of them there are, if that is known. Members of
    /// groups are named where that takes no reading of all of them.
    pub async fn named(&self, pages: &Pages) -> Result<Option<(BTreeSet<UserId>, Option<usize>)>, Failure> {
        if let Some(ids) = &self.ids {
            return Ok(Some((ids.iter().copied().collect(), None)));
        }
        if let Some(emails) = &self.emails {
            let emails: Vec<_> = emails.iter().collect();
            let users = self.api.store.users_by_email(self.account, &emails).await?;
            return Ok(Some((users.values().map(|user| user.id).collect(), None)));
        }
        match &self.groups {
            Some(groups) if pages.is_by_id() && self.admit_all_of_these() => {
                let groups: BTreeSet<GroupId> = groups.iter().copied().collect();
                let members = self.api.store.members_of(self.account, &groups).await?;
                let members: BTreeSet<UserId> = members.into_values().flatten().collect();
                let total = members.len();
                Ok(Some((members, Some(total))))
            }
            _ => Ok(None),
        }
    }

    /// The invitations of those of these users who are pending.
    pub async fn invitations(&self, users: &[User]) -> Result<Pending, Failure> {
        let pending = users.iter().filter(|user| user.status == UserStatus::Invited);
        let ids: Vec<UserId> = pending.map(|user| user.id).collect();
        let invitations = self.api.store.invitations(self.account, &ids).await?;
        Ok(invitations.into_iter().map(|invitation| (invitation.user_id, invitation)).collect())
    }

    /// Those of the users whom all filters admit; `pending` are their invitations.
    pub async fn admitted_of(&self, mut users: Vec<User>, pending: &Pending) -> Result<Vec<User>, Failure> {
        users.retain(|user| self.admit(user));
        let vouched = self.vouched(&users, pending).await?;
        users.retain(|user| {
            let invitation = pending.get(&user.id);
            let status = user_status(user, invitation, self.now()).name();
            self.statuses.as_ref().is_none_or(|any| any.contains(&status))
                && (!self.ask_for_invitations()
                    || invitation.is_some_and(|one| {
                        let stands = vouched.get(&user.id).is_some_and(|vouch| vouch.stands);
                        self.admit_invitation(one, stands)
                    }))
        });
        Ok(users)
    }

    /// Who vouches for their invitations, if that is asked.
    async fn vouched(&self, users: &[User], pending: &Pending) -> Result<BTreeMap<UserId, Vouch>, Failure> {
        if self.states.is_none() {
            return Ok(BTreeMap::new());
        }
        let invited: Vec<User> =
            users.iter().filter(|user| pending.contains_key(&user.id)).cloned().collect();
        let invitations: Vec<Invitation> = pending.values().cloned().collect();
        let groups = invited.iter().flat_map(|user| &user.group_ids).copied().collect();
        let reach = self.api.store.group_reach(self.account, &groups).await?;
        self.api.vouched_for(self.account, &invited, &invitations, &reach, self.facts).await
    }

    /// All but what needs the invitation.
    fn admit(&self, user: &User) -> bool {
        self.ids.as_ref().is_none_or(|any| any.contains(&user.id))
            && self.names.as_ref().is_none_or(|any| any.iter().any(|name| text::is_part(name, &user.name())))
            && self.sought.as_ref().is_none_or(|sought| user.is_found_by(sought))
            && self.emails.as_ref().is_none_or(|any| any.contains(&user.email))
            && self.roles.as_ref().is_none_or(|any| any.contains(&user.role))
            && self.my_glue.is_none_or(|my_glue| user.my_glue == my_glue)
            && self.groups.as_ref().is_none_or(|any| any.iter().any(|group| user.group_ids.contains(group)))
            && self.organizations.as_ref().is_none_or(|having| having.admit(user))
    }

    fn admit_invitation(&self, invitation: &Invitation, is_vouched_for: bool) -> bool {
        let state = invitation_state(invitation, is_vouched_for, self.now()).name();
        let by_user = invitation.sponsor_id.map(|id| id.number());
        let by_key = invitation.sponsor_key_id.map(|id| id.number());
        let is_by = |asked: &UserId| [by_user, by_key].contains(&Some(asked.number()));
        self.deliveries.as_ref().is_none_or(|any| any.contains(&invitation.delivery.name()))
            && self.states.as_ref().is_none_or(|any| any.contains(&state))
            && self.inviters.as_ref().is_none_or(|any| any.iter().any(is_by))
    }
}

impl Admit<User> for Filters<'_> {
    async fn admitted(&self, mut users: Vec<User>) -> Result<Vec<User>, Failure> {
        users.retain(|user| self.admit(user));
        if self.statuses.is_none() && !self.ask_for_invitations() {
            return Ok(users);
        }
        let pending = self.invitations(&users).await?;
        self.admitted_of(users, &pending).await
    }
}
