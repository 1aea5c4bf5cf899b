//! The shape of every key, written once. Ids are padded to sixteen digits, so that text sorts as numbers do.

use aws_sdk_dynamodb::types::AttributeValue;
use policy::{
    AccountId, ApiKeyId, ConnectionId, EmailAddress, GroupId, LabelId, LabelKind, LogEntryId, OrganizationId,
    PersonKey, ResourceId, ResourceType, SessionId, Subdomain, Timestamp, UserId,
};
use sha2::{Digest as _, Sha256};

/// The primary key of one item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

impl Key {
    fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }

    /// The key of an item.
    pub(crate) fn of(item: &std::collections::HashMap<String, AttributeValue>) -> Option<Self> {
        let text = |name: &str| item.get(name)?.as_s().ok().cloned();
        Some(Self { pk: text("pk")?, sk: text("sk")? })
    }

    /// The account whose security revision orders the changes of this item; none for an item that no right is read from.
    pub(crate) fn ordered_by(&self) -> Option<AccountId> {
        let of_account = self.pk.strip_prefix(OF_AN_ACCOUNT)?;
        let (account, part) = of_account.split_once('#').unwrap_or((of_account, ""));
        let is_of_rights = match part {
            "" | "ORGANIZATIONS" | "RESTRICTIONS" | "USERS" | "API-KEYS" | "CONNECTIONS" => true,
            other => other.starts_with("DELEGATE#"),
        };
        account.parse().ok().filter(|_| is_of_rights)
    }

    /// As the SDK wants it.
    pub(crate) fn attributes(&self) -> std::collections::HashMap<String, AttributeValue> {
        [
            ("pk".to_owned(), AttributeValue::S(self.pk.clone())),
            ("sk".to_owned(), AttributeValue::S(self.sk.clone())),
        ]
        .into()
    }
}

fn padded(number: u64) -> String {
    format!("{number:016}")
}

/// The account and its settings.
pub fn account(account: AccountId) -> Key {
    Key::new(format!("A#{account}"), ACCOUNT)
}

/// The sort key of an account, and of what keeps a subdomain to it.
pub(crate) const ACCOUNT: &str = "ACCOUNT";

/// What the partition of everything that belongs to an account begins with.
pub(crate) const OF_AN_ACCOUNT: &str = "A#";

/// The account's security revision and its active Administrators.
pub fn security(account: AccountId) -> Key {
    Key::new(format!("A#{account}"), "SECURITY")
}

/// What stands in the place of an account that is closed.
pub fn closed(account: AccountId) -> Key {
    Key::new(format!("A#{account}"), CLOSED)
}

/// The sort key of what stands in the place of an account that is closed.
pub(crate) const CLOSED: &str = "CLOSED";

/// The public keys of the whole product.
pub fn public_keys() -> Key {
    Key::new("KEYS".to_owned(), "PUBLIC")
}

/// When the next mail may be handed to SES.
pub fn pace() -> Key {
    Key::new("PACE".to_owned(), "MAIL")
}

/// Keeps a subdomain to one account.
pub fn subdomain(subdomain: &Subdomain) -> Key {
    Key::new(format!("SUBDOMAIN#{subdomain}"), "ACCOUNT")
}

/// The partition of an account's organizations.
pub fn organizations(account: AccountId) -> String {
    format!("A#{account}#ORGANIZATIONS")
}

/// One organization.
pub fn organization(account: AccountId, organization: OrganizationId) -> Key {
    Key::new(organizations(account), padded(organization.number()))
}

/// The partition of what restricts single assets of an account's organizations.
pub fn restrictions(account: AccountId) -> String {
    format!("A#{account}#RESTRICTIONS")
}

/// How the sort keys of the restrictions of one organization begin.
pub fn restrictions_in(organization: OrganizationId) -> String {
    format!("{}#", padded(organization.number()))
}

/// How the sort keys of the restrictions of one type in one organization begin.
pub fn restrictions_of_type(organization: OrganizationId, kind: &ResourceType) -> String {
    format!("{}{}#", restrictions_in(organization), undivided(kind.as_str()))
}

