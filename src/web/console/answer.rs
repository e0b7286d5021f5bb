//! How pages leave: with headers that let nothing else in, and plain pages for what cannot be shown.

use askama::Template;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::guard::Visitor;
use super::page::{Page, Stranger};
use super::words::Shell;
use crate::language::Language;
use crate::web::Door;

/// Nothing runs and nothing looks but what comes from here; nobody frames it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// A page.
pub fn show(template: &impl Template) -> Response {
    show_as(StatusCode::OK, template)
}

/// A page with another status.
pub fn show_as(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, guarded(), Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page of the console cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// What every page is sent with.
pub fn guarded() -> [(HeaderName, &'static str); 6] {
    [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ]
}

/// A page with one sentence.
#[derive(Template)]
#[template(path = "sentence.html")]
struct Sentence {
    page: Page,
    sentence: &'static str,
}

/// The role may not.
pub fn denied(door: &Door, visitor: &Visitor) -> Response {
    let w = Shell::of(visitor.language());
    let page = Page::new(door, visitor, w.denied_title);
    show_as(StatusCode::FORBIDDEN, &Sentence { page, sentence: w.denied })
}

/// There is nothing by this name.
pub fn missing(door: &Door, visitor: &Visitor) -> Response {
    let w = Shell::of(visitor.language());
    let page = Page::new(door, visitor, w.missing_title);
    show_as(StatusCode::NOT_FOUND, &Sentence { page, sentence: w.missing })
}

/// A page that nobody made; whoever asks is not known.
pub async fn no_page() -> Response {
    nobody(StatusCode::NOT_FOUND, |w| (w.missing_title, w.missing))
}

/// A change that came from elsewhere.
pub fn foreign() -> Response {
    nobody(StatusCode::FORBIDDEN, |w| (w.denied_title, w.foreign))
}

/// Too many tries.
pub fn too_often() -> Response {
    let mut response = nobody(StatusCode::TOO_MANY_REQUESTS, |w| (w.trouble_title, w.too_often));
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("60"));
    response
}

/// The store cannot be read or written now; logged once, here.
pub fn trouble(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "the console cannot answer");
    nobody(StatusCode::SERVICE_UNAVAILABLE, |w| (w.trouble_title, w.trouble))
}

/// A page for somebody whose language is not known.
fn nobody(status: StatusCode, words: impl Fn(&'static Shell) -> (&'static str, &'static str)) -> Response {
    let (title, es) = words(Shell::of(Language::Es));
    let (_, en) = words(Shell::of(Language::En));
    show_as(status, &Nobody { page: Stranger::new(Language::Es, title), es, en })
}

#[derive(Template)]
#[template(path = "nobody.html")]
struct Nobody {
    page: Stranger,
    es: &'static str,
    en: &'static str,
}
