//! The HTML of a letter: styles inline for the clients that drop `<style>`, colours again in `<style>` for dark mode.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Block, Letter, Part, and_more};

const STYLE: &str = include_str!("letter.css");

const BODY: &str = "margin:0;padding:0;background-color:#f3f5f7;color:#1c2630;\
     font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;\
     font-size:16px;line-height:1.55;-webkit-text-size-adjust:100%";
const CARD: &str = "max-width:560px;margin:0 auto;padding:36px 32px;background-color:#ffffff;\
     border-radius:12px;overflow-wrap:anywhere;word-break:break-word";
const HEADING: &str = "margin:0 0 20px;font-size:22px;line-height:1.3;font-weight:600";
const PARAGRAPH: &str = "margin:0 0 16px";
const LIST: &str = "margin:0 0 16px;padding-left:22px";
const QUOTE: &str = "margin:0 0 16px;padding:2px 0 2px 16px;border-left:3px solid #cfd7df;color:#45525f";
const BUTTON_CELL: &str = "border-radius:8px;background-color:#1d5fbf";
const BUTTON: &str = "display:inline-block;padding:13px 26px;border-radius:8px;background-color:#1d5fbf;\
     color:#ffffff;font-weight:600;text-decoration:none";
const ASIDE: &str = "margin:0 0 12px;font-size:14px;color:#5a6875";
/// Read by the inbox's list, seen by nobody.
const PREHEADER: &str = "display:none;max-height:0;overflow:hidden;opacity:0;mso-hide:all";

pub(super) fn of(letter: &Letter<'_>) -> String {
    html! {
        (DOCTYPE)
        html lang="en" dir="ltr" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="supported-color-schemes" content="light dark";
                // Or iOS makes links of dates.
                meta name="format-detection" content="telephone=no, date=no, address=no, email=no";
                title { (letter.subject) }
                style { (PreEscaped(STYLE)) }
            }
            body class="page" style=(BODY) {
                div style=(PREHEADER) { (letter.preheader) }
                div class="margin" style="padding:32px 16px" {
                    div class="card" role="article" style=(CARD) {
                        h1 class="heading" style=(HEADING) { (sentence(&letter.heading)) }
                        @for one in &letter.blocks { (block(one)) }
                    }
                }
            }
        }
    }
    .into_string()
}

fn block(block: &Block<'_>) -> Markup {
    html! {
        @match block {
            Block::Paragraph(parts) => p style=(PARAGRAPH) { (sentence(parts)) },
            Block::List { names, more } => ul style=(LIST) {
                @for name in names { li { bdi { (name) } } }
                @if let Some(words) = and_more(*more) { li style="list-style:none" { (words) } }
            },
            Block::Quote(lines) => blockquote class="quote" dir="auto" style=(QUOTE) {
                @for (place, line) in lines.iter().enumerate() {
                    @if place > 0 { br; }
                    (line)
                }
            },
            // The one table: Word, which sets mails in Outlook, pads and colours a cell but not a link.
            Block::Link { label, url } => {
                table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:28px 0" {
                    tr { td class="button-cell" style=(BUTTON_CELL) {
                        a class="button" href=(url) style=(BUTTON) { (label) }
                    } }
                }
                // In words, too: for those whose program shows no button, and who want to see where it leads.
                p class="aside" style=(ASIDE) { "Or open this address: " span dir="ltr" { (url) } }
            },
            Block::Aside(parts) => p class="aside" style=(ASIDE) { (sentence(parts)) },
        }
    }
}

fn sentence(parts: &[Part<'_>]) -> Markup {
    html! {
        @for part in parts {
            @match part {
                Part::Words(words) => (words),
                Part::Name(name) => bdi { (name) },
            }
        }
    }
}