/// What restricts one asset.
pub fn restriction(
    account: AccountId,
    organization: OrganizationId,
    kind: &ResourceType,
    asset: &ResourceId,
) -> Key {
    let sk = format!("{}{}", restrictions_of_type(organization, kind), undivided(asset.as_str()));
    Key::new(restrictions(account), sk)
}

/// A name without the sign that parts the names in a key.
fn undivided(name: &str) -> String {
    name.replace('%', "%25").replace('#', "%23")
}

/// The partition of the lists out of which an account's organizations have their type and status.
pub fn labels(account: AccountId) -> String {
    format!("A#{account}#LABELS")
}

/// How the sort keys of one of these lists begin.
pub fn labels_of(kind: LabelKind) -> &'static str {
    match kind {
        LabelKind::Type => "TYPE#",
        LabelKind::Status => "STATUS#",
    }
}

/// One word on such a list.
pub fn label(account: AccountId, kind: LabelKind, label: LabelId) -> Key {
    Key::new(labels(account), format!("{}{}", labels_of(kind), padded(label.number())))
}

/// The partition of an account's users.
pub fn users(account: AccountId) -> String {
    format!("A#{account}#USERS")
}

/// One user.
pub fn user(account: AccountId, user: UserId) -> Key {
    Key::new(users(account), padded(user.number()))
}

/// The partition of the addresses of an account's users.
pub fn emails(account: AccountId) -> String {
    format!("A#{account}#EMAILS")
}

/// Keeps an address to one user of the account.
pub fn email(account: AccountId, email: &EmailAddress) -> Key {
    Key::new(emails(account), email.as_str())
}

/// The partition of what an account's users sign in with.
pub fn credentials(account: AccountId) -> String {
    format!("A#{account}#CREDENTIALS")
}

/// A user's password hash.
pub fn credential(account: AccountId, user: UserId) -> Key {
    Key::new(credentials(account), padded(user.number()))
}

/// A user's second factor.
pub fn mfa(account: AccountId, user: UserId) -> Key {
    Key::new(credentials(account), format!("{}#MFA", padded(user.number())))
}

/// The partition of the sessions of an account's users.
pub fn sessions(account: AccountId) -> String {
    format!("A#{account}#SESSIONS")
}

/// One session of one of the account's users.
pub fn session(account: AccountId, session: SessionId) -> Key {
    Key::new(sessions(account), padded(session.number()))
}

/// The partition of an account's API keys.
pub fn api_keys(account: AccountId) -> String {
    format!("A#{account}#API-KEYS")
}

/// One API key.
pub fn api_key(account: AccountId, key: ApiKeyId) -> Key {
    Key::new(api_keys(account), padded(key.number()))
}

/// The partition of what is counted of each caller's requests in an account: one query reads all of it.
pub fn uses(account: AccountId) -> String {
    format!("A#{account}#USES")
}

/// The requests of one of the account's users, at home.
pub fn use_of_user(account: AccountId, user: UserId) -> Key {
    Key::new(uses(account), format!("USER#{}", padded(user.number())))
}

/// The requests made with one of the account's keys.
pub fn use_of_api_key(account: AccountId, key: ApiKeyId) -> Key {
    Key::new(uses(account), format!("KEY#{}", padded(key.number())))
}

/// The requests of a user of another account, inside this one by a connection.
pub fn use_of_visitor(host: AccountId, connection: ConnectionId, user: UserId) -> Key {
    let of = format!("{USES_OF_VISITORS}{}#{}", padded(connection.number()), padded(user.number()));
    Key::new(uses(host), of)
}

/// What the sort keys of visitors' requests begin with.
pub(crate) const USES_OF_VISITORS: &str = "CONNECTION#";

/// By which connection a visitor came whose requests have this sort key; none if it is of no visitor.
pub fn connection_of_use(sk: &str) -> Option<ConnectionId> {
    let (connection, _) = sk.strip_prefix(USES_OF_VISITORS)?.split_once('#')?;
    connection.parse().ok().and_then(|number| ConnectionId::new(number).ok())
}

