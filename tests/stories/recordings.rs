//! What somebody said last before they hung up, told by the provider in whatever order, and perhaps by one webhook only.

use std::path::Path;

use guardia::stage::{Props, Stage};
use guardia_sandbox::Delivery;
use guardia_sandbox::story::{Host, Story};
use serde_json::{Value, json};

use crate::http::{PUBLIC, post, secret, with};
use crate::moments::LINE;
use crate::record::record;

/// A recording at the provider.
const RECORDING: &str = "RE0000000000000000000000000000000a";

/// What the provider may tell after a caller hung up while speaking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// The answer to the document.
    Action,
    /// The recording can be fetched.
    Ready,
    /// The call is over.
    End,
}

/// A call that stands where it listens to a recording, after `steps`.
struct Speaking {
    stage: Stage,
    turn: Delivery,
}

impl Speaking {
    async fn after(folder: &Path, steps: &str) -> Self {
        let text = format!(
            "story: Speaking\nat: 2026-03-03T10:00:00-04:00\ncaller: {{ from: \"+18095550142\", dials: \"{LINE}\" \
             }}\nstaff: {{ carmen: \"+18095550103\" }}\nsteps:\n{steps}"
        );
        let story = Story::parse(&text, "speaking").unwrap();
        let mut stage = Stage::set(story.starts_at(), folder, &Props::default()).await.unwrap();
        let report = stage.play(story).await;
        assert!(report.passed(), "{report}");
        let turns = stage.network.deliveries();
        let turn = turns.into_iter().rfind(|delivery| delivery.url.contains("/voice/turn/")).unwrap();
        Self { stage, turn }
    }

    /// The address of the document that stands now.
    fn address(&self) -> String {
        let url = self.turn.url.trim_end_matches("/silence");
        let (call, turn) = url.rsplit_once('/').unwrap();
        format!("{call}/{}", turn.parse::<u32>().unwrap() + 1)
    }

    async fn tell(&self, word: Word, seconds: u32, token: &str) {
        let of = |mut params: Vec<(String, String)>, more: &[(&str, &str)]| {
            params.retain(|(name, _)| ["AccountSid", "CallSid", "From", "To", "ApiVersion"].contains(&name.as_str()));
            more.iter().fold(params, |params, (name, value)| with(&params, name, value))
        };
        let account = &self.turn.param("AccountSid").unwrap();
        let api = &self.stage.config.twilio.api_url;
        let recording = format!("{api}/2010-04-01/Accounts/{account}/Recordings/{RECORDING}");
        let length = seconds.to_string();
        let sound: [(&str, &str); 3] =
            [("RecordingSid", RECORDING), ("RecordingUrl", &recording), ("RecordingDuration", &length)];
        let (url, more) = match word {
            Word::Action => (self.address(), [&sound[..], &[("Digits", "hangup")]].concat()),
            Word::Ready => {
                let url = format!("{PUBLIC}/twilio/voice/recording");
                (url, [&sound[..], &[("RecordingStatus", "completed")]].concat())
            }
            Word::End => {
                (format!("{PUBLIC}/twilio/voice/status"), vec![("CallStatus", "completed"), ("CallDuration", "40")])
            }
        };
        let params = of(self.turn.params.clone(), &more);
        let answer = post(&self.stage, &url, &params, &secret(&self.stage), token).await;
        assert!([200, 204].contains(&answer.status), "{word:?}: {answer:?}");
    }

    async fn check(&mut self, name: &str, expected: Value, order: &[Word]) {
        self.stage.check(name, &expected).await.unwrap_or_else(|why| panic!("{order:?}: {why}"));
    }
}

/// Every order in which `End` and `Ready` may come, without the answer to the document and with it.
fn orders() -> Vec<Vec<Word>> {
    use Word::{Action, End, Ready};
    vec![
        vec![End, Ready],
        vec![Ready, End],
        vec![Action, Ready, End],
        vec![Action, End, Ready],
        vec![Ready, Action, End],
        vec![Ready, End, Action],
        vec![End, Action, Ready],
        vec![End, Ready, Action],
    ]
}

