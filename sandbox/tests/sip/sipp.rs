//! Calls by sipp: what it sends by itself, and what its scenarios are told to.

use std::time::Duration;

use guardia_sandbox::CallStatus;

use crate::application::{Asked, OURS, twiml};
use crate::rig::{Rig, alone};
use crate::scenario::{ANSWERED, PAUSE, SDP, ack, bye, description, invite, nop, play, reply, request, run, sipp};

/// A line that asks for keys and says what it got.
async fn gathers() -> Rig {
    Rig::start(|asked: &Asked| match asked.path.as_str() {
        "/voice" => {
            twiml("<Gather action=\"/got\" timeout=\"10\"><Say>Marque el número de su institución.</Say></Gather>")
        }
        "/got" => twiml("<Hangup/>"),
        _ => twiml(""),
    })
    .await
}

/// What was gathered, once the application hung up.
async fn gathered(rig: &Rig) -> String {
    rig.until("the call is over", |rig| rig.ended(CallStatus::Completed)).await;
    let got = rig.app.asked_at("/got");
    got.first().map_or_else(String::new, |asked| asked.param("Digits").to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_rings_is_answered_and_hangs_up() {
    let rig = Rig::start(|_| twiml("<Say>Bienvenido a la línea de incidentes.</Say><Pause length=\"30\"/>")).await;
    sipp(&rig, &["-sn", "uac", "-m", "1", "-d", "500"]).await;
    rig.until("the call is over", |rig| rig.ended(CallStatus::Completed)).await;
    assert_eq!((rig.call().from.as_str(), rig.call().to.as_str()), ("+18095550199", OURS));
    rig.until("nothing is left of it", |rig| rig.gateway.calls() == 0 && rig.gateway.dialogs() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_by_tcp() {
    let rig = Rig::start(|_| twiml("<Say>Buenos días.</Say><Pause length=\"30\"/>")).await;
    sipp(&rig, &["-sn", "uac", "-m", "3", "-d", "300", "-t", "t1"]).await;
    rig.until("all are over", |rig| {
        let calls = rig.network.calls();
        calls.len() == 3 && calls.iter().all(|call| call.status.is_final()) && rig.gateway.dialogs() == 0
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_beside_the_sound_of_type_96() {
    let rig = gathers().await;
    let keys = nop("play_dtmf=\"1#\"");
    let over = "<recv request=\"BYE\"/>".to_owned() + &reply(200);
    let call = [invite("0 96"), ANSWERED.to_owned(), ack(1), PAUSE.to_owned(), keys, over].concat();
    play(&rig, &call, &[]).await;
    assert_eq!(gathered(&rig).await, "1");
    assert_eq!(rig.call().from, "+18095550142");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_beside_the_sound_of_type_101_with_repeated_ends() {
    let rig = gathers().await;
    let key = |name: &str| nop(&format!("play_pcap_audio=\"/usr/share/sip-tester/dtmf_2833_{name}.pcap\""));
    let keys =
        [key("1"), PAUSE.to_owned(), key("1"), PAUSE.to_owned(), key("7"), PAUSE.to_owned(), key("pound")].concat();
    let over = "<recv request=\"BYE\"/>".to_owned() + &reply(200);
    let call = [invite("0 101"), ANSWERED.to_owned(), ack(1), PAUSE.to_owned(), keys, over].concat();
    play(&rig, &call, &[]).await;
    // The file of a key is always the same packets: told twice, it is still the same stroke.
    assert_eq!(gathered(&rig).await, "17");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_its_ack_is_repeated_and_given_up() {
    let t1 = Duration::from_millis(20);
    let document = |_: &Asked| twiml("<Say>Buenos días.</Say><Pause length=\"60\"/>");
    let rig = Rig::with(document, |settings| settings.t1 = t1).await;
    // Two more of the same answer, and then the end of the session.
    let again = "<recv response=\"200\"/><recv response=\"200\"/>";
    let over = format!("<recv response=\"200\" optional=\"true\" next=\"more\"/>{}", "<recv request=\"BYE\"/>");
    let call =
        [invite("0"), ANSWERED.to_owned(), again.to_owned(), "<label id=\"more\"/>".to_owned(), over, reply(200)];
    play(&rig, &call.concat(), &["-nr"]).await;
    rig.until("the call is over", |rig| rig.ended(CallStatus::Completed)).await;
    rig.until("nothing is left of it", |rig| rig.gateway.calls() == 0 && rig.gateway.dialogs() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_takes_the_call_back() {
    // The first verb is a pause: it rings.
    let rig = Rig::start(|_| twiml("<Pause length=\"30\"/><Say>Fin.</Say>")).await;
    let cancel = request("CANCEL", "1", "", "", "");
    let same_branch = cancel.replace("[branch]", "[branch-3]");
    let acked = request("ACK", "1 ACK", "[peer_tag_param]", "", "").replace("[branch]", "[branch-6]");
    let call = [
        invite("0"),
        "<recv response=\"100\" optional=\"true\"/><recv response=\"180\"/>".to_owned(),
        same_branch,
        "<recv response=\"200\"/><recv response=\"487\"/>".to_owned(),
        acked,
    ];
    play(&rig, &call.concat(), &[]).await;
    rig.until("it is a call nobody picked up", |rig| rig.ended(CallStatus::NoAnswer)).await;
    rig.until("nothing is left of it", |rig| rig.gateway.calls() == 0 && rig.gateway.dialogs() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hold_and_back_by_new_invites() {
    let document = |_: &Asked| twiml("<Say>Buenos días.</Say><Pause length=\"60\"/>");
    let rig = Rig::with(document, |settings| settings.limits.silence = Duration::from_millis(700)).await;
    let again = |number: u32, direction: &str| {
        let body = description("0", &format!("a={direction}\n"));
        let sent = request("INVITE", &number.to_string(), "[peer_tag_param]", SDP, &body);
        let answered = match direction {
            "sendonly" => "recvonly",
            "inactive" => "inactive",
            _ => "sendrecv",
        };
        format!(
            "{sent}<recv response=\"100\" optional=\"true\"/><recv response=\"200\"><action><ereg regexp=\"a={answered}\" \
             search_in=\"body\" check_it=\"true\" assign_to=\"d\"/><log message=\"[$d]\"/></action></recv>{}",
            ack(number)
        )
    };
    // No sound is sent at all: on hold that does not end the call.
    let hold = "<pause milliseconds=\"2500\"/>".to_owned();
    let call =
        [invite("0"), ANSWERED.to_owned(), ack(1), again(2, "inactive"), hold, again(3, "sendrecv"), bye(4)].concat();
    play(&rig, &call, &[]).await;
    rig.until("the call is over", |rig| rig.ended(CallStatus::Completed)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_sends_no_sound_ends() {
    let document = |_: &Asked| twiml("<Say>Buenos días.</Say><Pause length=\"60\"/>");
    let rig = Rig::with(document, |settings| settings.limits.silence = Duration::from_millis(700)).await;
    let over = "<recv request=\"BYE\"/>".to_owned() + &reply(200);
    let call = [invite("0"), ANSWERED.to_owned(), ack(1), over].concat();
    play(&rig, &call, &[]).await;
    rig.until("the call is over", |rig| rig.ended(CallStatus::Completed)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_network_makes_of_a_call_is_its_code() {
    let rig = Rig::start(|asked: &Asked| match asked.param("From") {
        "+18095550142" => twiml("<Reject reason=\"busy\"/>"),
        _ => twiml("<Reject/>"),
    })
    .await;
    let refused = |from: &str, to: &str, code: u16| {
        let call = [
            invite("0"),
            format!(
                "<recv response=\"100\" optional=\"true\"/><recv response=\"180\" optional=\"true\"/><recv response=\"{code}\"/>"
            ),
            request("ACK", "1 ACK", "[peer_tag_param]", "", "").replace("[branch]", "[branch-4]"),
        ];
        call.concat().replace("+18095550142", from).replace("[service]", to)
    };
    for (from, to, code) in [
        ("+18095550142", "line", 486),
        ("+18095550143", "%2B18095550100", 480),
        ("+18095550142", "+18095550177", 404),
        ("+18095550142", "nobody", 404),
    ] {
        play(&rig, &refused(from, to, code), &[]).await;
    }
    let rejected: Vec<_> = rig.network.calls().iter().map(|call| call.status).collect();
    assert_eq!(rejected, [CallStatus::Busy, CallStatus::NoAnswer], "a number that is none is no call");
    let body = description("18", "").replace("a=rtpmap:0 PCMU/8000\n", "");
    let refused = refused("+18095550142", "line", 488).replace(&description("0", ""), &body);
    play(&rig, &refused, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_calls_than_there_is_room_for_are_refused() {
    let document = |_: &Asked| twiml("<Say>Buenos días.</Say><Pause length=\"60\"/>");
    let rig = Rig::with(document, |settings| settings.limits.calls = 3).await;
    let said = run(&rig, &["-sn", "uac", "-m", "5", "-l", "5", "-r", "50", "-d", "1500"], 1).await;
    let failed = said.lines().find(|line| line.contains("Failed call")).unwrap();
    assert!(failed.trim_end().ends_with('2'), "{said}");
    assert_eq!(rig.network.calls().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_calls_a_second_for_ten_seconds() {
    let _alone = alone().await;
    let rig = Rig::start(|_| twiml("<Say>Buenos días.</Say><Pause length=\"30\"/>")).await;
    let said = sipp(&rig, &["-sn", "uac", "-r", "200", "-m", "2000", "-d", "100", "-l", "250", "-nd"]).await;
    let cells = |name: &str| {
        let line = said.lines().rfind(|line| line.contains(name)).unwrap_or_else(|| panic!("no {name} in {said}"));
        line.rsplit('|').next().unwrap().trim().to_owned()
    };
    let retransmitted: u32 = said
        .lines()
        .filter(|line| line.contains("---------->") && !line.contains("ACK"))
        .filter_map(|line| line.split_whitespace().nth(3)?.parse::<u32>().ok())
        .sum();
    println!(
        "{} well, {} failed, {retransmitted} repeated, {}",
        cells("Successful call"),
        cells("Failed call"),
        cells("Call Rate")
    );
    assert_eq!((cells("Successful call").as_str(), cells("Failed call").as_str()), ("2000", "0"), "{said}");
    // None on a quiet machine; on a busy one, a request that waited half a second is asked again, and is not lost.
    assert!(retransmitted < 400, "{said}");
    rig.until("all are over", |rig| rig.gateway.calls() == 0 && rig.gateway.dialogs() == 0).await;
    assert_eq!(rig.network.calls().len(), 2000);
}
