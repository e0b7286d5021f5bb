//! Accounts: who may open the console, and what becomes of that.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::answer;
use super::guard::Visitor;
use super::page::Page;
use super::time::{Moment, Times};
use super::words::{Keeping, role_name};
use crate::access::{Account, Role};
use crate::language::Language;
use crate::ops::{AccountChange, NewAccount, Refusal, add_account, change_account};
use crate::store::Tx;
use crate::web::Door;

#[derive(Template)]
#[template(path = "users.html")]
struct UsersPage {
    page: Page,
    w: &'static Keeping,
    rows: Vec<Row>,
    roles: Vec<(&'static str, &'static str)>,
    people: Vec<(String, String)>,
    /// A password that was just made: whose, and what it is. Shown this once.
    made: Option<(String, String)>,
    wrong: Option<&'static str>,
    given: New,
}

struct Row {
    login: String,
    name: String,
    role: &'static str,
    role_word: &'static str,
    person: String,
    /// The colour of how it stands, and the word for it.
    stands: (&'static str, &'static str),
    is_disabled: bool,
    is_locked: bool,
    second_factor: &'static str,
    created: Moment,
    is_me: bool,
}

/// A new account.
#[derive(Clone, Default, Deserialize)]
pub struct New {
    #[serde(default)]
    login: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    language: String,
}

/// What is to become of an account.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    change: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    person: String,
}

/// Every account.
pub async fn list(State(door): State<Door>, visitor: Visitor) -> Response {
    shown(&door, &visitor, Shown::default()).await
}

/// An admin makes one.
pub async fn add(State(door): State<Door>, visitor: Visitor, Form(given): Form<New>) -> Response {
    let w = Keeping::of(visitor.language());
    let login = given.login.trim().to_lowercase();
    let wrong = match Role::from_word(&given.role) {
        _ if !Account::is_login(&login) => w.no_login,
        _ if !Account::is_name(&given.name) => w.no_name,
        None => w.no_role,
        Some(role) => {
            let new = NewAccount {
                login: login.clone(),
                name: given.name.clone(),
                role,
                person: Some(given.person.clone()).filter(|person| !person.is_empty()),
                language: Language::from_code(&given.language).unwrap_or(Language::Es),
            };
            match add_account(&door.hotline, &door.console.gatekeeper, &visitor.account.login, new).await {
                Ok(Ok(password)) => {
                    let made = Some((login, password));
                    return shown(&door, &visitor, Shown { made, ..Shown::default() }).await;
                }
                Ok(Err(refusal)) => why(w, refusal),
                Err(error) => return answer::trouble(&error),
            }
        }
    };
    shown(&door, &visitor, Shown { wrong: Some(wrong), given, ..Shown::default() }).await
}

/// An admin changes one.
pub async fn change(
    State(door): State<Door>,
    visitor: Visitor,
    Path(login): Path<String>,
    Form(wanted): Form<Wanted>,
) -> Response {
    let w = Keeping::of(visitor.language());
    let change = match wanted.change.as_str() {
        "role" => Role::from_word(&wanted.role).map(AccountChange::Role),
        "person" => Some(AccountChange::Person(Some(wanted.person).filter(|person| !person.is_empty()))),
        "disable" => Some(AccountChange::Disable),
        "enable" => Some(AccountChange::Enable),
        "unlock" => Some(AccountChange::Unlock),
        "reset" => Some(AccountChange::Reset),
        _ => None,
    };
    let Some(change) = change else { return answer::missing(&door, &visitor) };
    let by = &visitor.account.login;
    let result = match change_account(&door.hotline, &door.console.gatekeeper, by, &login, &change).await {
        Ok(Ok(Some(password))) => Shown { made: Some((login, password)), ..Shown::default() },
        Ok(Ok(None)) => Shown { done: Some(w.changed), ..Shown::default() },
        Ok(Err(Refusal::Unknown)) => return answer::missing(&door, &visitor),
        Ok(Err(refusal)) => Shown { wrong: Some(why(w, refusal)), ..Shown::default() },
        Err(error) => return answer::trouble(&error),
    };
    shown(&door, &visitor, result).await
}

/// What the page says beside the accounts.
#[derive(Default)]
struct Shown {
    done: Option<&'static str>,
    made: Option<(String, String)>,
    wrong: Option<&'static str>,
    given: New,
}

async fn shown(door: &Door, visitor: &Visitor, shown: Shown) -> Response {
    let hotline = &door.hotline;
    let read = hotline
        .store
        .read(async |tx: &mut Tx| -> Result<_, crate::ops::OpsError> {
            Ok((tx.accounts().await?, hotline.roster(tx).await?))
        })
        .await;
    let (accounts, roster) = match read {
        Ok(read) => read,
        Err(error) => return answer::trouble(&error),
    };
    let l = visitor.language();
    let (w, times) = (Keeping::of(l), Times::of(door, visitor));
    let people = roster.iter().flat_map(|roster| roster.people());
    let row = |account: Account| Row {
        is_me: account.login == visitor.account.login,
        role: role_name(l, account.role),
        role_word: account.role.as_str(),
        is_disabled: account.disabled_at.is_some(),
        is_locked: account.locked_until.is_some_and(|until| until > times.now),
        stands: match &account {
            Account { disabled_at: Some(_), .. } => ("broken", w.disabled),
            account if !account.is_open(times.now) => ("act", w.locked),
            Account { temporary: true, .. } => ("watch", w.temporary),
            _ => ("calm", w.open),
        },
        second_factor: if account.totp.is_some() { w.second_factor } else { "" },
        created: times.moment(account.created_at),
        person: account.person.unwrap_or_default(),
        login: account.login,
        name: account.name,
    };
    let status = if shown.wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = UsersPage {
        page: Page::new(door, visitor, w.title).at("/users").saying(shown.done),
        w,
        rows: accounts.into_iter().map(row).collect(),
        roles: Role::ALL.map(|role| (role.as_str(), role_name(l, role))).to_vec(),
        people: people.map(|person| (person.id.to_string(), person.name.clone())).collect(),
        made: shown.made,
        wrong: shown.wrong,
        given: shown.given,
    };
    answer::show_as(status, &page)
}

fn why(w: &Keeping, refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Taken => w.taken,
        Refusal::NoPerson => w.no_person,
        Refusal::LastAdmin => w.last_admin,
        Refusal::Unknown | Refusal::Wrong | Refusal::Password(_) => w.not_saved,
    }
}
