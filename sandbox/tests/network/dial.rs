//! `Dial` and `Number`: legs that ring, whispers, conversations, and what the document goes on with.

use chrono::TimeDelta;
use guardia_sandbox::{CallSid, CallStatus, CallView, Direction, Network, Phone, What};

use crate::application::{Application, CALLER, OURS, call, heard, pass, twiml};
use crate::rest::Api;

const ANA: &str = "+18095550111";
const LUIS: &str = "+18095550112";

/// A line whose document is `dial`; `/whisper` asks for a key, `/accept` goes on, anything else says where it is.
async fn line(dial: &str) -> (Application, Network) {
    let dial = dial.to_owned();
    let app = Application::start(move |asked| match asked.path.as_str() {
        "/voice" => twiml(&format!("{dial}<Say>Sigue el documento.</Say>")),
        "/whisper" => twiml("<Gather numDigits=\"1\" action=\"/accept\"><Say>Marque 1.</Say></Gather><Hangup/>"),
        "/accept" if asked.param("Digits") == "1" => twiml("<Say>Le comunico.</Say>"),
        "/accept" => twiml("<Hangup/>"),
        "/done" => twiml("<Say>Terminó.</Say>"),
        _ => twiml(""),
    })
    .await;
    let network = app.network();
    (app, network)
}

/// The live leg to a number.
fn leg(network: &Network, to: &str) -> CallView {
    network.calls().into_iter().rfind(|call| call.to == to && call.direction == Direction::OutboundDial).unwrap()
}

/// Who heard what.
fn heard_by(network: &Network, who: &str) -> Vec<String> {
    let entries = network.transcript().into_iter().filter(|entry| entry.number == who);
    entries
        .filter_map(|entry| match entry.what {
            What::Hears => Some(entry.text),
            What::HearsPart => Some(format!("{}…", entry.text)),
            _ => None,
        })
        .collect()
}

const DIAL: &str = "<Dial action=\"/done\" timeout=\"20\"><Number url=\"/whisper\">+18095550111</Number></Dial>";

/// Calls, rings Ana, and lets her accept.
async fn joined(network: &Network) -> (CallSid, CallSid) {
    let caller = call(network).await;
    pass(network, 3.0).await;
    let ana = leg(network, ANA).sid;
    network.answer(&ana);
    pass(network, 1.0).await;
    network.press(&ana, "1");
    pass(network, 2.0).await;
    (caller, ana)
}

#[tokio::test]
async fn two_people_hear_each_other_until_one_hangs_up() {
    let (app, network) = line(DIAL).await;
    let (caller, ana) = joined(&network).await;
    assert_eq!(network.call(&caller).unwrap().joined_to, Some(ana.clone()));
    assert!(network.speak(&caller, "La nómina no responde", TimeDelta::seconds(2)));
    pass(&network, 3.0).await;
    assert!(network.speak(&ana, "Ya lo veo", TimeDelta::seconds(1)));
    pass(&network, 1.0).await;
    network.press(&ana, "5");
    network.speak(&caller, "Gracias por su ayuda", TimeDelta::seconds(2));
    pass(&network, 1.0).await;
    network.hang_up(&ana);
    pass(&network, 0.0).await;
    assert_eq!(heard_by(&network, ANA), ["Marque 1.", "Le comunico.", "La nómina no responde", "Gracias po…"]);
    assert_eq!(heard_by(&network, CALLER)[..2], ["Ya lo veo", "[key 5]"]);
    let done = &app.asked_at("/done")[0];
    assert_eq!(done.param("DialCallStatus"), "completed");
    assert_eq!(done.param("DialCallSid"), ana.as_str());
    assert_eq!(done.param("DialBridged"), "true");
    assert_eq!(done.param("DialCallDuration"), network.call(&ana).unwrap().seconds().unwrap().to_string());
    assert_eq!(done.param("CallStatus"), "in-progress", "the caller goes on");
    pass(&network, 5.0).await;
    assert_eq!(heard_by(&network, CALLER).last().unwrap(), "Terminó.", "verbs after an action are unreachable");
    assert_eq!(network.errors(), []);
}

#[tokio::test]
async fn the_caller_who_hangs_up_ends_the_other_leg_and_the_action_is_told() {
    let (app, network) = line(DIAL).await;
    let (caller, ana) = joined(&network).await;
    network.hang_up(&caller);
    pass(&network, 0.0).await;
    assert_eq!(network.call(&ana).unwrap().status, CallStatus::Completed);
    let done = &app.asked_at("/done")[0];
    assert_eq!((done.param("DialCallStatus"), done.param("CallStatus")), ("completed", "completed"));
    pass(&network, 60.0).await;
    assert_eq!(app.asked_at("/done").len(), 1);
    assert_eq!(network.next_event_at(), None);
}

