use super::*;
use crate::provider::telephony::Dialect;

const CALL: &str = "CA00000000000000000000000000000001";
const OTHER: &str = "CA00000000000000000000000000000002";
const QUEUE: &str = "QU00000000000000000000000000000001";
const CONFERENCE: &str = "CF00000000000000000000000000000001";
const ACCOUNT: &str = "AC00000000000000000000000000000001";

fn events() -> Events {
    Events::new(Dialect::TWILIO, "https://api.twilio.com/", ACCOUNT)
}

/// `base` with `more` in the place of those of the same name.
fn params(base: &[(&str, &str)], more: &[(&str, &str)]) -> Params {
    let kept = base.iter().filter(|(name, _)| more.iter().all(|(other, _)| name != other));
    let pairs = kept.chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Params::unique(pairs.collect()).unwrap()
}

#[test]
fn a_call_of_ours_is_picked_up() {
    let base = [("CallSid", CALL), ("To", "+18295550142"), ("From", "+18095550100"), ("CallStatus", "in-progress")];
    let ask = |more: &[(&str, &str)]| events().answered(&params(&base, more));
    let plain = ask(&[]).unwrap();
    assert_eq!((plain.provider_call.as_str(), plain.to.as_str()), (CALL, "+18295550142"));
    assert_eq!(plain.from, Phone::parse("+18095550100").ok());
    assert_eq!((plain.status, plain.answered_by, plain.parent), (CallStatus::InProgress, None, None));
    for (word, answered_by) in [
        ("human", Some(AnsweredBy::Human)),
        ("machine_start", Some(AnsweredBy::MachineStart)),
        ("robot", Some(AnsweredBy::Unknown)),
        ("", None),
    ] {
        assert_eq!(ask(&[("AnsweredBy", word)]).unwrap().answered_by, answered_by, "{word}");
    }
    assert_eq!(ask(&[("ParentCallSid", OTHER)]).unwrap().parent.as_deref(), Some(OTHER));
    for (more, error) in [
        ([("CallSid", "CA1")], EventError::Shape("CallSid")),
        ([("To", "alice")], EventError::Shape("To")),
        ([("CallStatus", "up")], EventError::Shape("CallStatus")),
        ([("ParentCallSid", "../x")], EventError::Shape("ParentCallSid")),
    ] {
        assert_eq!(ask(&more), Err(error));
    }
}

#[test]
fn a_call_waits_and_is_taken() {
    let base = [("CallSid", CALL), ("QueueSid", QUEUE), ("QueueTime", "42"), ("QueuePosition", "1")];
    let ask = |more: &[(&str, &str)]| events().waiting(&params(&base, more));
    let waiting = ask(&[("AvgQueueTime", "30"), ("CurrentQueueSize", "3")]).unwrap();
    assert_eq!((waiting.provider_call.as_str(), waiting.queue.as_str()), (CALL, QUEUE));
    let figures = (waiting.seconds, waiting.position, waiting.average_seconds, waiting.size);
    assert_eq!(figures, (Some(42), Some(1), Some(30), Some(3)));
    assert_eq!(waiting.taken_by, None);
    let odd = ask(&[("QueueTime", "long"), ("DequeingCallSid", OTHER)]).unwrap();
    assert_eq!((odd.seconds, odd.taken_by.as_deref()), (None, Some(OTHER)));
    assert_eq!(ask(&[("QueueSid", "support")]), Err(EventError::Shape("QueueSid")));
    assert_eq!(ask(&[("DequeingCallSid", "x")]), Err(EventError::Shape("DequeingCallSid")));
    assert_eq!(events().waiting(&params(&[("CallSid", CALL)], &[])), Err(EventError::Missing("QueueSid")));
}

#[test]
fn a_call_leaves_the_queue() {
    let base = [("CallSid", CALL), ("CallStatus", "in-progress"), ("QueueTime", "61"), ("QueueSid", QUEUE)];
    let ask = |more: &[(&str, &str)]| events().queue_left(&params(&base, more));
    for result in QueueResult::ALL {
        let left = ask(&[("QueueResult", result.as_str())]).unwrap();
        assert_eq!((left.result, left.seconds, left.queue.as_deref()), (*result, Some(61), Some(QUEUE)));
        assert_eq!(left.hung_up, *result == QueueResult::Hangup);
    }
    let gone = ask(&[("QueueResult", "bridged"), ("CallStatus", "completed")]).unwrap();
    assert!(gone.hung_up, "they hung up while joined");
    let full = ask(&[("QueueResult", "queue-full"), ("QueueSid", ""), ("QueueTime", "")]).unwrap();
    assert_eq!((full.queue, full.seconds, full.hung_up), (None, None, false));
    assert_eq!(ask(&[]), Err(EventError::Missing("QueueResult")));
    assert_eq!(ask(&[("QueueResult", "vanished")]), Err(EventError::Shape("QueueResult")));
    assert_eq!(ask(&[("QueueResult", "leave"), ("QueueSid", "x")]), Err(EventError::Shape("QueueSid")));
}

