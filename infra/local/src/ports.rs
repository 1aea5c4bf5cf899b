//! The three ports in a row, on the loopback interface alone: the API, control and mailbox, DynamoDB.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpListener;

/// The port of the API when none is asked for.
pub const DEFAULT: u16 = 9000;

/// The ports to listen on; 0 takes a free one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    /// The API.
    pub api: u16,
    /// Control and mailbox, and SES.
    pub control: u16,
    /// DynamoDB.
    pub dynamodb: u16,
}

/// A port that could not be taken.
#[derive(Debug, thiserror::Error)]
#[error("port {port} on {} cannot be used: {cause}", Ipv4Addr::LOCALHOST)]
pub struct PortError {
    /// The port that is taken.
    pub port: u16,
    /// The cause.
    pub cause: std::io::Error,
}

impl Ports {
    /// Three free ports, for tests.
    pub const FREE: Self = Self { api: 0, control: 0, dynamodb: 0 };

    /// Three in a row, from `first`.
    #[must_use]
    pub const fn from(first: u16) -> Self {
        Self { api: first, control: first.saturating_add(1), dynamodb: first.saturating_add(2) }
    }
}

/// Takes the port, and tells where it is reached.
pub(crate) async fn take(port: u16) -> Result<(TcpListener, String), PortError> {
    let failed = |cause| PortError { port, cause };
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.map_err(failed)?;
    let url = format!("http://{}", listener.local_addr().map_err(failed)?);
    Ok((listener, url))
}
