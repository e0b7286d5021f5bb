//! The provider's side of the line: signed webhooks over a kept connection, and one call of the critical path.

use std::fmt::Write as _;
use std::net::SocketAddr;

use guardia::clock::{Clock, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::site::{ACCOUNT, LINE, PUBLIC_URL, TOKEN};

/// The largest answer that is read: the provider's own bound for a document.
const LARGEST: usize = 64 * 1024;

/// What the caller does at each document of the critical path, in order. The first document answers the ring.
pub const PATH: [Act; 11] = [
    Act::Keys(Keys::Fixed("1")),
    Act::Silence,
    Act::Keys(Keys::Institution),
    Act::Keys(Keys::Fixed("1")),
    Act::Keys(Keys::Service),
    Act::Keys(Keys::Fixed("1")),
    Act::Record,
    Act::Keys(Keys::Fixed("1")),
    Act::Keys(Keys::Fixed("1")),
    Act::Keys(Keys::Fixed("1")),
    Act::Keys(Keys::Fixed("1")),
];
/// Documents of a call on the critical path.
pub const TURNS: usize = PATH.len() + 1;
/// Institutions of the directory that [`directory`] makes.
const INSTITUTIONS: usize = 900;
/// Services that can be keyed.
const SERVICES: usize = 4;

/// What a caller does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Keys(Keys),
    Silence,
    Record,
}

/// Which keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    Fixed(&'static str),
    Institution,
    Service,
}

/// A directory in which every call of a measurement finds an institution and a service that no call before it reported.
pub fn directory() -> String {
    let mut text = "institutions:\n".to_owned();
    for number in 0..INSTITUTIONS {
        let code = 1000 + number;
        let _ = writeln!(text, "  - {{ code: \"{code}\", name: \"Institución {code}\", short: \"INST {code}\" }}");
    }
    text.push_str("services:\n");
    for (id, name) in [("nomina", "NOMINA"), ("portal", "PORTAL"), ("correo", "CORREO"), ("firma", "FIRMA")] {
        let _ =
            writeln!(text, "  - {{ id: {id}, es: \"el servicio {id}\", en: \"the {id} service\", short: \"{name}\" }}");
    }
    text
}

/// The caller number `number` of a measurement: their own telephone, institution and service.
#[derive(Clone, Debug)]
pub struct Caller {
    pub sid: String,
    pub from: String,
    pub recording: String,
    institution: String,
    service: String,
}

impl Caller {
    pub fn new(number: usize) -> Self {
        Self {
            sid: format!("CA{number:032x}"),
            from: format!("+1809{:07}", 5_600_000 + number),
            recording: format!("RE{number:032x}"),
            institution: (1000 + number / SERVICES % INSTITUTIONS).to_string(),
            service: (1 + number % SERVICES).to_string(),
        }
    }

