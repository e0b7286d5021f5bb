use proptest::prelude::*;

use super::*;

const CALL: &str = "CA00000000000000000000000000000001";
const MESSAGE: &str = "SM00000000000000000000000000000001";
const RECORDING: &str = "RE00000000000000000000000000000001";
const ACCOUNT: &str = "AC00000000000000000000000000000001";

fn events() -> Events {
    Events::new(Dialect::TWILIO, "https://api.twilio.com/", ACCOUNT)
}

fn params(pairs: &[(&str, &str)]) -> Params {
    Params::unique(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()).unwrap()
}

fn recording_url(account: &str, id: &str) -> String {
    format!("https://api.twilio.com/2010-04-01/Accounts/{account}/Recordings/{id}")
}

#[test]
fn callers_with_and_without_a_number() {
    for (from, read) in [
        (Some("+18095550142"), Some("+18095550142")),
        (Some("18095550142"), Some("+18095550142")),
        (Some("sip:+18095550142@10.0.0.7:5060;transport=udp"), Some("+18095550142")),
        (Some("sip:alice@example.do"), None),
        (Some("anonymous"), None),
        (Some("Anonymous"), None),
        (Some("sip:anonymous@anonymous.invalid"), None),
        (Some("Restricted"), None),
        (Some("+266696687"), None),
        (Some("266696687"), None),
        (Some("+7378742833"), None),
        (Some("+86282452253"), None),
        (Some("+2562533"), None),
        (Some("+8656696"), None),
        (Some("311"), None),
        (Some(""), None),
        (None, None),
    ] {
        let mut pairs = vec![("CallSid", CALL), ("To", "+18095550100")];
        pairs.extend(from.map(|from| ("From", from)));
        let call = events().incoming_call(&params(&pairs)).unwrap();
        assert_eq!(call.from.as_ref().map(Phone::as_str), read, "{from:?}");
        assert_eq!((call.provider_call.as_str(), call.to.as_str(), call.forwarded_from), (CALL, "+18095550100", None));
    }
}

#[test]
fn a_call_needs_its_id_and_its_line() {
    for (pairs, error) in [
        (vec![("To", "+18095550100")], EventError::Missing("CallSid")),
        (vec![("CallSid", "CA1"), ("To", "+18095550100")], EventError::Shape("CallSid")),
        (vec![("CallSid", CALL)], EventError::Missing("To")),
        (vec![("CallSid", CALL), ("To", "guardia")], EventError::Shape("To")),
    ] {
        assert_eq!(events().incoming_call(&params(&pairs)), Err(error));
        assert!(!error.to_string().contains("1809"), "an error shows no value");
    }
    let forwarded = [("CallSid", CALL), ("To", "sip:+18095550100@x.do"), ("ForwardedFrom", "+18095550199")];
    let call = events().incoming_call(&params(&forwarded)).unwrap();
    assert_eq!(call.forwarded_from, Phone::parse("+18095550199").ok());
}

#[test]
fn another_dialect_has_other_ids() {
    let dialect = Dialect { calls: IdShape::Opaque, ..Dialect::TWILIO };
    let events = Events::new(dialect, "https://pbx.example.do", "account");
    let turn = events.turn(&params(&[("CallSid", "0b5b7a1e-0f3c-4b39-9d57-0b3a9e0f6c11"), ("Digits", "1")])).unwrap();
    assert_eq!(turn.input, Input::Digits("1".into()));
}

#[test]
fn what_a_caller_did() {
    let url = recording_url(ACCOUNT, RECORDING);
    let recording = || Input::Recording { id: RECORDING.into(), url: url.clone(), seconds: 9 };
    let recorded = vec![("RecordingUrl", url.as_str()), ("RecordingDuration", "9")];
    let with = |pair| recorded.iter().copied().chain([pair]).collect::<Vec<_>>();
    let elsewhere = recording_url("AC00000000000000000000000000000002", RECORDING);
    let climbing = format!("{}/../x", recording_url(ACCOUNT, RECORDING));
    let long = "1".repeat(MAX_DIGITS + 1);
    for (pairs, read) in [
        (vec![("Digits", "1042")], Ok((Input::Digits("1042".into()), false))),
        (vec![("Digits", "*")], Ok((Input::Digits("*".into()), false))),
        (vec![("Digits", "")], Ok((Input::Digits(String::new()), false))),
        (vec![("Digits", "1w2")], Err(EventError::Shape("Digits"))),
        (vec![("Digits", &long)], Err(EventError::Shape("Digits"))),
        (vec![("SpeechResult", "incidente\0 crítico")], Ok((Input::Speech("incidente crítico".into()), false))),
        (vec![("SpeechResult", "uno"), ("Digits", "1")], Ok((Input::Digits("1".into()), false))),
        (vec![("SpeechResult", "uno"), ("Digits", "")], Ok((Input::Speech("uno".into()), false))),
        (vec![("SpeechResult", "")], Ok((Input::Silence, false))),
        (vec![], Ok((Input::Silence, false))),
        (vec![("Digits", "hangup")], Ok((Input::Silence, true))),
        (recorded.clone(), Ok((recording(), false))),
        (with(("Digits", "hangup")), Ok((recording(), true))),
        (with(("Digits", "#")), Ok((recording(), false))),
        (with(("RecordingSid", RECORDING)), Ok((recording(), false))),
        (with(("RecordingSid", "RE2")), Err(EventError::Shape("RecordingSid"))),
        (vec![("RecordingUrl", &url)], Err(EventError::Missing("RecordingDuration"))),
        (vec![("RecordingUrl", &url), ("RecordingDuration", "-1")], Err(EventError::Shape("RecordingDuration"))),
        (vec![("RecordingUrl", &elsewhere), ("RecordingDuration", "9")], Err(EventError::Shape("RecordingUrl"))),
        (vec![("RecordingUrl", &climbing), ("RecordingDuration", "9")], Err(EventError::Shape("RecordingUrl"))),
    ] {
        let mut pairs = pairs;
        pairs.push(("CallSid", CALL));
        let turn = events().turn(&params(&pairs)).map(|turn| (turn.input, turn.hung_up));
        assert_eq!(turn, read, "{pairs:?}");
    }
}

