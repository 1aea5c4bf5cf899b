//! In which order texts are listed.

use std::cell::OnceCell;

use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::{Collator, CollatorBorrowed};

thread_local! {
    /// None where the library's own data cannot be read; then texts are sorted as they are compared.
    static COLLATOR: OnceCell<Option<CollatorBorrowed<'static>>> = const { OnceCell::new() };
}

/// What a text is sorted by: two of these, compared as texts, stand as people expect the texts to stand (Unicode's collation
/// algorithm with CLDR's root order), first by letters, then by accents, then by case.
#[must_use]
pub fn sorted(text: &str) -> String {
    let mut key: Vec<u8> = Vec::with_capacity(2 * text.len());
    let is_made = COLLATOR.with(|collator| {
        let collator = collator.get_or_init(|| {
            let mut options = CollatorOptions::default();
            options.strength = Some(Strength::Tertiary);
            Collator::try_new(Default::default(), options).ok()
        });
        collator.as_ref().is_some_and(|collator| collator.write_sort_key_to(text, &mut key).is_ok())
    });
    // Each byte as a character keeps their order.
    if is_made { key.into_iter().map(char::from).collect() } else { policy::text::folded(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_as_people_expect() {
        let mut names =
            ["Österreich", "Zebra", "Łódź", "apple", "Émile", "Eve", "ab", "a c", "Apple", "Äpfel"];
        names.sort_by_key(|name| sorted(name));
        let expected =
            ["a c", "ab", "Äpfel", "apple", "Apple", "Émile", "Eve", "Łódź", "Österreich", "Zebra"];
        assert_eq!(names, expected);
    }
}
