//! The variables that a function is configured by.

/// A variable that a function cannot do without is not set, or is empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {0} is not set")]
pub struct Missing(pub String);

/// The variable's text.
pub fn required(name: &str) -> Result<String, Missing> {
    optional(name).ok_or_else(|| Missing(name.to_owned()))
}

/// The variable's text, unless it is not set, is empty or is no Unicode.
#[must_use]
pub fn optional(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_variable_is_named() {
        assert_eq!(optional("NO_SUCH_VARIABLE"), None);
        let missing = required("NO_SUCH_VARIABLE").unwrap_err();
        assert_eq!(missing.to_string(), "the environment variable NO_SUCH_VARIABLE is not set");
        assert!(required("CARGO_MANIFEST_DIR").is_ok(), "cargo sets this one for tests");
    }
}