/// The partition of the requests that were made in an account with an idempotency key.
pub fn requests(account: AccountId) -> String {
    format!("A#{account}#IDEMPOTENCY")
}

/// A request of one of the account's users, at home. `name` is the hash of the idempotency key.
pub fn request_of_user(account: AccountId, user: UserId, name: &str) -> Key {
    Key::new(requests(account), format!("USER#{}#{name}", padded(user.number())))
}

/// A request made with one of the account's keys.
pub fn request_of_api_key(account: AccountId, key: ApiKeyId, name: &str) -> Key {
    Key::new(requests(account), format!("KEY#{}#{name}", padded(key.number())))
}

/// A request of a user of another account, inside this one by a connection.
pub fn request_of_visitor(host: AccountId, connection: ConnectionId, user: UserId, name: &str) -> Key {
    let of = format!("CONNECTION#{}#{}#{name}", padded(connection.number()), padded(user.number()));
    Key::new(requests(host), of)
}

/// A request with an idempotency key of somebody who is not signed in.
pub fn request_of_nobody(name: &str) -> Key {
    Key::new(format!("IDEMPOTENCY#{name}"), "REQUEST")
}

/// A part of the answer to a request, where one item does not take all of it.
pub fn part_of_answer(request: &Key, token: &str, part: usize) -> Key {
    Key::new(request.pk.clone(), format!("{}#{token}#{part:04}", request.sk))
}

/// The partition of the attempts at an account's users: an account that there is, or a subdomain that is nobody's.
pub fn attempts_of(account: Option<AccountId>, subdomain: &str) -> String {
    match account {
        Some(account) => format!("A#{account}#ATTEMPTS"),
        None => format!("ATTEMPTS#{}", hashed(subdomain)),
    }
}

/// The attempts at a user in one window of time: of strangers together, or from one address. The user's address stands in no
/// key, since there may be no such user, and what was given may be anything.
pub fn attempts_at_user(partition: String, email: &str, from: &str, window: i64) -> Key {
    Key::new(partition, format!("USER#{}#{}#{window}", hashed(email), hashed(from)))
}

/// The entries of an account's log about attempts that hit none of its users, in one window of time.
pub fn attempts_at_nobody(account: AccountId, window: i64) -> Key {
    Key::new(uses(account), format!("FAILURES-TOLD#{window}"))
}

/// The attempts from one address of the net in one window of time.
pub fn attempts_from(network: &str, what: &str, window: i64) -> Key {
    Key::new(format!("SOURCE#{}", hashed(network)), format!("ATTEMPTS#{what}#{window}"))
}

/// The wrong keys of an account from one address of the net in one window of time.
pub fn wrong_keys(account: AccountId, network: &str, window: i64) -> Key {
    Key::new(uses(account), format!("WRONG-KEYS#{}#{window}", hashed(network)))
}

/// The partition of what an account mailed to whom.
pub fn sent(account: AccountId) -> String {
    format!("A#{account}#SENT")
}

/// How many invitations an account sent in this hour.
pub fn invitations_sent(account: AccountId, hour: i64) -> Key {
    Key::new(sent(account), format!("HOUR#{hour:08}"))
}

/// How many invitations an account mailed to an address on this day. The address itself stands in no key, so in no metric or
/// trace of the table either; its hash hides it from nobody who guesses it.
pub fn mails_sent(account: AccountId, email: &EmailAddress, day: i64) -> Key {
    Key::new(sent(account), format!("TO#{}#DAY#{day:06}", hashed(email.as_str())))
}

/// That an account's mail does not go to an address for a while.
pub fn suppressed(account: AccountId, email: &EmailAddress) -> Key {
    Key::new(sent(account), format!("SUPPRESSED#{}", hashed(email.as_str())))
}

