//! Who comes, and whether they may: every route stands behind [`guard`].

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::wall::Wallboard;
use super::{CONSOLE, answer};
use crate::access::{Account, Permission, Reach, Session};
use crate::language::Language;
use crate::ops::{Gatekeeper, visitor};
use crate::web::{self, Peer};

/// The cookie of a session. The prefix makes browsers hold it to this host, to TLS and to every path (RFC 6265bis, 4.1.3.2);
/// they take a loopback address for as safe.
const COOKIE: &str = "__Host-guardia";
/// The longest a cookie's value is looked at, in bytes.
const LONGEST_TOKEN: usize = 128;

/// What the console needs beside what every handler has.
#[derive(Clone, Default)]
pub struct Door {
    /// Checks passwords.
    pub gatekeeper: Gatekeeper,
    /// What everybody who has the wall open sees.
    pub wall: Wallboard,
}

/// What a route asks of whoever comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: it is how people come in, and what the pages look like.
    Nothing,
    /// To be somebody whose role may do this.
    May(Permission),
}

/// Whoever came in.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Their session.
    pub session: Session,
    /// Who they are.
    pub account: Account,
}

impl Visitor {
    /// The language they read.
    pub fn language(&self) -> Language {
        self.account.language
    }

    /// Whether they may do this at all.
    pub fn may(&self, permission: Permission) -> bool {
        self.account.role.may(permission)
    }

    /// How far they may do this; `None` = not at all.
    pub fn reach(&self, permission: Permission) -> Option<Reach> {
        self.account.role.reach(permission)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        // Behind a route that needs nothing nobody is known.
        parts.extensions.get::<Self>().cloned().ok_or_else(|| StatusCode::UNAUTHORIZED.into_response())
    }
}

/// Lets in who may come.
pub async fn guard(State((door, needs)): State<(web::Door, Needs)>, mut request: Request, next: Next) -> Response {
    let is_change = !matches!(*request.method(), Method::GET | Method::HEAD);
    if is_change && !comes_from_here(&door, request.headers()) {
        tracing::warn!("a change that did not come from a page of this console is refused");
        return answer::foreign();
    }
    let peer = request.extensions().get::<ConnectInfo<Peer>>().map(|ConnectInfo(Peer(peer))| peer.ip());
    let Needs::May(permission) = needs else {
        // Assets are many; what is tried here is passwords.
        if is_change && !door.pace.bears(peer, door.hotline.clock.now()) {
            return answer::too_often();
        }
        return next.run(request).await;
    };
    let Some(token) = cookie(request.headers()) else { return come_in(&request) };
    let visitor = match visitor(&door.hotline, &token).await {
        Ok(Some((session, account))) => Visitor { session, account },
        Ok(None) => return come_in(&request),
        Err(error) => return answer::trouble(&error),
    };
    if !visitor.may(permission) {
        return answer::denied(&door, &visitor);
    }
    // Whoever got the password from somebody else chooses their own before anything else.
    if visitor.account.temporary && permission != Permission::Account {
        return Redirect::to(&format!("{CONSOLE}/account")).into_response();
    }
    request.extensions_mut().insert(visitor);
    next.run(request).await
}

/// To the login, and back from there. A program is told plainly.
fn come_in(request: &Request) -> Response {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let is_page = *request.method() == Method::GET && accepts.is_some_and(|accepts| accepts.contains("text/html"));
    let back = request.extensions().get::<axum::extract::OriginalUri>().map(|uri| uri.0.to_string());
    match back.filter(|_| is_page) {
        Some(back) => Redirect::to(&format!("{CONSOLE}/login?next={}", one_value(&back))).into_response(),
        None if *request.method() == Method::GET => StatusCode::UNAUTHORIZED.into_response(),
        None => Redirect::to(&format!("{CONSOLE}/login")).into_response(),
    }
}

/// One value of a query.
pub fn one_value(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

/// Whether a change was asked for by a page of this console. Browsers say so (Fetch Metadata); those that do not, say at least
/// which host the page was from. Whoever says neither is no browser, and has no business here.
fn comes_from_here(door: &web::Door, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let host = text("host");
    text("origin").is_some_and(|origin| {
        let named = origin.split_once("://").map(|(_, host)| host);
        (named.is_some() && named == host) || door.front.is_origin(origin)
    })
}

/// What the browser shows of a session.
fn cookie(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let value = pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)?;
    (value.len() <= LONGEST_TOKEN).then(|| value.to_owned())
}

/// The cookie of a session that began.
pub fn begun(token: &str) -> String {
    format!("{COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax")
}

/// The cookie of a session that ended.
pub fn ended() -> String {
    format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_read_among_other_cookies() {
        for (line, read) in [
            ("__Host-guardia=abc", Some("abc")),
            ("a=b; __Host-guardia=abc; c", Some("abc")),
            ("guardia=abc", None),
            ("", None),
        ] {
            let headers = HeaderMap::from_iter([(header::COOKIE, line.parse().unwrap())]);
            assert_eq!(cookie(&headers).as_deref(), read, "{line}");
        }
        let long = format!("__Host-guardia={}", "a".repeat(129));
        assert_eq!(cookie(&HeaderMap::from_iter([(header::COOKIE, long.parse().unwrap())])), None);
    }

    #[test]
    fn a_way_back_is_one_value() {
        assert_eq!(one_value("/console/calls?a=1&b=ñ"), "%2Fconsole%2Fcalls%3Fa%3D1%26b%3D%C3%B1");
    }
}
