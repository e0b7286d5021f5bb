//! One's own account: who one is, the password, the language.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::guard::Visitor;
use super::page::Page;
use super::time::{Moment, Times};
use super::words::Own;
use super::{CONSOLE, answer};
use crate::access::{PasswordError, Session};
use crate::language::Language;
use crate::ops::{Refusal, choose_password, set_language};
use crate::web::Door;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    page: Page,
    w: &'static Own,
    login: String,
    person: String,
    is_temporary: bool,
    began: Moment,
    ends: Moment,
    left: String,
    wrong: Option<&'static str>,
}

/// What was done just before.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// A new password.
#[derive(Deserialize)]
pub struct NewPassword {
    present: String,
    new: String,
    again: String,
}

/// A language, and where one was.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    language: String,
}

/// The account of whoever looks.
pub async fn show(State(door): State<Door>, visitor: Visitor, Query(asked): Query<Done>) -> Response {
    let w = Own::of(visitor.language());
    let done = (asked.done == "password").then_some(w.saved);
    answer::show(&account(&door, &visitor, done, None))
}

/// They choose a password.
pub async fn password(State(door): State<Door>, visitor: Visitor, Form(given): Form<NewPassword>) -> Response {
    let w = Own::of(visitor.language());
    let wrong = if given.new == given.again {
        let who = (&visitor.session, &visitor.account);
        let chosen = choose_password(&door.hotline, &door.console.gatekeeper, who, &given.present, &given.new).await;
        match chosen {
            Ok(Ok(())) => return Redirect::to(&format!("{CONSOLE}/account?done=password")).into_response(),
            Ok(Err(refusal)) => why(w, refusal),
            Err(error) => return answer::trouble(&error),
        }
    } else {
        w.differ
    };
    answer::show_as(StatusCode::UNPROCESSABLE_ENTITY, &account(&door, &visitor, None, Some(wrong)))
}

/// They choose a language.
pub async fn language(State(door): State<Door>, visitor: Visitor, Form(chosen): Form<Chosen>) -> Response {
    let Some(language) = Language::from_code(&chosen.language) else { return answer::missing(&door, &visitor) };
    match set_language(&door.hotline, &visitor.account.login, language).await {
        Ok(()) => Redirect::to(&format!("{CONSOLE}/account")).into_response(),
        Err(error) => answer::trouble(&error),
    }
}

fn account(door: &Door, visitor: &Visitor, done: Option<&str>, wrong: Option<&'static str>) -> AccountPage {
    let w = Own::of(visitor.language());
    let (times, began) = (Times::of(door, visitor), visitor.session.began_at);
    let ends = began + Session::LONGEST;
    AccountPage {
        page: Page::new(door, visitor, w.title).at("/account").saying(done),
        w,
        login: visitor.account.login.clone(),
        person: visitor.account.person.clone().unwrap_or_else(|| w.nobody.to_owned()),
        is_temporary: visitor.account.temporary,
        began: times.moment(began),
        ends: times.moment(ends),
        left: Times::length(ends - times.now),
        wrong,
    }
}

fn why(w: &Own, refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Wrong => w.not_right,
        Refusal::Password(PasswordError::Short) => w.short,
        Refusal::Password(PasswordError::Long) => w.long,
        Refusal::Password(PasswordError::Easy) => w.easy,
        Refusal::Password(PasswordError::Hash)
        | Refusal::Taken
        | Refusal::Unknown
        | Refusal::NoPerson
        | Refusal::LastAdmin => w.not_saved,
    }
}
