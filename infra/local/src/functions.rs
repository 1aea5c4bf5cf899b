//! Every function of the product, and the variables with which they run elsewhere.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use api::{Api, Keys};
use aws_lambda_events::event::dynamodb::EventRecord;
use close_accounts::Closing;
use environment::aws::{SdkConfig, local_aws_config, named};
use expire_invitations::Expiring;
use lambda_http::{Body, Request, Response};
use mail::{Mailer, Sender};
use open_account::SignUp;
use record_delivery::Recording;
use rotate_keys::Rotating;
use seal_log::{Bus, Sealing};
use send_invites::Sending;
use serde_json::Value;
use signing::{Secret, Signer};
use store::Store;
use store::capacity::metered;
use tokens::SigningKeys;
use web::Operation;

use crate::events;
use crate::function::{Function, event_function, http_function};
use crate::run::{Pieces, SeedDemo};
use crate::secrets;
use crate::surroundings::{REGION, Surroundings};

/// The table's name.
pub const TABLE: &str = "glueconnect";

/// How often the schedule runs, as in the template.
const SCHEDULE: Duration = Duration::from_secs(60);

/// How often accounts are closed, as in the template.
const CLOSING: Duration = Duration::from_secs(3_600);

/// How often the stream tries a record, as in the template.
const STREAM_ATTEMPTS: u32 = 10;

/// Sealing is tried until the stream forgets the record.
const SEALING_ATTEMPTS: u32 = u32::MAX;

/// Whom mails come from.
pub const SENDER_ADDRESS: &str = "invitations@glueconnect.example";
const SENDER_NAME: &str = "glueconnect";

/// By which SES tells what happened to a mail.
pub const CONFIGURATION_SET: &str = "glueconnect";

/// The whole product, as [`crate::run::run`] runs it.
#[must_use]
pub fn pieces(demo: SeedDemo) -> Pieces {
    Pieces {
        table: || store::table::definition(TABLE),
        functions: all,
        variables,
        generate_keys,
        demo: Some(demo),
    }
}

/// A fresh key set. Secret.
pub fn generate_keys() -> Result<String, String> {
    SigningKeys::generate().map(|keys| keys.to_jwks()).map_err(|error| error.to_string())
}

/// All functions, built against these surroundings; why not, if the keys are none. Each has clients of its own, which say its
/// name, and remembers nothing of what another has read.
pub fn all(surroundings: &Surroundings) -> Result<Vec<Function>, String> {
    SigningKeys::from_jwks(&surroundings.keys).map_err(|error| error.to_string())?;
    let parts = Parts::around(surroundings);
    let clock = &surroundings.clock;
    macro_rules! plain {
        ($name:literal, $function:ident) => {
            parts.served($name, $function::OPERATIONS, |api, request| async move {
                $function::handle(&api, request).await
            })
        };
    }
    macro_rules! signing {
        ($name:literal, $function:ident) => {{
            let signer = parts.signer($name);
            parts.served($name, $function::OPERATIONS, move |api, request| {
                let signer = signer.clone();
                async move { $function::handle(&api, &signer, request).await }
            })
        }};
    }
    let sending = Sending {
        store: parts.store("send-invites"),
        signer: parts.signer("send-invites"),
        mailer: Mailer::new(
            &named(&local_aws_config(&surroundings.ses_url), "send-invites"),
            &Sender { address: SENDER_ADDRESS.to_owned(), name: SENDER_NAME.to_owned() },
            Some(CONFIGURATION_SET.to_owned()),
        ),
        clock: clock.clone(),
        public_url: surroundings.public_url.clone(),
        mails_per_second: surroundings.mails_per_second,
    };
    let expiring = Expiring { store: parts.store("expire-invitations"), clock: clock.clone() };
    let closing = Closing { store: parts.store("close-accounts"), clock: clock.clone() };
    let sealing = Sealing {
        store: parts.store("seal-log"),
        clock: clock.clone(),
        bus: Some(Bus::new(
            &named(&local_aws_config(&surroundings.events_url), "seal-log"),
            events::BUS.to_owned(),
        )),
    };
    let recording = Recording { store: parts.store("record-delivery"), clock: clock.clone() };
    let rotating = Rotating {
        store: parts.store("rotate-keys"),
        secret: Secret::new(&named(&parts.secrets, "rotate-keys"), secrets::NAME),
        clock: clock.clone(),
    };
    Ok(vec![
        plain!("accept-connection", accept_connection),
        signing!("accept-invite", accept_invite),
        plain!("check-access", check_access),
        {
            let (source, clock) = (console::Source::for_development(), clock.clone());
            http_function("console", console::ROUTES.to_vec(), move |request| {
                ready(console::handle(&source, &clock, request))
            })
        },
        plain!("create-users", create_users),
        {
            let clock = clock.clone();
            described("describe-api", describe_api::OPERATIONS, move |request| {
                ready(describe_api::handle(&clock, request))
            })
            .answering_the_rest()
        },
        {
            let providers = surroundings.providers.clone();
            parts.served("invite-account", invite_account::OPERATIONS, move |api, request| {
                let providers = providers.clone();
                async move { invite_account::handle(&api, &providers, request).await }
            })
        },
        plain!("erase-person", erase_person),
        plain!("list-logs", list_logs),
        plain!("review-access", review_access),
        plain!("manage-account", manage_account),
        plain!("manage-api-keys", manage_api_keys),
        plain!("manage-connections", manage_connections),
        plain!("manage-groups", manage_groups),
        signing!("manage-mfa", manage_mfa),
        plain!("manage-organizations", manage_organizations),
        plain!("manage-restrictions", manage_restrictions),
        signing!("manage-passwords", manage_passwords),
        plain!("manage-users", manage_users),
        {
            let sign_up = surroundings.sign_up;
            parts.served("open-account", open_account::OPERATIONS, move |api, request| async move {
                open_account::handle(&api, sign_up, request).await
            })
        },
        plain!("report-health", report_health),
        plain!("resend-invite", resend_invite),
        signing!("sign-in", sign_in),
        warmed_up(
            &sending.store.clone(),
            event_function("send-invites", move |event| {
                let sending = sending.clone();
                metered(async move { send_invites::handle(&sending, event).await })
            }),
        )
        .fed_by_stream(STREAM_ATTEMPTS, |record| concerns(record, send_invites::concerns)),
        event_function("rotate-keys", move |event| {
            let rotating = rotating.clone();
            metered(async move { rotate_keys::handle(&rotating, event).await })
        })
        .called_at_start(),
        warmed_up(
            &recording.store.clone(),
            event_function("record-delivery", move |event| {
                let recording = recording.clone();
                metered(async move { record_delivery::handle(&recording, event).await })
            }),
        )
        .told_of_mail(),
        warmed_up(
            &sealing.store.clone(),
            event_function("seal-log", move |event| {
                let sealing = sealing.clone();
                metered(async move { seal_log::handle(&sealing, event).await })
            }),
        )
        .fed_by_stream(SEALING_ATTEMPTS, |record| concerns(record, seal_log::concerns)),
        event_function("expire-invitations", move |event| {
            let expiring = expiring.clone();
            metered(async move { expire_invitations::handle(&expiring, event).await })
        })
        .on_schedule("expire-invitations", SCHEDULE),
        event_function("close-accounts", move |event| {
            let closing = closing.clone();
            metered(async move { close_accounts::handle(&closing, event).await })
        })
        .on_schedule("close-accounts", CLOSING),
    ])
}

