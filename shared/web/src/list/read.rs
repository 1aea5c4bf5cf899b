//! What a request asks of a list. One rule for every list: an unknown filter and an empty one are refused, since everything would
//! be answered without it; an unknown value of a filter is refused; what cannot change the answer is left aside.

use std::fmt::Display;
use std::str::FromStr;

use super::names::Name;
use super::{
    DEFAULT_SIZE, EXPORT_SIZE, Filter, Given, LARGEST_SIZE, Listing, Names, SEARCH, Shape, Sort, Start,
};
use crate::body::{Kind, word};
use crate::fault::{Fault, Faults, about, sentence};
use crate::query::{Parameter, quoted};
use crate::request::Call;

impl Listing {
    /// Reads page, filters, sort and include, all faults at once.
    pub fn read(call: &Call, shape: &Shape) -> Result<Self, Faults> {
        let is_export = shape.exports && call.wants_csv();
        let mut listing = Self {
            address: call.address(),
            path: call.path(),
            size: if is_export { EXPORT_SIZE } else { DEFAULT_SIZE },
            is_export,
            start: Start::Beginning,
            filters: Vec::new(),
            sorts: Vec::new(),
            newest_first: shape.newest_first,
            include: Vec::new(),
        };
        let mut faults = Vec::new();
        let mut names: Vec<&str> = Vec::new();
        for Parameter { name, .. } in call.query() {
            if names.contains(&name.as_str()) {
                continue;
            }
            names.push(name);
            let given: Vec<&Parameter> = call.query().iter().filter(|one| one.name == *name).collect();
            let taken = listing.take(name, &given, shape);
            faults.extend(taken.err().into_iter().flatten());
        }
        if listing.start != Start::Beginning {
            faults.extend(two_starts(call.query()));
        }
        Faults::check(faults)?;
        Ok(listing)
    }

    /// Takes what is said by all parameters of one name.
    fn take(&mut self, name: &str, given: &[&Parameter], shape: &Shape) -> Result<(), Vec<Fault>> {
        let filter = name.strip_prefix("filter[").and_then(|rest| rest.strip_suffix(']'));
        let filter = filter.and_then(|name| shape.filters.iter().find(|known| known.name == name));
        match (name, filter) {
            (_, Some(filter)) => self.filters.push(filtered(filter, given)?),
            ("include", None) if shape.includes.is_empty() => {}
            ("include", None) => self.include = included(given, shape)?,
            ("sort", None) if shape.is_list() => self.sorts = sorted(given, shape)?,
            ("page[size]", None) if shape.is_list() => {
                let largest = if self.is_export { EXPORT_SIZE } else { LARGEST_SIZE };
                let detail = format!("`page[size]` must be from 1 to {largest}");
                let size = number(given, &detail, |size| (1..=largest).contains(&size))?;
                self.size = size.unwrap_or(self.size);
            }
            ("page[number]", None) if shape.is_list() => {
                if let Some(number) = number(given, "`page[number]` must be 1 or more", |number| number > 0)?
                {
                    self.start = Start::Number(number);
                }
            }
            ("page[after]", None) if shape.is_list() => {
                let cursor = single(given)?;
                // An empty one beside a number says nothing.
                if cursor.is_some() || self.start == Start::Beginning {
                    self.start = Start::After(cursor.map(|one| one.value.clone()).unwrap_or_default());
                }
            }
            _ => {
                let aside = |one: &&&Parameter| {
                    one.is_the_clients_own() || (one.is_about_lists() && !shape.is_list())
                };
                let refused: Vec<_> =
                    given.iter().filter(|one| !aside(one)).map(|one| one.unknown()).collect();
                return if refused.is_empty() { Ok(()) } else { Err(refused) };
            }
        }
        Ok(())
    }

    /// What a filter with a single value asks for.
    #[must_use]
    pub fn filter(&self, name: &str) -> Option<&str> {
        self.given(name)?.values.first().map(String::as_str)
    }

    fn given(&self, name: &str) -> Option<&Given> {
        self.filters.iter().find(|given| given.name == name)
    }

