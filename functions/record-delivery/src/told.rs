//! What SES writes about a mail, as far as anything is made of it.

use std::collections::HashMap;

use policy::{AccountId, ConnectionId, EmailAddress, MailEvent, Suppression, UserId};
use serde::{Deserialize, Serialize};

/// The detail of an event.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryEvent {
    /// `Bounce`, `Delivery`, …
    pub event_type: String,
    mail: Mail,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    message_id: String,
    #[serde(default)]
    destination: Vec<String>,
    #[serde(default)]
    tags: HashMap<String, Vec<String>>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    bounce_sub_type: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complaint_sub_type: Option<String>,
    complaint_feedback_type: Option<String>,
}

/// Which mail an event is about, by the tags that it was sent with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Of {
    /// The account that invites.
    pub account: AccountId,
    /// Set, if the mail tells of a connection.
    pub connection: Option<ConnectionId>,
    /// Whom it went to.
    pub user: UserId,
    /// Which of the invitation's links it carries.
    pub generation: u32,
    /// SES's name for it.
    pub message_id: String,
}

impl DeliveryEvent {
    /// What happened; none if it is nothing to us.
    pub(crate) fn event(&self) -> Option<MailEvent> {
        match self.event_type.as_str() {
            "Send" => Some(MailEvent::Sent),
            "DeliveryDelay" => Some(MailEvent::Delayed),
            "Delivery" => Some(MailEvent::Delivered),
            "Reject" => Some(MailEvent::Rejected),
            "Bounce" => self.bounce.as_ref().map(Bounce::event),
            "Complaint" => self.complaint.as_ref().and_then(Complaint::event),
            _ => None,
        }
    }

    /// Which mail it is about; none if no mail of ours.
    pub(crate) fn of(&self) -> Option<Of> {
        if self.tag("mail")? != "invitation" {
            return None;
        }
        let connection = match self.tag("connection") {
            Some(id) => Some(id.parse().ok()?),
            None => None,
        };
        Some(Of {
            account: self.tag("account")?.parse().ok()?,
            connection,
            user: self.tag("user")?.parse().ok()?,
            generation: self.tag("generation")?.parse().ok()?,
            message_id: self.mail.message_id.clone(),
        })
    }

    /// Whom it went to: each of our mails goes to one address. What a server says about whom it returned may be another one, to
    /// which it was forwarded; and whoever complains is named by guess.
    pub(crate) fn recipients(&self) -> impl Iterator<Item = EmailAddress> {
        self.mail.destination.iter().filter_map(|address| address.parse().ok())
    }

    fn tag(&self, name: &str) -> Option<&str> {
        self.mail.tags.get(name)?.first().map(String::as_str)
    }
}

impl Bounce {
    fn event(&self) -> MailEvent {
        match (self.bounce_type.as_str(), self.bounce_sub_type.as_deref()) {
            // SES did not try: on its list, or on that of this AWS account.
            ("Permanent", Some("Suppressed" | "OnAccountSuppressionList")) => {
                MailEvent::Suppressed(Suppression::Bounced)
            }
            ("Permanent", _) => MailEvent::Bounced,
            // `Transient`, and `Undetermined`, of which nobody knows.
            _ => MailEvent::Returned,
        }
    }
}

impl Complaint {
    fn event(&self) -> Option<MailEvent> {
        match (self.complaint_feedback_type.as_deref(), self.complaint_sub_type.as_deref()) {
            // Somebody took the mail out of where their program had put what is unwanted.
            (Some("not-spam"), _) => None,
            (_, Some("OnAccountSuppressionList")) => Some(MailEvent::Suppressed(Suppression::Complained)),
            _ => Some(MailEvent::Complained),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: &str) -> DeliveryEvent {
        let mail = r#""mail":{"messageId":"m","destination":["Ann@Bakery.example"],"tags":{}}"#;
        serde_json::from_str(&format!("{{{json},{mail}}}")).unwrap()
    }

    fn bounce(kind: &str, sub: &str) -> Option<MailEvent> {
        told(&format!(r#""eventType":"Bounce","bounce":{{"bounceType":"{kind}","bounceSubType":"{sub}"}}"#))
            .event()
    }

    #[test]
    fn bounces_are_told_apart() {
        assert_eq!(bounce("Permanent", "General"), Some(MailEvent::Bounced));
        assert_eq!(bounce("Permanent", "NoEmail"), Some(MailEvent::Bounced));
        let suppressed = Some(MailEvent::Suppressed(Suppression::Bounced));
        assert_eq!(bounce("Permanent", "Suppressed"), suppressed);
        assert_eq!(bounce("Permanent", "OnAccountSuppressionList"), suppressed);
        assert_eq!(bounce("Transient", "MailboxFull"), Some(MailEvent::Returned));
        assert_eq!(bounce("Undetermined", "Undetermined"), Some(MailEvent::Returned));
    }

    #[test]
    fn a_complaint_is_one_unless_it_takes_back_another() {
        let complaint = |rest: &str| told(&format!(r#""eventType":"Complaint","complaint":{rest}"#)).event();
        assert_eq!(complaint("{}"), Some(MailEvent::Complained));
        assert_eq!(complaint(r#"{"complaintFeedbackType":"abuse"}"#), Some(MailEvent::Complained));
        assert_eq!(complaint(r#"{"complaintFeedbackType":"not-spam"}"#), None);
        let listed = complaint(r#"{"complaintSubType":"OnAccountSuppressionList"}"#);
        assert_eq!(listed, Some(MailEvent::Suppressed(Suppression::Complained)));
    }

    #[test]
    fn what_is_not_ours_is_of_nothing() {
        let told = told(r#""eventType":"Open""#);
        assert_eq!(told.event(), None);
        assert_eq!(told.of(), None);
        assert_eq!(told.recipients().map(|one| one.to_string()).collect::<Vec<_>>(), ["ann@bakery.example"]);
    }
}
