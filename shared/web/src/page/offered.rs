//! What both invitation pages show of an offer: the organizations, and the inviter's own words.

use maud::{Markup, html};

/// More than this many names would bury the form.
const NAMED_ORGANIZATIONS: usize = 10;

/// The organizations in a list, after words like "You get access".
pub(super) fn organizations(words: &str, names: &[String], all: bool) -> Markup {
    let more = names.len().saturating_sub(NAMED_ORGANIZATIONS);
    html! {
        @if all {
            p { (words) " to all organizations of the account, also those added later." }
        } @else if !names.is_empty() {
            p class="before-block" {
                @if names.len() == 1 { (words) " to one organization:" } @else { (words) " to these organizations:" }
            }
            ul {
                @for name in names.iter().take(NAMED_ORGANIZATIONS) { li { bdi { (name) } } }
                @if more > 0 { li class="more" { "and " (more) " more" } }
            }
        }
    }
}

/// Somebody's message, if there is one.
pub(super) fn quoted(writer: &str, message: &str) -> Markup {
    html! {
        @if !message.trim().is_empty() {
            p class="before-block" { bdi { (writer) } " writes:" }
            blockquote dir="auto" { (message.trim()) }
        }
    }
}
