//! Roles in plain words, for people who have never seen the product.

/// What one may do with a role, after "you can"; nothing for a role without words of its own.
pub(crate) fn may(role_name: &str) -> Option<&'static str> {
    let words = match role_name.to_ascii_lowercase().as_str() {
        "administrator" => "see and change everything in the account, and manage its users and settings",
        "manager" => "see, add, change and delete documentation, and invite people",
        "editor" => "see, add, change and delete documentation",
        "creator" => "see, add and change documentation, but not delete it",
        "read-only" | "lite" => "see documentation, but not change it",
        _ => return None,
    };
    Some(words)
}
