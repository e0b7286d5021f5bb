use chrono::{TimeZone, Utc};
use proptest::prelude::*;

use super::*;
use crate::provider::Secret;
use crate::provider::ticketing::{RequestTracker, Settings};

fn places() -> Places {
    let named = |(field, name): (Field, &str)| (field, name.to_owned());
    let fields = [(Field::ExternalId, "External ID"), (Field::Severity, "Severity"), (Field::Eta, "ETA")].map(named);
    Places::new(&Settings { fields: fields.into(), ..Settings::default() }, &[])
}

/// What RT makes of a quoted value: it takes the quotes away, then every backslash before a character (lib/RT/SQL.pm).
fn unquoted(text: &str) -> Option<String> {
    let (mut inside, mut out) = (text.strip_prefix('\'')?.chars(), String::new());
    loop {
        match inside.next()? {
            '\'' => return inside.next().is_none().then_some(out),
            '\\' => out.push(inside.next()?),
            other => out.push(other),
        }
    }
}

proptest! {
    #[test]
    fn no_value_ends_its_quotes(value in ".*", trap in r#"[\\'"{} a-z]{0,12}"#) {
        prop_assert_eq!(unquoted(&quoted(&value)), Some(value));
        prop_assert_eq!(unquoted(&quoted(&trap)), Some(trap));
    }
}

#[test]
fn an_instant_is_sent_without_its_zone_and_in_whole_seconds() {
    assert_eq!(bare("2026-11-27T04:05:06Z"), "2026-11-27 04:05:06");
    assert_eq!(bare("2026-11-27T00:05:06-04:00"), "2026-11-27 04:05:06");
    assert_eq!(bare("mañana"), "mañana");
    let at = Utc.with_ymd_and_hms(2026, 11, 27, 4, 5, 6).unwrap() + chrono::TimeDelta::microseconds(999_999);
    assert_eq!(bare_instant(at), "2026-11-27 04:05:06");
    assert_eq!(changed_since("Q\'s", at), "Queue = 'Q\\'s' AND LastUpdated >= '2026-11-27 04:05:06'");
}

#[test]
fn a_token_says_whose_it_is() {
    for (token, account) in [
        ("1-27-0123456789abcdef", Some("27")),
        (" 1-27-01-x ", Some("27")),
        ("0123456789abcdef", None),
        ("1--0123", None),
        ("1-27-", None),
        ("1-bot-0123", None),
    ] {
        assert_eq!(account_in(token), account, "{token}");
    }
}

#[test]
fn what_is_not_set_is_not_read() {
    let ticket = json!({"CustomFields": [
        {"name": "External ID", "values": ["26000019"]},
        {"name": "Severity", "values": [null]},
        {"name": "ETA", "values": ["1970-01-01T00:00:00Z"]},
        {"name": "Other", "values": ["x"]},
        {"name": "Nothing", "values": []},
    ]});
    assert_eq!(values(&ticket, &places()), Values::from([(Field::ExternalId, "26000019".into())]));
}

#[test]
fn only_what_is_there_is_taken_away() {
    let wanted = Values::from([(Field::ExternalId, "26000019".into())]);
    let all = |present: &Values| Value::Object(custom_fields_of(&wanted, present, &places()));
    assert_eq!(all(&Values::new()), json!({"External ID": "26000019"}));
    let present = Values::from([(Field::Eta, "2026-11-27T04:05:06Z".into()), (Field::ExternalId, "1".into())]);
    assert_eq!(all(&present), json!({"External ID": "26000019", "ETA": null}));
    let eta = Values::from([(Field::Eta, "2026-11-27T04:05:06Z".into())]);
    assert_eq!(custom_fields_of(&eta, &eta, &places()).get("ETA"), Some(&json!("2026-11-27 04:05:06")));
}

#[test]
fn a_text_is_the_plain_one_and_no_file() {
    let part = |id: &str, media: &str, name: &str, content: &str| {
        json!({
            "id": "1", "TransactionId": id, "ContentType": media, "Filename": name, "Content": content,
        })
    };
    let parts = [
        part("7", "text/html", "", "<p>a</p>"),
        part("7", "text/plain", "", "a"),
        part("8", "text/plain", "list.txt", "file"),
        part("9", "text/html", "", "<p>b</p>"),
    ];
    let expected = [("7", "a"), ("9", "<p>b</p>")].map(|(id, text)| (id.to_owned(), text.to_owned()));
    assert_eq!(texts(&parts), BTreeMap::from(expected));
}

#[test]
fn content_is_base64_with_line_ends() {
    let file = json!({"Content": "AAEC\nAwT/\n"}).to_string();
    assert_eq!(content("fetch", file.as_bytes()).unwrap(), [0, 1, 2, 3, 4, 255]);
    for wrong in ["{}", "no", r#"{"Content": "?"}"#] {
        assert!(!content("fetch", wrong.as_bytes()).unwrap_err().did_not_act(), "{wrong}");
    }
}

#[test]
fn settings_that_cannot_work_name_what_is_wrong() {
    type Change = fn(&mut Settings);
    let good = || Settings {
        url: "https://tickets.example.gob.do".into(),
        secret: Secret::new("1-27-0123456789abcdef"),
        queue: "Incidentes Críticos".into(),
        ..Settings::default()
    };
    assert!(RequestTracker::new(good()).is_ok());
    let wrong: [(&str, Change); 8] = [
        ("queue", |settings| settings.queue = " ".into()),
        ("queue", |settings| settings.queue = "a/b".into()),
        ("secret", |settings| settings.secret = Secret::new("")),
        ("user", |settings| settings.secret = Secret::new("0123456789abcdef")),
        ("fields.external_id", |settings| drop(settings.fields.insert(Field::ExternalId, String::new()))),
        ("fields.external_id", |settings| drop(settings.fields.insert(Field::ExternalId, "a}'".into()))),
        ("fields.eta", |settings| drop(settings.fields.insert(Field::Eta, "12".into()))),
        ("options.priority", |settings| drop(settings.options.insert("priority".into(), "high".into()))),
    ];
    for (setting, change) in wrong {
        let mut settings = good();
        change(&mut settings);
        let error = RequestTracker::new(settings).unwrap_err().to_string();
        assert!(error.contains(setting), "{setting}: {error}");
    }
}
