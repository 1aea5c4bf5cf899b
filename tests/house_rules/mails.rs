//! Each kind of mail as people read it, word by word, in `tests/mails`: a change of words is seen where it is reviewed.
//! `UPDATE_TABLES=1` writes the files anew. The HTML says the same; how it looks is in `shared/mail/tests/golden`.

use std::collections::BTreeSet;

use mail::{ConnectionMail, InvitationMail, Message, NoticeMail};
use policy::{Notice, Role, Timestamp};

use crate::house_map::{names_in, root};

const FOLDER: &str = "tests/mails";

/// 2026-11-22, 08:00 UTC: no test reads the clock for it.
const AT: Timestamp = Timestamp::from_millis(1_795_334_400_000);
const UNTIL: Timestamp = Timestamp::from_millis(1_795_593_600_000);
const END: Timestamp = Timestamp::from_millis(1_798_761_600_000);

const INVITATION: InvitationMail<'static> = InvitationMail {
    inviter_name: "Ada Byron",
    writer_name: "Ada Byron",
    account_name: "Northwind Managed IT",
    my_glue: false,
    role: Role::Editor,
    organization_names: &[],
    all_organizations: true,
    message: "Welcome to our documentation.\n\nAda",
    expires_at: UNTIL,
    link: "https://glue.example/invitations/link",
};

const OFFER: ConnectionMail<'static> = ConnectionMail {
    inviter_name: "Ada Byron",
    writer_name: "Ada Byron",
    host_name: "Northwind Managed IT",
    delegate_name: "Night NOC",
    maximum_role: Role::Editor,
    organization_names: &[],
    all_organizations: true,
    message: "Please cover our nights.",
    expires_at: UNTIL,
    ends_at: None,
    link: "https://glue.example/connection-invitations/link",
};

/// What a notice is called here. A new kind has no name yet, and does not compile.
fn name_of(notice: &Notice) -> &'static str {
    match notice {
        Notice::PasswordReset => "password-reset",
        Notice::PasswordChanged => "password-changed",
        Notice::FactorAdded => "factor-added",
        Notice::FactorRemoved => "factor-removed",
        Notice::RecoveryCodesMade => "recovery-codes-made",
        Notice::RecoveryCodeUsed { .. } => "recovery-code-used",
        Notice::NewSignIn { .. } => "new-sign-in",
        Notice::Accounts => "accounts",
        Notice::AccountClosing { .. } => "account-closing",
        Notice::AccountStaysOpen { .. } => "account-stays-open",
        Notice::OtherAccountClosed { .. } => "other-account-closed",
    }
}

fn notices() -> Vec<(String, Message)> {
    let accounts = [
        ("Northwind Managed IT".to_owned(), "northwind".to_owned()),
        ("Booking.com".to_owned(), "booking".to_owned()),
    ];
    let sign_in = Notice::NewSignIn {
        ip_address: Some("192.0.2.7".to_owned()),
        user_agent: Some("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0".to_owned()),
    };
    let all = [
        Notice::PasswordReset,
        Notice::PasswordChanged,
        Notice::FactorAdded,
        Notice::FactorRemoved,
        Notice::RecoveryCodesMade,
        Notice::RecoveryCodeUsed { left: 2 },
        sign_in,
        Notice::Accounts,
        Notice::AccountClosing { by: "Ada Lind".to_owned(), closes_at: END },
        Notice::AccountStaysOpen { by: "Bo Nilsson".to_owned() },
        Notice::OtherAccountClosed { name: "Booking.com".to_owned() },
    ];
    let written = |what: &Notice| {
        let mail = NoticeMail {
            what,
            account_name: "Northwind Managed IT",
            subdomain: "northwind",
            at: AT,
            expires_at: UNTIL,
            link: (*what == Notice::PasswordReset).then_some("https://glue.example/password-resets/link"),
            accounts: if *what == Notice::Accounts { &accounts } else { &[] },
        };
        (format!("notice-{}", name_of(what)), mail.message())
    };
    all.iter().map(written).collect()
}

fn mails() -> Vec<(String, Message)> {
    let customers = ["Harbour Dental", "Müller & Söhne GmbH", "Booking.com"].map(str::to_owned);
    let customers = customers.as_slice();
    let few = InvitationMail { all_organizations: false, organization_names: customers, ..INVITATION };
    let few_offered = ConnectionMail { all_organizations: false, organization_names: customers, ..OFFER };
    let mut all = vec![
        ("invitation", INVITATION.message()),
        ("invitation-to-some-organizations", InvitationMail { role: Role::Lite, ..few }.message()),
        ("invitation-to-my-glue", InvitationMail { my_glue: true, role: Role::Lite, ..few }.message()),
        (
            "invitation-by-a-program",
            InvitationMail {
                inviter_name: INVITATION.account_name,
                writer_name: INVITATION.account_name,
                ..INVITATION
            }
            .message(),
        ),
        // Somebody else sends it again and leaves the words as they were.
        ("invitation-resent", InvitationMail { inviter_name: "Bo Nilsson", ..INVITATION }.message()),
        ("offer", OFFER.message()),
        (
            "offer-of-some-organizations-with-an-end",
            ConnectionMail { ends_at: Some(END), ..few_offered }.message(),
        ),
        ("offer-resent", ConnectionMail { inviter_name: "Bo Nilsson", ..OFFER }.message()),
        (
            "offer-by-a-program",
            ConnectionMail {
                inviter_name: OFFER.host_name,
                writer_name: OFFER.host_name,
                message: "",
                ..OFFER
            }
            .message(),
        ),
    ]
    .into_iter()
    .map(|(name, message)| (name.to_owned(), message))
    .collect::<Vec<_>>();
    all.extend(notices());
    all
}

#[test]
fn each_kind_of_mail_says_what_it_said_when_it_was_reviewed() {
    let is_update = std::env::var_os("UPDATE_TABLES").is_some();
    let mut differing = Vec::new();
    let mut known = BTreeSet::new();
    for (name, message) in mails() {
        let place = format!("{FOLDER}/{name}.txt");
        let written = format!("Subject: {}\n\n{}", message.subject, message.text);
        if is_update {
            std::fs::create_dir_all(root().join(FOLDER)).unwrap();
            std::fs::write(root().join(&place), &written).unwrap();
        }
        if std::fs::read_to_string(root().join(&place)).unwrap_or_default() != written {
            differing.push(place);
        }
        known.insert(format!("{name}.txt"));
    }
    let hint = "UPDATE_TABLES=1 cargo test -p journeys --test house_rules mails writes them anew";
    assert!(differing.is_empty(), "other words than in {differing:?}; {hint}");
    let there: BTreeSet<String> = names_in(FOLDER).into_iter().collect();
    assert_eq!(there, known, "a mail that is not sent any more");
}
