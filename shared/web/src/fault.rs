//! What is wrong with a request, as JSON:API says it. The code is stable and part of the contract; the detail is for people.

mod errors;

use policy::{GroupId, Kind, OrganizationId, Refusal, UserId};

use self::errors::Source;
pub use self::errors::{Enrolment, Errors, FaultMeta};

/// One fault.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    status: u16,
    code: &'static str,
    detail: String,
    source: Option<Source>,
    retry_after: Option<u32>,
    meta: Option<FaultMeta>,
}

impl Fault {
    fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), source: None, retry_after: None, meta: None }
    }

    /// 400: the request is malformed.
    pub fn malformed(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(400, code, detail)
    }

    /// 401: no one, or not who they say.
    pub fn unauthenticated(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(401, code, detail)
    }

    /// 403: known, and not allowed.
    pub fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(403, code, detail)
    }

    /// 404: unknown, or not yours to see. Always the same words.
    #[must_use]
    pub fn unknown() -> Self {
        Self::new(404, "not-found", "This does not exist, or you have no access to it.")
    }

    /// 404: not an address of this API, whoever asks.
    #[must_use]
    pub fn no_such_address() -> Self {
        Self::new(
            404,
            "no-such-address",
            "This URL does not exist in this API. See GET /openapi.json for the ones that do.",
        )
    }

    /// 405: there, but not so.
    #[must_use]
    pub fn method_not_allowed() -> Self {
        Self::new(405, "method-not-allowed", "This URL does not support this method.")
    }

    /// 409: does not fit what is stored.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(409, code, detail)
    }

    /// 410: was there once.
    pub fn gone(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(410, code, detail)
    }

    /// 412: changed since you read it.
    #[must_use]
    pub fn stale() -> Self {
        Self::new(
            412,
            "stale-version",
            "This has changed since you read it. Read it again, then repeat your change.",
        )
    }

    /// 413: too much at once.
    pub fn too_large(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(413, code, detail)
    }

    /// 415: not in a format that is understood.
    #[must_use]
    pub fn unsupported_media_type() -> Self {
        Self::new(
            415,
            "unsupported-media-type",
            "Send the body as `application/vnd.api+json` or `application/json`.",
        )
    }

    /// 415: in an extension of JSON:API, which changes what a document means.
    #[must_use]
    pub fn unsupported_extension() -> Self {
        let detail =
            "Extensions of JSON:API are not supported. Send `application/vnd.api+json` without `ext`.";
        Self::new(415, "unsupported-media-type", detail)
    }

    /// 415: packed in some way.
    #[must_use]
    pub fn packed() -> Self {
        let detail = "Compressed bodies are not supported. Send the body without `Content-Encoding`.";
        Self::new(415, "unsupported-content-encoding", detail).in_header("Content-Encoding")
    }

    /// 422: well-formed and not acceptable.
    pub fn unacceptable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(422, code, detail)
    }

    /// 422: names a group that the account does not have. The same for one of another account.
    #[must_use]
    pub fn unknown_group(id: GroupId) -> Self {
        Self::unacceptable("unknown-group", format!("Group {id} was not found."))
    }

    /// 422: names an organization that the account does not have. The same for one of another account.
    #[must_use]
    pub fn unknown_organization(id: OrganizationId) -> Self {
        Self::unacceptable("unknown-organization", format!("Organization {id} was not found."))
    }

    /// 422: names a user that the account does not have. The same for one of another account.
    #[must_use]
    pub fn unknown_user(id: UserId) -> Self {
        Self::unacceptable("unknown-user", format!("User {id} was not found."))
    }

    /// 503: the store cannot answer. Does not say why.
    #[must_use]
    pub fn unavailable() -> Self {
        let mut fault =
            Self::new(503, "unavailable", "The service is temporarily unavailable. Try again in a moment.");
        fault.retry_after = Some(1);
        fault
    }

    /// Where in the body it is, as a JSON pointer.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.source = Some(Source::Pointer(pointer.into()));
        self
    }

    /// Which query parameter it is.
    #[must_use]
    pub fn in_parameter(mut self, parameter: impl Into<String>) -> Self {
        self.source = Some(Source::Parameter(parameter.into()));
        self
    }

    /// Which header it is.
    #[must_use]
    pub fn in_header(mut self, header: &'static str) -> Self {
        self.source = Some(Source::Header(header.to_owned()));
        self
    }

    /// With data beyond words, for programs.
    #[must_use]
    pub fn with_meta(mut self, meta: FaultMeta) -> Self {
        self.meta = Some(meta);
        self
    }

    /// The status code.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// What people read.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    pub(crate) const fn retry_after(&self) -> Option<u32> {
        self.retry_after
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.kind() {
            Kind::Forbidden => 403,
            Kind::Conflict => 409,
            Kind::Unacceptable => 422,
            Kind::TooMuch => 429,
        };
        let mut fault = Self::new(status, refusal.code(), sentence(&refusal.to_string()));
        fault.retry_after = refusal.retry_after();
        fault.meta = FaultMeta::of(&refusal);
        fault
    }
}

/// What is wrong, with the name in front where the words are only a predicate: `must not be empty`.
#[must_use]
pub(crate) fn about(name: &str, detail: &str) -> String {
    let is_predicate =
        ["is ", "must ", "can ", "cannot ", "does "].iter().any(|verb| detail.starts_with(verb));
    if is_predicate { format!("`{name}` {detail}") } else { detail.to_owned() }
}

/// With a capital and a full stop.
#[must_use]
pub fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let start: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{start}{}{end}", characters.as_str())
}

/// At most this many faults are told; of the others there is a count.
pub const TOLD: usize = 50;

/// All the faults of one request, at least one. However many a request has, the answer has [`TOLD`] at most and says how many
/// more there are: its size is not the sender's to decide.
#[derive(Debug, Clone, PartialEq)]
pub struct Faults {
    told: Vec<Fault>,
    more: usize,
}

impl Faults {
    /// Nothing, if there is no fault.
    pub fn check(faults: Vec<Fault>) -> Result<(), Self> {
        Self::check_with_more(faults, 0)
    }

    /// Nothing, if there are none of these. What they do not tell is counted on.
    pub fn together(all: impl IntoIterator<Item = Self>) -> Result<(), Self> {
        let (mut faults, mut more) = (Vec::new(), 0);
        for each in all {
            more += each.more;
            faults.extend(each.told);
        }
        Self::check_with_more(faults, more)
    }

    /// The same, where there are so many more that are not told.
    pub(crate) fn check_with_more(mut faults: Vec<Fault>, more: usize) -> Result<(), Self> {
        let more = more + faults.len().saturating_sub(TOLD);
        faults.truncate(TOLD);
        if faults.is_empty() { Ok(()) } else { Err(Self { told: faults, more }) }
    }

    /// How many there are besides those that are told.
    pub(crate) const fn more(&self) -> usize {
        self.more
    }

    /// Those that are told.
    #[must_use]
    pub fn all(&self) -> &[Fault] {
        &self.told
    }

    /// Whether it is this fault, and this alone.
    #[must_use]
    pub fn is(&self, code: &str) -> bool {
        matches!(self.told.as_slice(), [fault] if fault.code == code)
    }

    /// The status of the whole answer: the faults' own if they agree, 400 if any is malformed, else the first one's.
    #[must_use]
    pub fn status(&self) -> u16 {
        let malformed = self.told.iter().any(|fault| fault.status == 400);
        if malformed { 400 } else { self.told.first().map_or(400, Fault::status) }
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self { told: vec![fault], more: 0 }
    }
}
