//! Peers that send their request a letter at a time, over a real socket: they are cut, and keep nothing of Guardia's.

use chrono::TimeDelta;
use guardia::stage::{Props, Stage};
use guardia_sandbox::story::Host;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::record::record;

const HEAD: &str = "POST /twilio/voice HTTP/1.1\r\nHost: guardia.example\r\nContent-Type: \
                    application/x-www-form-urlencoded\r\nContent-Length: 60000\r\nExpect: 100-continue\r\n\r\n";
/// What Guardia says when it begins to read a body.
const GO_ON: &str = "HTTP/1.1 100 Continue\r\n\r\n";

/// Sends `beginning`, waits for `go_on`, then sends a letter every few seconds for as long as Guardia takes them; gives what
/// came back after `go_on` until the connection was closed.
async fn dribble(stage: &mut Stage, beginning: &str, go_on: &str, letter: Option<&[u8]>) -> String {
    let (mut read, mut write) = TcpStream::connect(stage.address()).await.unwrap().into_split();
    write.write_all(beginning.as_bytes()).await.unwrap();
    let mut heard = vec![0; go_on.len()];
    read.read_exact(&mut heard).await.unwrap();
    assert_eq!(String::from_utf8(heard).unwrap(), go_on);
    let answer = tokio::spawn(async move {
        let mut answer = Vec::new();
        // A cut while letters are on their way may be seen as a reset; what came before it is what counts.
        let _ = read.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    });
    while !answer.is_finished() {
        if let Some(letter) = letter {
            // Refused once it is cut.
            let _ = write.write_all(letter).await;
        }
        let limit = stage.now() + TimeDelta::seconds(3);
        stage.advance(limit).await;
        tokio::task::yield_now().await;
    }
    answer.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_dribbles_is_cut_with_408() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage =
        Stage::set("2026-03-03T14:00:00Z".parse().unwrap(), folder.path(), &Props::default()).await.unwrap();
    let before = record(&stage).await;
    for letter in [Some(&b"a"[..]), None] {
        let answer = dribble(&mut stage, HEAD, GO_ON, letter).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.to_ascii_lowercase().contains("connection: close"), "{answer}");
    }
    assert_eq!(record(&stage).await, before);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_dribbles_or_never_comes_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage =
        Stage::set("2026-03-03T14:00:00Z".parse().unwrap(), folder.path(), &Props::default()).await.unwrap();
    for (beginning, letter) in
        [("POST /twilio/voice HTTP/1.1\r\nX-Long: ", Some(&b"a"[..])), ("GET /healthz", None), ("", None)]
    {
        let began = stage.now();
        let answer = dribble(&mut stage, beginning, "", letter).await;
        assert_eq!(answer, "", "{beginning}");
        assert!(stage.now() - began >= TimeDelta::seconds(20), "{beginning}");
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_may_rest_between_requests() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage =
        Stage::set("2026-03-03T14:00:00Z".parse().unwrap(), folder.path(), &Props::default()).await.unwrap();
    let mut stream = TcpStream::connect(stage.address()).await.unwrap();
    for _ in 0..2 {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: guardia.example\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        while !answer.ends_with("ok") {
            let mut piece = [0; 512];
            let count = stream.read(&mut piece).await.unwrap();
            assert_ne!(count, 0, "closed after {answer}");
            answer.push_str(std::str::from_utf8(&piece[..count]).unwrap());
        }
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let limit = stage.now() + TimeDelta::minutes(5);
        while stage.advance(limit).await {}
    }
    stage.stop().await;
}
