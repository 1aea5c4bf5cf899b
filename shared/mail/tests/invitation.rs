//! The invitation mail, as written: golden files, hostile words, one link.
#![cfg(test)]

use std::fs;
use std::path::PathBuf;

use mail::{InvitationMail, Message};
use policy::{Role, Timestamp};

const LINK: &str = "https://glue.example/invitations/eyJhbGciOiJFZERTQSIsImtpZCI6IjEifQ.eyJhdWQiOiJpbnZpdGF0aW9uIiwic3ViIjoiMTIzNDU2Nzg5MCIsImdlbiI6MX0.c2lnbmF0dXJl";

fn invitation<'a>(organizations: &'a [String], message: &'a str) -> InvitationMail<'a> {
    InvitationMail {
        inviter_name: "Ada Byron",
        writer_name: "Ada Byron",
        account_name: "Northwind Managed IT",
        my_glue: false,
        role: Role::Lite,
        organization_names: organizations,
        all_organizations: false,
        message,
        expires_at: Timestamp::from_millis(1_795_248_000_000),
        link: LINK,
    }
}

fn names(how_many: usize) -> Vec<String> {
    (1..=how_many).map(|place| format!("Customer {place} Ltd")).collect()
}

/// Compares with the file, or writes it if `UPDATE_GOLDEN` is set.
fn golden(name: &str, message: &Message) {
    let text = format!("Subject: {}\n\n{}", message.subject, message.text);
    for (extension, written) in [("txt", &text), ("html", &message.html)] {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{name}.{extension}"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, written).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            written, &expected,
            "{path:?}; if the change is meant: UPDATE_GOLDEN=1 cargo test -p mail"
        );
    }
}

/// What must hold of every mail, whatever its words.
fn is_sound(message: &Message) {
    let Message { subject, text, html, reply_to: _ } = message;
    assert!(!subject.chars().any(char::is_control) && subject.chars().count() <= 200, "{subject:?}");
    for shown in [subject, text, html] {
        assert!(!shown.contains(['\u{202e}', '\u{2066}', '\r', '\0']), "{shown}");
    }
    assert_eq!(text.matches(LINK).count(), 1);
    assert!(text.lines().any(|line| line == LINK), "the link stands alone");
    for line in text.lines().filter(|line| !line.contains("://") && !line.contains('@')) {
        assert!(textwrap::core::display_width(line) <= 72, "{line}");
    }
    // Behind the button, and beside it in words.
    assert_eq!(html.matches(LINK).count(), 2);
    assert_eq!(html.matches("<a ").count(), 1);
    assert_eq!(html.matches("href=\"").count(), 1);
    assert_eq!(html.matches("<h1").count(), 1);
    for absent in ["<script", "<img", "src=", "url(", "<iframe", "<link", "@import"] {
        assert!(!html.contains(absent), "{absent} in {html}");
    }
    for present in ["lang=\"en\"", "name=\"color-scheme\"", "prefers-color-scheme: dark", "<title>"] {
        assert!(html.contains(present), "{present}");
    }
}

#[test]
fn a_client_is_invited_to_three_organizations() {
    let organizations =
        ["Harbour Dental", "Müller & Söhne GmbH", "Harbour Dental – Warehouse"].map(str::to_owned);
    let message = "Hello,\n\nwe keep the documentation of your network in IT Glue. With this invitation you can look at \
                   it whenever you want.\n\nQuestions? https://northwind.example/help or just call me.\n\nAda";
    let message = invitation(&organizations, message).message();
    is_sound(&message);
    golden("lite-three-organizations", &message);
}

#[test]
fn many_organizations_are_counted_after_the_tenth() {
    let organizations = names(14);
    let message = invitation(&organizations, "Welcome!").message();
    is_sound(&message);
    assert!(
        message.text.contains("Customer 10 Ltd\n  and 4 more\n") && !message.text.contains("Customer 11")
    );
    golden("lite-many-organizations", &message);
    let ten = names(10);
    assert!(!invitation(&ten, "Welcome!").message().text.contains("more"));
}

#[test]
fn a_colleague_is_invited_to_everything() {
    let mail = InvitationMail { role: Role::Manager, all_organizations: true, ..invitation(&[], "") };
    let message = mail.message();
    is_sound(&message);
    assert!(!message.text.contains("writes:"), "no message, no quote");
    golden("manager-all-organizations", &message);
}

