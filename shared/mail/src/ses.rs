//! The way out: SES v2, one message to one recipient at a time.

use std::fmt;
use std::time::Duration;

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::config::timeout::TimeoutConfig;
use aws_sdk_sesv2::config::{Builder, http::HttpResponse};
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::RequestId;
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::types::{
    Body, Content, Destination, EmailContent, Message as SesMessage, MessageHeader, MessageTag,
};
use aws_types::SdkConfig;

use crate::message::Message;
use crate::sender::mailbox;

/// After this long without an answer a send counts as failed, unless the configuration says otherwise.
const LONGEST_SEND: Duration = Duration::from_secs(10);

/// Whom mails come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// An address that SES has verified.
    pub address: String,
    /// The name shown beside it, in any script.
    pub name: String,
}

/// Sends messages through SES.
#[derive(Debug, Clone)]
pub struct Mailer {
    client: Client,
    from: String,
    configuration_set: Option<String>,
}

/// What SES calls the mail that it took; bounces and complaints name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageId(String);

impl MessageId {
    /// The id as SES gave it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Why a mail did not leave. No variant carries SES's own words: they name addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Too fast, or past the day's quota: later it will pass.
    #[error("SES asks for fewer mails at a time")]
    Throttled,
    /// SES sends nothing for this sender until somebody acts: every mail would fail alike.
    #[error("sending is paused for this sender")]
    Paused,
    /// SES will never take this mail for this recipient.
    #[error("SES refuses this mail")]
    Rejected,
    /// No usable answer. The mail may have left all the same.
    #[error("SES cannot be reached or cannot answer")]
    Unavailable,
}

impl SendError {
    /// The stable name of the reason, as in `throttled`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Throttled => "throttled",
            Self::Paused => "paused",
            Self::Rejected => "rejected",
            Self::Unavailable => "unavailable",
        }
    }
}

impl Mailer {
    /// A mailer over its own client; build it once. The configuration must carry an HTTP client and a behaviour
    /// version, as every configuration that `aws-config` loads does.
    #[must_use]
    pub fn new(config: &SdkConfig, sender: &Sender, configuration_set: Option<String>) -> Self {
        // A send that timed out may have gone out, and SES cannot be told to send it only once. So the SDK tries once;
        // the outbox, which remembers what left, decides about another time.
        let mut builder = Builder::from(config).retry_config(RetryConfig::disabled());
        if config.timeout_config().is_none_or(|timeouts| timeouts.operation_timeout().is_none()) {
            builder =
                builder.timeout_config(TimeoutConfig::builder().operation_timeout(LONGEST_SEND).build());
        }
        Self { client: Client::from_conf(builder.build()), from: mailbox(sender), configuration_set }
    }

    /// Hands the message to SES for one recipient. The tags come back in SES's events; their names and values are
    /// made of ASCII letters, digits, `-` and `_`.
    ///
    /// # Errors
    /// [`SendError`] says whether trying again can help.
    pub async fn send(
        &self,
        recipient: &str,
        message: &Message,
        tags: &[(&str, &str)],
    ) -> Result<MessageId, SendError> {
        let content = content(message)?;
        let tags = tags.iter().map(|(name, value)| MessageTag::builder().name(*name).value(*value).build());
        let tags = tags.collect::<Result<Vec<_>, _>>().map_err(|_| SendError::Rejected)?;
        let answer = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(recipient).build())
            .content(content)
            .set_reply_to_addresses(message.reply_to.clone().map(|address| vec![address]))
            .set_email_tags(Some(tags))
            .set_configuration_set_name(self.configuration_set.clone())
            .send()
            .await;
        match answer {
            Ok(sent) => Ok(MessageId(sent.message_id().unwrap_or_default().to_owned())),
            Err(error) => {
                let reason = reason(&error);
                // SES's message is left out, since it may name the recipient.
                tracing::warn!(
                    code = reason.code(),
                    ses_error = error.code().unwrap_or("none"),
                    ses_request_id = error.request_id().unwrap_or("none"),
                    "a mail did not leave"
                );
                Err(reason)
            }
        }
    }
}

fn content(message: &Message) -> Result<EmailContent, SendError> {
    let utf8 =
        |data: &str| Content::builder().data(data).charset("UTF-8").build().map_err(|_| SendError::Rejected);
    let body = Body::builder().text(utf8(&message.text)?).html(utf8(&message.html)?).build();
    // RFC 3834, 5: a person did not write it, and no program answers it that an absence is told by.
    let automatic = MessageHeader::builder().name("Auto-Submitted").value("auto-generated").build();
    let automatic = automatic.map_err(|_| SendError::Rejected)?;
    let simple = SesMessage::builder().subject(utf8(&message.subject)?).body(body).headers(automatic).build();
    Ok(EmailContent::builder().simple(simple).build())
}

fn reason(error: &SdkError<SendEmailError, HttpResponse>) -> SendError {
    use SendEmailError::{
        AccountSuspendedException, BadRequestException, LimitExceededException,
        MailFromDomainNotVerifiedException, MessageRejected, SendingPausedException,
        TooManyRequestsException,
    };
    match error.as_service_error() {
        Some(TooManyRequestsException(_) | LimitExceededException(_)) => SendError::Throttled,
        Some(
            SendingPausedException(_) | AccountSuspendedException(_) | MailFromDomainNotVerifiedException(_),
        ) => SendError::Paused,
        Some(MessageRejected(_) | BadRequestException(_)) => SendError::Rejected,
        // What stands before SES throttles too, with names that SES's own list does not have.
        _ if error.raw_response().is_some_and(|answer| answer.status().as_u16() == 429) => {
            SendError::Throttled
        }
        _ if error.code().is_some_and(|code| code.starts_with("Throttl")) => SendError::Throttled,
        _ => SendError::Unavailable,
    }
}
