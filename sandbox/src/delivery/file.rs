//! Files of the application's that are played: fetched within limits, and not again while they have not changed.

use reqwest::header::{ACCEPT, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION};
use reqwest::{StatusCode, Url};

use super::courier::{Courier, MOST_REDIRECTS, trouble};
use super::overrides;
use crate::problem::{Failure, code};
use crate::signature::sign;
use crate::sound::LARGEST;

/// Which version of a file it is, as the application says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Version {
    etag: Option<String>,
    modified: Option<String>,
}

/// A file that was asked for.
#[derive(Debug)]
pub(crate) enum Fetched {
    /// It is the one that is known.
    Same,
    New {
        bytes: Vec<u8>,
        content_type: String,
        version: Version,
    },
}

impl Version {
    /// Whether the file can be asked for on condition that it has changed.
    pub(crate) fn is_known(&self) -> bool {
        self.etag.is_some() || self.modified.is_some()
    }
}

impl Courier {
    /// Fetches a file, unless it is the version that is known.
    pub(crate) async fn file(&self, url: &str, known: &Version) -> Result<Fetched, Failure> {
        let (url, overrides) = overrides::split(url)?;
        let client = self.client(&overrides)?;
        let mut url = Url::parse(url).map_err(|error| invalid(url, error))?;
        for _ in 0..=MOST_REDIRECTS {
            let signature = sign(&self.config.auth_token, url.as_str(), &[]);
            let mut request = self.get(&client, url.as_str()).header("X-Twilio-Signature", signature);
            for (name, value) in [(IF_NONE_MATCH, &known.etag), (IF_MODIFIED_SINCE, &known.modified)] {
                if let Some(value) = value {
                    request = request.header(name, value);
                }
            }
            let response = request.header(ACCEPT, "audio/*").timeout(overrides.total).send().await;
            let mut response = response.map_err(|error| trouble(&error).1)?;
            let header = |name: HeaderName| text(response.headers(), name);
            match response.status() {
                StatusCode::NOT_MODIFIED if known.is_known() => return Ok(Fetched::Same),
                StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::TEMPORARY_REDIRECT => {
                    let location = header(LOCATION).unwrap_or_default();
                    url = url.join(&location).map_err(|error| invalid(&location, error))?;
                }
                status if status.is_success() => {
                    let version = Version { etag: header(ETAG), modified: header(LAST_MODIFIED) };
                    let content_type = header(reqwest::header::CONTENT_TYPE).unwrap_or_default();
                    let mut bytes = Vec::new();
                    while let Some(chunk) = response.chunk().await.map_err(|error| trouble(&error).1)? {
                        bytes.extend_from_slice(&chunk);
                        if bytes.len() > LARGEST {
                            let text = format!("the file is longer than {LARGEST} bytes");
                            return Err(Failure::new(code::BODY_TOO_LARGE, text));
                        }
                    }
                    return Ok(Fetched::New { bytes, content_type, version });
                }
                status => {
                    let text = format!("the application answered {}", status.as_u16());
                    return Err(Failure::new(code::HTTP_RETRIEVAL, text));
                }
            }
        }
        Err(Failure::new(code::TOO_MANY_REDIRECTS, format!("more than {MOST_REDIRECTS} redirects")))
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn invalid(url: &str, error: impl std::fmt::Display) -> Failure {
    Failure::new(code::INVALID_URL, format!("'{url}' is not an address that a file can be fetched from: {error}"))
}