    /// The values of a filter that takes several, of which any will do.
    fn parts(&self, name: &str) -> Option<impl Iterator<Item = &str>> {
        let parts = self.given(name)?.values.iter().flat_map(|value| value.split(','));
        Some(parts.map(str::trim).filter(|part| !part.is_empty()))
    }

    /// The same, each read as what it names.
    pub fn any_of<T: FromStr<Err: Display>>(&self, name: &str, faults: &mut Vec<Fault>) -> Option<Vec<T>> {
        let mut read = Vec::new();
        for part in self.parts(name)? {
            match part.parse::<T>() {
                Ok(value) => read.push(value),
                Err(error) => faults.push(self.bad_value(name, part, &error.to_string())),
            }
        }
        Some(read)
    }

    /// The one value of a filter.
    pub fn one<T: FromStr<Err: Display>>(&self, name: &str, faults: &mut Vec<Fault>) -> Option<T> {
        let value = self.filter(name)?.trim();
        let read: Result<T, _> = value.parse();
        read.map_err(|error: T::Err| faults.push(self.bad_value(name, value, &error.to_string()))).ok()
    }

    /// The values of a filter that takes only these, in whatever case, of which any will do.
    pub fn choice(
        &self,
        name: &str,
        known: &[&'static str],
        faults: &mut Vec<Fault>,
    ) -> Option<Vec<&'static str>> {
        let mut read = Vec::new();
        for part in self.parts(name)? {
            match word(known, part) {
                Some(word) => read.push(word),
                None => {
                    let each: std::collections::BTreeSet<&str> = known.iter().copied().collect();
                    let each: Vec<&str> = each.into_iter().collect();
                    faults.push(self.bad_value(name, part, &format!("must be one of: {}", each.join(", "))));
                }
            }
        }
        Some(read)
    }

    /// A filter that is true or false, in whatever case.
    pub fn flag(&self, name: &str, faults: &mut Vec<Fault>) -> Option<bool> {
        let value = self.filter(name)?.trim();
        match value.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                faults.push(self.bad_value(name, value, "must be true or false"));
                None
            }
        }
    }

    /// The names that a filter asks for.
    pub fn names(&self, name: &str, faults: &mut Vec<Fault>) -> Option<Names> {
        let given = self.given(name)?;
        let mut read = Vec::new();
        for value in &given.values {
            match Name::read(value) {
                Some(name) => read.push(name),
                None => faults.push(self.bad_filter(name, &empty(&given.sent))),
            }
        }
        Some(Names(read))
    }

    /// What is searched for, as texts are compared.
    pub fn search(&self, faults: &mut Vec<Fault>) -> Option<String> {
        let sought = self.filter(SEARCH)?;
        let folded = policy::text::folded(sought);
        if folded.is_empty() {
            faults.push(self.bad_filter(SEARCH, &empty("filter[search]")));
        }
        Some(folded)
    }

    /// What is wrong with a value of a filter, said with the value.
    #[must_use]
    pub fn bad_value(&self, name: &str, value: &str, why: &str) -> Fault {
        let why = about(&format!("filter[{name}]"), why);
        self.bad_filter(name, &format!("{} is not valid: {}", quoted(value), sentence(&why)))
    }
}

fn empty(sent: &str) -> String {
    format!("{} is empty. Send a value or leave it out.", quoted(sent))
}

/// The one value that is given, if any is; more than once it has to be the same.
fn single<'a>(given: &[&'a Parameter]) -> Result<Option<&'a Parameter>, Vec<Fault>> {
    let mut said = given.iter().copied().filter(|one| !one.value.trim().is_empty());
    let Some(first) = said.next() else { return Ok(None) };
    match said.find(|other| other.value != first.value) {
        Some(other) => Err(vec![other.contradicts()]),
        None => Ok(Some(first)),
    }
}

fn number(
    given: &[&Parameter],
    detail: &str,
    is_good: impl Fn(usize) -> bool,
) -> Result<Option<usize>, Vec<Fault>> {
    let Some(one) = single(given)? else { return Ok(None) };
    match one.value.trim().parse() {
        Ok(number) if is_good(number) => Ok(Some(number)),
        _ => Err(vec![one.fault(&format!("{detail}, not {}.", quoted(&one.value)))]),
    }
}

