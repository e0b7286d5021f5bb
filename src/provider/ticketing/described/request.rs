//! A request as an operation describes it, and what its answer says.

use std::collections::BTreeMap;

use minijinja::Value as With;
use minijinja::value::Serde;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{RequestBuilder, Url, multipart};
use serde_json::{Map, Value, json};

use super::description::{Description, Method, Operation};
use super::place::Place;
use super::template::{Kind, Templates};
use crate::provider::Secret;
use crate::provider::ticketing::api::Api;
use crate::provider::ticketing::{Settings, SettingsError, Trouble};
use crate::ticket::Attachment;

/// What is ours to say: it follows from the address and the body.
const NOT_THEIRS: [&str; 5] = ["connection", "content-length", "content-type", "host", "transfer-encoding"];

/// Makes the requests of one store.
#[derive(Debug)]
pub(super) struct Requests {
    api: Api,
    base: String,
    headers: HeaderMap,
    idempotency: Option<HeaderName>,
    templates: Templates,
    /// What every template but those of headers knows: `queue`, `user`, `options`.
    known: Map<String, Value>,
}

/// What one request is about.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct About<'a> {
    /// The file that is sent.
    pub(super) file: Option<&'a Attachment>,
    /// By what the store knows the request again.
    pub(super) key: Option<&'a str>,
}

impl Requests {
    pub(super) fn new(settings: &Settings, page: &Description) -> Result<Self, SettingsError> {
        let templates = Templates::new();
        let known = json!({ "queue": settings.queue, "user": settings.user, "options": settings.options });
        let secrets = json!({
            "secret": settings.secret.expose(),
            "second_secret": settings.second_secret.as_ref().map(Secret::expose),
        });
        let mut known = object(known);
        let with = With::from(Serde(known.clone().into_iter().chain(object(secrets)).collect::<Map<_, _>>()));
        let mut headers = HeaderMap::new();
        for (name, template) in &page.headers {
            let key = format!("headers.{name}");
            let wrong = |mend: String| SettingsError::new(&key, mend);
            let header = name_of(name).ok_or_else(|| wrong("is no header that a description can set".into()))?;
            let text = templates.fill(Kind::Text, template, &with).map_err(|unfilled| wrong(unfilled.to_string()))?;
            let mut value = HeaderValue::from_str(text.trim())
                .map_err(|_| wrong("has characters that no header holds: look at the secret".into()))?;
            value.set_sensitive(true);
            headers.insert(header, value);
        }
        let wrong = || SettingsError::new("idempotency_header", "is no header that a description can set");
        let name = page.idempotency_header.as_deref();
        let idempotency = name.map(|name| name_of(name).ok_or_else(wrong)).transpose()?;
        known.retain(|_, value| !value.is_null());
        let api = Api::new(settings, "accept", "application/json", mend)?;
        Ok(Self { api, base: settings.base()?, headers, idempotency, templates, known })
    }

    /// The answer to a request.
    ///
    /// # Errors
    /// [`Trouble`].
    pub(super) async fn json(&self, asked: Asked<'_>, about: About<'_>) -> Result<Value, Trouble> {
        let request = self.request(&asked, about)?;
        let answer = self.api.json(asked.doing, request).await?;
        asked.holds(&answer)?;
        Ok(answer)
    }

    /// The same; `None` where there is no such thing.
    ///
    /// # Errors
    /// [`Trouble`].
    pub(super) async fn json_if_there(&self, asked: Asked<'_>) -> Result<Option<Value>, Trouble> {
        let request = self.request(&asked, About::default())?;
        let answer = self.api.json_if_there(asked.doing, request).await?;
        answer.map(|answer| asked.holds(&answer).map(|()| answer)).transpose()
    }

    /// A request whose answer says nothing, or only that it was done.
    ///
    /// # Errors
    /// [`Trouble`].
    pub(super) async fn done(&self, asked: Asked<'_>, about: About<'_>) -> Result<(), Trouble> {
        if !asked.operation.holds.is_empty() {
            return self.json(asked, about).await.map(|_| ());
        }
        self.api.done(asked.doing, self.request(&asked, about)?).await
    }

    /// A request whose answer is a file, or JSON that holds one.
    ///
    /// # Errors
    /// [`Trouble`].
    pub(super) async fn bytes(&self, asked: &Asked<'_>) -> Result<Vec<u8>, Trouble> {
        self.api.file(asked.doing, self.request(asked, About::default())?).await
    }

    fn request(&self, asked: &Asked<'_>, about: About<'_>) -> Result<RequestBuilder, Trouble> {
        self.make(asked.operation, &asked.with, about).map_err(|what| {
            Trouble::refused(format!("{}: the description of the store cannot be followed: {what}", asked.doing))
        })
    }

