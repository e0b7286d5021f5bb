//! A server with the interface of OpenAI's `audio/speech`: hosted, or one of the many that run on your own machine.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, Url, redirect};
use serde::Serialize;

use super::program::{BYTES, TIME, heard};
use super::{Engine, SpeechError};
use crate::sound::decode;

const CONNECT: Duration = Duration::from_secs(5);

/// A server's speech.
pub struct Http {
    client: Client,
    url: Url,
    name: String,
    model: String,
    voice: String,
    key: Option<String>,
}

impl std::fmt::Debug for Http {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Http").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The body of a request.
#[derive(Serialize)]
struct Order<'a> {
    model: &'a str,
    voice: &'a str,
    input: &'a str,
    response_format: &'static str,
}

impl Http {
    /// The server at `base` (its `/v1/audio/speech` is asked), the model and the voice that say everything, and the key
    /// that lets us in.
    ///
    /// # Errors
    /// [`SpeechError::Settings`] for an address that is none.
    pub fn new(base: &str, model: &str, voice: &str, key: Option<String>) -> Result<Self, SpeechError> {
        let wrong = |why: String| SpeechError::Settings(why);
        let url = Url::parse(&format!("{}/v1/audio/speech", base.trim_end_matches('/')))
            .ok()
            .filter(|url| {
                matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none()
            })
            .ok_or_else(|| wrong("the server's address is no http or https URL without a password".to_owned()))?;
        #[expect(clippy::disallowed_methods, reason = "the one home of requests to speech servers, limits set here")]
        let client = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(TIME)
            .build()
            .map_err(|error| wrong(format!("cannot make an HTTP client: {error}")))?;
        let name = format!("http {url} {model} {voice}");
        Ok(Self { client, url, name, model: model.to_owned(), voice: voice.to_owned(), key })
    }
}

#[async_trait]
impl Engine for Http {
    fn name(&self) -> &str {
        &self.name
    }

    async fn say(&self, text: &str, _language: &str, _voice: &str) -> Result<Vec<i16>, SpeechError> {
        let order = Order { model: &self.model, voice: &self.voice, input: text, response_format: "wav" };
        let request = self.client.post(self.url.clone()).json(&order);
        let request = if let Some(key) = &self.key { request.bearer_auth(key) } else { request };
        let mut response = request.send().await.map_err(|error| broken(&error))?;
        if !response.status().is_success() {
            return Err(SpeechError::Refused(response.status().as_u16()));
        }
        let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let mut sound = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
            sound.extend_from_slice(&chunk);
            if sound.len() > BYTES {
                return Err(SpeechError::TooMuch(BYTES));
            }
        }
        heard(move || decode(&sound, &content_type)).await
    }
}

/// In few words, without the address: it may be somebody's.
fn broken(error: &reqwest::Error) -> SpeechError {
    if error.is_timeout() {
        return SpeechError::TimedOut(TIME.as_secs());
    }
    SpeechError::Unreachable(if error.is_connect() { "no connection" } else { "the connection broke" }.to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use axum::Router;
    use axum::body::Bytes;
    use axum::http::{HeaderMap, StatusCode};
    use axum::response::IntoResponse;
    use axum::routing::post;

    use super::*;
    use crate::sound::{SoundError, wav};

    /// A speech server that answers by what it is asked to say; its address, and what came: the key and the body.
    async fn server() -> (String, Arc<Mutex<Vec<(String, serde_json::Value)>>>) {
        let came: Arc<Mutex<Vec<_>>> = Arc::default();
        let noted = came.clone();
        let answer = move |headers: HeaderMap, body: Bytes| async move {
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
            let key = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
            noted.lock().unwrap().push((key, body.clone()));
            let sound = |content_type| ([("content-type", content_type)], wav::mono(&[1, 2, 3])).into_response();
            match body["input"].as_str().unwrap() {
                "refuse" => (StatusCode::UNAUTHORIZED, "the blue door").into_response(),
                "redirect" => (StatusCode::FOUND, [("location", "/elsewhere")]).into_response(),
                "page" => ([("content-type", "text/html")], "the blue door").into_response(),
                "damaged" => ([("content-type", "audio/wav")], "the blue door").into_response(),
                "endless" => ([("content-type", "audio/wav")], vec![0; BYTES + 1]).into_response(),
                "untyped" => sound("application/octet-stream"),
                _ => sound("audio/wav"),
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/v1/audio/speech", post(answer));
        tokio::spawn(async move { axum::serve(listener, router).await });
        (base, came)
    }

    #[tokio::test]
    async fn a_server_is_asked_as_its_interface_says() {
        let (base, came) = server().await;
        let open = Http::new(&base, "kokoro", "em_alex", None).unwrap();
        let locked = Http::new(&format!("{base}/"), "tts-1", "nova", Some("hush".to_owned())).unwrap();
        assert_eq!(open.say("¿Hola?", "es-DO", "Polly.Mia").await, Ok(vec![1, 2, 3]));
        assert_eq!(locked.say("untyped", "es-DO", "").await, Ok(vec![1, 2, 3]));
        let order = |model, voice, input| serde_json::json!({ "model": model, "voice": voice, "input": input, "response_format": "wav" });
        let expected = [
            (String::new(), order("kokoro", "em_alex", "¿Hola?")),
            ("Bearer hush".to_owned(), order("tts-1", "nova", "untyped")),
        ];
        assert_eq!(*came.lock().unwrap(), expected);
        assert!(!format!("{locked:?}").contains("hush"));
    }

    #[tokio::test]
    async fn what_goes_wrong_says_so_and_nothing_of_what_was_answered() {
        let (base, _) = server().await;
        let engine = Http::new(&base, "m", "v", None).unwrap();
        let cases = [
            ("refuse", SpeechError::Refused(401)),
            ("redirect", SpeechError::Refused(302)),
            ("page", SpeechError::Sound(SoundError::ContentType("text/html".to_owned()))),
            ("endless", SpeechError::TooMuch(BYTES)),
        ];
        for (text, expected) in cases {
            assert_eq!(engine.say(text, "", "").await, Err(expected), "{text}");
        }
        let damaged = engine.say("damaged", "", "").await.unwrap_err();
        assert!(matches!(damaged, SpeechError::Sound(SoundError::Unreadable(_))), "{damaged}");
        assert!(!damaged.to_string().contains("blue"));
        // A port that was free a moment ago.
        let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let nobody = Http::new(&format!("http://{free}"), "m", "v", None).unwrap();
        assert_eq!(nobody.say("x", "", "").await, Err(SpeechError::Unreachable("no connection".to_owned())));
    }
}
