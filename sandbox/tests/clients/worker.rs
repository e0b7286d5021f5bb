//! An official client at work: a child process that does what it is told, a line of JSON at a time.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use guardia_sandbox::Network;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::application::{ACCOUNT, TOKEN};

/// Which of the two clients.
#[derive(Clone, Copy, Debug)]
pub enum Client {
    Python,
    Node,
}

pub struct Worker {
    // Ends with the worker.
    _child: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

/// A resource of the client: `calls`, `calls("CA1")`, `calls("CA1").recordings`.
#[derive(Clone, Debug)]
pub struct Resource(Vec<Value>);

/// `client.calls`.
pub fn the(collection: &str) -> Resource {
    Resource(vec![json!(collection)])
}

impl Resource {
    /// One of a collection.
    pub fn one(mut self, sid: &str) -> Self {
        self.0.push(json!([sid]));
        self
    }

    /// A collection of a resource's own.
    pub fn its(mut self, collection: &str) -> Self {
        self.0.push(json!(collection));
        self
    }
}

impl Worker {
    /// The client with the account's own token, on a network that it reaches by the wire.
    pub async fn start(client: Client, network: &Network) -> Self {
        Self::start_with(client, network, TOKEN).await
    }

    pub async fn start_with(client: Client, network: &Network, token: &str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sandbox = format!("http://{}", network.serve(listener).unwrap());
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
        let there: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("target/clients");
        assert!(there.exists(), "the official clients are not there: run sandbox/tests/clients/install");
        let (program, file) = match client {
            Client::Python => (there.join("python/bin/python"), "worker.py"),
            Client::Node => (PathBuf::from("node"), "worker.js"),
        };
        let mut command = Command::new(program);
        command
            .arg(here.join(file))
            .args([ACCOUNT, token, &sandbox])
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("NODE_PATH", there.join("node/node_modules"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        // What would lead the client elsewhere.
        for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "TWILIO_REGION", "TWILIO_EDGE"] {
            command.env_remove(variable);
        }
        let mut child = command.spawn().unwrap();
        let orders = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { _child: child, orders, answers }
    }

    async fn ask(&mut self, work: &str, with: Value) -> Result<Value, Value> {
        let order = format!("{}\n", json!({ "work": work, "with": with }));
        self.orders.write_all(order.as_bytes()).await.unwrap();
        let answer = self.answers.next_line().await.unwrap();
        let mut answer: Value = serde_json::from_str(&answer.expect("the client broke: see above")).unwrap();
        match answer.get_mut("refused") {
            Some(refused) => Err(refused.take()),
            None => Ok(answer["done"].take()),
        }
    }

    /// Calls a method of a resource; an error is what the client made of it: `status`, `code`, `message`.
    pub async fn attempt(&mut self, on: &Resource, method: &str, arguments: Value) -> Result<Value, Value> {
        let mut path = on.0.clone();
        path.push(json!(method));
        self.ask("act", json!({ "path": path, "arguments": arguments })).await
    }

    /// Calls a method that must succeed.
    #[track_caller]
    pub fn act(&mut self, on: &Resource, method: &str, arguments: Value) -> impl Future<Output = Value> + use<'_> {
        let on = on.clone();
        let method = method.to_owned();
        async move {
            let done = self.attempt(&on, &method, arguments).await;
            done.unwrap_or_else(|refused| panic!("{on:?} {method}: {refused}"))
        }
    }

    /// The document that the client builds of verbs: name, attributes, text and what is nested in it.
    pub async fn twiml(&mut self, kind: &str, verbs: Value) -> String {
        let document = self.ask("twiml", json!({ "kind": kind, "verbs": verbs })).await.unwrap();
        document.as_str().unwrap().to_owned()
    }

    /// Whether the client's validator takes a signature.
    pub async fn validates(&mut self, url: &str, params: &[(String, String)], signature: &str, secret: &str) -> bool {
        let with = json!({ "url": url, "params": params, "signature": signature, "secret": secret });
        self.ask("validate", with).await.unwrap().as_bool().unwrap()
    }
}
