//! Opens an account: the subdomain must be free, the password good, and the first user is its Administrator.

use api::document::WithMeta;
use api::{Api, Failure, act_at_home, show};
use policy::account::may_be_called;
use policy::log::Changed;
use policy::password::{MAXIMUM_CHARACTERS, MINIMUM_CHARACTERS, Password};
use policy::{EmailAddress, InvitationLifetime, Role, Subdomain, text};
use store::account::CursorSecret;
use store::credential::Credential;
use store::{Account, ChangeError, Guard, User, UserStatus, until_current};
use tokens::{CursorKey, password_hash};
use web::body::{Attribute, Kind};
use web::{Answer, Body, Call, Fault, Faults};

/// An account to be opened.
pub const BODY: Body = Body::new(
    "accounts",
    &[
        Attribute::required("name", Kind::NAME, "The account's name."),
        Attribute::required(
            "subdomain",
            Kind::Subdomain,
            "The subdomain, a short unique name of the account.",
        ),
        Attribute::required("email", Kind::Email, "The e-mail address of the first Administrator."),
        Attribute::required("first-name", Kind::NAME, "That Administrator's first name."),
        Attribute::required("last-name", Kind::NAME, "That Administrator's last name."),
        Attribute::required(
            "password",
            Kind::Secret(MINIMUM_CHARACTERS, MAXIMUM_CHARACTERS),
            "That Administrator's password. Common passwords are refused.",
        ),
    ],
);

use crate::shown::FirstUser;

/// What the request says.
struct Opening {
    name: String,
    subdomain: Subdomain,
    email: EmailAddress,
    first_name: String,
    last_name: String,
    password: Password,
}

pub async fn open(api: &Api, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    if let Some(earlier) = api.earlier(call).await? {
        return Ok(earlier);
    }
    let opening = read(call)?;
    // An operator, who invokes the function, opens a Certified Provider's account.
    if call.came_through_the_gateway {
        may_be_called(&opening.name, opening.subdomain.as_str())?;
    }
    let hash = password_hash::hash(&opening.password).map_err(|_| Fault::unavailable())?;
    let credential = Credential::new(hash.into_stored(), call.ip_address.as_deref());
    until_current!(attempt(api, call, &opening, &credential))
}

fn read(call: &Call) -> Result<Opening, Faults> {
    let mut resource = call.document()?.one(&BODY)?;
    let attributes = &mut resource.attributes;
    let name = attributes.required("name", text::name);
    let subdomain: Option<Subdomain> = attributes.required("subdomain", str::parse);
    let email: Option<EmailAddress> = attributes.required("email", str::parse);
    let first_name = attributes.required("first-name", text::name);
    let last_name = attributes.required("last-name", text::name);
    let named = (name.clone(), subdomain.clone(), first_name.clone(), last_name.clone(), email.clone());
    let password = attributes.required("password", |text| {
        let (name, subdomain, first, last, email) = &named;
        let names =
            [name.as_deref(), subdomain.as_ref().map(Subdomain::as_str), first.as_deref(), last.as_deref()];
        let names = names.into_iter().chain([email.as_ref().map(EmailAddress::as_str)]).flatten();
        Password::new(text)?.unlike(&names.collect::<Vec<_>>())
    });
    resource.finish()?;
    match (name, subdomain, email, first_name, last_name, password) {
        (Some(name), Some(subdomain), Some(email), Some(first_name), Some(last_name), Some(password)) => {
            Ok(Opening { name, subdomain, email, first_name, last_name, password })
        }
        // Each of them missing is a fault of its own, said above.
        _ => Err(Fault::malformed("malformed-document", "A required attribute is missing.").into()),
    }
}

async fn attempt(
    api: &Api,
    call: &Call,
    opening: &Opening,
    credential: &Credential,
) -> Result<Answer, Failure> {
    let now = call.now;
    let cursor_key = CursorKey::generate().map_err(|_| Fault::unavailable())?;
    let account = Account {
        id: api.store.ids().next(now),
        name: opening.name.clone(),
        subdomain: opening.subdomain.clone(),
        enforce_mfa: false,
        require_delegate_mfa: false,
        has_let_others_in: false,
        has_limited_people: false,
        invitation_lifetime: InvitationLifetime::default(),
        log_retention: None,
        closing: None,
        cursor_secret: CursorSecret(cursor_key.into_stored()),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let administrator = User {
        id: api.store.ids().next(now),
        email: opening.email.clone(),
        first_name: opening.first_name.clone(),
        last_name: opening.last_name.clone(),
        role: Role::Administrator,
        status: UserStatus::Active,
        my_glue: false,
        all_organizations: true,
        organization_ids: [].into(),
        group_ids: [].into(),
        session_epoch: 1,
        session_ids: [].into(),
        mfa: false,
        mfa_since: None,
        accepted_at: Some(now),
        current_sign_in_at: None,
        current_sign_in_ip: None,
        last_sign_in_at: None,
        last_sign_in_ip: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let first = |name, value: &str| Changed::new(name, None, Some(value.to_owned()));
    let act = act_at_home(call, &account, &administrator).changing(vec![
        first("name", &account.name),
        first("subdomain", account.subdomain.as_str()),
        first("administrator", administrator.email.as_str()),
    ]);
    match api.store.open_account(&account, &administrator, credential, &act).await {
        Ok(()) => {
            let meta = FirstUser { user_id: administrator.id.into() };
            Ok(Answer::created(&WithMeta { data: show::account(&account), meta }).at("/account".to_owned()))
        }
        Err(ChangeError::Stale(guards)) if guards.contains(&Guard::Subdomain) => {
            let fault = Fault::conflict("subdomain-taken", "This subdomain is already taken.");
            Err(fault.at("/data/attributes/subdomain").into())
        }
        Err(error) => Err(error.into()),
    }
}
