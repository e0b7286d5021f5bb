//! What sipp is told to do.

use std::process::Stdio;

use crate::rig::{Rig, free_port};

/// Runs sipp against the gateway; what it says at its end. It must end as it is to: 0 = every call went well.
pub async fn run(rig: &Rig, arguments: &[&str], ends: i32) -> String {
    let output = tokio::process::Command::new("sipp")
        .arg(rig.gateway.address().to_string())
        .args(["-s", "line", "-i", "127.0.0.1", "-nostdin", "-timeout", "40s", "-timeout_error"])
        .args(if arguments.contains(&"-p") { Vec::new() } else { vec!["-p".to_owned(), free_port().to_string()] })
        .args(["-mp", &free_port().to_string()])
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap_or_else(|error| {
            panic!("sipp cannot be run ({error}): install it (apt-get install sip-tester), as tests/run does")
        });
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(ends), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said
}

pub async fn sipp(rig: &Rig, arguments: &[&str]) -> String {
    run(rig, arguments, 0).await
}

/// Runs a scenario once.
pub async fn play(rig: &Rig, scenario: &str, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scenario.xml");
    std::fs::write(&file, format!("<?xml version=\"1.0\"?>\n<scenario name=\"test\">{scenario}</scenario>")).unwrap();
    sipp(rig, &[&["-sf", file.to_str().unwrap(), "-m", "1"], arguments].concat()).await
}

pub fn request(method: &str, cseq: &str, peer: &str, extra: &str, body: &str) -> String {
    let (number, kind) = cseq.split_once(' ').unwrap_or((cseq, method));
    let retransmit = if matches!(kind, "ACK") { "" } else { " retrans=\"500\"" };
    format!(
        "<send{retransmit}><![CDATA[\n{method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n\
         Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n\
         From: <sip:+18095550142@[local_ip]:[local_port]>;tag=[pid]t[call_number]\n\
         To: <sip:[service]@[remote_ip]:[remote_port]>{peer}\nCall-ID: [call_id]\nCSeq: {number} {kind}\n\
         Contact: <sip:sipp@[local_ip]:[local_port]>\nMax-Forwards: 70\n{extra}Content-Length: [len]\n\n{body}]]></send>\n"
    )
}

pub fn description(formats: &str, direction: &str) -> String {
    let map = formats.split(' ').find(|format| format.len() > 1);
    let map =
        map.map_or_else(String::new, |keys| format!("a=rtpmap:{keys} telephone-event/8000\na=fmtp:{keys} 0-15\n"));
    format!(
        "v=0\no=user 1 1 IN IP[local_ip_type] [local_ip]\ns=-\nc=IN IP[media_ip_type] [media_ip]\nt=0 0\n\
         m=audio [media_port] RTP/AVP {formats}\na=rtpmap:0 PCMU/8000\n{map}{direction}"
    )
}

pub const SDP: &str = "Content-Type: application/sdp\n";

pub fn invite(formats: &str) -> String {
    request("INVITE", "1", "", SDP, &description(formats, ""))
}

pub const ANSWERED: &str = "<recv response=\"100\" optional=\"true\"/><recv response=\"180\" optional=\"true\"/>\
                        <recv response=\"200\"/>";

pub fn ack(number: u32) -> String {
    request("ACK", &format!("{number} ACK"), "[peer_tag_param]", "", "")
}

pub fn bye(number: u32) -> String {
    request("BYE", &number.to_string(), "[peer_tag_param]", "", "") + "<recv response=\"200\"/>"
}

pub const PAUSE: &str = "<pause milliseconds=\"300\"/>";

pub fn nop(action: &str) -> String {
    format!("<nop><action><exec {action}/></action></nop>")
}

/// An answer to what was just received.
pub fn reply(code: u16) -> String {
    format!(
        "<send><![CDATA[\nSIP/2.0 {code} OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\n\
         Contact: <sip:sipp@[local_ip]:[local_port]>\nContent-Length: 0\n\n]]></send>\n"
    )
}
