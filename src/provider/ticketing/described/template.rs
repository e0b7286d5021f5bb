//! Templates of a description. What is filled in is written as the place where it stands needs it, so that no value can
//! become something else than a value: in JSON as a JSON value, in a path percent-encoded, elsewhere as plain text.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value};

/// Where a template stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A body of JSON: a value is written with its quotation marks, what is not known as `null`.
    Json,
    /// A path: what is not known, or is empty, has no place there.
    Path,
    /// A header, a value of a query or of a form: what is not known is empty.
    Text,
}

/// A template that cannot be filled in. Says where, and never with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unfilled(String);

impl fmt::Display for Unfilled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Fills templates in.
pub(super) struct Templates {
    json: Environment<'static>,
    path: Environment<'static>,
    text: Environment<'static>,
}

impl fmt::Debug for Templates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Templates").finish_non_exhaustive()
    }
}

impl Templates {
    pub(super) fn new() -> Self {
        let mut json = environment();
        json.set_auto_escape_callback(|_| AutoEscape::Json);
        let (mut path, mut text) = (environment(), environment());
        for plain in [&mut path, &mut text] {
            plain.set_auto_escape_callback(|_| AutoEscape::None);
        }
        path.set_formatter(write_in_path);
        text.set_formatter(write_as_text);
        Self { json, path, text }
    }

    /// Fills `template` in.
    ///
    /// # Errors
    /// [`Unfilled`].
    pub(super) fn fill(&self, kind: Kind, template: &str, with: &Value) -> Result<String, Unfilled> {
        let environment = match kind {
            Kind::Json => &self.json,
            Kind::Path => &self.path,
            Kind::Text => &self.text,
        };
        environment.render_str(template, with.clone()).map_err(|error| unfilled(&error))
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("base64", |text: &str| BASE64.encode(text));
    environment
}

/// Only a fault of the page itself is told in the words of the one who found it: those of another hold values.
fn unfilled(error: &Error) -> Unfilled {
    let line = error.line().unwrap_or(1);
    let what = match (error.kind(), error.detail()) {
        (ErrorKind::SyntaxError, Some(detail)) => format!("syntax error: {detail}"),
        (ErrorKind::UndefinedError, _) => "names something that is not known here".to_owned(),
        (ErrorKind::BadEscape, _) => "something that stands in a path is not known or empty".to_owned(),
        (kind, _) => kind.to_string(),
    };
    Unfilled(format!("line {line}: {what}"))
}

/// A value by [RFC 3986](https://www.rfc-editor.org/rfc/rfc3986#section-2.3): whatever is not unreserved is encoded.
fn write_in_path(out: &mut Output, _: &mut State, value: &Value) -> Result<(), Error> {
    let text = plain(value)?;
    if text.is_empty() {
        return Err(Error::from(ErrorKind::BadEscape));
    }
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            write!(out, "{}", char::from(byte)).map_err(Error::from)?;
        } else {
            write!(out, "%{byte:02X}").map_err(Error::from)?;
        }
    }
    Ok(())
}

fn write_as_text(out: &mut Output, _: &mut State, value: &Value) -> Result<(), Error> {
    out.write_str(&plain(value)?).map_err(Error::from)
}

fn plain(value: &Value) -> Result<String, Error> {
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    Ok(match value.kind() {
        ValueKind::None => String::new(),
        // As JSON writes it, and not as Python does.
        ValueKind::Bool => value.is_true().to_string(),
        _ => value.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn fill(kind: Kind, template: &str, with: &serde_json::Value) -> Result<String, Unfilled> {
        Templates::new().fill(kind, template, &Value::from(minijinja::value::Serde(with)))
    }

    #[test]
    fn a_value_is_written_as_its_place_needs_it() {
        let with = json!({"word": "a/\"ñ\" b", "none": null, "number": 7, "yes": true});
        for (kind, template, filled) in [
            (Kind::Path, "/t/{{ word }}/{{ number }}", "/t/a%2F%22%C3%B1%22%20b/7"),
            (Kind::Path, "/t{% if yes %}/close{% endif %}", "/t/close"),
            (Kind::Path, "/t/{{ word|safe }}", "/t/a%2F%22%C3%B1%22%20b"),
            (Kind::Text, "{{ word }}|{{ none }}|{{ yes }}", "a/\"ñ\" b||true"),
            (Kind::Text, "{{ (word ~ ':' ~ number)|base64 }}", "YS8iw7EiIGI6Nw=="),
        ] {
            assert_eq!(fill(kind, template, &with).unwrap(), filled, "{template}");
        }
        let body = fill(Kind::Json, r#"{"a": {{ word }}, "b": {{ none }}, "c": {{ "x " ~ word }}}"#, &with).unwrap();
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body, json!({"a": "a/\"ñ\" b", "b": null, "c": "x a/\"ñ\" b"}));
    }

    #[test]
    fn what_cannot_be_filled_in_says_where_and_not_with_what() {
        let with = json!({"word": "hunter2", "none": null});
        for (kind, template, said) in [
            (Kind::Json, "{\n{{ wrod }}}", "line 2: names something that is not known here"),
            (Kind::Text, "{{ wrod }}", "line 1: names something that is not known here"),
            (Kind::Path, "/{{ wrod }}", "line 1: names something that is not known here"),
            (Kind::Path, "/{{ none }}", "line 1: something that stands in a path is not known or empty"),
            (Kind::Text, "{{ word", "line 1: syntax error"),
            (Kind::Text, "{{ word + 1 }}", "line 1: invalid operation"),
        ] {
            let unfilled = fill(kind, template, &with).unwrap_err().to_string();
            assert!(unfilled.contains(said) && !unfilled.contains("hunter2"), "{template}: {unfilled}");
        }
    }

    proptest! {
        #[test]
        fn a_value_in_json_stays_one_value(word in ".*") {
            let body = fill(Kind::Json, r#"{"a": {{ word }}}"#, &json!({"word": word})).unwrap();
            let body: serde_json::Value = serde_json::from_str(&body).unwrap();
            prop_assert_eq!(body, json!({"a": word}));
        }

        #[test]
        fn a_value_in_a_path_stays_one_part_of_it(word in ".+") {
            let path = fill(Kind::Path, "/{{ word }}", &json!({"word": word})).unwrap();
            prop_assert!(path.bytes().skip(1).all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)));
        }
    }
}
