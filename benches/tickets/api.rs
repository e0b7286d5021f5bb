//! A program that uses the API, over a kept connection.

use chrono::TimeDelta;
use guardia::clock::Instant;
use serde_json::Value;

use crate::line::{Answer, Connection};
use crate::site::Site;

/// A program and its token.
pub struct Api {
    connection: Connection,
    token: String,
}

/// What each request of a kind took, in microseconds.
#[derive(Default)]
pub struct Read {
    pub by_number: Vec<i64>,
    pub by_external_id: Vec<i64>,
    pub changes: Vec<i64>,
    pub pages: Vec<i64>,
}

impl Api {
    /// Makes a token, and connects.
    pub async fn open(site: &Site) -> Self {
        let said = site.run(&["token", "add", "bench", "--scope", "tickets:read,incidents:write"]).await;
        let token = said.lines().next_back().unwrap().trim().to_owned();
        Self { connection: Connection::open(site.listen).await, token }
    }

    /// The same program after a while: the server does not keep a connection on which nothing is said.
    pub async fn again(site: &Site, api: Self) -> Self {
        Self { connection: Connection::open(site.listen).await, ..api }
    }

    /// Says that `person` takes the case with this number.
    pub async fn acknowledge(&mut self, number: &str, person: &str) {
        let body = format!("{{\"person\":\"{person}\"}}");
        let more = format!("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        self.ask("POST", &format!("/incidents/{number}/acknowledge"), &more).await;
    }

    /// `count` requests of each kind about the cases `numbers`, and one walk over all tickets.
    pub async fn read(&mut self, numbers: &[&String], count: usize, now: Instant) -> Read {
        let mut read = Read::default();
        let since = (now - TimeDelta::seconds(1)).format("%Y-%m-%dT%H:%M:%S%.6fZ");
        for number in numbers.iter().cycle().step_by(7).take(count) {
            let answer = self.get(&format!("/tickets/{number}")).await;
            assert_eq!(tree(&answer)["external_id"], ***number);
            read.by_number.push(answer.micros);
            let answer = self.get(&format!("/tickets?external_id={number}")).await;
            let tickets = tree(&answer)["tickets"].take();
            assert_eq!(
                (tickets.as_array().unwrap().len(), &tickets[0]["external_id"]),
                (1, &Value::from(number.as_str()))
            );
            read.by_external_id.push(answer.micros);
            let answer = self.get(&format!("/tickets?order=updated&updated_since={since}")).await;
            read.changes.push(answer.micros);
        }
        let mut next = String::new();
        loop {
            let answer = self.get(&format!("/tickets?order=oldest&limit=20{next}")).await;
            read.pages.push(answer.micros);
            match tree(&answer)["next"].as_str() {
                Some(cursor) => next = format!("&after={cursor}"),
                None => return read,
            }
        }
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, "\r\n").await
    }

    async fn ask(&mut self, method: &str, path: &str, rest: &str) -> Answer {
        let token = &self.token;
        let head =
            format!("{method} /api/v1{path} HTTP/1.1\r\nHost: guardia.example\r\nAuthorization: Bearer {token}\r\n");
        let answer = self.connection.exchange(&format!("{head}{rest}")).await;
        assert_eq!(answer.status, 200, "{method} {path}: {}", answer.body);
        answer
    }
}

fn tree(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}
