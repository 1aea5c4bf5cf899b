//! What a resending may say again: its words and its end. The same for a user's invitation and for an offer to an account.

use policy::invitation::{check_end, end_after_resending};
use policy::{Timestamp, text};
use web::body::{Attribute, Kind};
use web::{Body, Call, Faults};

/// What may be said. Nothing needs to be.
pub const BODY: Body = Body::new(
    "invitations",
    &[
        Attribute::optional("message", Kind::MESSAGE, "A new message from the user who resends it."),
        Attribute::optional(
            "expires-at",
            Kind::Time,
            "When the new link expires, one hour to thirty days from now. If left out: according to the account's settings, and never earlier than before.",
        ),
    ],
)
.also_called(&["users", "connections", "connection-invitations"]);

/// What a resending says.
#[derive(Debug, Clone, Default)]
pub struct Resending {
    /// New words; none to keep those that there are.
    pub message: Option<String>,
    expires_at: Option<Timestamp>,
}

impl Resending {
    /// Reads the request, which may have no body.
    pub fn read(call: &Call) -> Result<Self, Faults> {
        if call.says_nothing() {
            return Ok(Self::default());
        }
        let mut resource = call.document()?.one(&BODY)?;
        let attributes = &mut resource.attributes;
        let message = attributes.optional("message", text::message);
        let expires_at = attributes.optional("expires-at", |text| match text.parse() {
            Ok(end) => check_end(end, call.now).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        });
        resource.finish()?;
        Ok(Self { message, expires_at })
    }

    /// When the new link ends. `usual` is what the account has set, `before` the end of the newest link so far.
    #[must_use]
    pub fn end(&self, usual: Timestamp, before: Timestamp) -> Timestamp {
        end_after_resending(self.expires_at, usual, before)
    }
}