/// What the functions are built from.
struct Parts<'a> {
    surroundings: &'a Surroundings,
    dynamodb: SdkConfig,
    secrets: SdkConfig,
}

impl<'a> Parts<'a> {
    fn around(surroundings: &'a Surroundings) -> Self {
        Self {
            surroundings,
            dynamodb: local_aws_config(&surroundings.dynamodb_url),
            secrets: local_aws_config(&surroundings.secrets_url),
        }
    }

    fn store(&self, function: &'static str) -> Store {
        Store::new(&named(&self.dynamodb, function), TABLE)
    }

    fn signer(&self, function: &'static str) -> Signer {
        Signer::new(&named(&self.secrets, function), secrets::NAME)
    }

    fn served<Answer>(
        &self,
        name: &'static str,
        operations: &'static [Operation],
        handle: impl Fn(Arc<Api>, Request) -> Answer + Send + Sync + 'static,
    ) -> Function
    where
        Answer: Future<Output = Response<Body>> + Send + 'static,
    {
        let store = self.store(name);
        let api = Arc::new(Api {
            keys: Keys::new(store.clone()),
            store,
            clock: self.surroundings.clock.clone(),
            limits: self.surroundings.limits,
        });
        let starting = Arc::clone(&api);
        described(name, operations, move |request| metered(handle(Arc::clone(&api), request))).warmed_up_by(
            move || {
                let api = Arc::clone(&starting);
                async move { api.warm_up().await }
            },
        )
    }
}

fn described<Answer>(
    name: &'static str,
    operations: &'static [Operation],
    handle: impl Fn(Request) -> Answer + Send + Sync + 'static,
) -> Function
where
    Answer: Future<Output = Response<Body>> + Send + 'static,
{
    Function { operations, ..http_function(name, web::operation::served(operations), handle) }
}

/// The function opens its connection to this table at its start.
fn warmed_up(store: &Store, function: Function) -> Function {
    let store = store.clone();
    function.warmed_up_by(move || {
        let store = store.clone();
        async move { store.warm_up().await }
    })
}

/// What a function says about a record, as it reads it.
fn concerns(record: &Value, says: fn(&EventRecord) -> bool) -> bool {
    serde_json::from_str::<EventRecord>(&record.to_string()).is_ok_and(|record| says(&record))
}

/// The variables with which a function that runs in a process of its own finds these surroundings.
pub fn variables(surroundings: &Surroundings) -> Vec<(&'static str, String)> {
    vec![
        ("AWS_ENDPOINT_URL_DYNAMODB", surroundings.dynamodb_url.clone()),
        ("AWS_ENDPOINT_URL_SESV2", surroundings.ses_url.clone()),
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", "local".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ("PUBLIC_URL", surroundings.public_url.clone()),
        ("TABLE_NAME", TABLE.to_owned()),
        ("SIGNING_KEYS_SECRET", secrets::NAME.to_owned()),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", surroundings.secrets_url.clone()),
        ("AWS_ENDPOINT_URL_EVENTBRIDGE", surroundings.events_url.clone()),
        ("EVENT_BUS", events::BUS.to_owned()),
        ("SENDER_ADDRESS", SENDER_ADDRESS.to_owned()),
        ("CONFIGURATION_SET", CONFIGURATION_SET.to_owned()),
        ("SENDER_NAME", SENDER_NAME.to_owned()),
        ("SIGN_UP", if surroundings.sign_up == SignUp::Open { "open" } else { "closed" }.to_owned()),
    ]
}
