//! What the house forbids itself, checked.