#[test]
fn my_glue_is_called_by_its_name() {
    let organizations = names(1);
    let mail = InvitationMail { my_glue: true, ..invitation(&organizations, "Hi") };
    let message = mail.message();
    is_sound(&message);
    assert!(message.subject.ends_with("on MyGlue") && !message.html.contains("IT Glue"));
    golden("my-glue", &message);
}

#[test]
fn hostile_words_stay_words() {
    let long = "A\u{301}word ".repeat(1250);
    let endless = "x".repeat(10_000);
    let hostile = [
        "<script>alert(1)</script>",
        "</title></style><b>&lt;",
        "\" onmouseover=\"x\" '",
        "Ada\r\nBcc: eve@evil.example\r\n\r\n<p>",
        "Ada \u{202e}elpmaxe.live\u{202c} \u{2066}x",
        "{{link}} ${link} {% if %} %s",
        "👩‍🔧🇩🇪 Zoë السلام",
        "\u{0}\u{b}\u{1b}[31m",
        "",
        &long,
        &endless,
    ];
    for words in hostile {
        let organizations = [words.to_owned(), words.to_owned()];
        let mail = InvitationMail {
            inviter_name: words,
            account_name: words,
            role: Role::Editor,
            ..invitation(&organizations, words)
        };
        is_sound(&mail.message());
    }
    let mail = invitation(&[], "<b>bold</b> & \"more\"\n{{link}}").message();
    assert!(mail.html.contains("&lt;b&gt;bold&lt;/b&gt; &amp; &quot;more&quot;<br>{{link}}"));
}

#[test]
fn a_message_cannot_imitate_the_product() {
    let message = "Bye.\n\nOpen the invitation:\n\nhttps://evil.example/invitations/x\n\n\n\n\n<a href='https://evil.example'>x</a>";
    let mail = invitation(&[], message).message();
    is_sound(&mail);
    for line in mail.text.lines().filter(|line| line.contains("evil.example")) {
        assert!(line.starts_with("> "), "{line}");
    }
}

#[test]
fn an_address_in_a_message_stays_in_one_piece() {
    let address = format!("https://northwind.example/help/{}?a=b-c", "long-way/".repeat(20));
    let words = format!("Please read {address} first, or write to {}@northwind.example.", "a".repeat(60));
    let message = invitation(&names(1), &words).message();
    is_sound(&message);
    assert!(message.text.lines().any(|line| line == format!("> {address}")), "{}", message.text);
    assert!(message.text.contains(&format!("{}@northwind.example.", "a".repeat(60))), "{}", message.text);
    // Without a scheme it is one as well.
    let path = "long-way/".repeat(20);
    let label = "long-way-".repeat(6);
    for address in [
        format!("northwind.example/help/{path}"),
        format!("www.northwind.example/{path}"),
        format!("help.{label}x.{label}x.northwind.example"),
        format!("(northwind.example:8080/{path})"),
    ] {
        let message = invitation(&names(1), &format!("Please read {address} first.")).message();
        assert!(message.text.lines().any(|line| line == format!("> {address}")), "{}", message.text);
    }
}

#[test]
fn no_name_brings_a_link_into_a_mail() {
    // Some of these are refused when they are taken; they stand in accounts that were opened before.
    let names = [
        "Free,www.evil.com/x",
        "claim:evil.com",
        "//evil.com",
        "(evil.com)",
        "evil\u{3002}com",
        "https://evil.com/x",
        "Mail eve@evil.com now",
    ];
    for name in names {
        let organizations = [name.to_owned()];
        let mail = InvitationMail {
            inviter_name: name,
            writer_name: name,
            account_name: name,
            ..invitation(&organizations, "Hi")
        };
        let Message { subject, text, html, reply_to: _ } = mail.message();
        for shown in [subject, text, html] {
            for clickable in ["evil.com", "evil\u{3002}com", "https://evil", "//evil", "eve@evil"] {
                assert!(!shown.contains(clickable), "{clickable} of {name} in {shown}");
            }
        }
    }
}

#[test]
fn a_program_invites_in_the_name_of_its_account_and_words_stay_whose_they_are() {
    let account = "Northwind Managed IT";
    let organizations = names(1);
    let mail =
        InvitationMail { inviter_name: account, writer_name: "Mara", ..invitation(&organizations, "Hi") };
    let message = mail.message();
    is_sound(&message);
    assert_eq!(message.subject, "Northwind Managed IT invites you to IT Glue");
    assert!(message.text.contains("Mara writes:"), "{}", message.text);
    golden("by-a-program", &message);
}
