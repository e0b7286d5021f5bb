//! A hundred people talk at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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

/// What the machine itself does to a beat of 20 ms while nothing of ours is in its way: the same measure, of a bare thread.
/// It beats until the flag is set.
#[expect(clippy::disallowed_methods, reason = "what is measured is real time")]
fn bare_beat(stop: &AtomicBool) -> f64 {
    let (mut jitter, mut worst) = (0.0_f64, 0.0_f64);
    let mut next = std::time::Instant::now();
    let mut before = next;
    while !stop.load(Ordering::Relaxed) {
        next += Duration::from_millis(20);
        std::thread::sleep(next.saturating_duration_since(std::time::Instant::now()));
        let now = std::time::Instant::now();
        jitter += (((now - before).as_secs_f64() * 1000.0 - 20.0).abs() - jitter) / 16.0;
        worst = worst.max(jitter);
        before = now;
    }
    worst
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
    // The machine may be busy with something else: then that much is forgiven, and it is tried again.
    let mut rounds = 0;
    loop {
        let stop = Arc::new(AtomicBool::new(false));
        let beat = std::thread::spawn({
            let stop = Arc::clone(&stop);
            move || bare_beat(&stop)
        });
        let (jitter, gap, lost) = round(&rig, rounds).await;
        stop.store(true, Ordering::Relaxed);
        let bare = beat.join().unwrap();
        println!(
            "{CALLS} calls of {PACKETS} packets: jitter at most {jitter:.2} ms (a bare thread: {bare:.2} ms), gap at most \
             {gap:?}, {lost} lost"
        );
        assert_eq!(lost, 0);
        rounds += 1;
        if jitter < 20.0 {
            break;
        }
        assert!(rounds < 4, "{jitter} ms");
        if jitter < 20.0 + 4.0 * (bare - 1.0).max(0.0) {
            break;
        }
    }
    // What they said was heard to its end.
    rig.until("all are over", |rig| rig.gateway.calls() == 0 && rig.gateway.dialogs() == 0).await;
    rig.until("all are recorded", |rig| rig.network.recordings().len() == CALLS * rounds).await;
    for recording in rig.network.recordings() {
        assert!(recording.seconds() >= 3, "{} s", recording.seconds());
    }
}
