//! Plain pages for people: kept nowhere, framed nowhere, told to nobody, and nothing in them runs.

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

use crate::language::Language;

/// Large enough for a thumb at night.
const STYLE: &str = "body{font:1.25rem/1.5 sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}\
                     button{font:inherit;font-weight:bold;width:100%;padding:1rem;margin-top:1rem}dt{color:#555}\
                     dd{margin:0 0 .5rem}";

/// A page.
pub(super) fn page(l: Language, title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{l}\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{}</title><style>{STYLE}</style><body>{body}</body></html>",
        escaped(title)
    )
}

/// A page for somebody whose language is not known.
pub(super) fn both(es: &str, en: &str) -> String {
    page(Language::Es, "Guardia", &format!("<p>{es}</p><p lang=\"en\">{en}</p>"))
}

/// Text in which nothing is markup.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// What a page is sent with.
pub(super) fn guarded() -> [(HeaderName, String); 6] {
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        BASE64.encode(Sha256::digest(STYLE))
    );
    [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (HeaderName::from_static("x-robots-tag"), "noindex".to_owned()),
    ]
}

/// Too many requests.
pub(super) fn too_often() -> Response {
    let words = both("Demasiados intentos. Espere un minuto.", "Too many tries. Wait a minute.");
    (StatusCode::TOO_MANY_REQUESTS, guarded(), [(header::RETRY_AFTER, "60")], words).into_response()
}