    /// The request that `operation` describes; else the key that is wrong, with the mend and without any value.
    pub(super) fn make(&self, operation: &Operation, with: &Value, about: About<'_>) -> Result<RequestBuilder, String> {
        let with = self.known.iter().chain(with.as_object().into_iter().flatten());
        let with = With::from(Serde(with.collect::<BTreeMap<_, _>>()));
        let fill = |kind, key: &str, template: &str| {
            self.templates.fill(kind, template, &with).map_err(|unfilled| format!("{key}: {unfilled}"))
        };
        let pairs = |key: &str, templates: &BTreeMap<String, String>| {
            let filled = templates.iter().map(|(name, template)| {
                fill(Kind::Text, &format!("{key}.{name}"), template).map(|text| (name.clone(), text))
            });
            filled.collect::<Result<Vec<_>, _>>()
        };
        let path = self.path(&fill(Kind::Path, "path", &operation.path)?)?;
        let mut query = pairs("query", &operation.query)?;
        query.retain(|(_, text)| !text.is_empty());
        let mut request = self.api.ask_file(operation.method.into(), &path);
        if !query.is_empty() {
            request = request.query(&query);
        }
        request = request.headers(self.headers.clone());
        if let (Some(name), Some(key)) = (&self.idempotency, about.key) {
            request = request.header(name.clone(), key);
        }
        if let Some(template) = &operation.json {
            let body = fill(Kind::Json, "json", template)?;
            let body: Value = serde_json::from_str(&body).map_err(|error| {
                let mend = "a value stands there without quotation marks around it, which it brings itself";
                format!("json: line {}: what comes out is no JSON: {mend}", error.line())
            })?;
            if let Some(media) = &operation.media {
                request = request.header(CONTENT_TYPE, media);
            }
            request = request.json(&body);
        }
        if let Some(form) = &operation.form {
            request = request.form(&pairs("form", form)?);
        }
        match (&operation.multipart, about.file) {
            (Some(parts), Some(file)) => {
                let mut form = multipart::Form::new();
                for part in parts {
                    form = match &part.text {
                        None => form.part(part.name.clone(), file_part(file)?),
                        Some(text) => form.text(part.name.clone(), fill(Kind::Text, "multipart", text)?),
                    };
                }
                request = request.multipart(form);
            }
            (None, Some(file)) if operation.raw => {
                request = request.header(CONTENT_TYPE, &file.media).body(file.bytes.clone());
            }
            _ => {}
        }
        Ok(request)
    }

    /// Whatever a template makes, it stays below the store's address: neither up, nor beside, nor with a query of its own.
    fn path(&self, path: &str) -> Result<String, String> {
        let whole = format!("{}{path}", self.base);
        let is_plain = path.starts_with('/') && !path.contains(['?', '#']);
        if is_plain && Url::parse(&whole).is_ok_and(|url| url.as_str() == whole) {
            return Ok(path.to_owned());
        }
        Err("path: must begin with / and stay below the store's address; what is asked for stands in query".to_owned())
    }
}

/// One operation, and what its templates know.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) doing: &'static str,
    pub(super) operation: &'a Operation,
    pub(super) with: Value,
}

impl Asked<'_> {
    /// Whether an answer says of itself what a success says.
    ///
    /// # Errors
    /// [`Trouble`], a refusal.
    pub(super) fn holds(&self, answer: &Value) -> Result<(), Trouble> {
        let says = |(place, said): (&String, &String)| {
            Place::try_from(place.clone()).is_ok_and(|place| place.text_of(answer).as_ref() == Some(said))
        };
        if self.operation.holds.iter().all(says) {
            return Ok(());
        }
        Err(Trouble::refused(format!("{}: the store's answer says that it was not done: look in its log", self.doing)))
    }
}

fn file_part(file: &Attachment) -> Result<multipart::Part, String> {
    let part = multipart::Part::bytes(file.bytes.clone()).file_name(file.name.clone());
    part.mime_str(&file.media).map_err(|_| "multipart: the file has no media type".to_owned())
}

fn name_of(name: &str) -> Option<HeaderName> {
    name.parse().ok().filter(|name: &HeaderName| !NOT_THEIRS.contains(&name.as_str()))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

impl From<Method> for reqwest::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Delete => Self::DELETE,
            Method::Get => Self::GET,
            Method::Patch => Self::PATCH,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
        }
    }
}

fn mend(status: u16) -> &'static str {
    match status {
        300..=399 => "the store stands at another address: set url to where it leads",
        400 | 422 => "the store does not take what the description makes: compare it with the store's manual",
        401 => "the store does not take the credentials: look at the secret and at headers of its description",
        403 => "the account may not do this: give it the right in the store",
        404 | 405 => "there is no such thing there: look at the path and method in the store's description, and at url",
        413 => "the file is larger than the store takes: say so with largest_file in its description",
        _ => "look in the store's log",
    }
}
