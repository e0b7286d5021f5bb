//! How soon everybody who has the wall open sees a new case: a thousand streams over loopback, one case after the other, and
//! one case more while callers report as fast as they are answered.
//!
//! `cargo bench --bench wall` takes about a minute; `-- --quick` a smoke run of seconds whose figures mean little. Everything
//! stays on this machine: the built program serves, this process is the callers and everybody who watches, and shares the
//! processors with it. The process needs three thousand open files (`ulimit -n`).
//!
//! What is measured begins before the request that commits the case and ends when its count has arrived at a wall: the commit,
//! the look, the writing, and the way to a thousand connections are all in it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement ends where something is wrong"
)]

#[expect(dead_code, reason = "nobody looks at pages here")]
#[path = "../tests/console/client.rs"]
mod client;
#[path = "pager/figures.rs"]
#[expect(dead_code, reason = "other aims are other measurements'")]
mod figures;
#[expect(dead_code, reason = "one person is enough")]
#[path = "../tests/console/house.rs"]
mod house;
#[expect(dead_code, reason = "callers only report here")]
#[path = "turn/line.rs"]
mod line;
#[expect(dead_code, reason = "no network is needed here")]
#[path = "../tests/support/site.rs"]
mod site;

use std::net::SocketAddr;

use chrono::TimeDelta;
use guardia::access::Role;
use guardia::clock::{Clock, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use figures::{Figures, Row};
use house::House;
use line::{Act, Caller, Connection, Keys, micros};

/// What an update may take until everybody has it, in milliseconds: the aim, as it stands in the project's issue.
const AIM_MILLIS: f64 = 1000.0;
/// How long everybody may take before the measurement is given up.
const PATIENCE: TimeDelta = TimeDelta::minutes(1);
/// No picture is larger, in bytes.
const LARGEST: usize = 256 * 1024;
/// What stands before the number of cases that are in time.
const COUNT: &[u8] = b"id=\"tally-calm\"";

/// How much is measured.
struct Size {
    walls: usize,
    cases: usize,
    crowd: usize,
}

const WHOLE: Size = Size { walls: 1_000, cases: 50, crowd: 100 };
const QUICK: Size = Size { walls: 50, cases: 3, crowd: 5 };

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let asked = |name: &str| arguments.iter().any(|argument| argument == name);
    if asked("--test") || asked("--list") {
        // `cargo test --benches` looks in: there is nothing to test here.
        return;
    }
    let quick = asked("--quick");
    let size = if quick { QUICK } else { WHOLE };
    let mut figures = Figures::default();
    let house = House::open().await;
    let client = house.person(Role::Supervisor).await;
    let cookie = client.cookie().unwrap();
    let mut walls = Walls::open(house.site.listen, &cookie, size.walls).await;
    eprintln!("{} walls are open ...", size.walls);

    let (mut each, mut all, mut number) = (Vec::new(), Vec::new(), 0);
    let mut connection = Connection::open(house.site.listen).await;
    for _ in 0..size.cases {
        number += 1;
        let began = report(&mut connection, number).await;
        let took = walls.until(began, number, 1).await;
        all.push(*took.iter().max().unwrap());
        each.extend(took);
    }
    figures.add(Row { database: "sqlite", what: "a case, at each wall", jobs: 0, took: each, aim: None });
    figures.add(Row { database: "sqlite", what: "a case, at every wall", jobs: 0, took: all, aim: Some(AIM_MILLIS) });

    eprintln!("{} callers, one right after the other ...", size.crowd);
    let mut last = walls.clock.now();
    for _ in 0..size.crowd {
        number += 1;
        last = report(&mut connection, number).await;
    }
    // The pictures between are as they come; what counts is when everybody has the last one.
    let took = walls.until(last, number, 1).await;
    figures.add(Row { database: "sqlite", what: "the last of a crowd", jobs: 0, took, aim: Some(AIM_MILLIS) });

    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let kind = if quick { ", quick" } else { "" };
    let build = if cfg!(debug_assertions) { ", without optimization" } else { "" };
    println!("\n{processors} processors, load {} after{kind}{build}, {} walls\n", load.trim(), size.walls);
    println!("{}", figures.text());
    let log = house.close().await;
    assert!(!log.contains("ERROR"), "{log}");
}

/// Rings and reports; the instant before the request that commits the case.
async fn report(connection: &mut Connection, number: usize) -> Instant {
    let caller = Caller::new(number);
    let document = connection.ring(&caller).await;
    let began = Clock::machine().now();
    connection.act(&caller, "http://127.0.0.1:1", Act::Keys(Keys::Fixed("1")), &document.body).await;
    connection.over(&caller).await;
    began
}

/// Everybody who watches.
struct Walls {
    count: usize,
    clock: Clock,
    /// Which wall saw how many cases, and when.
    seen: mpsc::UnboundedReceiver<(usize, usize, Instant)>,
}

impl Walls {
    /// Opens them; ready when each has its first picture.
    async fn open(address: SocketAddr, cookie: &str, count: usize) -> Self {
        let (say, seen) = mpsc::unbounded_channel();
        for place in 0..count {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let request = format!(
                "GET /console/wall/events HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\nCookie: {cookie}\r\n\r\n"
            );
            stream.write_all(request.as_bytes()).await.unwrap();
            tokio::spawn(watch(stream, place, say.clone()));
        }
        let mut walls = Self { count, clock: Clock::machine(), seen };
        walls.until(walls.clock.now(), 0, 0).await;
        walls
    }

    /// Waits until every wall has seen `number` cases or more; how long each took from `began` on, in microseconds.
    async fn until(&mut self, began: Instant, number: usize, least: i64) -> Vec<i64> {
        let mut took = vec![None; self.count];
        let limit = self.clock.now() + PATIENCE;
        while took.iter().any(Option::is_none) {
            let heard = tokio::select! {
                heard = self.seen.recv() => heard,
                _ = self.clock.sleep_until(limit) => None,
            };
            let Some((place, count, at)) = heard else {
                panic!("{} walls never saw case {number}", took.iter().filter(|took| took.is_none()).count())
            };
            if count >= number && took[place].is_none() {
                took[place] = Some(micros(began, at).max(least));
            }
        }
        took.into_iter().flatten().collect()
    }
}

/// Reads a stream until it is closed, and says whenever the number of cases changed.
async fn watch(mut stream: TcpStream, place: usize, say: mpsc::UnboundedSender<(usize, usize, Instant)>) {
    let (mut buffer, mut last) = (Vec::with_capacity(LARGEST), None);
    let mut looked = 0_usize;
    while stream.read_buf(&mut buffer).await.unwrap_or(0) > 0 {
        let now = Clock::machine().now();
        while let Some(end) = buffer[looked..].windows(2).position(|two| two == b"\n\n").map(|end| looked + end) {
            let count = count(&buffer[..end]);
            if count.is_some() && count != last {
                last = count;
                let _ = say.send((place, count.unwrap_or_default(), now));
            }
            buffer.drain(..end + 2);
            looked = 0;
        }
        looked = buffer.len().saturating_sub(1);
        assert!(buffer.len() < LARGEST, "a picture without end");
    }
}

/// How many cases are in time, on a whole board.
fn count(event: &[u8]) -> Option<usize> {
    let place = event.windows(COUNT.len()).position(|part| part == COUNT)?;
    let text = String::from_utf8_lossy(event.get(place..)?);
    text.split_once("class=\"big\">")?.1.split('<').next()?.parse().ok()
}
