//! A form's fields; a list is the same field again.

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};

use crate::refusal::Refusal;

pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// A field's first value, blanks cut off; an empty one is none.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim());
        found.filter(|value| !value.is_empty())
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// Whether the field is there, be it empty.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// A field's value as it was written.
    pub(super) fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }

    pub(super) fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect()
    }

    /// A whole number within bounds.
    pub(super) fn number(&self, name: &str, least: i64, most: i64) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.get(name) else { return Ok(None) };
        match text.parse::<i64>() {
            Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
            _ => Err(Refusal::bad(20_001, format!("{name}: expected a whole number from {least} to {most}"))),
        }
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(_) => Err(Refusal::bad(20_001, format!("{name}: expected true or false"))),
        }
    }

    /// An absolute http address, or the error whose number is `code`.
    pub(super) fn url(&self, name: &str, code: u32) -> Result<Option<String>, Refusal> {
        let Some(text) = self.get(name) else { return Ok(None) };
        match reqwest::Url::parse(text) {
            Ok(url) if name.contains("StatusCallback") && url.host_str().is_some_and(|host| host.contains('_')) => {
                Err(Refusal::bad(code, format!("{name}: a host's name may not have an underscore: {text}")))
            }
            Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(Some(text.to_owned())),
            _ => Err(Refusal::bad(code, format!("{name} is not a valid URL: {text}"))),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        match axum::Form::<Vec<(String, String)>>::from_request(request, state).await {
            Ok(axum::Form(fields)) => Ok(Self(fields)),
            Err(rejection) => {
                let status = rejection.into_response().status().as_u16();
                let message = "The body must be a form (application/x-www-form-urlencoded)".to_owned();
                Err(Refusal { status, code: 20_001, message }.into_response())
            }
        }
    }
}
