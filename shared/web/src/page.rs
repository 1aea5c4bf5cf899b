//! The pages that people see in a browser: complete without scripts, without anything loaded from elsewhere.

mod connection_form;
mod forgotten;
mod invitation_form;
mod notice;
mod offered;
mod reset_form;
mod sign_in_form;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use policy::Timestamp;

use notice::mark;

pub use connection_form::{ConnectionForm, connection_form};
pub use forgotten::{forgotten_password, forgotten_subdomain, mail_asked_for};
pub use invitation_form::{InvitationForm, invitation_form};
pub use notice::{
    Notice, Onward, Sign, Welcome, already_answered, already_used, answered, dead_reset, expired,
    no_longer_vouched_for, no_such_address, not_for_browsers, notice, reset_done, superseded, unavailable,
    unknown, unknown_reset, welcome, withdrawn,
};
pub use reset_form::{ResetForm, reset_form};
pub use sign_in_form::{SignInForm, sign_in_form, sign_in_unavailable};

/// The value of `Content-Security-Policy` for every page: nothing but the one style sheet and forms to ourselves. The
/// style sheet is named by its hash, which a test keeps right.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; \
    img-src 'self'; style-src 'sha256-cwSSSF9BDdkLdi0oMcyIjb03iuXIHmiMP85RNUueFC0='; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The colours are the console's.
const STYLE: &str =
    concat!(include_str!("../../../functions/console/assets/colours.css"), include_str!("page/page.css"));

/// The whole document around one page.
fn document(title: &str, content: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" dir="ltr" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                // The address holds the invitation's secret and must not travel on.
                meta name="referrer" content="same-origin";
                title { (title) " · GlueConnect" }
                link rel="icon" href="/favicon.ico" sizes="32x32";
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { a href="/" { (logo()) "GlueConnect" } }
                main { (content) }
            }
        }
    }
    .into_string()
}

/// The product's own mark, as the icon has it.
fn logo() -> Markup {
    html! {
        svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true" {
            circle class="left" cx="12.2" cy="16" r="7" {}
            circle class="right" cx="19.8" cy="16" r="7" {}
        }
    }
}

/// The title of a page, which says first that something was wrong: an alert in a page that has just come is often not read out.
fn failed(title: &str, has_failed: bool) -> String {
    if has_failed { format!("Error: {title}") } else { title.to_owned() }
}

/// What was wrong with the last attempt, if there was one.
fn fault_of(fault: Option<&str>) -> Markup {
    html! {
        @if let Some(fault) = fault { p class="fault" id="fault" role="alert" { (fault) } }
    }
}

