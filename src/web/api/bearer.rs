//! Who asks, and whether they may: every route stands behind [`guard`].

use axum::extract::{ConnectInfo, FromRequestParts, Query, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::TimeDelta;
use sha2::{Digest, Sha256};

use super::problem::{Flaw, Kind, Problem};
use crate::access::{Scope, Scopes, is_well_formed, token_hash};
use crate::store::Tx;
use crate::web::{Door, Peer};

/// How exactly it is known when a token was used last.
const COARSE: TimeDelta = TimeDelta::hours(1);
/// The name of whoever has the token of the settings. No token of the store can have it.
const HOUSE: &str = "guardia.toml";

/// What a route asks of whoever comes.
#[derive(Clone, Copy, Debug)]
pub struct Gate {
    /// What the token must allow; `None` = everybody may.
    pub scope: Option<Scope>,
    /// The keys that its query may have, each once.
    pub query: &'static [&'static str],
}

/// Whoever asks, once [`guard`] has let them in.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The token's name: it stands in histories.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
}

impl<S: Send + Sync> FromRequestParts<S> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| unauthorized("a bearer token is needed", false))
    }
}

/// Lets in who may come, with a query and a path that can be read; everybody else is told why not.
pub async fn guard(State((door, gate)): State<(Door, Gate)>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match admit(&door, gate, &mut parts).await {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(problem) => problem.into_response(),
    }
}

async fn admit(door: &Door, gate: Gate, parts: &mut Parts) -> Result<(), Problem> {
    if let Some(scope) = gate.scope {
        let bearer = who(door, parts).await?;
        if !bearer.scopes.allow(scope) {
            let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
            return Err(Problem::new(Kind::MissingScope, format!("the token needs the scope {scope}"))
                .with("scope", scope.as_str().into())
                .header(header::WWW_AUTHENTICATE, &challenge));
        }
        parts.extensions.insert(bearer);
    }
    asks_for_known(&parts.uri, gate.query)?;
    let unreadable = || Problem::not_found("there is nothing by this name");
    let names = RawPathParams::from_request_parts(parts, &()).await.map_err(|_| unreadable())?;
    // Databases do not keep the character U+0000, so nothing is called by it.
    if names.iter().any(|(_, name)| name.contains('\0')) { Err(unreadable()) } else { Ok(()) }
}

/// Refuses keys that are not `known`, and those that stand twice.
fn asks_for_known(uri: &Uri, known: &[&str]) -> Result<(), Problem> {
    let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::try_from_uri(uri) else {
        return Err(Problem::invalid(vec![Flaw::new("#/query", "the query cannot be read")]));
    };
    let keys: Vec<&str> = pairs.iter().map(|(key, _)| key.as_str()).collect();
    let mut flaws = Vec::new();
    for (place, (key, value)) in pairs.iter().enumerate() {
        let why = if !known.contains(&key.as_str()) && known.is_empty() {
            "this path takes no query".to_owned()
        } else if !known.contains(&key.as_str()) {
            format!("this path knows the keys {} only", known.join(", "))
        } else if keys.iter().take(place).any(|before| before == key) {
            "this key stands twice".to_owned()
        } else if value.contains('\0') {
            "the character U+0000 is in nothing that is kept".to_owned()
        } else {
            continue;
        };
        flaws.push(Flaw::new(format!("#/query/{key}"), why));
    }
    if flaws.is_empty() { Ok(()) } else { Err(Problem::invalid(flaws)) }
}

/// Whose token it is. Whoever tries wrong ones too often is not told any more whether one is right, unless it is one that no
/// trying finds.
async fn who(door: &Door, parts: &Parts) -> Result<Bearer, Problem> {
    let given = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(token);
    let Some(given) = given else {
        return Err(unauthorized("a bearer token is needed: guardia token add makes one", false));
    };
    let now = door.hotline.clock.now();
    let peer = parts.extensions.get::<ConnectInfo<Peer>>().map(|ConnectInfo(Peer(peer))| peer.ip());
    if let Some(bearer) = kept(door, &given).await? {
        return Ok(bearer);
    }
    let tries = door.wrong_tokens.as_ref();
    if !tries.is_spent(peer, now) {
        // Hashes of equal length: how long the comparison takes tells nothing of the token.
        let house =
            door.api_token.as_ref().is_some_and(|token| Sha256::digest(token.expose()) == Sha256::digest(&given));
        if house {
            return Ok(Bearer { name: HOUSE.to_owned(), scopes: Scopes::all() });
        }
        if tries.bears(peer, now) {
            return Err(unauthorized("this token does not count: it is unknown, ended or past its end", true));
        }
        tracing::warn!("wrong tokens are tried too often from one address");
    }
    Err(Problem::new(Kind::TooOften, "too many wrong tokens from this address; wait a minute")
        .header(header::RETRY_AFTER, "60"))
}

/// Whoever has a token of the store that counts. The store looks for its hash: how long that takes tells nothing of a token
/// that nobody has.
async fn kept(door: &Door, given: &str) -> Result<Option<Bearer>, Problem> {
    if !is_well_formed(given) {
        return Ok(None);
    }
    let (store, now, hash) = (&door.hotline.store, door.hotline.clock.now(), token_hash(given));
    let token = store
        .read(async |tx: &mut Tx| tx.token_by_hash(&hash).await)
        .await
        .map_err(|error| Problem::unavailable(&error, "a token cannot be looked up"))?;
    let Some(token) = token.filter(|token| token.counts(now)) else { return Ok(None) };
    let before = now - COARSE;
    if token.last_used_at.is_none_or(|at| at < before)
        && let Err(error) = store.write(async |tx: &mut Tx| tx.touch_token(token.id, now, before).await).await
    {
        tracing::warn!(%error, "the use of a token is not noted");
    }
    Ok(Some(Bearer { name: token.name, scopes: token.scopes }))
}

fn unauthorized(detail: &str, was_given: bool) -> Problem {
    let challenge =
        if was_given { "Bearer realm=\"guardia\", error=\"invalid_token\"" } else { "Bearer realm=\"guardia\"" };
    Problem::new(Kind::Unauthorized, detail).header(header::WWW_AUTHENTICATE, challenge)
}

/// The token of an authorization: a bearer's, or, as calendars do, the password of basic authentication.
fn token(authorization: &str) -> Option<String> {
    let (scheme, rest) = authorization.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().to_owned());
    }
    let decoded = scheme.eq_ignore_ascii_case("basic").then(|| BASE64.decode(rest.trim()).ok())??;
    String::from_utf8(decoded).ok()?.split_once(':').map(|(_, password)| password.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_carry_a_token() {
        for (header, found) in [
            ("Bearer stage", Some("stage")),
            ("bearer  stage ", Some("stage")),
            ("Basic Y2FsOnN0YWdl", Some("stage")),
            ("Basic Y2Fs", None),
            ("Basic !", None),
            ("stage", None),
            ("Digest stage", None),
        ] {
            assert_eq!(token(header).as_deref(), found, "{header}");
        }
    }

    #[test]
    fn a_query_has_known_keys_once() {
        for (query, known, fine) in [
            ("", &[][..], true),
            ("?", &[], true),
            ("?a=1", &[], false),
            ("?a=1&b=2", &["a", "b"], true),
            ("?a=1&a=1", &["a"], false),
            ("?A=1", &["a"], false),
            ("?a=%00", &["a"], false),
        ] {
            let uri: Uri = format!("/tickets{query}").parse().unwrap();
            assert_eq!(asks_for_known(&uri, known).is_ok(), fine, "{query}");
        }
    }
}
