//! The schema against the shipped flow, broken ones, and the reader's own lists.

use super::*;
use crate::flow::document::Act;
use crate::source::{self, Node, Source};

/// As much of a validator as the schema needs; a word it does not know fails the test.
fn allows(root: &Value, schema: &Value, value: &Value) -> bool {
    schema.as_object().unwrap().iter().all(|(word, rule)| match word.as_str() {
        "$schema" | "title" | "description" | "$defs" | "properties" | "uniqueItems" => true,
        "$ref" => allows(root, &root["$defs"][rule.as_str().unwrap().trim_start_matches("#/$defs/")], value),
        "oneOf" => rule.as_array().unwrap().iter().filter(|one| allows(root, one, value)).count() == 1,
        "enum" => rule.as_array().unwrap().contains(value),
        "const" => rule == value,
        "type" => match rule.as_str().unwrap() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_u64(),
            other => panic!("{other}"),
        },
        "required" => value
            .as_object()
            .is_none_or(|map| rule.as_array().unwrap().iter().all(|key| map.contains_key(key.as_str().unwrap()))),
        "additionalProperties" => value.as_object().is_none_or(|map| {
            map.iter().all(|(key, value)| match schema.get("properties").and_then(|known| known.get(key)) {
                Some(known) => allows(root, known, value),
                None => *rule != json!(false) && allows(root, rule, value),
            })
        }),
        "propertyNames" => {
            value.as_object().is_none_or(|map| map.keys().all(|key| allows(root, rule, &Value::from(key.clone()))))
        }
        "items" => value.as_array().is_none_or(|items| items.iter().all(|item| allows(root, rule, item))),
        "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= rule.as_u64().unwrap()),
        "maxItems" => value.as_array().is_none_or(|items| items.len() as u64 <= rule.as_u64().unwrap()),
        "minProperties" => value.as_object().is_none_or(|map| map.len() as u64 >= rule.as_u64().unwrap()),
        "maxProperties" => value.as_object().is_none_or(|map| map.len() as u64 <= rule.as_u64().unwrap()),
        "minimum" => value.as_u64().is_none_or(|number| number >= rule.as_u64().unwrap()),
        "maximum" => value.as_u64().is_none_or(|number| number <= rule.as_u64().unwrap()),
        "pattern" => value.as_str().is_none_or(|text| matches(rule.as_str().unwrap(), text)),
        other => panic!("the schema uses '{other}'"),
    })
}

/// The four patterns of the schema.
fn matches(pattern: &str, text: &str) -> bool {
    let name = |text: &str| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    match pattern {
        "^[a-z0-9_]{1,64}$" => name(text),
        "^([0-9]+[smh])+$" => {
            text.ends_with(['s', 'm', 'h'])
                && text.split_inclusive(['s', 'm', 'h']).all(|part| {
                    let digits = part.trim_end_matches(['s', 'm', 'h']);
                    digits.len() + 1 == part.len() && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
                })
        }
        "^([0-9]{1,2}|\\*)$" => text == "*" || text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit()),
        other if other.starts_with("^(?!(all|any|not)$)") => !["all", "any", "not"].contains(&text) && name(text),
        other => panic!("{other}"),
    }
}

/// As an editor reads the page: plain `true` is a boolean, plain `4` a number.
fn page(node: &Node) -> Value {
    match &node.kind {
        source::Kind::Null => Value::Null,
        source::Kind::Scalar(text) => match text.as_str() {
            "true" => json!(true),
            "false" => json!(false),
            text => text.parse::<u64>().map_or_else(|_| json!(text), |number| json!(number)),
        },
        source::Kind::List(items) => items.iter().map(page).collect(),
        source::Kind::Map(entries) => {
            entries.iter().map(|(key, value)| (key.text.clone(), page(value))).collect::<Map<_, _>>().into()
        }
    }
}

fn accepts(text: &str) -> bool {
    let schema = schema();
    allows(&schema, &schema, &page(&source::read(&Source::new("f.yaml", text)).unwrap()))
}

const SHIPPED: &str = include_str!("../../../voice-flows/critical-hotline.yaml");

#[test]
fn the_shipped_flow_is_accepted_and_broken_ones_are_not() {
    assert!(accepts(SHIPPED));
    for (right, broken) in [
        ("    say: greeting", "    sai: greeting"),
        ("    silence: silent_check", "    quiet: silent_check"),
        ("severity: critical }", "severity: urgent }"),
        ("when: banner.active", "when: banner.on"),
        ("lookup: cases", "lookup: tickets"),
        ("for: 3m", "for: 3 minutes"),
        ("impact: down", "impact: slow"),
        ("      1: report\n", "      x: report\n"),
        ("{ affected: true, then: outage_institution }", "{ affected: true }"),
        ("hangup: { say: goodbye }", "hangup: { say: goodbye }\n    menu: main_menu"),
        ("languages: [es, en]", "languages: []"),
    ] {
        assert!(SHIPPED.contains(right), "{right}");
        assert!(!accepts(&SHIPPED.replace(right, broken)), "{broken}");
    }
}

#[test]
fn the_schema_knows_exactly_the_keys_of_the_reader() {
    for verb in Kind::VERBS {
        let known: Vec<String> = node(verb)["properties"].as_object().unwrap().keys().cloned().collect();
        let mut read: Vec<&str> = Kind::keys(verb).iter().copied().chain(crate::flow::document::COMMON_KEYS).collect();
        read.sort_unstable();
        assert_eq!(known, read, "{verb}");
    }
    let target = &definitions()["target"]["oneOf"][1]["properties"];
    let known: Vec<String> = target.as_object().unwrap().keys().cloned().collect();
    let mut read: Vec<&str> = Act::KEYS.into_iter().chain(["then"]).collect();
    read.sort_unstable();
    assert_eq!(known, read);
}
