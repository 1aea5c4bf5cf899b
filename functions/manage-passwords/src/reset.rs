//! The page behind the link that sets a new password, and the one request that sets it. It signs nobody in: whoever has a second
//! factor still needs it.

use api::document::Data;
use api::{Api, Failure, act_at_home};
use policy::password::{MAXIMUM_CHARACTERS, MINIMUM_CHARACTERS, Password, PasswordFault};
use store::credential::Credential;
use store::{Account, User, until_current};
use tokens::password_hash;
use web::body::{Attribute, Kind};
use web::page::{ResetForm, reset_done, reset_form};
use web::{Answer, Body, Call, Fault, fault};

use crate::link::{Opened, open, used};
use crate::shown::PasswordReset;

/// The new password, as JSON or by the page's form.
pub const FIELDS: &[Attribute] = &[Attribute::required(
    "password",
    Kind::Secret(MINIMUM_CHARACTERS, MAXIMUM_CHARACTERS),
    "The new password. Common passwords, and passwords close to a name, are refused.",
)];

/// The new password as JSON.
pub const BODY: Body = Body::new("password-resets", FIELDS);

/// What others connect with a user: no password is little more than that.
pub fn names<'a>(account: &'a Account, user: &'a User) -> [&'a str; 5] {
    [&account.name, account.subdomain.as_str(), &user.first_name, &user.last_name, user.email.as_str()]
}

/// Set where the page's form leads to once the password is set.
pub const DONE: Attribute =
    Attribute::optional("done", Kind::Flag, "Shows that the password is set, as a page.");

/// Mail programs add parameters of their own to links.
pub async fn show(api: &Api, call: &Call, token: &str) -> Result<Answer, Failure> {
    if call.flag(DONE.name)?
        && call.wants_page()
        && let Some(account) = used(api, call, token).await?
    {
        return Ok(Answer::page(200, reset_done(&account.name, account.subdomain.as_str())));
    }
    let opened = open(api, call, token).await?;
    if call.wants_page() {
        return Ok(form(call, &opened, None));
    }
    Ok(Answer::ok(&Data { data: PasswordReset::of(&opened) }))
}

pub async fn reset(api: &Api, call: &Call, token: &str) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let opened = open(api, call, token).await?;
    let read = |text: &str| -> Result<Password, PasswordFault> {
        Password::new(text)?.unlike(&names(&opened.account, &opened.user))
    };
    let password = if call.is_form() {
        match read(call.form(FIELDS)?.text("password")) {
            Ok(password) => password,
            Err(fault) => return Ok(form(call, &opened, Some(&fault::sentence(&fault.to_string())))),
        }
    } else {
        let mut resource = call.document()?.one(&BODY)?;
        let password = resource.attributes.required("password", read);
        resource.finish()?;
        password.ok_or_else(|| Fault::unacceptable("missing", "`password` is required."))?
    };
    let hash = password_hash::hash(&password).map_err(|_| Fault::unavailable())?.into_stored();
    until_current!(attempt(api, call, token, &hash))
}

async fn attempt(api: &Api, call: &Call, token: &str, hash: &str) -> Result<Answer, Failure> {
    let Opened { account, user, mail } = open(api, call, token).await?;
    let act = act_at_home(call, &account, &user);
    // Whoever reads the owner's mail is the owner: from here they sign in as from a place where they were before.
    let credential = Credential::new(hash.to_owned(), call.ip_address.as_deref());
    api.store.reset_password(&user, &mail, &credential, &act).await?;
    if call.is_form() {
        return Ok(Answer::see_other(format!("?{}=true", DONE.name)));
    }
    Ok(Answer::no_content())
}

fn form(call: &Call, opened: &Opened, fault: Option<&str>) -> Answer {
    let form = ResetForm {
        account_name: &opened.account.name,
        email: opened.user.email.as_str(),
        expires_at: opened.mail.expires_at,
        now: call.now,
        fault,
        minimum_length: MINIMUM_CHARACTERS,
    };
    Answer::page(if fault.is_some() { 422 } else { 200 }, reset_form(&form))
}
