//! Names that a filter asks for. Names have commas in them, and commas part several names: the whole text is looked for first,
//! and its parts where nothing is called so. A comma behind a backslash parts nothing.

use policy::text::folded;

/// What a filter by name asks for, each as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names(pub(super) Vec<Name>);

/// One text that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The whole of it.
    pub whole: String,
    /// What its commas part, if they part anything.
    pub parts: Vec<String>,
}

impl Name {
    /// Nothing if it says nothing.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts: Vec<String> = unescaped(text).iter().map(|part| folded(part)).collect();
        parts.retain(|part| !part.is_empty());
        match parts.as_slice() {
            [] => None,
            [one] => Some(Self { whole: one.clone(), parts: Vec::new() }),
            _ => Some(Self { whole: folded(text), parts }),
        }
    }
}

impl Names {
    /// The texts with commas in them: which of these something is called has to be looked up.
    #[must_use]
    pub fn in_doubt(&self) -> Vec<&str> {
        self.0.iter().filter(|name| !name.parts.is_empty()).map(|name| name.whole.as_str()).collect()
    }

    /// The names that are meant, where the texts for which this is true are names themselves.
    #[must_use]
    pub fn meant(self, is_a_name: impl Fn(&str) -> bool) -> Vec<String> {
        let meant = |name: Name| match name.parts.is_empty() || is_a_name(&name.whole) {
            true => vec![name.whole],
            false => name.parts,
        };
        self.0.into_iter().flat_map(meant).collect()
    }
}

/// The parts between commas that have no backslash before them.
fn unescaped(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, parts.last_mut()) {
            ('\\', Some(part)) if letters.peek() == Some(&',') => part.extend(letters.next()),
            (',', _) => parts.push(String::new()),
            (_, Some(part)) => part.push(letter),
            (_, None) => {}
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Names {
        Names(Name::read(text).into_iter().collect())
    }

    #[test]
    fn the_whole_text_is_meant_where_something_is_called_so_and_its_parts_elsewhere() {
        let called = |known: &'static str| move |text: &str| text == known;
        assert_eq!(names("Bakery").meant(called("x")), ["bakery"]);
        assert_eq!(names("A,B").meant(called("x")), ["a", "b"]);
        assert_eq!(names("Smith, Jones & Co").meant(called("smith, jones & co")), ["smith, jones & co"]);
        assert_eq!(names("Smith, Jones & Co").meant(called("x")), ["smith", "jones & co"]);
        assert_eq!(names(r"Smith\, Jones & Co").meant(called("x")), ["smith, jones & co"]);
        assert_eq!(names(r"Smith\, Jones & Co,Bakery").meant(called("x")), ["smith, jones & co", "bakery"]);
        assert_eq!(names(r"AC\DC").meant(called("x")), [r"ac\dc"]);
        assert_eq!(names("Bakery,").meant(called("x")), ["bakery"]);
        assert_eq!(names(" , \u{200b}").meant(called("x")), [""; 0]);
        assert_eq!(names("Bakery").in_doubt(), [""; 0]);
        assert_eq!(names("A,B").in_doubt(), ["a,b"]);
    }
}
