//! The JSON Schema of a flow page, for editors: they complete the words and underline what the page cannot have. The
//! checker says more, and has the last word.

use serde_json::{Map, Value, json};

use super::Language;
use super::document::{About, Fact, Kind};
use super::node::{Holds, Lookup, To};
use super::{Impact, Outcome};
use crate::sla::Severity;

/// The schema, draft 2020-12.
#[must_use]
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A voice flow",
        "type": "object",
        "additionalProperties": false,
        "required": ["flow", "languages", "begin", "nodes"],
        "properties": {
            "flow": { "type": "string", "description": "The flow's name." },
            "line": { "type": "string", "description": "The line it answers, as people dial it." },
            "languages": {
                "type": "array", "minItems": 1, "uniqueItems": true,
                "items": { "enum": Language::ALL.map(Language::code) },
                "description": "The first is spoken until the caller chooses."
            },
            "begin": reference("target"),
            "limits": closed(&[], &[
                ("call", reference("duration")),
                ("turns", json!({ "type": "integer", "minimum": 10, "maximum": 1000 })),
                ("over", reference("target")),
            ]),
            "nodes": {
                "type": "object", "minProperties": 1,
                "propertyNames": reference("name"),
                "additionalProperties": reference("node")
            }
        },
        "$defs": definitions()
    })
}

fn definitions() -> Value {
    let acts = [
        ("language", words(Language::ALL.iter().map(|language| language.code()).chain(["next"]))),
        (
            "set",
            json!({
                "type": "object", "propertyNames": reference("name"), "additionalProperties": reference("name"),
                "properties": { "impact": words(Impact::ALL.map(Impact::as_str)) }
            }),
        ),
        ("consent", words(["accepted", "declined"])),
        ("affected", json!({ "const": true })),
        ("join", json!({ "const": true })),
        ("reopen", json!({ "const": true })),
        ("text_messages", json!({ "type": "boolean" })),
        ("call_back", words(["caller"])),
        ("institution", words(["caller"])),
    ];
    let way_on = acts.into_iter().chain([("then", reference("name"))]).collect::<Vec<_>>();
    let play = closed(&["play"], &[("play", words(["last_recording"]))]);
    let line = json!({ "oneOf": [reference("name"), play] });
    json!({
        "name": { "type": "string", "pattern": "^[a-z0-9_]{1,64}$" },
        "duration": { "type": "string", "pattern": "^([0-9]+[smh])+$" },
        "tries": { "type": "integer", "minimum": 1, "maximum": 5 },
        "target": {
            "description": "A node's name, or a map with 'then' and what is settled on the way.",
            "oneOf": [reference("name"), closed(&["then"], &way_on)]
        },
        "lines": { "oneOf": [line, { "type": "array", "minItems": 1, "maxItems": 6, "items": line }] },
        "wait": closed(&[], &[
            ("first", reference("duration")), ("between", reference("duration")), ("tries", reference("tries")),
        ]),
        "retry": closed(&["say", "then"], &[
            ("say", reference("name")), ("tries", reference("tries")), ("then", reference("target")),
        ]),
        "keys": {
            "type": "object", "minProperties": 1,
            "propertyNames": { "pattern": "^([0-9]{1,2}|\\*)$" },
            "additionalProperties": reference("target")
        },
        "condition": condition(),
        "node": { "oneOf": Kind::VERBS.iter().map(|verb| node(verb)).collect::<Vec<_>>() }
    })
}

fn condition() -> Value {
    let several = json!({ "type": "array", "minItems": 1, "items": reference("condition") });
    json!({ "oneOf": [
        words(Fact::ALL.iter().map(|fact| fact.name())),
        closed(&["all"], &[("all", several.clone())]),
        closed(&["any"], &[("any", several)]),
        closed(&["not"], &[("not", reference("condition"))]),
        {
            "description": "A variable holds this value.",
            "type": "object", "minProperties": 1, "maxProperties": 1,
            "propertyNames": { "pattern": "^(?!(all|any|not)$)[a-z0-9_]{1,64}$" },
            "additionalProperties": reference("name")
        }
    ] })
}

/// A node with this verb: every key it may have, and those it must have.
fn node(verb: &str) -> Value {
    let about = words(About::WORDS.map(|(word, _)| word));
    let common = [("about", about), ("informs", json!({ "type": "boolean" }))];
    let (required, own) = keys(verb);
    closed(required, &own.into_iter().chain(common).collect::<Vec<_>>())
}

