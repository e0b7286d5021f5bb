//! Staff telephones by sipp: they register, are rung, and pick up or not.

use guardia_sandbox::sip::{Settings, Staff};

use crate::application::{Asked, CALLER, OURS, twiml};
use crate::rig::{Rig, free_port};
use crate::scenario::{ANSWERED, SDP, ack, bye, description, play, reply, request};

const ANA: &str = "+18095550111";

fn staffed(settings: &mut Settings) {
    settings.staff = Staff::read_all("+18095550111=secret\n+18095550112=other").unwrap();
}

/// A registration with a password; the code at its end.
fn register(user: &str, password: &str, code: u16, expires: u32) -> String {
    let plain = |number: u32, more: &str| {
        request("REGISTER", &number.to_string(), "", &format!("Expires: {expires}\n{more}"), "")
            .replace("sip:[service]@[remote_ip]:[remote_port]>", &format!("sip:{user}@[remote_ip]:[remote_port]>"))
            .replace("REGISTER sip:[service]@", "REGISTER sip:")
            .replace("+18095550142", user)
    };
    format!(
        "{}<recv response=\"401\" auth=\"true\"/>{}<recv response=\"{code}\"/>",
        plain(1, ""),
        plain(2, &format!("[authentication username={user} password={password}]\n"))
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_right_password_registers() {
    let rig = Rig::with(|_: &Asked| twiml(""), staffed).await;
    play(&rig, &register(ANA, "wrong", 403, 60), &[]).await;
    play(&rig, &register("+18095550177", "secret", 403, 60), &[]).await;
    play(&rig, &register(ANA, "other", 403, 60), &[]).await;
    assert_eq!(rig.gateway.telephones(ANA), 0);
    play(&rig, &register(ANA, "secret", 423, 5), &[]).await;
    play(&rig, &register(ANA, "secret", 200, 60), &[]).await;
    assert_eq!(rig.gateway.telephones(ANA), 1);
    let away = register(ANA, "secret", 200, 0).replace("Contact: <sip:sipp@[local_ip]:[local_port]>", "Contact: *");
    play(&rig, &away, &[]).await;
    assert_eq!(rig.gateway.telephones(ANA), 0);
}

/// A caller who dials the line, which rings Ana; her telephone is registered and does what the scenario says.
async fn paged(transport: &str, does: &str) -> Rig {
    let rig = Rig::with(
        |asked: &Asked| match asked.path.as_str() {
            "/voice" => twiml("<Dial action=\"/done\" timeout=\"3\"><Number>+18095550111</Number></Dial>"),
            _ => twiml(""),
        },
        staffed,
    )
    .await;
    let port = free_port().to_string();
    play(&rig, &register(ANA, "secret", 200, 60), &["-p", &port, "-t", transport]).await;
    rig.network.dial(CALLER, OURS);
    play(&rig, does, &["-p", &port, "-t", transport]).await;
    rig.until("the dial is over", |rig| !rig.app.asked_at("/done").is_empty()).await;
    rig.until("nothing is left of it", |rig| rig.gateway.calls() == 0 && rig.gateway.dialogs() == 0).await;
    rig
}

/// What the application was told of the dial.
fn outcome(rig: &Rig) -> String {
    rig.app.asked_at("/done")[0].param("DialCallStatus").to_owned()
}

/// An answer with the telephone's own tag.
fn tagged(code: u16) -> String {
    reply(code).replace("[last_To:]", "[last_To:];tag=[pid]s")
}

fn accept() -> String {
    let body = description("0", "");
    tagged(200).replace("Content-Length: 0\n\n", &format!("{SDP}Content-Length: [len]\n\n{body}"))
}

/// Rings: who calls, and with which offer.
const RUNG: &str = "<recv request=\"INVITE\"><action><ereg regexp=\"m=audio .* RTP/AVP 0 8 101\" search_in=\"body\" \
                    check_it=\"true\" assign_to=\"m\"/><ereg regexp=\"sip:.18095550142@\" search_in=\"hdr\" \
                    header=\"From:\" check_it=\"true\" assign_to=\"f\"/><log message=\"[$m] [$f]\"/></action></recv>";
const ACKED: &str = "<recv request=\"ACK\"/>";

#[tokio::test(flavor = "multi_thread")]
async fn a_registered_telephone_rings_is_answered_and_hangs_up() {
    let names = "<recv request=\"INVITE\"><action>\
                 <ereg regexp=\".*\" search_in=\"hdr\" header=\"From:\" check_it=\"true\" assign_to=\"from\"/>\
                 <ereg regexp=\".*\" search_in=\"hdr\" header=\"To:\" check_it=\"true\" assign_to=\"to\"/></action></recv>";
    let bye = "<pause milliseconds=\"300\"/><send><![CDATA[\nBYE sip:[remote_ip]:[remote_port] SIP/2.0\n\
               Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\nFrom:[$to];tag=[pid]s\nTo:[$from]\n\
               [last_Call-ID:]\nCSeq: 1 BYE\nMax-Forwards: 70\nContent-Length: 0\n\n]]></send><recv response=\"200\"/>";
    let rig = paged("u1", &[names.to_owned(), tagged(180), accept(), ACKED.to_owned(), bye.to_owned()].concat()).await;
    assert_eq!(outcome(&rig), "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_that_declines_or_is_busy() {
    for code in [486, 603] {
        let rig = paged("u1", &[RUNG.to_owned(), tagged(code), ACKED.to_owned()].concat()).await;
        assert_eq!(outcome(&rig), "busy", "{code}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_that_nobody_picks_up_is_let_be() {
    let number = "<action><ereg regexp=\"[0-9]+ INVITE\" search_in=\"hdr\" header=\"CSeq:\" check_it=\"true\" \
                  assign_to=\"cseq\"/>";
    let does = [
        RUNG.replacen("<action>", number, 1),
        tagged(180),
        "<recv request=\"CANCEL\"/>".to_owned(),
        tagged(200),
        // The answer to the INVITE, not to the CANCEL.
        tagged(487).replace("[last_CSeq:]", "CSeq: [$cseq]"),
        ACKED.to_owned(),
    ];
    let rig = paged("u1", &does.concat()).await;
    assert_eq!(outcome(&rig), "no-answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_proves_itself() {
    let rig = Rig::with(
        |_: &Asked| twiml("<Say>Buenos días.</Say><Pause length=\"60\"/>"),
        |settings| settings.trunk = Some(Staff::read("+18095550190=trunk").unwrap()),
    )
    .await;
    let call = |password: &str, end: &str| {
        let body = description("0", "");
        let proof = format!("{SDP}[authentication username=+18095550190 password={password}]\n");
        let acked = request("ACK", "1 ACK", "[peer_tag_param]", "", "").replace("[branch]", "[branch-2]");
        [
            request("INVITE", "1", "", SDP, &body),
            "<recv response=\"100\" optional=\"true\"/><recv response=\"401\" auth=\"true\"/>".to_owned(),
            acked,
            request("INVITE", "2", "", &proof, &body),
            end.to_owned(),
        ]
        .concat()
    };
    let refused = "<recv response=\"100\" optional=\"true\"/><recv response=\"403\"/>".to_owned()
        + &request("ACK", "2 ACK", "[peer_tag_param]", "", "").replace("[branch]", "[branch-2]");
    play(&rig, &call("wrong", &refused), &[]).await;
    assert_eq!(rig.network.calls().len(), 0);
    let answered = ANSWERED.to_owned() + &ack(2) + &bye(3);
    play(&rig, &call("trunk", &answered), &[]).await;
    assert_eq!(rig.network.calls().len(), 1);
}
