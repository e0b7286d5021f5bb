//! What people do about a call: note something, decide something, see its number.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::find;
use super::one::{Notice, shown};
use crate::access::{Act, Permission};
use crate::call::{CallText, Disposed, Disposition, TextKind};
use crate::store::{StoreError, Tx};
use crate::web::Door;
use crate::web::console::guard::Visitor;
use crate::web::console::words::CallPageWords;
use crate::web::console::{CONSOLE, answer};

/// The longest note, in characters.
const LONGEST_NOTE: usize = 4000;
/// The longest reason, in characters.
const LONGEST_REASON: usize = 300;

/// What was written.
#[derive(Debug, Deserialize)]
pub struct Written {
    #[serde(default)]
    text: String,
    #[serde(default)]
    disposition: String,
    /// Where to afterwards: the work-list, or the call itself.
    #[serde(default)]
    back: String,
}

fn act(door: &Door, visitor: &Visitor, word: &str, call: &str, (reason, detail): (&str, &str)) -> Act {
    Act {
        at: door.hotline.clock.now(),
        actor: visitor.account.login.clone(),
        act: word.to_owned(),
        subject: format!("call:{call}"),
        reason: reason.to_owned(),
        detail: detail.to_owned(),
    }
}

/// Notes something on a call.
pub async fn note(
    State(door): State<Door>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(written): Form<Written>,
) -> Response {
    let found = match find(&door, &visitor, &id, Permission::CallNotes).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let w = CallPageWords::of(visitor.language());
    let (text, call) = (written.text.trim(), found.call.id);
    if text.is_empty() || text.chars().count() > LONGEST_NOTE || text.contains('\0') {
        return shown(&door, &visitor, found, Notice { wrong: Some(w.no_note), ..Notice::default() }).await;
    }
    let at = door.hotline.clock.now();
    let author = Some(visitor.account.login.clone());
    let note = CallText { call, kind: TextKind::Note, author, at, text: text.to_owned() };
    let act = act(&door, &visitor, "call.noted", &call.to_string(), ("", ""));
    let kept = door
        .hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), StoreError> {
            tx.insert_call_text(&note).await?;
            tx.append_act(&act).await.map(drop)
        })
        .await;
    match kept {
        Ok(()) => Redirect::to(&format!("{CONSOLE}/calls/{call}?done=noted")).into_response(),
        Err(error) => answer::trouble(&error),
    }
}

/// Decides something about a call: it leaves the work-list.
pub async fn decide(
    State(door): State<Door>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(written): Form<Written>,
) -> Response {
    let found = match find(&door, &visitor, &id, Permission::WorkChange).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let w = CallPageWords::of(visitor.language());
    let (text, call) = (written.text.trim(), found.call.id);
    let Some(disposition) =
        Disposition::from_word(&written.disposition).filter(|_| text.chars().count() <= LONGEST_NOTE)
    else {
        return shown(&door, &visitor, found, Notice { wrong: Some(w.no_decision), ..Notice::default() }).await;
    };
    let disposed = Disposed {
        call,
        disposition,
        decided_by: visitor.account.login.clone(),
        at: door.hotline.clock.now(),
        note: Some(text.to_owned()).filter(|text| !text.is_empty()),
    };
    let act = act(&door, &visitor, "call.decided", &call.to_string(), ("", disposition.as_str()));
    let kept = door
        .hotline
        .store
        .write(async |tx: &mut Tx| -> Result<(), StoreError> {
            tx.dispose_call(&disposed).await?;
            tx.append_act(&act).await.map(drop)
        })
        .await;
    let to = if written.back == "work" {
        format!("{CONSOLE}/pending?done=decided")
    } else {
        format!("{CONSOLE}/calls/{call}?done=decided")
    };
    match kept {
        Ok(()) => Redirect::to(&to).into_response(),
        Err(error) => answer::trouble(&error),
    }
}

/// Shows the caller's number once, with a reason.
pub async fn number(
    State(door): State<Door>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(written): Form<Written>,
) -> Response {
    let found = match find(&door, &visitor, &id, Permission::Unmask).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let w = CallPageWords::of(visitor.language());
    let (reason, call) = (written.text.trim(), found.call.id);
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        return shown(&door, &visitor, found, Notice { wrong: Some(w.no_reason), ..Notice::default() }).await;
    }
    let act = act(&door, &visitor, "number.shown", &call.to_string(), (reason, ""));
    let kept = door.hotline.store.write(async |tx: &mut Tx| tx.append_act(&act).await).await;
    match kept {
        Ok(_) => shown(&door, &visitor, found, Notice { is_number_shown: true, ..Notice::default() }).await,
        Err(error) => answer::trouble(&error),
    }
}
