//! Duty in the calendars people carry.

use guardia::stage::{Props, Stage};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn get(stage: &Stage, path: &str, authorization: &str) -> (u16, String) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: guardia.example\r\nConnection: close\r\n{authorization}\r\n");
    let mut stream = TcpStream::connect(stage.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_reads_duty_with_the_token_as_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::set("2026-03-03T14:00:00Z".parse().unwrap(), folder.path(), &Props::default()).await.unwrap();
    // The stage's token is "stage"; a calendar carries it as the password of whomever.
    let (bearer, basic) = ("Authorization: Bearer stage\r\n", "Authorization: Basic Y2FsOnN0YWdl\r\n");
    for (path, authorization, status) in [
        ("/api/v1/duty/schedules/guardia.ics", bearer, 200),
        ("/api/v1/duty/people/carmen.ics", basic, 200),
        ("/api/v1/duty/people/carmen.ics", "", 401),
        ("/api/v1/duty/people/carmen.ics", "Authorization: Basic Y2FsOndyb25n\r\n", 401),
        ("/api/v1/duty/people/nadie.ics", bearer, 404),
        ("/api/v1/duty/schedules/guardia", bearer, 404),
    ] {
        let (given, answer) = get(&stage, path, authorization).await;
        assert_eq!(given, status, "{path}: {answer}");
        assert_eq!(answer.contains("BEGIN:VEVENT"), status == 200, "{path}: {answer}");
    }
}
