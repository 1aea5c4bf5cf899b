//! The query of an address, parameter by parameter, and the one rule for those that a route does not know: what could change
//! the answer is refused, what cannot is left aside.

use crate::fault::{Fault, Faults};

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// What is meant: hyphens for underscores, and without a `[]` or `[0]` behind it, by which some clients mark a list.
    pub name: String,
    /// Its name as it was sent. Refusals say this one.
    pub sent: String,
    /// Its value.
    pub value: String,
}

impl Parameter {
    /// Whether it says nothing: it is empty, or has nothing but blanks and commas.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.value.split(',').all(|part| part.trim().is_empty())
    }

    /// Whether it asks for a part, an order or the company of what a list answers. Where there is no list it changes nothing.
    #[must_use]
    pub fn is_about_lists(&self) -> bool {
        self.name.starts_with("page[") || matches!(self.name.as_str(), "sort" | "include")
    }

    /// Whether it is the client's own, as the `_=1700000000` with which some get around caches.
    #[must_use]
    pub fn is_the_clients_own(&self) -> bool {
        self.sent.starts_with('_')
    }

    /// That there is no such parameter here.
    #[must_use]
    pub fn unknown(&self) -> Fault {
        Fault::malformed(
            "unknown-parameter",
            format!("The parameter {} does not exist here.", quoted(&self.sent)),
        )
        .in_parameter(self.sent.as_str())
    }

    /// That something is wrong with what it says.
    #[must_use]
    pub fn fault(&self, detail: &str) -> Fault {
        Fault::malformed("bad-parameter", detail).in_parameter(self.sent.as_str())
    }

    /// That it is there again and says something else.
    #[must_use]
    pub fn contradicts(&self) -> Fault {
        self.fault(&format!("{} is given more than once, with different values.", quoted(&self.sent)))
    }
}

/// The parameters of a query, in its order.
#[must_use]
pub fn read(query: &str) -> Vec<Parameter> {
    let parameter = |(sent, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| Parameter {
        name: without_index(&sent).replace('_', "-"),
        sent: sent.into_owned(),
        value: value.into_owned(),
    };
    form_urlencoded::parse(query.as_bytes()).map(parameter).collect()
}

/// The name without the `[]` or `[0]` behind it, where a list may stand.
fn without_index(name: &str) -> &str {
    let Some((base, rest)) = name.rsplit_once('[') else { return name };
    let is_index =
        rest.strip_suffix(']').is_some_and(|index| index.bytes().all(|byte| byte.is_ascii_digit()));
    let takes_many = base.ends_with(']') || matches!(base, "sort" | "include");
    if is_index && takes_many { base } else { name }
}

/// A fault for each parameter that is none of these, could change the answer, or contradicts itself.
pub(crate) fn check(parameters: &[Parameter], known: &[&str]) -> Result<(), Faults> {
    let mut faults = Vec::new();
    for (place, parameter) in parameters.iter().enumerate() {
        if known.contains(&parameter.name.as_str()) {
            let mut earlier = parameters.iter().take(place).filter(|earlier| earlier.name == parameter.name);
            if earlier.any(|earlier| earlier.value != parameter.value) {
                faults.push(parameter.contradicts());
            }
        } else if !parameter.is_about_lists() && !parameter.is_the_clients_own() {
            faults.push(parameter.unknown());
        }
    }
    Faults::check(faults)
}

/// Characters of what was sent that a refusal says again.
const SAID_AGAIN: usize = 100;

/// What was sent, as a refusal says it again.
#[must_use]
pub fn quoted(sent: &str) -> String {
    let mut said: String = sent.chars().take(SAID_AGAIN).collect();
    if sent.chars().count() > SAID_AGAIN {
        said.push('…');
    }
    format!("`{said}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_meant_with_hyphens_and_said_as_it_was_sent() {
        for (query, name, sent) in [
            ("filter[role_name]=Lite", "filter[role-name]", "filter[role_name]"),
            ("filter%5Bstatus%5D%5B%5D=active", "filter[status]", "filter[status][]"),
            ("filter[status][0]=active", "filter[status]", "filter[status][0]"),
            ("sort[]=name", "sort", "sort[]"),
            ("page[]=1", "page[]", "page[]"),
            ("filter[]=1", "filter[]", "filter[]"),
            ("filter[a][b]=1", "filter[a][b]", "filter[a][b]"),
            ("_=17", "-", "_"),
        ] {
            let read = read(query);
            let [parameter] = read.as_slice() else { panic!("{query}") };
            assert_eq!((parameter.name.as_str(), parameter.sent.as_str()), (name, sent));
        }
    }

    #[test]
    fn what_cannot_change_the_answer_is_left_aside_and_all_else_is_refused() {
        let checked = |query: &str| check(&read(query), &["preview"]);
        for harmless in [
            "",
            "page[size]=0&page[number]=x&page[whatever]=1&sort=x&include=y",
            "_=1",
            "_dc=1",
            "preview=true&preview=true",
            "page[size]=1&page[size]=2",
        ] {
            assert_eq!(checked(harmless), Ok(()), "{harmless}");
        }
        for (wrong, code, sent) in [
            ("privew=true", "unknown-parameter", "privew"),
            ("page_size=2", "unknown-parameter", "page_size"),
            ("filter[role_name]=Lite", "unknown-parameter", "filter[role_name]"),
            ("preview=true&preview=false", "bad-parameter", "preview"),
        ] {
            let faults = checked(wrong).unwrap_err();
            let [fault] = faults.all() else { panic!("{wrong}") };
            assert_eq!((fault.code(), fault.detail().contains(&format!("`{sent}`"))), (code, true));
        }
    }
}
