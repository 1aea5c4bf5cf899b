//! The code that a request gives.

use api::Failure;
use policy::Refusal;
use policy::password::MAXIMUM_CHARACTERS;
use web::body::{Attribute, Kind};
use web::{Body, Call, Fault};

/// A code.
pub const BODY: Body = Body::new(
    "mfa",
    &[Attribute::required(
        "otp",
        Kind::Secret(0, MAXIMUM_CHARACTERS),
        "A code of the authenticator app; to take the second factor away, a recovery code will do.",
    )],
);

/// The code that the request gives.
pub fn code(call: &Call) -> Result<String, Failure> {
    let mut resource = call.document()?.one(&BODY)?;
    let code = resource.attributes.required("otp", |text| Ok::<_, std::convert::Infallible>(text.to_owned()));
    resource.finish()?;
    Ok(code.unwrap_or_default())
}

/// That it does not count.
pub fn wrong_code() -> Failure {
    Fault::from(Refusal::WrongCode).at("/data/attributes/otp").into()
}
