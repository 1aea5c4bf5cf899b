//! Words out of a closed set, as answers have them. The sets are the rules' own; what is added here is their schema.

use std::borrow::Cow;
use std::fmt::Debug;

use policy::connection::Status;
use policy::decision::Obstacle;
use policy::invitation::{InvitationState, Outcome};
use policy::{Action, Delivery, Role, Suppression};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

/// A closed set of words.
pub trait Words: Copy + Debug + 'static {
    /// What its schema is called.
    const SCHEMA: &'static str;
    /// What the words say.
    const ABOUT: &'static str;
    /// Every one of them.
    const ALL: &'static [Self];

    /// The word for it.
    fn word(self) -> &'static str;
}

/// One word of a closed set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<T>(pub T);

impl<T: Words> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.0.word())
    }
}

impl<T: Words> JsonSchema for Word<T> {
    fn schema_name() -> Cow<'static, str> {
        T::SCHEMA.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema(T::ABOUT, T::ALL.iter().map(|one| one.word()))
    }
}

/// The schema of a set of words, each of them once.
pub fn schema(about: &str, words: impl IntoIterator<Item = &'static str>) -> Schema {
    let mut each: Vec<&str> = Vec::new();
    for word in words {
        if !each.contains(&word) {
            each.push(word);
        }
    }
    json_schema!({ "description": about, "type": "string", "enum": each })
}

/// Words that are always the same, each as a type: the type of a resource, say.
#[macro_export]
macro_rules! constants {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name;

        impl $name {
            /// The word.
            pub const WORD: &'static str = $word;
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.serialize_str(Self::WORD)
            }
        }

        impl ::schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({ "type": "string", "const": Self::WORD })
            }
        }
    )*};
}

macro_rules! words {
    ($($set:ident, $schema:literal, $about:literal, $name:ident;)*) => {$(
        impl Words for $set {
            const SCHEMA: &'static str = $schema;
            const ABOUT: &'static str = $about;
            const ALL: &'static [Self] = &Self::ALL;

            fn word(self) -> &'static str {
                self.$name()
            }
        }
    )*};
}

words! {
    Action, "Action", "An action in an organization.", name;
    Delivery, "Delivery", "The delivery state of the mail.", name;
    InvitationState, "InvitationState", "The state of an invitation's newest link.", name;
    Obstacle, "Obstacle", "A reason why something is not allowed.", code;
    Outcome, "Outcome", "The outcome of inviting an address.", name;
    Role, "RoleName", "A role.", name;
    Status, "ConnectionStatus", "The status of a connection.", name;
    Suppression, "SuppressionReason", "Why no mail is sent to an address.", name;
}
