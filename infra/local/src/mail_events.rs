//! What SES tells of a mail, as it publishes it to EventBridge: on demand, since no mail leaves this machine.

use environment::Clock;
use serde_json::{Value, json};

use crate::function::Function;
use crate::identifier;
use crate::invocation::{self, Failure};
use crate::mailbox::{Mail, Mailbox};
use crate::surroundings::{ACCOUNT, REGION};

/// How long the telling may take.
const LIMIT: std::time::Duration = std::time::Duration::from_secs(60);

/// What can happen to a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailEvent {
    /// SES took it.
    Send,
    /// The recipient's server took it.
    Delivery,
    /// The recipient's server does not take it yet.
    Delay,
    /// It came back for good.
    Bounce,
    /// It came back for now, as from a full mailbox.
    TransientBounce,
    /// It came back, and nobody knows why.
    UndeterminedBounce,
    /// SES did not try, since the address is on the list of this AWS account.
    Suppressed,
    /// Its reader says that it is unwanted.
    Complaint,
    /// Its reader says that it is wanted after all.
    NotSpam,
    /// SES found something bad in it.
    Reject,
}

impl MailEvent {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Send,
        Self::Delivery,
        Self::Delay,
        Self::Bounce,
        Self::TransientBounce,
        Self::UndeterminedBounce,
        Self::Suppressed,
        Self::Complaint,
        Self::NotSpam,
        Self::Reject,
    ];

    /// The name in an address of the control port.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Delivery => "delivery",
            Self::Delay => "delay",
            Self::Bounce => "bounce",
            Self::TransientBounce => "transient-bounce",
            Self::UndeterminedBounce => "undetermined-bounce",
            Self::Suppressed => "suppressed",
            Self::Complaint => "complaint",
            Self::NotSpam => "not-spam",
            Self::Reject => "reject",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == name)
    }

    const fn detail_type(self) -> &'static str {
        match self {
            Self::Send => "Email Sent",
            Self::Delivery => "Email Delivered",
            Self::Delay => "Email Delivery Delayed",
            Self::Bounce | Self::TransientBounce | Self::UndeterminedBounce | Self::Suppressed => {
                "Email Bounced"
            }
            Self::Complaint | Self::NotSpam => "Email Complaint Received",
            Self::Reject => "Email Rejected",
        }
    }

    /// The part of the detail that says it: SES's name for it, its place, and what stands there.
    fn told(self, to: &[String], at: &str) -> (&'static str, &'static str, Value) {
        let whom = |more: &Value| -> Vec<Value> {
            let one = |address: &String| {
                let mut one = json!({ "emailAddress": address });
                if let (Some(one), Some(more)) = (one.as_object_mut(), more.as_object()) {
                    one.extend(more.clone());
                }
                one
            };
            to.iter().map(one).collect()
        };
        let bounce = |kind: &str, sub: &str, status: &str, says: &str| {
            let said = json!({"action": "failed", "status": status, "diagnosticCode": says});
            let bounced = json!({"feedbackId": identifier::fresh(), "bounceType": kind, "bounceSubType": sub,
                "bouncedRecipients": whom(&said), "timestamp": at, "reportingMTA": "dns; mta.example"});
            ("Bounce", "bounce", bounced)
        };
        let complaint = |kind: &str| {
            let complaint = json!({"feedbackId": identifier::fresh(), "complaintSubType": null,
                "complainedRecipients": whom(&json!({})), "timestamp": at, "userAgent": "Feedback/1",
                "complaintFeedbackType": kind, "arrivalDate": at});
            ("Complaint", "complaint", complaint)
        };
        match self {
            Self::Send => ("Send", "send", json!({})),
            Self::Delivery => {
                let delivery = json!({"timestamp": at, "processingTimeMillis": 546, "recipients": to,
                    "smtpResponse": "250 ok", "reportingMTA": "mta.example"});
                ("Delivery", "delivery", delivery)
            }
            Self::Delay => {
                let said = json!({"status": "4.4.1", "diagnosticCode": "smtp; 421 4.4.1 Unable to connect"});
                let delay = json!({"delayType": "TransientCommunicationFailure", "delayedRecipients": whom(&said),
                    "expirationTime": at, "timestamp": at});
                ("DeliveryDelay", "deliveryDelay", delay)
            }
            Self::Bounce => bounce("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown"),
            Self::TransientBounce => {
                bounce("Transient", "MailboxFull", "4.2.2", "smtp; 452 4.2.2 mailbox full")
            }
            Self::UndeterminedBounce => bounce("Undetermined", "Undetermined", "5.0.0", "smtp; 550 no"),
            Self::Suppressed => bounce(
                "Permanent",
                "OnAccountSuppressionList",
                "5.1.1",
                "Amazon SES did not send the message",
            ),
            Self::Complaint => complaint("abuse"),
            Self::NotSpam => complaint("not-spam"),
            Self::Reject => ("Reject", "reject", json!({"reason": "Bad content"})),
        }
    }
}

/// Why nothing was told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTold {
    /// There is no such mail.
    #[error("there is no mail {0}")]
    Unknown(String),
    /// SES tells nothing of a mail that was sent without one.
    #[error("the mail was sent without a configuration set")]
    NoConfigurationSet,
    /// Somebody who was told failed.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Tells the functions that want it what happened to a mail.
#[derive(Clone)]
pub(crate) struct MailEvents {
    mailbox: Mailbox,
    clock: Clock,
    functions: Vec<Function>,
}

impl MailEvents {
    pub(crate) fn new(mailbox: Mailbox, clock: Clock, functions: &[Function]) -> Self {
        let functions = functions.iter().filter(|function| function.is_told_of_mail).cloned().collect();
        Self { mailbox, clock, functions }
    }

    /// This happened to the mail with this name of SES's.
    pub(crate) async fn tell(&self, message_id: &str, what: MailEvent) -> Result<(), NotTold> {
        let mail = self.mailbox.mail(message_id).ok_or_else(|| NotTold::Unknown(message_id.to_owned()))?;
        let event = self.event(&mail, what).ok_or(NotTold::NoConfigurationSet)?;
        for function in &self.functions {
            invocation::invoke(function, event.clone(), LIMIT).await?;
        }
        Ok(())
    }

    fn event(&self, mail: &Mail, what: MailEvent) -> Option<Value> {
        let set = mail.configuration_set.as_ref()?;
        let moment = |seconds| jiff::Timestamp::from_second(seconds).unwrap_or_default();
        let now = moment(self.clock.now().as_seconds());
        let precise = |at: jiff::Timestamp| at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
        let to = &mail.destination.to;
        let (kind, place, told) = what.told(to, &precise(now));
        let mut tags = json!({"ses:configuration-set": [set], "ses:from-domain": ["glueconnect.example"]});
        for (name, value) in &mail.tags {
            if let Some(tags) = tags.as_object_mut() {
                tags.insert(name.clone(), json!([value]));
            }
        }
        let of = json!({
            "timestamp": precise(moment(mail.at)),
            "source": mail.from,
            "sendingAccountId": ACCOUNT,
            "messageId": mail.message_id,
            "destination": to,
            "headersTruncated": false,
            "headers": [],
            "commonHeaders": {"from": [mail.from], "to": to, "messageId": mail.message_id, "subject": mail.subject},
            "tags": tags,
        });
        Some(json!({
            "version": "0",
            "id": identifier::fresh(),
            "detail-type": what.detail_type(),
            "source": "aws.ses",
            "account": ACCOUNT,
            "time": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": REGION,
            "resources": [format!("arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{set}")],
            "detail": {"eventType": kind, "mail": of, place: told},
        }))
    }
}
