//! The sender as a header names it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::ses::Sender;

/// An encoded word may have 75 characters; `=?UTF-8?B?…?=` leaves room for 63 of base64, so 45 bytes.
const BYTES_PER_WORD: usize = 45;

/// `"Name" <address>`: quoted if it is ASCII, else as encoded words (RFC 2047), as SES demands.
pub(crate) fn mailbox(sender: &Sender) -> String {
    let name: String = sender.name.chars().filter(|c| !c.is_control()).collect();
    if name.trim().is_empty() {
        sender.address.clone()
    } else if name.is_ascii() {
        let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{quoted}\" <{}>", sender.address)
    } else {
        format!("{} <{}>", encoded_words(&name), sender.address)
    }
}

fn encoded_words(name: &str) -> String {
    let mut words = vec![String::new()];
    for c in name.chars() {
        match words.last_mut() {
            Some(word) if word.len() + c.len_utf8() <= BYTES_PER_WORD => word.push(c),
            _ => words.push(c.to_string()),
        }
    }
    let encoded = words.iter().map(|word| format!("=?UTF-8?B?{}?=", STANDARD.encode(word)));
    encoded.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_stays_one_mailbox_whatever_its_name() {
        let cases = [
            ("", "a@b.example"),
            ("IT Glue", "\"IT Glue\" <a@b.example>"),
            ("Glue, \"IT\" \\", "\"Glue, \\\"IT\\\" \\\\\" <a@b.example>"),
            ("x\r\nBcc: y", "\"xBcc: y\" <a@b.example>"),
            ("Zoë", "=?UTF-8?B?Wm/Dqw==?= <a@b.example>"),
        ];
        for (name, expected) in cases {
            let sender = Sender { address: "a@b.example".to_owned(), name: name.to_owned() };
            assert_eq!(mailbox(&sender), expected);
        }
    }

    #[test]
    fn a_long_name_becomes_several_encoded_words() {
        let encoded = encoded_words(&"ä".repeat(60));
        assert!(
            encoded.split(' ').count() > 1 && encoded.split(' ').all(|word| word.len() <= 75),
            "{encoded}"
        );
    }
}