#[tokio::test]
async fn the_caller_who_hangs_up_while_it_rings_takes_the_leg_back() {
    let (app, network) = line(DIAL).await;
    let caller = call(&network).await;
    pass(&network, 3.0).await;
    network.hang_up(&caller);
    pass(&network, 0.0).await;
    assert_eq!(leg(&network, ANA).status, CallStatus::Canceled);
    let done = &app.asked_at("/done")[0];
    assert_eq!((done.param("DialCallStatus"), done.param("DialBridged")), ("canceled", "false"));
    assert_eq!(network.next_event_at(), None);
}

#[tokio::test]
async fn a_leg_is_a_call_of_its_own_that_knows_its_parent() {
    let (app, network) = line(
        "<Dial><Number url=\"/whisper\" statusCallback=\"/leg\" statusCallbackEvent=\"initiated ringing answered completed\">\
         +18095550111</Number></Dial>",
    )
    .await;
    let (caller, ana) = joined(&network).await;
    let api = Api::of(&network).await;
    network.hang_up(&ana);
    pass(&network, 5.0).await;
    let whisper = &app.asked_at("/whisper")[0];
    assert_eq!(whisper.param("ParentCallSid"), caller.as_str());
    assert_eq!((whisper.param("CallSid"), whisper.param("Direction")), (ana.as_str(), "outbound-dial"));
    assert_eq!((whisper.param("From"), whisper.param("To")), (CALLER, ANA), "the caller's number is shown");
    let mut told: Vec<_> = app.asked_at("/leg");
    told.sort_by_key(|asked| asked.param("SequenceNumber").to_owned());
    let told: Vec<_> = told.iter().map(|asked| (asked.param("CallStatus"), asked.param("ParentCallSid"))).collect();
    let parent = caller.as_str();
    assert_eq!(told, [("initiated", parent), ("ringing", parent), ("in-progress", parent), ("completed", parent)]);
    let (_, body) = api.get(&format!("Calls/{ana}.json")).await;
    assert_eq!(body["parent_call_sid"], caller.as_str());
    assert_eq!(body["direction"], "outbound-dial");
    let (_, body) = api.get(&format!("Calls.json?ParentCallSid={caller}")).await;
    assert_eq!(body["calls"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn who_hangs_up_in_the_whisper_is_never_joined() {
    for hangs_up_by_key in [true, false] {
        let (app, network) = line(DIAL).await;
        let caller = call(&network).await;
        pass(&network, 3.0).await;
        let ana = leg(&network, ANA).sid;
        network.answer(&ana);
        pass(&network, 1.0).await;
        if hangs_up_by_key {
            network.press(&ana, "2");
        } else {
            network.hang_up(&ana);
        }
        pass(&network, 0.0).await;
        let done = &app.asked_at("/done")[0];
        assert_eq!((done.param("DialCallStatus"), done.param("DialBridged")), ("completed", "false"));
        assert_eq!(network.call(&caller).unwrap().status, CallStatus::InProgress);
    }
}

#[tokio::test]
async fn a_dial_that_reaches_nobody_says_why() {
    for (phone, status, after) in [
        (Phone::Attended, "no-answer", 20.5),
        (Phone::Busy, "busy", 0.5),
        (Phone::SwitchedOff, "no-answer", 5.5),
        (Phone::Answers(TimeDelta::seconds(25)), "no-answer", 20.5),
    ] {
        let (app, network) = line(DIAL).await;
        network.set_phone(ANA, phone);
        call(&network).await;
        pass(&network, after - 0.1).await;
        assert_eq!(app.asked_at("/done").len(), 0, "{phone:?}");
        pass(&network, 0.2).await;
        let done = &app.asked_at("/done")[0];
        assert_eq!((done.param("DialCallStatus"), done.param("DialBridged")), (status, "false"), "{phone:?}");
        assert_eq!(done.param("DialCallDuration"), "", "{phone:?}");
    }
    let (app, network) = line(DIAL).await;
    call(&network).await;
    pass(&network, 3.0).await;
    network.decline(&leg(&network, ANA).sid);
    pass(&network, 0.0).await;
    assert_eq!(app.asked_at("/done")[0].param("DialCallStatus"), "busy");
}

#[tokio::test]
async fn without_an_action_the_document_goes_on() {
    let (_app, network) = line("<Dial>+18095550111</Dial>").await;
    network.set_phone(ANA, Phone::Busy);
    call(&network).await;
    pass(&network, 5.0).await;
    assert_eq!(heard(&network), ["Sigue el documento."]);
    let (_app, network) = line("<Dial>+18095550111</Dial>").await;
    network.set_phone(ANA, Phone::Answers(TimeDelta::seconds(1)));
    let caller = call(&network).await;
    pass(&network, 3.0).await;
    network.hang_up(&network.call(&caller).unwrap().joined_to.unwrap());
    pass(&network, 5.0).await;
    assert_eq!(heard(&network), ["Sigue el documento."], "after a conversation as well");
}

#[tokio::test]
async fn the_first_to_pick_up_is_joined_and_the_others_are_let_go() {
    let both = "<Number>+18095550111</Number><Number>+18095550112</Number>";
    let (app, network) = line(&format!("<Dial action=\"/done\">{both}</Dial>")).await;
    call(&network).await;
    pass(&network, 2.0).await;
    let (ana, luis) = (leg(&network, ANA), leg(&network, LUIS));
    assert_eq!((ana.status, luis.status), (CallStatus::Ringing, CallStatus::Ringing));
    network.answer(&luis.sid);
    pass(&network, 1.0).await;
    assert_eq!(leg(&network, ANA).status, CallStatus::Canceled);
    network.hang_up(&luis.sid);
    pass(&network, 0.0).await;
    assert_eq!(app.asked_at("/done")[0].param("DialCallSid"), luis.sid.as_str());

    let (app, network) = line(&format!("<Dial action=\"/done\" sequential=\"true\">{both}</Dial>")).await;
    network.set_phone(ANA, Phone::Busy);
    call(&network).await;
    pass(&network, 0.6).await;
    assert_eq!(network.ringing(LUIS), None, "one after the other");
    pass(&network, 1.0).await;
    network.decline(&network.ringing(LUIS).unwrap());
    pass(&network, 0.0).await;
    assert_eq!(app.asked_at("/done")[0].param("DialCallStatus"), "busy");
}

#[tokio::test]
async fn answer_on_bridge_leaves_the_caller_ringing_until_somebody_talks() {
    let dial = DIAL.replace("action", "answerOnBridge=\"true\" action");
    let (_app, network) = line(&dial).await;
    let caller = call(&network).await;
    pass(&network, 3.0).await;
    let ana = leg(&network, ANA).sid;
    network.answer(&ana);
    pass(&network, 1.0).await;
    assert_eq!(network.call(&caller).unwrap().status, CallStatus::Ringing, "the whisper is not the conversation");
    network.press(&ana, "1");
    pass(&network, 2.0).await;
    assert_eq!(network.call(&caller).unwrap().status, CallStatus::InProgress);
    let (_app, network) = line(DIAL).await;
    let caller = call(&network).await;
    assert_eq!(network.call(&caller).unwrap().status, CallStatus::InProgress);
}

#[tokio::test]
async fn the_star_and_the_time_limit_end_the_conversation_and_not_the_call() {
    for star in [true, false] {
        let dial = DIAL.replace("action", "hangupOnStar=\"true\" timeLimit=\"30\" action");
        let (app, network) = line(&dial).await;
        let (caller, ana) = joined(&network).await;
        network.press(&ana, "*");
        pass(&network, 0.0).await;
        assert_eq!(app.asked_at("/done").len(), 0, "only the one who dialled can");
        if star {
            network.press(&caller, "*");
        } else {
            pass(&network, 29.0).await;
        }
        pass(&network, 0.0).await;
        assert_eq!(app.asked_at("/done")[0].param("DialCallStatus"), "completed");
        assert_eq!(network.call(&ana).unwrap().status, CallStatus::Completed);
        assert_eq!(network.call(&caller).unwrap().status, CallStatus::InProgress);
    }
}

#[tokio::test]
async fn a_number_that_is_none_and_a_caller_id_of_others_fail() {
    for (dial, code) in [
        ("<Dial action=\"/done\">911</Dial>", 13_223),
        ("<Dial action=\"/done\" callerId=\"+18095559999\">+18095550111</Dial>", 13_214),
    ] {
        let (app, network) = line(dial).await;
        call(&network).await;
        pass(&network, 1.0).await;
        assert_eq!(app.asked_at("/done")[0].param("DialCallStatus"), "failed");
        assert_eq!(network.errors()[0].code, code);
        assert_eq!(network.calls().len(), 1);
    }
    let (_app, network) = line("<Dial callerId=\"+18095550100\">+18095550111</Dial>").await;
    call(&network).await;
    assert_eq!(leg(&network, ANA).from, OURS);
}

#[tokio::test]
async fn a_conversation_is_recorded() {
    for (record, channels, began) in
        [("record-from-answer", 1, 0), ("record-from-answer-dual", 2, 0), ("record-from-ringing", 1, 6)]
    {
        let dial = DIAL.replace(
            "action",
            &format!(
                "record=\"{record}\" recordingStatusCallback=\"/tape\" recordingStatusCallbackEvent=\"in-progress completed\" \
                 action"
            ),
        );
        let (app, network) = line(&dial).await;
        network.name_person(ANA, "ana");
        let (caller, ana) = joined(&network).await;
        network.speak(&ana, "Le escucho", TimeDelta::seconds(2));
        pass(&network, 5.0).await;
        network.hang_up(&caller);
        pass(&network, 2.0).await;
        let recording = &network.recordings()[0];
        assert_eq!((recording.call.clone(), recording.channels), (caller.clone(), channels), "{record}");
        assert_eq!(recording.words, "ana: Le escucho.");
        let done = &app.asked_at("/done")[0];
        assert_eq!(done.param("RecordingSid"), recording.sid.as_str());
        assert_eq!(done.param("RecordingDuration"), recording.seconds().to_string());
        assert!(
            recording.seconds() >= 5 + began && recording.seconds() <= 8 + began,
            "{record}: {}",
            recording.seconds()
        );
        let tape = app.asked_at("/tape");
        let told: Vec<_> = tape.iter().map(|asked| asked.param("RecordingStatus")).collect();
        assert_eq!(told, ["in-progress", "completed"], "{record}");
        assert_eq!(tape[0].param("RecordingSid"), tape[1].param("RecordingSid"));
        assert_eq!((tape[1].param("RecordingSource"), tape[1].param("CallSid")), ("DialVerb", caller.as_str()));
        assert_eq!(tape[1].param("RecordingChannels"), channels.to_string());
    }
}

#[tokio::test]
async fn voicemail_picks_up_greets_and_never_presses() {
    let (app, network) = line(DIAL).await;
    network.set_phone(ANA, Phone::Voicemail(TimeDelta::seconds(8)));
    network.set_greeting(ANA, "Ha llamado a Ana.");
    call(&network).await;
    pass(&network, 30.0).await;
    let done = &app.asked_at("/done")[0];
    assert_eq!(done.param("DialBridged"), "false", "the whisper wanted a key");
    let said = network.transcript().into_iter().find(|entry| entry.what == What::Says).unwrap();
    assert_eq!((said.number.as_str(), said.text.as_str()), (ANA, "Ha llamado a Ana."));
    let ana = leg(&network, ANA);
    assert!(ana.machine);
    assert_eq!(ana.answered_by, None, "nobody asked for machine detection");

    let (_app, network) = line("<Dial>+18095550111</Dial>").await;
    network.set_phone(ANA, Phone::Voicemail(TimeDelta::seconds(8)));
    network.set_greeting(ANA, "Ha llamado a Ana.");
    call(&network).await;
    pass(&network, 12.0).await;
    assert_eq!(heard_by(&network, CALLER), ["Ha llamado a Ana."], "without a whisper the caller talks to a machine");
}

#[tokio::test]
async fn live_modification_takes_one_side_elsewhere() {
    for caller_is_moved in [true, false] {
        let (app, network) = line(DIAL).await;
        let api = Api::of(&network).await;
        let (caller, ana) = joined(&network).await;
        let (moved, other) = if caller_is_moved { (&caller, &ana) } else { (&ana, &caller) };
        let twiml = "<Response><Say>Otro lugar.</Say><Pause length=\"9\"/></Response>";
        assert_eq!(api.post(&format!("Calls/{moved}.json"), &[("Twiml", twiml)]).await.0, 200);
        pass(&network, 3.0).await;
        assert_eq!(network.call(moved).unwrap().status, CallStatus::InProgress);
        let who = if caller_is_moved { CALLER } else { ANA };
        assert_eq!(heard_by(&network, who).last().unwrap(), "Otro lugar.");
        if caller_is_moved {
            assert_eq!(
                network.call(other).unwrap().status,
                CallStatus::Completed,
                "a leg without a Dial has nothing to do"
            );
            assert_eq!(app.asked_at("/done").len(), 0, "the Dial was left behind");
        } else {
            assert_eq!(app.asked_at("/done")[0].param("DialCallStatus"), "completed");
            assert_eq!(heard_by(&network, CALLER).last().unwrap(), "Terminó.");
        }
    }
}

#[tokio::test]
async fn a_document_before_a_conversation_may_not_dial() {
    let app = Application::start(|asked| match asked.path.as_str() {
        "/voice" => twiml("<Dial action=\"/done\"><Number url=\"/whisper\">+18095550111</Number></Dial>"),
        "/whisper" => twiml("<Dial>+18095550112</Dial>"),
        _ => twiml(""),
    })
    .await;
    let network = app.network();
    network.set_phone(ANA, Phone::Answers(TimeDelta::seconds(1)));
    call(&network).await;
    pass(&network, 10.0).await;
    assert_eq!(network.errors()[0].code, 12_200);
    assert_eq!(network.calls().len(), 2);
    assert_eq!(app.asked_at("/done")[0].param("DialBridged"), "false");
}
