//! How the product reaches AWS, made for a quick cold start: nothing is searched for, neither profiles nor instance
//! metadata nor the system's certificates; what Lambda sets is taken as it is. So `aws-config` gives the configuration's
//! parts here, and its loader, which asks a chain of places, is not run.

use std::borrow::Cow;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::app_name::AppName;
use aws_types::sdk_config::Builder;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

pub use aws_config::SdkConfig;

use crate::variables::{Missing, optional};

/// DynamoDB and SES answer in milliseconds, within the region: what takes longer is lost, and a retry on another
/// connection helps. Three attempts with their pauses end well inside the 29 seconds that an API caller is given.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);
const ATTEMPTS: u32 = 3;

const AMAZON_ROOTS: &str = include_str!("amazon-roots.pem");

/// Reads a variable; a plain function, so that tests can give another environment.
type Read = fn(&str) -> Option<String>;

/// What every client of AWS is built from, once, outside the handler: region, credentials and the function's name from the
/// variables that Lambda sets, one HTTP client for all services. Does no I/O.
///
/// `AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL_SESV2` or, for all services, `AWS_ENDPOINT_URL` send requests
/// elsewhere, over plain HTTP too. `SSL_CERT_FILE` or `SSL_CERT_DIR` replaces the certificates that are trusted.
pub fn aws_config() -> Result<SdkConfig, Missing> {
    config_from(optional)
}

/// The same for the function of this name, over the same HTTP client: each of its requests says `app/<name>` in its user agent,
/// as it does on AWS. A name that cannot stand there is left out.
#[must_use]
pub fn named(config: &SdkConfig, name: impl Into<Cow<'static, str>>) -> SdkConfig {
    let mut named = config.to_builder();
    named.set_app_name(AppName::new(name).ok());
    named.build()
}

/// A configuration for an emulator at this URL, with made-up credentials. One for each service: they share nothing.
#[must_use]
pub fn local_aws_config(endpoint_url: &str) -> SdkConfig {
    let credentials = Credentials::new("local", "local", None, None, "local");
    config(Region::from_static("us-east-1"), credentials, optional).endpoint_url(endpoint_url).build()
}

fn config_from(read: Read) -> Result<SdkConfig, Missing> {
    let required = |name: &str| read(name).ok_or_else(|| Missing(name.to_owned()));
    let region = Region::new(required("AWS_REGION")?);
    let (id, secret) = (required("AWS_ACCESS_KEY_ID")?, required("AWS_SECRET_ACCESS_KEY")?);
    // Lambda starts a new process rather than let these expire.
    let credentials = Credentials::new(id, secret, read("AWS_SESSION_TOKEN"), None, "environment");
    let config = config(region, credentials, read).service_config(Endpoints { read }).build();
    Ok(match read("AWS_LAMBDA_FUNCTION_NAME") {
        Some(name) => named(&config, name),
        None => config,
    })
}

fn config(region: Region, credentials: Credentials, read: Read) -> Builder {
    let timeouts =
        TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).operation_attempt_timeout(ATTEMPT_TIMEOUT);
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(region)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http_client(read))
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts.build())
}

/// HTTPS by rustls with ring, whose first handshake is quick; HTTP where a URL says so.
fn http_client(read: Read) -> SharedHttpClient {
    let chosen = read("SSL_CERT_FILE").or_else(|| read("SSL_CERT_DIR"));
    let trusted = match chosen {
        // The system's loader reads these two variables itself.
        Some(_) => TrustStore::default(),
        // Reading a system's hundred and fifty roots takes longer than the handshake; AWS needs five.
        None => TrustStore::empty().with_pem_certificate(AMAZON_ROOTS),
    };
    let tls = TlsContext::builder().with_trust_store(trusted).build().unwrap_or_default();
    aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls)
        .build_https()
}

