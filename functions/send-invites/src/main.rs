//! Wires `send-invites`.

use environment::aws::aws_config;
use environment::variables::{optional, required};
use environment::{Clock, logging};
use lambda_runtime::{Error, run, service_fn};
use mail::{Mailer, Sender};
use send_invites::Sending;
use signing::Signer;
use store::Store;
use store::capacity::metered;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start_logging();
    let config = aws_config()?;
    let sender = Sender { address: required("SENDER_ADDRESS")?, name: required("SENDER_NAME")? };
    let sending = Sending {
        store: Store::new(&config, required("TABLE_NAME")?),
        signer: Signer::new(&config, required("SIGNING_KEYS_SECRET")?),
        mailer: Mailer::new(&config, &sender, optional("CONFIGURATION_SET")),
        clock: Clock::system(),
        public_url: required("PUBLIC_URL")?.trim_end_matches('/').to_owned(),
        mails_per_second: optional("MAILS_PER_SECOND").map(|rate| rate.parse()).transpose()?,
    };
    sending.store.warm_up().await;
    run(service_fn(|event| metered(send_invites::handle(&sending, event)))).await
}
