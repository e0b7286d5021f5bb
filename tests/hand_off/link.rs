//! Where no sound is handed over, the ticket has a link to it: it works for some days, for whoever has it, and each listening
//! is on record.

use chrono::TimeDelta;
use guardia::clock::Instant;
use guardia::incident::{Change, Entry};
use guardia::store::{StoreError, Tx};
use guardia_sandbox::Faults;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::case::Place;

/// Sound stays in the house; nobody looks into the store, so that days pass quickly.
const SETTINGS: &str = "audio = false\nlink_days = 3\npoll = \"off\"\n";
/// Where the links of the stage begin.
const BEGINS: &str = "https://guardia.example";

/// An answer.
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .find_map(|line| line.split_once(": ").filter(|(known, _)| known.eq_ignore_ascii_case(name)))
            .map(|(_, value)| value)
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

impl Place {
    async fn ask(&self, method: &str, path: &str, more: &str) -> Answer {
        let request = format!("{method} {path} HTTP/1.1\r\nHost: guardia.example\r\nConnection: close\r\n{more}\r\n");
        let mut stream = TcpStream::connect(self.stage.address()).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let head: Vec<&str> = head.lines().filter(|line| !line.starts_with("date:")).collect();
        let head = head.join("\n");
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: answer[end + 4..].to_vec() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "").await
    }

    /// The path of the only link in the only ticket.
    fn link(&self) -> String {
        let ticket = self.desk.tickets().remove(0);
        let lines = ticket.comments.iter().flat_map(|text| text.lines());
        let links: Vec<&str> = lines.filter_map(|line| line.strip_prefix(BEGINS)).collect();
        assert_eq!(links.len(), 1, "{:#?}", ticket.comments);
        links[0].to_owned()
    }

    /// When a link lapses: the first ten digits of its token.
    fn lapses(&self, link: &str) -> Instant {
        let seconds = i64::from_str_radix(link.get(3..13).unwrap(), 16).unwrap();
        let ends = Instant::from_timestamp(seconds, 0).unwrap();
        assert!(ends > self.stage.now());
        ends
    }

    /// The recordings that were heard by their link, as the case's timeline has it.
    async fn heard(&self) -> Vec<String> {
        let (case, store) = (self.case().await.id, &self.stage.hotline().unwrap().store);
        let entries: Result<Vec<Entry>, StoreError> = store.read(async |tx: &mut Tx| tx.entries(case).await).await;
        let heard = |entry: Entry| match entry.change {
            Change::HeardByLink { recording } => Some(recording),
            _ => None,
        };
        entries.unwrap().into_iter().filter_map(heard).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_is_heard_by_its_link_until_it_lapses() {
    let mut place = Place::with(SETTINGS).await;
    place.live().await;
    let ticket = place.desk.tickets().remove(0);
    assert!(ticket.files.is_empty(), "no sound leaves the house");
    let told = ticket.comments.iter().find(|text| text.starts_with("Grabación")).unwrap();
    let link = place.link();
    assert_eq!(
        told.lines().collect::<Vec<_>>()[..2],
        [
            "Grabación (descripción, 4 s). Se puede escuchar hasta el martes diez de marzo (10/03/2026 22:00) en:",
            &format!("{BEGINS}{link}"),
        ]
    );
    assert!(link.starts_with("/r/") && !link.contains("5550142"), "{link}");

    let recording = place.stage.network.recordings().remove(0);
    let heard = place.get(&link).await;
    assert_eq!(heard.status, 200, "{}", heard.head);
    assert_eq!(Sha256::digest(&heard.body), Sha256::digest(recording.wav()), "the same sound");
    let number = place.case().await.number;
    for (name, value) in [
        ("content-type", "audio/wav"),
        ("cache-control", "no-store, private"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("accept-ranges", "bytes"),
        ("content-length", recording.wav().len().to_string().as_str()),
        ("content-disposition", format!("inline; filename=\"{number}.wav\"").as_str()),
    ] {
        assert_eq!(heard.header(name), Some(value), "{name}");
    }
    let sid = recording.sid.to_string();
    assert_eq!(place.heard().await, std::slice::from_ref(&sid), "on record");
    let looked = place.ask("HEAD", &link, "").await;
    assert_eq!((looked.status, looked.body.len()), (200, 0));
    let size = recording.wav().len().to_string();
    assert_eq!(looked.header("content-length"), Some(size.as_str()));
    assert_eq!(place.heard().await.len(), 1, "whoever looked heard nothing");
    let part = place.ask("GET", &link, "Range: bytes=44-51\r\n").await;
    assert_eq!((part.status, &part.body[..]), (206, &recording.wav()[44..52]));
    assert_eq!(part.header("content-range"), Some(format!("bytes 44-51/{size}").as_str()));
    let beyond = place.ask("GET", &link, "Range: bytes=99999999-\r\n").await;
    assert_eq!((beyond.status, beyond.header("content-range")), (416, Some(format!("bytes */{size}").as_str())));
    assert_eq!(place.heard().await, [sid.as_str(); 2]);

    // To the second: whoever has it a moment before is still let in.
    let ends = place.lapses(&link);
    place.pass(ends - place.stage.now() - TimeDelta::milliseconds(1)).await;
    assert_eq!(place.get(&link).await.status, 200);
    place.pass(TimeDelta::milliseconds(1)).await;
    for method in ["GET", "HEAD"] {
        assert_eq!(place.ask(method, &link, "").await.status, 410, "{method}");
    }
    let over = place.get(&link).await;
    assert!(over.text().contains("venció") && over.text().contains("expired"), "{}", over.text());
    assert_eq!(place.heard().await.len(), 3);
    assert_eq!(place.desk.tickets()[0], ticket, "and nothing of it is told to the store");
    place.nothing_is_left_over().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_link_is_as_unknown_as_any_other() {
    let mut place = Place::with(SETTINGS).await;
    place.call().await;
    place.pass(TimeDelta::seconds(30)).await;
    let link = place.link();
    let unknown = place.get("/r/nonsense").await;
    assert_eq!(unknown.status, 404);
    assert!(unknown.text().contains("no es válido") && unknown.text().contains("not valid"), "{}", unknown.text());
    assert_eq!(unknown.header("cache-control"), Some("no-store"));
    for at in [3, 12, 13, 20, 44, 45, 60, link.len() - 1] {
        let mut letters: Vec<char> = link.chars().collect();
        letters[at] = if letters[at] == '0' { '1' } else { '0' };
        let forged = place.get(&letters.into_iter().collect::<String>()).await;
        assert_eq!((forged.status, &forged.body), (404, &unknown.body), "a change at {at}");
        assert_eq!(forged.head, unknown.head, "a change at {at}");
    }
    for path in [format!("{link}0"), link.to_uppercase().replacen("/R/", "/r/", 1), "/r/%FF".to_owned()] {
        assert_eq!(place.get(&path).await.status, 404, "{path}");
    }
    assert_eq!(place.ask("POST", &link, "Content-Length: 0\r\n").await.status, 405);
    assert!(place.heard().await.is_empty());
    let mut answers = Vec::new();
    for _ in 0..60 {
        answers.push(place.get("/r/nonsense").await.status);
    }
    assert_eq!((answers[0], answers[59]), (404, 429), "and nobody tries for long");
    let paced = place.get(&link).await;
    assert_eq!((paced.status, paced.header("retry-after")), (429, Some("60")));
    place.pass(TimeDelta::minutes(1)).await;
    assert_eq!(place.get(&link).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_recording_is_heard_so_often_and_no_more() {
    let mut place = Place::with(SETTINGS).await;
    place.call().await;
    place.pass(TimeDelta::seconds(30)).await;
    let link = place.link();
    let mut answers = Vec::new();
    for _ in 0..3 {
        for _ in 0..30 {
            answers.push(place.get(&link).await.status);
        }
        place.pass(TimeDelta::minutes(1)).await;
    }
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 60, "{answers:?}");
    assert_eq!(answers[60..], [429; 30]);
    assert_eq!(place.heard().await.len(), 60);
    place.pass(TimeDelta::hours(1)).await;
    assert_eq!(place.get(&link).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_provider_is_away_the_page_says_so() {
    let mut place = Place::with(SETTINGS).await;
    place.call().await;
    place.pass(TimeDelta::seconds(30)).await;
    let link = place.link();
    place.stage.network.set_faults(Faults { api_away: true, ..place.stage.network.faults() });
    let away = place.get(&link).await;
    assert_eq!(away.status, 503);
    assert!(away.text().contains("ahora mismo") && away.text().contains("right now"), "{}", away.text());
    assert!(away.header("retry-after").is_some());
    assert!(place.heard().await.is_empty(), "nobody heard anything");
    place.stage.network.set_faults(Faults { api_away: false, ..place.stage.network.faults() });
    assert_eq!(place.get(&link).await.status, 200);
    assert_eq!(place.heard().await.len(), 1);
}