/// SHA-256, in hexadecimal digits: what may be long, or somebody's, is named by it.
fn hashed(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A user's invitation.
pub fn invitation(account: AccountId, user: UserId) -> Key {
    Key::new(format!("A#{account}#USER#{user}"), INVITATION)
}

/// The mail with which a user sets a new password: one at a time, so that a newer one kills the older.
pub fn password_reset(account: AccountId, user: UserId) -> Key {
    Key::new(format!("A#{account}#USER#{user}"), format!("{INVITATION}#PASSWORD-RESET"))
}

/// A mail to a user about their own access.
pub fn notice(account: AccountId, user: UserId, notice: u64) -> Key {
    Key::new(format!("A#{account}#USER#{user}"), format!("{INVITATION}#NOTICE#{}", padded(notice)))
}

/// Where the accounts of a person are named: by the hash of the address, which hides it from nobody who guesses it.
pub fn person_accounts(email: &EmailAddress) -> String {
    format!("PERSON#{}", hashed(email.as_str()))
}

/// That somebody with this address is a user of an account.
pub fn person_account(email: &EmailAddress, account: AccountId) -> Key {
    Key::new(person_accounts(email), padded(account.number()))
}

/// What is written for a mail that nobody gets, so that it costs what one costs that somebody gets.
pub fn nobodys_mail(account: Option<AccountId>, subdomain: &str, email: &str, part: &str) -> Key {
    Key::new(attempts_of(account, subdomain), format!("NOBODY#{}#{part}", hashed(email)))
}

/// The partition of the connections by which an account lets others in.
pub fn connections(host: AccountId) -> String {
    format!("A#{host}#CONNECTIONS")
}

/// One connection.
pub fn connection(host: AccountId, connection: ConnectionId) -> Key {
    Key::new(connections(host), padded(connection.number()))
}

/// The partition of the connections by which an account is let in: each says where the connection itself is.
pub fn received(delegate: AccountId) -> String {
    format!("A#{delegate}#RECEIVED")
}

/// Where one received connection is.
pub fn received_connection(delegate: AccountId, connection: ConnectionId) -> Key {
    Key::new(received(delegate), padded(connection.number()))
}

/// The partition of what a host says about single persons of a delegate: of the account, so that it outlives a connection.
pub fn persons(host: AccountId, delegate: AccountId) -> String {
    format!("A#{host}#DELEGATE#{delegate}#USERS")
}

/// What a host says about one person of a delegate, who is known by the address: whatever id they have there, and had.
pub fn person(host: AccountId, delegate: AccountId, person: PersonKey) -> Key {
    Key::new(persons(host, delegate), person.to_string())
}

/// The key of the person with this address.
#[must_use]
pub fn person_key(email: &EmailAddress) -> PersonKey {
    let mut half = [0; 16];
    half.iter_mut().zip(Sha256::digest(email.as_str())).for_each(|(to, from)| *to = from);
    PersonKey::new(half)
}

/// The partition of the persons of other accounts whom a host knows.
pub fn visitors(host: AccountId) -> String {
    format!("A#{host}#VISITORS")
}

/// A person of another account, as a host knows them.
pub fn visitor(host: AccountId, user: UserId) -> Key {
    Key::new(visitors(host), padded(user.number()))
}

/// The partition of the mails that tell of a connection.
pub fn connection_mails(host: AccountId, connection: ConnectionId) -> String {
    format!("A#{host}#CONNECTION#{connection}")
}

/// The mail that tells one Administrator of the delegate of a connection.
pub fn connection_invitation(host: AccountId, connection: ConnectionId, administrator: UserId) -> Key {
    Key::new(connection_mails(host, connection), format!("{INVITATION}#{administrator}"))
}

/// The sort key by which an invitation is known, also in the table's stream.
pub const INVITATION: &str = "INVITATION";

/// The partition of an account's groups.
pub fn groups(account: AccountId) -> String {
    format!("A#{account}#GROUPS")
}

/// One group.
pub fn group(account: AccountId, group: GroupId) -> Key {
    Key::new(groups(account), padded(group.number()))
}

/// The partition of a group's members.
pub fn members(account: AccountId, group: GroupId) -> String {
    format!("A#{account}#GROUP#{group}")
}

/// One member of a group.
pub fn member(account: AccountId, group: GroupId, user: UserId) -> Key {
    Key::new(members(account, group), padded(user.number()))
}

/// Over so many partitions one month of an account's log is spread. Each takes a thousand write units a second, and an entry in a
/// transaction is two: `docs/design/activity-log.md` has the sums.
pub const LOG_LANES: u64 = 16;

/// One entry of the activity log, kept by month.
pub fn log_entry(account: AccountId, at: Timestamp, entry: LogEntryId) -> Key {
    log_entry_in(account, &at.month(), entry)
}

/// One entry of the activity log of this month.
pub fn log_entry_in(account: AccountId, month: &str, entry: LogEntryId) -> Key {
    in_log_lane(log_lane(account, month, entry.number() % LOG_LANES), entry)
}

/// The partitions of one month of an account's activity log. An entry is in the one that the last bits of its id name.
pub fn log_lanes(account: AccountId, month: &str) -> impl Iterator<Item = String> {
    (0..LOG_LANES).map(move |lane| log_lane(account, month, lane))
}

/// The first is the partition that had all entries of a month before they were spread: so those are found like all others.
fn log_lane(account: AccountId, month: &str, lane: u64) -> String {
    match lane {
        0 => format!("A#{account}#LOG#{month}"),
        _ => format!("A#{account}#LOG#{month}#{lane}"),
    }
}

/// The place of an entry in one of these partitions, whether it is there or not.
pub(crate) fn in_log_lane(pk: String, entry: LogEntryId) -> Key {
    Key::new(pk, padded(entry.number()))
}

/// Whose a partition is; none if it is of no account.
pub fn account_of(pk: &str) -> Option<AccountId> {
    pk.strip_prefix("A#")?.split('#').next()?.parse().ok()
}

/// Whose log a partition is of, and which month's; none if it is of no log.
pub fn log_of(pk: &str) -> Option<(AccountId, &str)> {
    let (account, month) = pk.strip_prefix("A#")?.split_once("#LOG#")?;
    let (month, lane) = month.split_once('#').map_or((month, None), |(month, lane)| (month, Some(lane)));
    let account = account.parse().ok()?;
    let lane = lane.map_or(Some(0), |lane| lane.parse().ok().filter(|lane| (1..LOG_LANES).contains(lane)))?;
    (log_lane(account, month, lane) == pk).then_some((account, month))
}

/// For how long an account keeps its activity log, and what of it is gone for that.
pub fn log_retention(account: AccountId) -> Key {
    Key::new(format!("A#{account}#RETENTION"), LOG_RETENTION)
}

/// The sort key by which that is known among what is due.
pub const LOG_RETENTION: &str = "LOG-RETENTION";

/// Below every sort key of an entry that was made now or later.
pub fn log_entries_since(at: Timestamp) -> String {
    padded(policy::id::compose(at, 0).get())
}

/// The partition of the seals of an account's activity log.
pub fn seals(account: AccountId) -> String {
    format!("A#{account}#SEALS")
}

/// One seal.
pub fn seal(account: AccountId, sequence: u64) -> Key {
    Key::new(seals(account), padded(sequence))
}

/// What the last seal is. Sorts after every seal.
pub fn seal_head(account: AccountId) -> Key {
    Key::new(seals(account), "HEAD")
}

/// How many partitions the index of due invitations has, so that none runs hot.
pub const DUE_SHARDS: u64 = 8;

/// The partition of the index of what is due that an account's own belongs to.
pub fn due_shard_of_account(account: AccountId) -> String {
    due_shard_number(account.number() % DUE_SHARDS)
}

/// The partition of the index of due invitations that this user's belongs to.
pub fn due_shard(user: UserId) -> String {
    due_shard_number(user.number() % DUE_SHARDS)
}

/// The partition with this number, below [`DUE_SHARDS`].
pub fn due_shard_number(number: u64) -> String {
    format!("DUE#{number}")
}

/// The partition of the index with the accounts that are closing, and the closed ones of which something is left.
pub fn closing_shard() -> String {
    "CLOSING".to_owned()
}