/// The keys that a verb must have, and every key with its schema.
#[expect(clippy::too_many_lines, reason = "a table: one entry for each verb")]
fn keys(verb: &str) -> (&'static [&'static str], Vec<(&'static str, Value)>) {
    let target = || reference("target");
    let end = || words(["#", "*"]);
    match verb {
        "say" => (
            &["say", "next"],
            vec![("say", reference("lines")), ("fresh", json!({ "type": "boolean" })), ("next", target())],
        ),
        "menu" => (
            &["menu", "keys", "silence", "wrong"],
            vec![
                ("menu", reference("lines")),
                ("keys", reference("keys")),
                (
                    "words",
                    json!({
                        "type": "object",
                        "additionalProperties": { "type": "array", "items": { "type": "string" } }
                    }),
                ),
                ("wait", reference("wait")),
                ("silence", target()),
                ("wrong", target()),
            ],
        ),
        "collect" => (
            &["collect", "digits", "into", "found", "unknown", "silence"],
            vec![
                ("collect", reference("lines")),
                (
                    "digits",
                    closed(
                        &[],
                        &[
                            ("exactly", count()),
                            ("min", count()),
                            ("max", count()),
                            ("end", end()),
                            ("lookup", words(Lookup::WORDS.map(|(word, _)| word))),
                        ],
                    ),
                ),
                ("into", reference("name")),
                ("skip", closed(&["key", "then"], &[("key", end()), ("then", target())])),
                ("found", target()),
                ("unknown", reference("retry")),
                ("wait", reference("wait")),
                ("silence", target()),
            ],
        ),
        "record" => (
            &["record", "holds", "recorded", "nothing", "declined"],
            vec![
                ("record", reference("lines")),
                ("holds", words(Holds::WORDS.map(|(word, _)| word))),
                ("max", reference("duration")),
                ("least", reference("duration")),
                ("silence", reference("duration")),
                ("end", end()),
                ("recorded", target()),
                ("nothing", reference("retry")),
                ("declined", target()),
            ],
        ),
        "branch" => (
            &["branch"],
            vec![(
                "branch",
                json!({
                    "type": "array", "minItems": 1,
                    "items": { "oneOf": [
                        closed(&["when", "then"], &[("when", reference("condition")), ("then", target())]),
                        closed(&["otherwise"], &[("otherwise", target())]),
                    ] }
                }),
            )],
        ),
        "open_incident" => (
            &["open_incident", "next"],
            vec![
                (
                    "open_incident",
                    closed(
                        &["severity"],
                        &[
                            ("severity", words(Severity::ALL.map(Severity::as_str))),
                            ("silent", json!({ "type": "boolean" })),
                        ],
                    ),
                ),
                ("next", target()),
            ],
        ),
        "wait_for_person" => (
            &["wait_for_person", "keys", "joined", "accepted", "nobody"],
            vec![
                (
                    "wait_for_person",
                    closed(
                        &["first", "news", "joining"],
                        &[
                            ("first", reference("name")),
                            ("news", reference("name")),
                            ("joining", reference("name")),
                            ("music", reference("name")),
                            ("every", reference("duration")),
                            ("for", reference("duration")),
                        ],
                    ),
                ),
                ("keys", reference("keys")),
                ("joined", target()),
                ("accepted", target()),
                ("nobody", target()),
            ],
        ),
        "status" => (
            &["status", "next", "resolved", "verify", "not_found"],
            vec![
                ("status", reference("name")),
                ("next", target()),
                ("resolved", target()),
                ("verify", target()),
                ("not_found", target()),
            ],
        ),
        "send" => (
            &["send", "to", "next"],
            vec![
                ("send", reference("name")),
                ("to", words(To::WORDS.map(|(word, _)| word))),
                ("next", target()),
                ("nobody", target()),
            ],
        ),
        "goto" => (&["goto"], vec![("goto", target())]),
        "hangup" => (
            &["hangup"],
            vec![(
                "hangup",
                closed(&[], &[("say", reference("lines")), ("outcome", words(Outcome::ALL.map(Outcome::as_str)))]),
            )],
        ),
        _ => (&[], Vec::new()),
    }
}

fn count() -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": 20 })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Value {
    json!({ "enum": words.into_iter().collect::<Vec<_>>() })
}

/// A map of these keys and no others.
fn closed(required: &[&str], keys: &[(&str, Value)]) -> Value {
    let properties: Map<String, Value> = keys.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
}

#[cfg(test)]
mod tests;
