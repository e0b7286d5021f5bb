//! Every operation once with made-up cases, before anything depends on it: a page that cannot be followed is known at the
//! start and not at night.

use serde_json::{Map, Value, json};

use super::description::Description;
use super::request::{About, Requests};
use super::{attached, of_case};
use crate::incident::State;
use crate::provider::ticketing::SettingsError;
use crate::ticket::{Attachment, Case, Comment, Field, Values};

/// Fills every template in, with a case of which everything is known, in text that breaks what does not escape, and with one
/// of which nothing is.
pub(super) fn rehearse(page: &Description, requests: &Requests) -> Result<(), SettingsError> {
    let file = Attachment { name: "26000019-RE0.wav".into(), media: "audio/wav".into(), bytes: Vec::new() };
    let about = About { file: Some(&file), key: None };
    for case in [known(), unknown()] {
        for (name, operation) in page.operations() {
            let with = with(name, page, &case, &file);
            // Made, and never sent.
            let _ = requests.make(operation, &with, about).map_err(|what| {
                let (key, mend) = what.split_once(": ").unwrap_or(("path", &what));
                let knows: Vec<_> = with.as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect();
                let knows = knows.join(", ");
                let mend = format!("{mend} (what is known here: queue, user, options, {knows})");
                SettingsError::new(&format!("{name}.{key}"), mend)
            })?;
        }
    }
    Ok(())
}

/// What the templates of an operation know.
fn with(name: &str, page: &Description, case: &Case, file: &Attachment) -> Value {
    let comment = Comment { mark: "26000019/4".into(), text: case.body.clone(), public: false };
    let mut with = match name {
        "create" | "update" => of_case(case, &page.instants),
        "find" => json!({ "external_id": case.external_id }),
        "comment" => super::of_comment(&comment),
        "attach" => attached(file, page.attach.as_ref()),
        "fetch" => json!({ "file": { "id": "7", "name": file.name } }),
        "state" => json!({ "state": "new" }),
        "merge" => json!({ "double": "19", "into": "20" }),
        "changed" => json!({ "since": page.instants.text("2026-11-27T04:05:06Z") }),
        _ => json!({}),
    };
    if let Some(with) =
        with.as_object_mut().filter(|_| !["create", "find", "merge", "changed", "check"].contains(&name))
    {
        with.insert("id".into(), "19".into());
    }
    with
}

fn known() -> Case {
    let awkward = "Ñ \"'\\ {{ x }}\n</a>&?";
    let value = |field: Field| if field.is_instant() { "2026-11-27T04:05:06Z" } else { awkward };
    Case {
        external_id: "26000019".into(),
        subject: awkward.into(),
        body: awkward.into(),
        requester: Some("a@example.com".into()),
        values: Field::ALL.into_iter().map(|field| (field, value(field).to_owned())).collect(),
        state: State::Received,
    }
}

fn unknown() -> Case {
    let values = Values::from([(Field::ExternalId, "26000019".to_owned())]);
    Case { requester: None, values, ..known() }
}
