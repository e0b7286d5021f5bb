//! Coming in and going out.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, http};
use serde::Deserialize;

use super::guard::{Visitor, begun, ended};
use super::page::Stranger;
use super::words::Entering;
use super::{CONSOLE, answer};
use crate::language::Language;
use crate::ops::{log_in, log_out};
use crate::web::Door;

/// The longest way back that is kept.
const LONGEST_WAY: usize = 2000;

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    page: Stranger,
    w: &'static Entering,
    login: String,
    next: String,
    is_wrong: bool,
}

/// What the address says.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// Where to afterwards.
    #[serde(default)]
    next: String,
    /// The language.
    #[serde(default)]
    lang: String,
}

/// What was written.
#[derive(Deserialize)]
pub struct Credentials {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    lang: String,
}

/// The login.
pub async fn form(Query(asked): Query<Asked>) -> Response {
    answer::show(&login_page(&asked.lang, String::new(), way(&asked.next), false))
}

/// Somebody wants to come in.
pub async fn enter(State(door): State<Door>, Form(given): Form<Credentials>) -> Response {
    let login = given.login.trim().to_lowercase();
    let next = way(&given.next);
    match log_in(&door.hotline, &door.console.gatekeeper, &login, &given.password).await {
        Ok(Some(entered)) => {
            let to = if next.is_empty() { CONSOLE } else { &next };
            with_cookie(&begun(&entered.token), Redirect::to(to).into_response())
        }
        Ok(None) => {
            answer::show_as(StatusCode::UNPROCESSABLE_ENTITY, &login_page(&given.lang, given.login, next, true))
        }
        Err(error) => answer::trouble(&error),
    }
}

/// Somebody goes.
pub async fn leave(State(door): State<Door>, visitor: Visitor) -> Response {
    match log_out(&door.hotline, &visitor.session, &visitor.account).await {
        Ok(()) => {
            let login = format!("{CONSOLE}/login?lang={}", visitor.language());
            let mut response = with_cookie(&ended(), Redirect::to(&login).into_response());
            // What the browser still has of the pages is forgotten.
            let clear = http::HeaderValue::from_static("\"cache\", \"storage\"");
            response.headers_mut().insert(http::HeaderName::from_static("clear-site-data"), clear);
            response
        }
        Err(error) => answer::trouble(&error),
    }
}

fn login_page(lang: &str, login: String, next: String, is_wrong: bool) -> LoginPage {
    let l = Language::from_code(lang).unwrap_or(Language::Es);
    let w = Entering::of(l);
    LoginPage { page: Stranger::new(l, w.title), w, login, next, is_wrong }
}

/// A way back into the console; empty where it leads elsewhere.
fn way(next: &str) -> String {
    let inside = next.strip_prefix(CONSOLE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let is_plain = next.len() <= LONGEST_WAY && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if inside && is_plain { next.to_owned() } else { String::new() }
}

fn with_cookie(cookie: &str, response: Response) -> Response {
    let mut headers = HeaderMap::new();
    if let Ok(cookie) = cookie.parse() {
        headers.insert(header::SET_COOKIE, cookie);
    }
    (headers, response).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_back_leads_into_the_console_only() {
        for (next, kept) in [
            ("/console/calls?outcome=missed", true),
            ("/console/", true),
            ("/console", true),
            ("/consoles/", false),
            ("https://example.com/console/", false),
            ("//example.com/console/", false),
            ("/console/\r\nSet-Cookie: a=b", false),
            ("/console/\\example.com", false),
        ] {
            assert_eq!(!way(next).is_empty(), kept, "{next}");
        }
    }
}
