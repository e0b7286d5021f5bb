//! A hundred thousand packets that are none, or nearly none, from many addresses: it goes on serving, in little memory.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

use crate::application::{Application, twiml};
use crate::phone::Phone;
use crate::program::Program;
use crate::rig::alone;

const PACKETS: u32 = 100_000;
/// So many are sent between two looks whether it still serves.
const ROUND: u32 = 100;
/// Addresses they are sent from: each alone would soon not be heard any more.
const ADDRESSES: u8 = 100;
/// The most memory, in MB.
const MEMORY: u64 = 150;

/// Xorshift: the same packets every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(most.max(1)).unwrap()).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.roll().to_le_bytes()[0]
    }
}

const MESSAGES: [&str; 9] = [
    "INVITE sip:line@127.0.0.1 SIP/2.0|CSeq: 1 INVITE|Content-Type: application/sdp|SDP",
    "INVITE sip:+18095550100@127.0.0.1;user=phone SIP/2.0|CSeq: 1 INVITE|Record-Route: <sip:127.0.0.1;lr>|Supported: 100rel, timer|SDP",
    "REGISTER sip:127.0.0.1 SIP/2.0|CSeq: 1 REGISTER|Expires: 60|Authorization: Digest username=\"+18095550111\", realm=\"guardia-sandbox\", \
     nonce=\"6927a3c0.00\", uri=\"sip:127.0.0.1\", response=\"00\", algorithm=MD5, cnonce=\"a\", nc=00000001, qop=auth",
    "OPTIONS sip:127.0.0.1 SIP/2.0|CSeq: 1 OPTIONS|Accept: application/sdp",
    "BYE sip:127.0.0.1 SIP/2.0|CSeq: 2 BYE|Reason: Q.850;cause=16",
    "CANCEL sip:line@127.0.0.1 SIP/2.0|CSeq: 1 CANCEL",
    "ACK sip:line@127.0.0.1 SIP/2.0|CSeq: 1 ACK",
    "SIP/2.0 200 OK|CSeq: 1 INVITE",
    "SUBSCRIBE sip:line@127.0.0.1 SIP/2.0|CSeq: 1 SUBSCRIBE|Event: dialog",
];
const SDP: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0 101\r\n\
                   a=rtpmap:101 telephone-event/8000\r\n";
const EXTREMES: [&str; 8] =
    ["-1", "99999999999999999999", "4294967296", "%00", "\u{feff}", "sip:[::1", "\"<;>@,", "<sip:a@b>;tag="];

fn message(dice: &mut Dice, number: u32) -> Vec<u8> {
    let mut lines = MESSAGES[dice.below(MESSAGES.len())].split('|');
    let (tag, body) = (if dice.below(3) == 0 { ";tag=1" } else { "" }, if number.is_multiple_of(3) { SDP } else { "" });
    let mut text = format!(
        "{}\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK{number};rport\r\nFrom: \"A\" <sip:+18095550142@127.0.0.1>;tag={number}\r\n\
         To: <sip:line@127.0.0.1>{tag}\r\nCall-ID: {number}@fuzz\r\nContact: <sip:a@127.0.0.1:9>\r\nMax-Forwards: 70\r\n",
        lines.next().unwrap()
    );
    for line in lines.filter(|line| *line != "SDP") {
        text.extend([line, "\r\n"]);
    }
    let length = body.len().to_string();
    text.extend(["Content-Length: ", &length, "\r\n\r\n", body]);
    text.into_bytes()
}

fn packet(dice: &mut Dice, number: u32) -> Vec<u8> {
    if dice.below(10) == 0 {
        return (0..dice.below(1400)).map(|_| dice.byte()).collect();
    }
    let mut bytes = message(dice, number);
    match dice.below(6) {
        0 => bytes.truncate(dice.below(bytes.len())),
        1 => {
            for _ in 0..=dice.below(8) {
                let at = dice.below(bytes.len());
                bytes[at] = dice.byte();
            }
        }
        2 => {
            // Something extreme in the place of a word.
            let (at, word) = (dice.below(bytes.len()), EXTREMES[dice.below(EXTREMES.len())]);
            let end =
                bytes[at..].iter().position(|byte| b" ;:=\r".contains(byte)).map_or(bytes.len(), |length| at + length);
            bytes.splice(at..end, word.bytes());
        }
        3 => {
            let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
            let (twice, at) = (dice.below(lines.len()), dice.below(lines.len()));
            let mut shuffled = lines.clone();
            shuffled.insert(at, lines[twice]);
            bytes = shuffled.join(&b'\n');
        }
        4 => {
            let at = dice.below(bytes.len());
            let long = vec![dice.byte(); dice.below(4000)];
            bytes.splice(at..at, long);
        }
        _ => {}
    }
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_from_everywhere_does_no_harm() {
    let _alone = alone().await;
    let app = Application::start(|_| twiml("<Say>Buenos días.</Say><Pause length=\"2\"/>")).await;
    let program = Program::start(&app).await;
    let sockets: Vec<UdpSocket> = (1..=ADDRESSES)
        .map(|last| UdpSocket::bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 1, last)), 0)).unwrap())
        .collect();
    let mut dice = Dice(0x5EED);
    for round in 0..PACKETS / ROUND {
        for number in 0..ROUND {
            let bytes = packet(&mut dice, round * ROUND + number);
            sockets[dice.below(sockets.len())].send_to(&bytes, program.gateway).unwrap();
        }
        // All of the round was heard when this is answered: it waits in the same queue.
        let asks = Phone::new(program.gateway, &format!("asks{round}")).await;
        let answer = asks.options().await;
        assert!(answer.starts_with("SIP/2.0 200"), "round {round}: {answer}");
    }
    let (most, now) = program.memory();
    println!("{PACKETS} packets: at most {most} MB, now {now} MB");
    assert!(most < MEMORY, "{most} MB");
    // When the calls that were among them are over, there is room for another one.
    let mut answer = String::new();
    for attempt in 0..100 {
        let phone = Phone::new(program.gateway, &format!("after{attempt}")).await;
        phone.invite("0").await;
        answer = phone.answer("INVITE").await;
        if answer.starts_with("SIP/2.0 200") {
            break;
        }
        phone.message_soon().await;
    }
    assert!(answer.starts_with("SIP/2.0 200"), "{answer}");
}
