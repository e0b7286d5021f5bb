//! A case as it is handed over, with Spanish text, and settings that every store shares.

use chrono::{DateTime, Utc};
use guardia::incident::State;
use guardia::provider::Secret;
use guardia::provider::ticketing::{Settings, Trouble, Verdict};
use guardia::ticket::{Attachment, Case, Comment, Field, Values};

/// 8 digits, as all case numbers.
pub const CASE: &str = "26000019";

pub fn case() -> Case {
    Case {
        external_id: CASE.into(),
        subject: "[26000019] Caída de la señal en Ñagua: ¿cuándo vuelve?".into(),
        body: "Reportado por teléfono.\nServicio: expedición de cédulas.".into(),
        requester: Some("mesa@institucion.example".into()),
        values: Values::from([
            (Field::ExternalId, CASE.into()),
            (Field::Severity, "critical".into()),
            (Field::FirstResponseDue, "2026-11-27T08:05:06Z".into()),
            (Field::Channel, "phone".into()),
        ]),
        state: State::Received,
    }
}

/// Settings of a store at `url` with the secret `s3cret`; `fields` and `options` by their names.
pub fn settings(url: &str, queue: &str, fields: &[(Field, &str)], options: &[(&str, &str)]) -> Settings {
    Settings {
        url: url.to_owned(),
        user: Some("guardia@example.com".into()),
        secret: Secret::new("s3cret"),
        queue: queue.to_owned(),
        fields: fields.iter().map(|(field, place)| (*field, (*place).to_owned())).collect(),
        options: options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        ..Settings::default()
    }
}

pub fn comment(public: bool) -> Comment {
    Comment { mark: "26000019/4".into(), text: "Asumido por María Núñez.".into(), public }
}

pub fn recording() -> Attachment {
    Attachment { name: "26000019-RE1.wav".into(), media: "audio/wav".into(), bytes: b"RIFF\x00\xff\r\n".to_vec() }
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The trouble is of this kind, says this word of a mend, and holds nothing that it must not.
pub fn is_trouble(trouble: &Trouble, verdict: Verdict, word: &str) {
    assert_eq!(trouble.verdict, verdict, "{trouble}");
    assert!(trouble.what.contains(word), "{trouble}");
    for secret in ["s3cret", "127.0.0.1", "institucion.example", "Ñagua"] {
        assert!(!trouble.what.contains(secret), "{trouble}");
    }
}
