//! A hundred people talk at once.

use std::time::Duration;

use crate::application::{Asked, twiml};
use crate::phone::{Phone, tone};
use crate::rig::{Rig, alone};

const CALLS: usize = 100;
/// Packets of one call: four seconds.
const PACKETS: u16 = 200;

/// What one caller found.
struct Found {
    /// RFC 3550, section 6.4.1, in milliseconds, at the end.
    jitter: f64,
    /// The longest wait for a packet.
    gap: Duration,
    lost: u16,
}

#[expect(clippy::disallowed_methods, reason = "what is measured is real time")]
async fn talks(phone: &Phone) -> Found {
    let call = phone.call("0").await;
    let mut found = Found { jitter: 0.0, gap: Duration::ZERO, lost: 0 };
    let mut before: Option<(std::time::Instant, u16, u32)> = None;
    for number in 0..PACKETS {
        let (kind, sequence, timestamp, payload) = call.packet().await;
        let now = std::time::Instant::now();
        assert_eq!((kind, payload.len()), (0, 160));
        if let Some((then, last, at)) = before {
            let (passed, should) = (now - then, f64::from(timestamp.wrapping_sub(at)) / 8.0);
            let off = (passed.as_secs_f64() * 1000.0 - should).abs();
            found.jitter += (off - found.jitter) / 16.0;
            found.gap = found.gap.max(passed);
            found.lost += sequence.wrapping_sub(last).saturating_sub(1);
        }
        before = Some((now, sequence, timestamp));
        call.say(number, &tone()).await;
    }
    call.hang_up().await;
    found
}

/// For how long our threads ran, and for how long they could have run and were not let.
fn ran_and_waited() -> (u64, u64) {
    let threads = std::fs::read_dir("/proc/self/task").unwrap();
    threads
        .filter_map(|thread| {
            let text = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
            let mut fields = text.split_whitespace().filter_map(|field| field.parse::<u64>().ok());
            Some((fields.next()?, fields.next()?))
        })
        .fold((0, 0), |(ran, waited), (more, longer)| (ran + more, waited + longer))
}

/// A round of calls: the worst jitter in milliseconds, the longest wait for a packet, and the packets lost.
async fn round(rig: &Rig, number: usize) -> (f64, Duration, u32) {
    let mut callers = Vec::new();
    for caller in 0..CALLS {
        let phone = Phone::new(rig.gateway.address(), &format!("caller{number}x{caller}")).await;
        callers.push(tokio::spawn(async move { talks(&phone).await }));
    }
    let mut all = Vec::new();
    for caller in callers {
        all.push(caller.await.unwrap());
    }
    let jitter = all.iter().map(|found| found.jitter).fold(0.0, f64::max);
    let gap = all.iter().map(|found| found.gap).max().unwrap();
    (jitter, gap, all.iter().map(|found| u32::from(found.lost)).sum())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_calls_with_sound_both_ways() {
    let _alone = alone().await;
    let rig = Rig::start(|asked: &Asked| match asked.path.as_str() {
        "/voice" => twiml("<Record maxLength=\"60\" timeout=\"0\" playBeep=\"false\" action=\"/done\"/>"),
        _ => twiml(""),
    })
    .await;
    // The machine may be busy with something else: a round in which we were kept waiting as long as we ran says nothing.
    let mut rounds = 0;
    while rounds < 4 {
        let before = ran_and_waited();
        let (jitter, gap, lost) = round(&rig, rounds).await;
        let after = ran_and_waited();
        let (ran, waited) = (after.0.saturating_sub(before.0), after.1.saturating_sub(before.1));
        println!(
            "{CALLS} calls of {PACKETS} packets: jitter at most {jitter:.2} ms, gap at most {gap:?}, {lost} lost; \
             ran {} ms, waited {} ms for a processor",
            ran / 1_000_000,
            waited / 1_000_000
        );
        assert_eq!(lost, 0);
        rounds += 1;
        if jitter < 20.0 {
            break;
        }
        assert!(waited >= ran, "{jitter} ms, and the machine had time");
    }
    // What they said was heard to its end.
    rig.until("all are over", |rig| rig.gateway.calls() == 0 && rig.gateway.dialogs() == 0).await;
    rig.until("all are recorded", |rig| rig.network.recordings().len() == CALLS * rounds).await;
    for recording in rig.network.recordings() {
        assert!(recording.seconds() >= 3, "{} s", recording.seconds());
    }
}
