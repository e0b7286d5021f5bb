//! Whatever comes to the door, and what becomes of it.

use std::sync::{Arc, Mutex};

use guardia_sandbox::CallStatus;
use guardia_sandbox::sip::Staff;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::application::{Asked, twiml};
use crate::phone::{Phone, within};
use crate::rig::Rig;

fn says(_: &Asked) -> crate::application::Answer {
    twiml("<Say>Buenos días.</Say><Pause length=\"60\"/>")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_can_do_is_asked_with_options() {
    let rig = Rig::start(says).await;
    let answer = Phone::new(rig.gateway.address(), "asks").await.options().await;
    assert!(answer.starts_with("SIP/2.0 200"), "{answer}");
    assert!(answer.contains("Allow: INVITE, ACK, CANCEL, BYE"), "{answer}");
    assert_eq!(rig.network.calls().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_no_call_and_what_nobody_knows() {
    let rig = Rig::start(says).await;
    let phone = Phone::new(rig.gateway.address(), "stray").await;
    for (method, to, code) in
        [("BYE", ";tag=x", 481), ("INVITE", ";tag=x", 481), ("PUBLISH", "", 405), ("SUBSCRIBE", "", 405)]
    {
        phone.send_as(method, to).await;
        let answer = phone.answer(method).await;
        assert!(answer.starts_with(&format!("SIP/2.0 {code}")), "{method}: {answer}");
    }
    assert_eq!(rig.network.calls().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_that_breaks_ends_its_calls_and_begins_anew() {
    let rig = Rig::start(says).await;
    let before = Phone::new(rig.gateway.address(), "before").await;
    before.call("0").await.packet().await;
    assert_eq!(rig.gateway.calls(), 1);
    rig.gateway.crash();
    rig.until("the call is over", |rig| rig.ended(CallStatus::Completed) && rig.gateway.calls() == 0).await;
    // On the same address, with room for all calls; what is asked in between may be lost, and is asked again.
    let after = Phone::new(rig.gateway.address(), "after").await;
    let mut answered = false;
    for number in 0..50 {
        let phone = Phone::new(rig.gateway.address(), &format!("asks{number}")).await;
        if phone.options_soon().await {
            answered = true;
            break;
        }
    }
    assert!(answered, "nobody answers any more");
    after.call("0").await.packet().await;
    assert_eq!(rig.gateway.calls(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_asks_too_much_is_not_heard() {
    let rig = Rig::with(says, |settings| settings.limits.requests_per_second = 5).await;
    let phone = Phone::new(rig.gateway.address(), "flood").await;
    for number in 1..=200 {
        phone.send_as_number("OPTIONS", "", number).await;
    }
    // Fifteen at once, and five more each second.
    let mut heard = 0;
    while phone.message_soon().await {
        heard += 1;
    }
    assert!((15..40).contains(&heard), "{heard}");
    let other = Phone::from("127.0.0.9", rig.gateway.address(), "other").await;
    assert!(other.options().await.starts_with("SIP/2.0 200"), "others are heard");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_too_long_is_not_heard() {
    let rig = Rig::start(says).await;
    let phone = Phone::new(rig.gateway.address(), "long").await;
    phone.send_as("OPTIONS", &format!(";x={}", "y".repeat(9000))).await;
    assert!(!phone.message_soon().await);
    assert!(phone.options().await.starts_with("SIP/2.0 200"));
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_few_and_nonsense_ends_them() {
    let rig = Rig::start(says).await;
    let connect = || tokio::net::TcpStream::connect(rig.gateway.address());
    let mut nonsense = connect().await.unwrap();
    nonsense.write_all(&[b'x'; 9000]).await.unwrap();
    let mut end = Vec::new();
    let _ = within("the end of the connection", nonsense.read_to_end(&mut end)).await;
    let mut kept = Vec::new();
    for _ in 0..8 {
        kept.push(connect().await.unwrap());
    }
    let mut ninth = connect().await.unwrap();
    let read = within("the end of the ninth", ninth.read(&mut [0; 1])).await;
    assert!(read.is_err() || read.is_ok_and(|length| length == 0));
    kept[0].write_all(b"\r\n\r\n").await.unwrap();
    let mut pong = [0; 2];
    within("an answer to a ping", kept[0].read_exact(&mut pong)).await.unwrap();
    assert_eq!(&pong, b"\r\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn sha_256_when_asked_for() {
    let rig = Rig::with(says, |settings| {
        settings.sha256 = true;
        settings.staff = vec![Staff::read("+18095550111=secret").unwrap()];
    })
    .await;
    let phone = Phone::new(rig.gateway.address(), "modern").await;
    let hash = |text: String| {
        Sha256::digest(text.as_bytes()).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
    };
    for (password, code, telephones) in [("wrong", 403, 0), ("secret", 200, 1)] {
        let number = if code == 200 { 3 } else { 1 };
        phone.register(number, "").await;
        let asked = phone.answer("REGISTER").await;
        assert!(asked.starts_with("SIP/2.0 401") && asked.contains("algorithm=MD5"), "{asked}");
        let challenge = asked.lines().find(|line| line.contains("SHA-256")).unwrap();
        let nonce = challenge.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap();
        let known = hash(format!("+18095550111:guardia-sandbox:{password}"));
        let asked = hash("REGISTER:sip:127.0.0.1".to_owned());
        let response = hash(format!("{known}:{nonce}:00000001:xyz:auth:{asked}"));
        let proof = format!(
            "Authorization: Digest username=\"+18095550111\", realm=\"guardia-sandbox\", nonce=\"{nonce}\", \
             uri=\"sip:127.0.0.1\", response=\"{response}\", algorithm=SHA-256, cnonce=\"xyz\", nc=00000001, qop=auth\r\n"
        );
        phone.register(number + 1, &proof).await;
        let answer = phone.answer("REGISTER").await;
        assert!(answer.starts_with(&format!("SIP/2.0 {code}")), "{answer}");
        assert_eq!(rig.gateway.telephones("+18095550111"), telephones);
    }
}

/// Where everything that is logged goes.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Says that this is the process that logs.
const LOGS: &str = "GUARDIA_SANDBOX_TEST_LOGS";

#[tokio::test(flavor = "multi_thread")]
async fn messages_and_numbers_stay_out_of_the_log() {
    if std::env::var_os(LOGS).is_none() {
        // What logs for a whole process needs one of its own.
        let output = tokio::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "door::messages_and_numbers_stay_out_of_the_log", "--nocapture"])
            .env(LOGS, "1")
            .output()
            .await
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        return;
    }
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let rig = Rig::start(says).await;
    let phone = Phone::new(rig.gateway.address(), "private").await;
    let call = phone.call("0 101").await;
    call.packet().await;
    call.hang_up().await;
    rig.until("the call is over", |rig| rig.ended(CallStatus::Completed)).await;
    rig.gateway.crash();
    let broke = || String::from_utf8_lossy(&log.0.lock().unwrap()).contains("the SIP stack broke");
    rig.until("the log is written to", |_| broke()).await;
    let text = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    for secret in ["18095550142", "INVITE", "sip:line", "Call-ID", "m=audio"] {
        let line = text.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}
