use super::*;
use crate::incident::State;
use crate::provider::Secret;
use crate::provider::ticketing::{Redmine, Settings};

fn settings() -> Settings {
    Settings {
        url: "https://redmine.example.gob.do/soporte".into(),
        secret: Secret::new("0123456789abcdef"),
        queue: "incidentes".into(),
        fields: [(Field::ExternalId, "1".to_owned()), (Field::Eta, "8".to_owned())].into(),
        ..Settings::default()
    }
}

fn places() -> Places {
    Places::new(&settings(), &[])
}

fn issue(external_id: &str, relations: &Value) -> Value {
    json!({"id": 5, "status": {"id": 3, "name": "Resolved"}, "relations": relations, "custom_fields": [
        {"id": 1, "name": "External ID", "value": external_id}, {"id": 8, "name": "ETA", "value": null},
    ]})
}

#[test]
fn fields_are_numbers_both_ways() {
    let values = Values::from([(Field::ExternalId, "26000019".into())]);
    let written = custom_fields_of(&values, Some(&"".into()), &places());
    assert_eq!(written, json!([{"id": 1, "value": "26000019"}, {"id": 8, "value": ""}]));
    let read = remote("read", &issue("26000019", &json!([])), &places(), &States::new(&settings(), NONE)).unwrap();
    assert_eq!((read.values, read.state.as_str()), (values, "Resolved"));
}

const NONE: [(State, &str); 6] = [
    (State::Received, ""),
    (State::Acknowledged, ""),
    (State::Responded, ""),
    (State::Resolved, ""),
    (State::Closed, ""),
    (State::Cancelled, ""),
];

#[test]
fn a_status_is_read_as_it_is_named_in_the_settings() {
    let mut settings = settings();
    settings.states.insert(State::Resolved, "3".into());
    let states = States::new(&settings, NONE);
    assert_eq!(state(&issue("", &json!([])), &states).as_deref(), Some("3"));
    let statuses = json!({"issue_statuses": [{"id": 3, "name": "5"}, {"id": 5, "name": "Closed"}]});
    for (word, id) in [("Closed", Some(5)), ("5", Some(3)), ("3", Some(3)), ("7", None)] {
        assert_eq!(status_id(&statuses, word), id.map(Value::from), "{word}");
    }
}

#[test]
fn a_double_is_one_that_lost_its_number_and_points_to_another() {
    let to = |issue: u64, to: u64, kind: &str| json!([{"issue_id": issue, "issue_to_id": to, "relation_type": kind}]);
    for (external_id, relations, original_is) in [
        ("", to(5, 2, "duplicates"), Some("2")),
        ("26000019", to(5, 2, "duplicates"), None),
        ("", to(9, 5, "duplicates"), None),
        ("", to(5, 2, "relates"), None),
        ("", json!([]), None),
    ] {
        let issue = issue(external_id, &relations);
        assert_eq!(original(&issue, &places()).as_deref(), original_is, "{issue}");
    }
}

#[test]
fn a_journal_without_notes_is_no_comment() {
    let journal = |notes: Value| json!({"id": 7, "user": {"id": 5}, "notes": notes, "private_notes": true});
    assert!(comment(&journal("".into()), "5").is_none());
    assert!(comment(&journal(Value::Null), "5").is_none());
    let said = comment(&journal("Asumido".into()), "5").unwrap();
    assert_eq!((said.public, said.ours, said.text.as_str()), (false, true, "Asumido"));
}

#[test]
fn settings_that_cannot_work_name_what_is_wrong() {
    type Change = fn(&mut Settings);
    assert!(Redmine::new(settings()).is_ok());
    let wrong: [(&str, Change); 6] = [
        ("queue", |settings| settings.queue = "Incidentes Críticos".into()),
        ("secret", |settings| settings.secret = Secret::new(" ")),
        ("fields.external_id", |settings| settings.fields.clear()),
        ("fields.eta", |settings| drop(settings.fields.insert(Field::Eta, "ETA".into()))),
        ("options.tracker", |settings| drop(settings.options.insert("tracker".into(), "Support".into()))),
        ("options.owner", |settings| drop(settings.options.insert("owner".into(), "1".into()))),
    ];
    for (setting, change) in wrong {
        let mut settings = settings();
        change(&mut settings);
        let error = Redmine::new(settings).unwrap_err().to_string();
        assert!(error.contains(setting), "{setting}: {error}");
    }
}
