//! web

pub mod page;