const NOTHING_CHOSEN: &str = "  - hears: dejamos la línea abierta\n";
const REPORTING: &str = "  - hears: marque uno
  - presses: 1
  - hears: código de cuatro dígitos
  - presses: '1042#'
  - hears: ministerio de hacienda
  - presses: 1
  - hears: nómina, marque uno
  - presses: 1
  - hears: detenido, marque uno
  - presses: 1
  - hears: díganos qué falla
";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_before_hanging_up_becomes_a_case_in_whatever_order_it_is_told() {
    for order in orders() {
        let folder = tempfile::tempdir().unwrap();
        let mut speaking = Speaking::after(folder.path(), NOTHING_CHOSEN).await;
        for (place, word) in order.iter().enumerate() {
            for again in 0..2 {
                speaking.tell(*word, 3, &format!("{place} {again}")).await;
            }
        }
        speaking.check("incidents", json!(1), &order).await;
        speaking.check("incident", json!({ "recordings": ["description"], "call_back": "+18095550142" }), &order).await;
        speaking.check("call", json!({ "outcome": "reported", "has_case": true, "ended": true }), &order).await;
        speaking
            .check("timeline", json!({ "has": ["opened"], "counts": { "recorded": 1, "opened": 1 } }), &order)
            .await;
        speaking.stage.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_in_a_report_is_on_its_case_once() {
    for order in orders() {
        let folder = tempfile::tempdir().unwrap();
        let mut speaking = Speaking::after(folder.path(), REPORTING).await;
        for (place, word) in order.iter().enumerate() {
            for again in 0..2 {
                speaking.tell(*word, 1, &format!("{place} {again}")).await;
            }
        }
        speaking.check("incidents", json!(1), &order).await;
        speaking.check("incident", json!({ "recordings": ["description"] }), &order).await;
        speaking.check("call", json!({ "outcome": "reported", "recordings": 1, "ended": true }), &order).await;
        speaking.check("timeline", json!({ "counts": { "recorded": 1 } }), &order).await;
        speaking.stage.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breath_is_kept_and_is_no_case() {
    let folder = tempfile::tempdir().unwrap();
    let mut speaking = Speaking::after(folder.path(), NOTHING_CHOSEN).await;
    let order = [Word::End, Word::Ready];
    for word in order {
        speaking.tell(word, 2, &format!("{word:?}")).await;
    }
    speaking.check("incidents", json!(0), &order).await;
    speaking.check("call", json!({ "outcome": "missed", "recordings": 1, "ended": true }), &order).await;
    speaking.stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_of_no_call_or_of_no_sound_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut speaking = Speaking::after(folder.path(), NOTHING_CHOSEN).await;
    let before = record(&speaking.stage).await;
    let url = format!("{PUBLIC}/twilio/voice/recording");
    let known = with(&with(&speaking.turn.params, "RecordingSid", RECORDING), "RecordingDuration", "9");
    let absent = with(&known, "RecordingStatus", "absent");
    let stranger = with(&with(&known, "RecordingStatus", "completed"), "CallSid", "CA0000000000000000000000000000beef");
    for params in [absent, stranger] {
        let answer = post(&speaking.stage, &url, &params, &secret(&speaking.stage), "once").await;
        assert_eq!(answer.status, 204);
    }
    // One whose shape is not the provider's is refused before anything looks for it.
    let odd = with(&with(&known, "RecordingStatus", "completed"), "RecordingSid", "RE' OR 1=1");
    assert_eq!(post(&speaking.stage, &url, &odd, &secret(&speaking.stage), "odd").await.status, 400);
    assert_eq!(record(&speaking.stage).await, before);
    speaking.stage.stop().await;
}
