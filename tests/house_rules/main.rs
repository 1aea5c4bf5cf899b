//! What the house forbids itself, checked: which crate may use which, how things are named, what no line may say, that
//! the events under `events/` are what they seem and are answered as they promise, and what the template for AWS says and allows.

mod alarms;
mod answers;
mod calls;
mod capacity;
mod compatible;
mod cost;
mod dependencies;
mod deployer;
mod edge;
mod events;
mod examples;
mod filling;
mod house_map;
mod lines;
mod log_words;
mod mails;
mod names;
mod openapi;
mod papers;
mod partitions;
mod plain_words;
mod policies;
mod roles;
mod routes;
mod tables;
mod template;
mod variables;
mod watching;
