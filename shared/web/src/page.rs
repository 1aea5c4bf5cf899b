//! The pages that people see in a browser: complete without scripts, without anything loaded from elsewhere.

mod connection_form;
mod invitation_form;
mod notice;
mod offered;

use maud::{DOCTYPE, Markup, PreEscaped, html};

pub use connection_form::{ConnectionForm, connection_form};
pub use invitation_form::{InvitationForm, invitation_form};
pub use notice::{
    Accepted, Notice, Onward, Tone, accepted, already_answered, already_used, answered, expired, notice,
    superseded, unavailable, unknown, withdrawn,
};

/// The value of `Content-Security-Policy` for every page: nothing but the one style sheet and forms to ourselves. The
/// style sheet is named by its hash, which a test keeps right.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; \
    style-src 'sha256-vKXt80kPCrDT3+62eKnm1/dxGpGOhqAqZT7C96e05pI='; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const STYLE: &str = include_str!("page/page.css");

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
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (content) } }
        }
    }
    .into_string()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use policy::Timestamp;
    use sha2::{Digest as _, Sha256};

    use super::*;

    fn form<'a>(words: &'a str, organizations: &'a [String]) -> InvitationForm<'a> {
        InvitationForm {
            account_name: words,
            inviter_name: words,
            email: words,
            role_words: words,
            organization_names: organizations,
            all_organizations: false,
            message: words,
            expires_at: Timestamp::from_millis(1_795_248_000_000),
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
            role_words: words,
            organization_names: organizations,
            all_organizations: false,
            message: words,
            expires_at: Timestamp::from_millis(1_795_248_000_000),
            ends_at: Some(Timestamp::from_millis(1_795_248_000_000)),
            fault: Some(words),
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
            accepted(&Accepted { account_name: words, subdomain: words, email: words, sign_in_path: None }),
            accepted(&Accepted {
                account_name: words,
                subdomain: words,
                email: words,
                sign_in_path: Some("/console"),
            }),
            already_used(),
            already_answered(),
            answered(words, words, true),
            answered(words, words, false),
            connection_form(&connection(words, &organizations)),
            expired(Some(words)),
            expired(None),
            superseded(),
            withdrawn(),
            unknown(),
            unavailable(),
            notice(&Notice { title: words, body: &body, tone: Tone::Calm, onward: None }),
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
            for input in page.split("<input").skip(1) {
                let tag = format!(" {}", input.split('>').next().unwrap());
                let id = values(&tag, "id");
                assert!(labelled.contains(id.first().unwrap()), "{tag}");
            }
            for described in values(&page, "aria-describedby") {
                for id in described.split(' ') {
                    assert!(ids.contains(&id), "{id}");
                }
            }
            assert_eq!(page.matches("<input").count(), labelled.len());
        }
    }

    #[test]
    fn hostile_words_stay_words() {
        let words = "\"><script>alert(1)</script>' onfocus='x\r\n{{x}} \u{202e}evil 👩‍🔧";
        for page in pages(words) {
            assert!(!page.contains("<script") && !page.contains("\"><s"), "{page}");
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
}