#[test]
fn reports_on_calls() {
    let full = params(&[
        ("CallSid", CALL),
        ("CallStatus", "completed"),
        ("SequenceNumber", "3"),
        ("CallDuration", "61"),
        ("Timestamp", "Sun, 08 Mar 2026 02:00:00 +0000"),
    ]);
    let progress = events().call_progress(&full).unwrap();
    assert_eq!((progress.status, progress.sequence, progress.seconds), (CallStatus::Completed, Some(3), Some(61)));
    assert_eq!(progress.at, "2026-03-08T02:00:00Z".parse().ok());

    let odd = params(&[("CallSid", CALL), ("CallStatus", "busy"), ("CallDuration", "1.0"), ("Timestamp", "now")]);
    let progress = events().call_progress(&odd).unwrap();
    assert_eq!((progress.status, progress.seconds, progress.at), (CallStatus::Busy, None, None));

    let unknown = params(&[("CallSid", CALL), ("CallStatus", "in-progres")]);
    assert_eq!(events().call_progress(&unknown), Err(EventError::Shape("CallStatus")));
}

#[test]
fn reports_on_recordings() {
    let url = recording_url(ACCOUNT, RECORDING);
    let base = [("CallSid", CALL), ("RecordingSid", RECORDING)];
    let ask = |more: &[(&str, &str)]| events().recording_progress(&params(&[&base, more].concat()));
    let ready = ask(&[("RecordingStatus", "completed"), ("RecordingUrl", &url), ("RecordingDuration", "9")]).unwrap();
    assert_eq!((ready.url, ready.seconds, ready.status), (Some(url), Some(9), RecordingStatus::Completed));
    let absent = ask(&[("RecordingStatus", "absent"), ("RecordingUrl", ""), ("RecordingDuration", "-1")]).unwrap();
    assert_eq!((absent.url, absent.seconds, absent.status), (None, None, RecordingStatus::Absent));
    let elsewhere = ask(&[("RecordingStatus", "completed"), ("RecordingUrl", "http://169.254.169.254/")]);
    assert_eq!(elsewhere, Err(EventError::Shape("RecordingUrl")));
}

#[test]
fn messages_and_their_reports() {
    let long = "ñ".repeat(MAX_MESSAGE + 1);
    let base = [("MessageSid", MESSAGE), ("From", "+18295550142"), ("To", "+18095550100")];
    let ask = |body| events().incoming_message(&params(&[&base[..], &[("Body", body)]].concat())).unwrap().body;
    assert_eq!(ask("482913\0A"), "482913A");
    assert_eq!(ask(&long).chars().count(), MAX_MESSAGE);
    assert_eq!(ask(""), "");
    assert_eq!(events().incoming_message(&params(&base)), Err(EventError::Missing("Body")));

    let report =
        |more: &[(&str, &str)]| events().message_progress(&params(&[&[("MessageSid", MESSAGE)], more].concat()));
    let undelivered = report(&[("MessageStatus", "undelivered"), ("ErrorCode", "30003")]).unwrap();
    assert_eq!((undelivered.status, undelivered.error_code), (MessageStatus::Undelivered, Some(30003)));
    let delivered = report(&[("MessageStatus", "delivered"), ("ErrorCode", "")]).unwrap();
    assert_eq!((delivered.status, delivered.error_code), (MessageStatus::Delivered, None));
    assert_eq!(report(&[("MessageStatus", "gone")]), Err(EventError::Shape("MessageStatus")));
    assert_eq!(report(&[]), Err(EventError::Missing("MessageStatus")));
}

proptest! {
    /// Whatever the provider sends, readers answer, and an accepted value is within its bounds.
    #[test]
    fn any_values_are_read_or_refused(values in prop::collection::vec(any::<String>(), 4)) {
        let pairs = [
            ("CallSid", CALL),
            ("MessageSid", MESSAGE),
            ("From", &values[0]),
            ("To", &values[1]),
            ("Digits", &values[2]),
            ("Body", &values[3]),
        ];
        let params = params(&pairs);
        if let Ok(Turn { input: Input::Digits(digits), .. }) = events().turn(&params) {
            prop_assert!(digits.len() <= MAX_DIGITS && digits.is_ascii());
        }
        if let Ok(message) = events().incoming_message(&params) {
            prop_assert!(!message.body.contains('\0'));
        }
        let _ = events().incoming_call(&params);
    }
}