    /// The keys they press.
    pub fn keys(&self, keys: Keys) -> &str {
        match keys {
            Keys::Fixed(keys) => keys,
            Keys::Institution => &self.institution,
            Keys::Service => &self.service,
        }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: String,
    /// From the first byte sent to the last byte read.
    pub micros: i64,
}

/// A kept connection to the server.
pub struct Connection {
    stream: TcpStream,
    clock: Clock,
    address: SocketAddr,
    buffer: Vec<u8>,
    sent: u64,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, clock: Clock::machine(), address, buffer: Vec::with_capacity(LARGEST), sent: 0 }
    }

    /// Posts a signed form of `caller` with what is `more` in it.
    pub async fn post(&mut self, caller: &Caller, path: &str, more: &[(&str, &str)]) -> Answer {
        let mut form: Vec<(String, String)> = [
            ("AccountSid", ACCOUNT),
            ("ApiVersion", "2010-04-01"),
            ("CallSid", &caller.sid),
            ("Called", LINE),
            ("CalledCountry", "DO"),
            ("Caller", &caller.from),
            ("CallerCountry", "DO"),
            ("Direction", "inbound"),
            ("From", &caller.from),
            ("FromCountry", "DO"),
            ("To", LINE),
            ("ToCountry", "DO"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        form.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let body = body.join("&");
        let signature = guardia_sandbox::sign(TOKEN, &format!("{PUBLIC_URL}{path}"), &form);
        self.sent += 1;
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n\
             X-Twilio-Signature: {signature}\r\nI-Twilio-Idempotency-Token: {}-{}\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            caller.sid,
            self.sent,
            body.len(),
        );
        self.exchange(&request).await
    }

    /// Sends a request as it is written; gives what came back.
    pub async fn exchange(&mut self, request: &str) -> Answer {
        let began = self.clock.now();
        self.stream.write_all(request.as_bytes()).await.unwrap();
        let (status, body) = self.read().await;
        Answer { status, body, micros: micros(began, self.clock.now()) }
    }

    async fn read(&mut self) -> (u16, String) {
        self.buffer.clear();
        let head = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await;
        };
        let text = String::from_utf8_lossy(&self.buffer[..head]).to_ascii_lowercase();
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
        let length = text.split("content-length: ").nth(1).and_then(|rest| rest.split('\r').next());
        let length: usize = length.map_or(0, |length| length.parse().unwrap());
        while self.buffer.len() < head + length {
            self.more().await;
        }
        (status, String::from_utf8_lossy(&self.buffer[head..]).into_owned())
    }

    async fn more(&mut self) {
        assert!(self.buffer.len() < LARGEST, "an answer without end");
        assert!(self.stream.read_buf(&mut self.buffer).await.unwrap() > 0, "the server closed the connection");
    }

    /// Rings; gives the document.
    pub async fn ring(&mut self, caller: &Caller) -> Answer {
        expect(self.post(caller, "/twilio/voice", &[("CallStatus", "ringing")]).await, 200)
    }

    /// Does `act` at the document `now`; gives the next one.
    pub async fn act(&mut self, caller: &Caller, api: &str, act: Act, now: &str) -> Answer {
        let action = between(now, "action=\"", "\"");
        let status = ("CallStatus", "in-progress");
        let answer = match act {
            Act::Keys(keys) => self.post(caller, action, &[status, ("Digits", caller.keys(keys))]).await,
            Act::Silence => self.post(caller, &format!("{action}/silence"), &[status]).await,
            Act::Record => {
                assert!(now.contains("<Record"), "nothing records: {now}");
                let url = format!("{api}/2010-04-01/Accounts/{ACCOUNT}/Recordings/{}", caller.recording);
                let made = [("RecordingUrl", url.as_str()), ("RecordingDuration", "9"), ("Digits", "#"), status];
                self.post(caller, action, &made).await
            }
        };
        expect(answer, 200)
    }

    /// A whole call of the critical path: what each document took, in microseconds.
    pub async fn critical(&mut self, caller: &Caller, api: &str) -> Vec<i64> {
        let mut document = self.ring(caller).await;
        let mut took = vec![document.micros];
        for act in PATH {
            document = self.act(caller, api, act, &document.body).await;
            took.push(document.micros);
            if act == Act::Record {
                let url = format!("{api}/2010-04-01/Accounts/{ACCOUNT}/Recordings/{}", caller.recording);
                let ready = [
                    ("RecordingSid", caller.recording.as_str()),
                    ("RecordingUrl", &url),
                    ("RecordingStatus", "completed"),
                    ("RecordingDuration", "9"),
                ];
                expect(self.post(caller, "/twilio/voice/recording", &ready).await, 204);
            }
        }
        assert!(document.body.contains("<Hangup"), "the path does not end the call: {}", document.body);
        self.over(caller).await;
        took
    }

    /// The last status callback.
    pub async fn over(&mut self, caller: &Caller) {
        let last = [("CallStatus", "completed"), ("CallDuration", "95"), ("SequenceNumber", "3")];
        expect(self.post(caller, "/twilio/voice/status", &last).await, 204);
    }
}

/// Microseconds from one instant to another.
pub fn micros(from: Instant, to: Instant) -> i64 {
    (to - from).num_microseconds().unwrap()
}

fn expect(answer: Answer, status: u16) -> Answer {
    assert_eq!(answer.status, status, "{}", answer.body);
    answer
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}")).1;
    // The fragment is the provider's own: how to retry.
    rest.split(after).next().unwrap().split('#').next().unwrap()
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

/// A form's value.
fn escaped(value: &str) -> String {
    value.bytes().fold(String::with_capacity(value.len()), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}