/// Answers each service's question for its own endpoint, by AWS's names for those variables.
#[derive(Debug)]
struct Endpoints {
    read: Read,
}

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_uppercase().replace(' ', "_");
        (self.read)(&format!("{}_{service}", key.env())).or_else(|| (self.read)(key.env()))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::OnceLock;
    use std::thread::{self, JoinHandle};

    use super::*;

    /// The environment of a Lambda function.
    fn lambda(name: &str) -> Option<String> {
        let value = match name {
            "AWS_REGION" => "eu-central-1",
            "AWS_ACCESS_KEY_ID" => "AKID",
            "AWS_SECRET_ACCESS_KEY" => "topsecret",
            "AWS_SESSION_TOKEN" => "token",
            "AWS_LAMBDA_FUNCTION_NAME" => "glueconnect-check-access",
            _ => return None,
        };
        Some(value.to_owned())
    }

    /// An endpoint that answers so many requests with this status and an empty list, and gives back what it was sent.
    fn endpoint(statuses: &'static [u16]) -> (String, JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answering =
            thread::spawn(move || statuses.iter().map(|status| answer(&listener, *status)).collect());
        (url, answering)
    }

    fn answer(listener: &TcpListener, status: u16) -> String {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"{}") {
            let mut some = [0; 4096];
            let length = stream.read(&mut some).unwrap();
            assert!(length > 0, "the client hung up");
            request.extend_from_slice(&some[..length]);
        }
        let body = r#"{"TableNames":[]}"#;
        let length = body.len();
        write!(stream, "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
            .unwrap();
        String::from_utf8(request).unwrap()
    }

    #[tokio::test]
    async fn a_service_is_called_where_its_variable_says_and_with_the_credentials_of_the_environment() {
        static URL: OnceLock<String> = OnceLock::new();
        let (url, answering) = endpoint(&[200]);
        URL.set(url).unwrap();
        let config = config_from(|name| match name {
            "AWS_ENDPOINT_URL_DYNAMODB" => URL.get().cloned(),
            "AWS_ENDPOINT_URL" => Some("http://127.0.0.1:1".to_owned()),
            _ => lambda(name),
        });
        let client = aws_sdk_dynamodb::Client::new(&config.unwrap());
        assert!(client.list_tables().send().await.unwrap().table_names().is_empty());
        let request = answering.join().unwrap().concat().to_lowercase();
        assert!(
            request.contains("credential=akid/") && request.contains("/eu-central-1/dynamodb/"),
            "{request}"
        );
        assert!(request.contains("x-amz-security-token: token"), "{request}");
        let agent = request.lines().find(|line| line.starts_with("user-agent:")).unwrap_or_default();
        assert!(agent.contains(" app/glueconnect-check-access"), "{request}");
    }

    #[tokio::test]
    async fn an_emulator_is_called_over_plain_http_and_again_after_a_fault() {
        let (url, answering) = endpoint(&[500, 200]);
        let client = aws_sdk_dynamodb::Client::new(&local_aws_config(&url));
        assert!(client.list_tables().send().await.is_ok());
        assert_eq!(answering.join().unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_service_that_does_not_answer_is_given_up() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let config = local_aws_config(&format!("http://{}", silent.local_addr().unwrap()));
        let configured = config.timeout_config().unwrap().clone();
        assert_eq!(configured.connect_timeout(), Some(CONNECT_TIMEOUT));
        assert_eq!(configured.operation_attempt_timeout(), Some(ATTEMPT_TIMEOUT));
        let hasty = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_millis(20)).build();
        let config =
            config.into_builder().timeout_config(hasty).retry_config(RetryConfig::disabled()).build();
        let error = aws_sdk_dynamodb::Client::new(&config).list_tables().send().await.unwrap_err();
        assert!(matches!(error, aws_sdk_dynamodb::error::SdkError::TimeoutError(_)), "{error:?}");
    }

    #[tokio::test]
    async fn the_compiled_in_roots_are_certificates_and_a_stranger_is_not_trusted() {
        assert_eq!(AMAZON_ROOTS.matches("BEGIN CERTIFICATE").count(), 5);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        // Loading the roots for the handshake panics if one of them cannot be read.
        let config =
            config(Region::from_static("us-east-1"), Credentials::new("a", "b", None, None, "test"), lambda);
        let config = config.endpoint_url(url).retry_config(RetryConfig::disabled()).build();
        let hello = thread::spawn(move || listener.accept().unwrap().0.read(&mut [0; 512]).unwrap());
        assert!(aws_sdk_dynamodb::Client::new(&config).list_tables().send().await.is_err());
        assert!(hello.join().unwrap() > 0, "a handshake was begun");
    }

    #[test]
    fn what_lambda_always_sets_is_missed_by_name() {
        for name in ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            assert!(lambda(name).is_some());
        }
        assert_eq!(config_from(|_| None).unwrap_err(), Missing("AWS_REGION".to_owned()));
        let no_secret = config_from(|name| lambda(name).filter(|_| name != "AWS_SECRET_ACCESS_KEY"));
        assert_eq!(no_secret.unwrap_err(), Missing("AWS_SECRET_ACCESS_KEY".to_owned()));
    }

    #[test]
    fn endpoints_are_named_as_aws_names_them() {
        let endpoints = Endpoints { read: |name| Some(name.to_owned()) };
        let name_for = |service| {
            let key = ServiceConfigKey::builder()
                .service_id(service)
                .env("AWS_ENDPOINT_URL")
                .profile("endpoint_url");
            endpoints.load_config(key.build().unwrap())
        };
        assert_eq!(name_for("DynamoDB").as_deref(), Some("AWS_ENDPOINT_URL_DYNAMODB"));
        assert_eq!(name_for("SESv2").as_deref(), Some("AWS_ENDPOINT_URL_SESV2"));
        assert_eq!(name_for("Secrets Manager").as_deref(), Some("AWS_ENDPOINT_URL_SECRETS_MANAGER"));
    }

    #[test]
    fn debug_shows_no_credential() {
        let config = config_from(lambda).unwrap();
        assert!(!format!("{config:?}").contains("topsecret"));
    }
}
