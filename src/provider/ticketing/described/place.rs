//! Where something stands in an answer: `data.0.id`, `/data/0/id` (RFC 6901), or `fields[id=7].value`, of the member of a
//! list that says so of itself. The empty place is the answer itself. Pure.

use serde::Deserialize;
use serde_json::Value;

use crate::provider::ticketing::api::{member, text};

/// A place in an answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Place(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// A member of an object, or the item of a list with this number.
    Named(String),
    /// The first item of a list whose member says this.
    Saying { name: String, value: String },
}

/// What is no place, and the mend.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no place: write names with dots (data.items), with slashes (/data/items) or a choice (fields[id=7].value)")]
pub(super) struct NoPlace;

impl TryFrom<String> for Place {
    type Error = NoPlace;

    fn try_from(text: String) -> Result<Self, NoPlace> {
        let text = text.trim();
        if let Some(pointer) = text.strip_prefix('/') {
            let unescaped = pointer.split('/').map(|name| name.replace("~1", "/").replace("~0", "~"));
            return Ok(Self(unescaped.map(Step::Named).collect()));
        }
        let (mut steps, mut rest) = (Vec::new(), text);
        while !rest.is_empty() {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (name, behind) = rest.split_at_checked(end).ok_or(NoPlace)?;
            if !name.is_empty() {
                steps.push(Step::Named(name.to_owned()));
            } else if !behind.starts_with('[') {
                return Err(NoPlace);
            }
            rest = behind;
            if let Some(choice) = rest.strip_prefix('[') {
                let (choice, behind) = choice.split_once(']').ok_or(NoPlace)?;
                let (name, value) = choice.split_once('=').ok_or(NoPlace)?;
                let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
                if name.is_empty() || value.is_empty() {
                    return Err(NoPlace);
                }
                steps.push(Step::Saying { name, value });
                rest = behind;
            }
            match rest.strip_prefix('.') {
                Some("") => return Err(NoPlace),
                Some(behind) => rest = behind,
                None if rest.is_empty() || rest.starts_with('[') => {}
                None => return Err(NoPlace),
            }
        }
        Ok(Self(steps))
    }
}

impl Place {
    /// What stands there.
    pub(super) fn of<'v>(&self, answer: &'v Value) -> Option<&'v Value> {
        self.0.iter().try_fold(answer, |value, step| match step {
            Step::Named(name) => match value {
                Value::Array(items) => items.get(name.parse::<usize>().ok()?),
                other => other.get(name),
            },
            Step::Saying { name, value: said } => {
                let mut items = value.as_array()?.iter();
                items.find(|item| member(item, name).as_ref() == Some(said))
            }
        })
    }

    /// The text of the scalar that stands there; `None` where nothing is set.
    pub(super) fn text_of(&self, answer: &Value) -> Option<String> {
        text(self.of(answer)?)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn place(text: &str) -> Place {
        Place::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn a_place_is_found_however_it_is_written() {
        let answer = json!({
            "data": [{"id": 7, "a.b": "dot", "a/b": "slash"}, {"id": 8}],
            "fields": [{"id": 5, "value": "x"}, {"id": 7, "value": {"word": "ñ"}}],
            "empty": "", "no": null, "yes": true,
        });
        for (text, found) in [
            ("data.0.id", Some("7")),
            ("/data/1/id", Some("8")),
            ("/data/0/a.b", Some("dot")),
            ("/data/0/a~1b", Some("slash")),
            ("fields[id=7].value.word", Some("ñ")),
            ("fields[id = 5].value", Some("x")),
            ("fields[id=9].value", None),
            ("data.9.id", None),
            ("data.x", None),
            ("empty", None),
            ("no", None),
            ("yes", Some("true")),
        ] {
            assert_eq!(place(text).text_of(&answer).as_deref(), found, "{text}");
        }
        assert_eq!(place("").of(&answer), Some(&answer));
        assert_eq!(place("[id=5].value").text_of(&answer["fields"]).as_deref(), Some("x"));
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for text in [".a", "a.", "a..b", "a[b", "a[b]", "a[=c]", "a[b=]", "a[b=c]d"] {
            assert_eq!(Place::try_from(text.to_owned()), Err(NoPlace), "{text}");
        }
    }
}
