//! The local product with stub functions: what it makes of HTTP, of the stream, of the schedule and of mail.
#[cfg(test)]
mod control;
#[cfg(test)]
mod front;
#[cfg(test)]
mod http;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod start;
#[cfg(test)]
mod stream;
#[cfg(test)]
mod stub;
