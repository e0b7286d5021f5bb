//! Recorded prompts: a waiting caller's document names one, and the provider can fetch exactly that.

use guardia::serve::StartError;
use guardia::stage::{Props, Stage, StageError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::http::PUBLIC;
use crate::play::{Otherwise, Played};

/// Head and body of what stands at `path`.
async fn get(stage: &Stage, path: &str) -> (String, Vec<u8>) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: guardia.example\r\nConnection: close\r\n\r\n");
    let mut stream = TcpStream::connect(stage.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    (String::from_utf8(answer[..end].to_vec()).unwrap().to_ascii_lowercase(), answer[end + 4..].to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_music_that_a_waiting_caller_is_played_can_be_fetched() {
    let mut played = Played::truly("tests/stories/joined.yaml", Otherwise::default()).await;
    let documents: Vec<String> = played.stage.network.deliveries().into_iter().map(|delivery| delivery.body).collect();
    let named: Vec<&str> = documents
        .iter()
        .flat_map(|document| document.split("<Play>").skip(1))
        .filter_map(|rest| rest.split("</Play>").next())
        .filter(|url| url.starts_with(PUBLIC))
        .collect();
    assert!(named.len() >= 2, "{documents:#?}");
    for url in named {
        let (head, body) = get(&played.stage, url.strip_prefix(PUBLIC).unwrap()).await;
        assert!(head.starts_with("http/1.1 200") && head.contains("content-type: audio/wav"), "{url}: {head}");
        assert_eq!(body, include_bytes!("../../voice-flows/audio/hold.wav"), "{url}");
    }
    played.stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_recorded_prompts_is_served_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let at = "2026-03-07T22:00:00-04:00".parse().unwrap();
    let mut stage = Stage::set(at, folder.path(), &Props::default()).await.unwrap();
    for name in ["other.wav", "..%2F..%2Fdirectory.yaml", "%2e%2e/critical-hotline.yaml", "", "hold.wav/x"] {
        let (head, body) = get(&stage, &format!("/audio/{name}")).await;
        assert!(head.starts_with("http/1.1 404"), "{name}: {head}");
        assert!(body.is_empty(), "{name}");
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_without_the_file_of_a_prompt_is_refused_at_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let at = "2026-03-07T22:00:00-04:00".parse().unwrap();
    let mut stage = Stage::set(at, folder.path(), &Props::default()).await.unwrap();
    stage.stop().await;
    std::fs::remove_file(folder.path().join("voice-flows/audio/hold.wav")).unwrap();
    let refused = stage.start().await;
    let Err(StageError::Start(StartError::Problems(problems))) = refused else { panic!("{refused:?}") };
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().all(|problem| problem.contains("hold.wav cannot be read")), "{told:?}");
    assert!(told[0].contains("prompts/es.yaml:"), "{told:?}");
}
