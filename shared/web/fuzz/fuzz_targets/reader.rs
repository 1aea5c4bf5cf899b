//! Whatever comes as a body: it is read or refused, and what is said of it is short.

#![no_main]

use lambda_http::http::Request;
use lambda_http::{Body as Sent, RequestExt as _};
use libfuzzer_sys::fuzz_target;
use policy::Timestamp;
use web::body::{Attribute, Kind, Relationship};
use web::{Body, Call, Faults};

static USERS: Body = Body::changing(
    "users",
    &[
        Attribute::required("email", Kind::Email, "The address."),
        Attribute::optional("name", Kind::NAME, "The name."),
        Attribute::optional("my-glue", Kind::Flag, "Whether to MyGlue."),
    ],
)
.up_to(100)
.with(&[Relationship::new("groups", "The groups.")]);

fn short(faults: &Faults) {
    assert!(faults.all().len() <= 51);
    let told: usize = faults.all().iter().map(|fault| fault.detail().len()).sum();
    assert!(told <= 64 * 1024, "{told}");
}

fuzz_target!(|body: &[u8]| {
    let Ok(request) = Request::builder()
        .method("POST")
        .uri("/users")
        .header("content-type", "application/json")
        .body(Sent::Binary(body.to_vec()))
    else {
        return;
    };
    let call = Call::new(request.with_raw_http_path("/users"), Timestamp::from_millis(0));
    let rows = match call.document().and_then(|document| document.one_or_many(&USERS)) {
        Ok((rows, _)) => rows,
        Err(faults) => return short(&faults),
    };
    let mut left = Vec::new();
    for mut row in rows {
        let take = |text: &str| Ok::<_, String>(text.to_owned());
        let _ = row.attributes.required("email", take);
        let _ = row.attributes.optional("name", take);
        let _ = row.attributes.flag("my-glue");
        left.extend(row.into_faults());
    }
    if let Err(faults) = Faults::check(left) {
        short(&faults);
    }
});