/// What several parameters name together, separated by commas too; each once.
fn listed<'a>(given: &[&'a Parameter]) -> Vec<(&'a Parameter, &'a str)> {
    let mut parts: Vec<(&Parameter, &str)> = Vec::new();
    for one in given {
        for part in one.value.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            if !parts.iter().any(|(_, known)| *known == part) {
                parts.push((one, part));
            }
        }
    }
    parts
}

fn sorted(given: &[&Parameter], shape: &Shape) -> Result<Vec<Sort>, Vec<Fault>> {
    let (mut sorts, mut faults) = (Vec::<Sort>::new(), Vec::new());
    for (parameter, part) in listed(given) {
        let name = part.strip_prefix('-').unwrap_or(part).replace('_', "-");
        if !shape.sorts.contains(&name.as_str()) {
            let known = shape.sorts.join(", ");
            let detail = format!(
                "This list cannot be sorted by {}. Sort by: {known}. Put - in front for descending order.",
                quoted(part)
            );
            faults.push(parameter.fault(&detail));
        } else if !sorts.iter().any(|sort| sort.name == name) {
            // By a name that stands twice it is sorted already.
            sorts.push(Sort { name, down: part.starts_with('-') });
        }
    }
    if faults.is_empty() { Ok(sorts) } else { Err(faults) }
}

fn included(given: &[&Parameter], shape: &Shape) -> Result<Vec<String>, Vec<Fault>> {
    let (mut include, mut faults) = (Vec::new(), Vec::new());
    for (parameter, part) in listed(given) {
        if shape.includes.contains(&part) {
            include.push(part.to_owned());
        } else {
            let known = shape.includes.join(", ");
            faults.push(
                parameter
                    .fault(&format!("{} cannot be included here. You can include: {known}.", quoted(part))),
            );
        }
    }
    if faults.is_empty() { Ok(include) } else { Err(faults) }
}

/// One that says nothing is refused: left aside, it would let everything through to a script whose variable was empty.
fn filtered(filter: &'static Filter, given: &[&Parameter]) -> Result<Given, Vec<Fault>> {
    let faults: Vec<_> =
        given.iter().filter(|one| one.is_blank()).map(|one| one.fault(&empty(&one.sent))).collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut values: Vec<String> = Vec::new();
    for one in given {
        let value = match filter.kind {
            Kind::Email => with_plus(&one.value),
            _ => one.value.clone(),
        };
        if !values.contains(&value) {
            if !filter.is_many && !values.is_empty() {
                return Err(vec![one.contradicts()]);
            }
            values.push(value);
        }
    }
    too_long(filter, given)?;
    let sent = given.first().map(|one| one.sent.clone()).unwrap_or_default();
    Ok(Given { name: filter.name, sent, values })
}

/// Addresses as they are meant: a plus that was not encoded has become a blank, and no address has one. What is none with a plus
/// either stays as it was sent.
fn with_plus(addresses: &str) -> String {
    let meant = |address: &str| {
        let with_plus = address.trim().replace(' ', "+");
        let is_one = with_plus.parse::<policy::EmailAddress>().is_ok();
        if is_one { with_plus } else { address.to_owned() }
    };
    addresses.split(',').map(meant).collect::<Vec<_>>().join(",")
}

/// No text that is longer than what it is compared with can be meant.
fn too_long(filter: &Filter, given: &[&Parameter]) -> Result<(), Vec<Fault>> {
    let Kind::Text(_, limit) = filter.kind else { return Ok(()) };
    let is_long = |text: &str| text.trim().chars().count() > limit;
    let is_wrong = |one: &&&Parameter| match filter.is_many {
        true => one.value.split(',').any(is_long),
        false => is_long(&one.value),
    };
    let fault =
        |one: &&Parameter| one.fault(&format!("{} can have at most {limit} characters.", quoted(&one.sent)));
    let faults: Vec<_> = given.iter().filter(is_wrong).map(fault).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// A page has one beginning.
fn two_starts(query: &[Parameter]) -> Option<Fault> {
    let said = |name: &str| query.iter().find(|one| one.name == name && !one.value.trim().is_empty());
    said("page[number]")?;
    Some(said("page[after]")?.fault("Send either `page[number]` or `page[after]`, not both."))
}