/// How long something is still open, and until when: `for 3 more days (until …)`.
fn still_open(end: Timestamp, now: Timestamp) -> String {
    let minutes = end.as_millis().saturating_sub(now.as_millis()).max(0) / 60_000;
    let (count, unit) = match minutes {
        0..120 => (minutes.max(1), "minute"),
        120..2_880 => (minutes / 60, "hour"),
        _ => (minutes / 1_440, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("for {count} more {unit}{plural} (until {})", end.for_people())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest as _, Sha256};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_248_000_000);
    const END: Timestamp = Timestamp::from_millis(1_795_248_000_000 + 3 * 86_400_000);

    fn form<'a>(words: &'a str, organizations: &'a [String]) -> InvitationForm<'a> {
        InvitationForm {
            account_name: words,
            inviter_name: words,
            writer_name: words,
            email: words,
            role_words: words,
            organization_names: organizations,
            all_organizations: false,
            message: words,
            expires_at: END,
            now: NOW,
            fault: Some(words),
            first_name: words,
            last_name: words,
            minimum_length: 12,
        }
    }

    fn connection<'a>(words: &'a str, organizations: &'a [String]) -> ConnectionForm<'a> {
        ConnectionForm {
            host_name: words,
            delegate_name: words,
            inviter_name: words,
            writer_name: words,
            role_words: words,
            organization_names: organizations,
            all_organizations: false,
            message: words,
            expires_at: END,
            now: NOW,
            ends_at: Some(END),
            email: words,
            fault: Some(words),
        }
    }

    fn sign_in(words: &str) -> SignInForm<'_> {
        SignInForm {
            subdomain: words,
            email: words,
            to: words,
            fault: Some(words),
            wants_code: true,
            modules: &[],
        }
    }

    /// Every page, with the same words wherever a page shows what people wrote.
    fn pages(words: &str) -> Vec<String> {
        let organizations = vec![words.to_owned(); 12];
        let form = form(words, &organizations);
        let body = [words.to_owned()];
        vec![
            invitation_form(&form),
            invitation_form(&InvitationForm { fault: None, all_organizations: true, message: "", ..form }),
            invitation_form(&InvitationForm { organization_names: &[], ..form }),
            welcome(&Welcome { account_name: words, subdomain: words, email: words }),
            already_used(),
            already_answered(),
            answered(words, words, true),
            answered(words, words, false),
            connection_form(&connection(words, &organizations)),
            expired(Some(words)),
            expired(None),
            superseded(),
            reset_form(&ResetForm {
                account_name: words,
                email: words,
                expires_at: END,
                now: NOW,
                fault: Some(words),
                minimum_length: 12,
            }),
            reset_done(words, words),
            forgotten_password(),
            forgotten_subdomain(),
            mail_asked_for(),
            sign_in_form(&sign_in(words)),
            sign_in_form(&SignInForm { fault: None, wants_code: false, ..sign_in(words) }),
            sign_in_unavailable(),
            dead_reset(words),
            unknown_reset(),
            withdrawn(),
            no_longer_vouched_for(),
            unknown(),
            no_such_address(),
            not_for_browsers(),
            unavailable(),
            notice(&Notice { title: words, body: &body, sign: Sign::Question, onward: None }),
        ]
    }

    /// The values of an attribute, wherever it stands.
    fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
        let opening = format!(" {attribute}=\"");
        page.split(&opening).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
    }

    #[test]
    fn the_policy_names_the_style_sheet_by_its_hash() {
        let hash = STANDARD.encode(Sha256::digest(STYLE));
        assert!(CONTENT_SECURITY_POLICY.contains(&format!("style-src 'sha256-{hash}';")), "it is now {hash}");
        let page = unknown();
        let style = page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
        assert_eq!(style, STYLE, "hashed as it stands in the page");
    }

    #[test]
    fn every_page_is_whole_and_loads_nothing() {
        for page in pages("Ada Byron") {
            for once in ["<h1", "<title>", "<main>", "lang=\"en\"", "name=\"viewport\""] {
                assert_eq!(page.matches(once).count(), 1, "{once} in {page}");
            }
            for absent in ["<script", "http:", "https:", "//", "src=", " style=", "url(", "@import"] {
                assert!(!page.contains(absent), "{absent} in {page}");
            }
        }
    }

    #[test]
    fn every_field_has_its_label_and_its_hints_exist() {
        for page in pages("Ada Byron") {
            let labelled = values(&page, "for");
            let ids = values(&page, "id");
            let inputs =
                page.split("<input").skip(1).map(|rest| format!(" {}", rest.split('>').next().unwrap()));
            let inputs: Vec<String> = inputs.filter(|tag| !tag.contains("type=\"hidden\"")).collect();
            for tag in &inputs {
                let tag = tag.as_str();
                let id = values(tag, "id");
                assert!(labelled.contains(id.first().unwrap()), "{tag}");
            }
            for described in values(&page, "aria-describedby") {
                for id in described.split(' ') {
                    assert!(ids.contains(&id), "{id}");
                }
            }
            assert_eq!(inputs.len(), labelled.len());
        }
    }

    #[test]
    fn hostile_words_stay_words() {
        let words = "\"><script>alert(1)</script>' onfocus='x\r\n{{x}} \u{202e}evil 👩‍🔧";
        for page in pages(words) {
            assert!(!page.contains("<script") && !page.contains("\"><sc"), "{page}");
        }
        assert!(invitation_form(&form(words, &[])).contains("&quot;&gt;&lt;script&gt;"));
    }

    #[test]
    fn a_fault_is_announced_and_tied_to_the_password() {
        let page = invitation_form(&form("Too short", &[]));
        assert!(page.contains("role=\"alert\"") && page.contains("aria-invalid=\"true\""));
        assert!(page.contains("aria-describedby=\"fault password-hint\""));
        let page = invitation_form(&InvitationForm { fault: None, ..form("Ada", &[]) });
        assert!(!page.contains("role=\"alert\"") && !page.contains("aria-invalid="));
        assert!(page.contains("minlength=\"12\"") && page.contains("autocomplete=\"new-password\""));
    }

    #[test]
    fn organizations_are_counted_after_the_tenth() {
        let organizations: Vec<String> = (1..=14).map(|place| format!("Customer {place}")).collect();
        let page = invitation_form(&form("Ada", &organizations));
        assert!(page.contains("Customer 10") && !page.contains("Customer 11") && page.contains("and 4 more"));
    }

    #[test]
    fn what_was_wrong_is_in_the_title_and_nothing_typed_is_lost_but_the_password() {
        let page = sign_in_form(&sign_in("acme"));
        assert!(page.contains("<title>Error: Sign in"), "{page}");
        assert_eq!(values(&page, "value"), ["acme", "acme", "acme"]);
        let page = connection_form(&connection("ada", &[]));
        assert!(page.contains("<title>Error: ") && values(&page, "value").contains(&"ada"), "{page}");
    }

    #[test]
    fn how_long_it_is_open_is_said_in_whole_units() {
        let minutes = |minutes: i64| Timestamp::from_millis(NOW.as_millis() + minutes * 60_000);
        for (left, words) in [
            (0, "for 1 more minute "),
            (59, "for 59 more minutes "),
            (119, "for 119 more minutes "),
            (125, "for 2 more hours "),
            (47 * 60, "for 47 more hours "),
            (3 * 1_440 + 5, "for 3 more days "),
        ] {
            assert!(still_open(minutes(left), NOW).starts_with(words), "{left}");
        }
    }
}
