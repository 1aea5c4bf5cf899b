//! What the house forbids itself, checked: which crate may use which, how things are named, what no line may say, and that
//! the events under `events/` are what they seem.

mod dependencies;
mod events;
mod house_map;
mod lines;
mod names;
mod routes;
mod variables;