#[test]
fn joining_ends() {
    let recording = "RE00000000000000000000000000000001";
    let url = format!("https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/{recording}");
    let base = [("CallSid", CALL), ("CallStatus", "in-progress"), ("DialCallStatus", "completed")];
    let ask = |more: &[(&str, &str)]| events().dial_ended(&params(&base, more));
    let plain = ask(&[]).unwrap();
    assert_eq!((plain.other, plain.seconds, plain.bridged, plain.recording), (None, None, None, None));
    assert_eq!((plain.status, plain.hung_up), (DialStatus::Completed, false));
    let full = ask(&[
        ("DialCallSid", OTHER),
        ("DialCallDuration", "75"),
        ("DialBridged", "true"),
        ("RecordingUrl", &url),
        ("CallStatus", "completed"),
    ]);
    let full = full.unwrap();
    assert_eq!((full.other.as_deref(), full.seconds, full.bridged), (Some(OTHER), Some(75), Some(true)));
    assert_eq!((full.recording, full.hung_up), (Some((recording.to_owned(), url)), true));
    assert_eq!(ask(&[("DialBridged", "perhaps")]).unwrap().bridged, None);
    for (more, error) in [
        ([("DialCallStatus", "vanished")], EventError::Shape("DialCallStatus")),
        ([("DialCallSid", "x")], EventError::Shape("DialCallSid")),
        ([("RecordingUrl", "http://169.254.169.254/")], EventError::Shape("RecordingUrl")),
    ] {
        assert_eq!(ask(&more), Err(error));
    }
}

#[test]
fn reports_on_conferences() {
    let base = [
        ("ConferenceSid", CONFERENCE),
        ("FriendlyName", "incident-7"),
        ("StatusCallbackEvent", "participant-join"),
        ("SequenceNumber", "2"),
        ("Timestamp", "Sun, 08 Mar 2026 02:00:00 +0000"),
    ];
    let ask = |more: &[(&str, &str)]| events().conference_event(&params(&base, more));
    let joined = ask(&[("CallSid", CALL)]).unwrap();
    assert_eq!((joined.conference.as_str(), joined.name.as_str()), (CONFERENCE, "incident-7"));
    assert_eq!((joined.step, joined.provider_call.as_deref()), (ConferenceStep::Join, Some(CALL)));
    assert_eq!((joined.sequence, joined.at), (Some(2), "2026-03-08T02:00:00Z".parse().ok()));
    let ended = ask(&[("StatusCallbackEvent", "conference-end"), ("CallSid", "")]).unwrap();
    assert_eq!((ended.step, ended.provider_call), (ConferenceStep::End, None));
    for (more, error) in [
        ([("ConferenceSid", "CF1")], EventError::Shape("ConferenceSid")),
        ([("FriendlyName", "<b>")], EventError::Shape("FriendlyName")),
        ([("StatusCallbackEvent", "participant-mute")], EventError::Shape("StatusCallbackEvent")),
        ([("CallSid", "x")], EventError::Shape("CallSid")),
    ] {
        assert_eq!(ask(&more), Err(error));
    }
}

#[test]
fn reports_on_recordings_of_conferences() {
    let recording = "RE00000000000000000000000000000001";
    let url = format!("https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/{recording}");
    let base = [("ConferenceSid", CONFERENCE), ("RecordingSid", recording), ("RecordingStatus", "completed")];
    let ask = |more: &[(&str, &str)]| events().conference_recording(&params(&base, more));
    let ready = ask(&[("RecordingUrl", &url), ("RecordingDuration", "61")]).unwrap();
    assert_eq!((ready.conference.as_str(), ready.id.as_str()), (CONFERENCE, recording));
    assert_eq!((ready.status, ready.url, ready.seconds), (RecordingStatus::Completed, Some(url), Some(61)));
    let absent = ask(&[("RecordingStatus", "absent"), ("RecordingUrl", "")]).unwrap();
    assert_eq!((absent.status, absent.url, absent.seconds), (RecordingStatus::Absent, None, None));
    for (more, error) in [
        ([("ConferenceSid", CALL)], EventError::Shape("ConferenceSid")),
        ([("RecordingSid", "x")], EventError::Shape("RecordingSid")),
        ([("RecordingStatus", "lost")], EventError::Shape("RecordingStatus")),
        ([("RecordingUrl", "http://169.254.169.254/")], EventError::Shape("RecordingUrl")),
    ] {
        assert_eq!(ask(&more), Err(error));
    }
}
