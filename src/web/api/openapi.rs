//! The API's own document: `openapi.yaml` beside this file, served as JSON to whoever asks.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::problem::{Kind, Problem};
use crate::web::Door;

const TEXT: &str = include_str!("openapi.yaml");

/// `GET /openapi.json`: no token is needed, for it tells what everybody may know.
pub(super) async fn document(State(_): State<Door>) -> Response {
    // Small enough to be read anew for each of the few who ask; a test holds that it can be.
    match serde_saphyr::from_str::<Value>(TEXT) {
        Ok(document) => {
            let heads = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "max-age=300")];
            (heads, document.to_string()).into_response()
        }
        Err(_) => Problem::new(Kind::Unavailable, "the document cannot be read").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::json;

    use super::super::ROWS;
    use super::*;

    const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

    fn read() -> Value {
        serde_saphyr::from_str(TEXT).unwrap()
    }

    fn at<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(to) => document.pointer(to.strip_prefix('#').unwrap()).unwrap_or_else(|| panic!("{to} leads nowhere")),
            None => value,
        }
    }

    /// Every operation: method, path, what it is, with the parameters of its path.
    fn operations(document: &Value) -> BTreeMap<(String, String), (Value, Vec<Value>)> {
        let mut found = BTreeMap::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for method in METHODS.iter().filter(|method| item.get(**method).is_some()) {
                let lists = [&item["parameters"], &item[*method]["parameters"]];
                let parameters = lists.into_iter().filter_map(Value::as_array).flatten();
                let parameters = parameters.map(|parameter| at(document, parameter).clone()).collect();
                found.insert(((*method).to_owned(), path.clone()), (item[*method].clone(), parameters));
            }
        }
        found
    }

    #[test]
    fn every_route_is_in_the_document_and_no_other() {
        let document = read();
        let operations = operations(&document);
        let written: BTreeSet<_> = operations.keys().cloned().collect();
        let routes: BTreeSet<_> =
            ROWS.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
        assert_eq!(written, routes);
        for (method, path, gate) in ROWS {
            let (operation, parameters) = &operations[&((*method).to_owned(), (*path).to_owned())];
            let security = operation["security"].as_array().unwrap_or_else(|| panic!("{method} {path}: security"));
            let scopes: BTreeSet<&str> = security
                .iter()
                .flat_map(|one| one.as_object().unwrap().values())
                .flat_map(|scopes| scopes.as_array().unwrap())
                .filter_map(Value::as_str)
                .collect();
            assert_eq!(scopes, gate.scope.iter().map(|scope| scope.as_str()).collect(), "{method} {path}");
            let named = |place: &str| -> BTreeSet<&str> {
                let there = parameters.iter().filter(|parameter| parameter["in"] == place);
                there.filter_map(|parameter| parameter["name"].as_str()).collect()
            };
            assert_eq!(named("query"), gate.query.iter().copied().collect(), "{method} {path}");
            let in_path = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
            assert_eq!(named("path"), in_path, "{method} {path}");
        }
    }

    #[test]
    fn every_operation_says_how_it_may_fail() {
        let document = read();
        for ((method, path), (operation, parameters)) in operations(&document) {
            let has = |status: &str| operation["responses"].get(status).is_some();
            let open = operation["security"] == json!([]);
            let mut needed = vec![("400", true), ("401", !open), ("403", !open), ("429", !open), ("503", !open)];
            needed.push(("413", operation.get("requestBody").is_some()));
            let reads_json = operation["requestBody"]["content"].get("application/json").is_some();
            needed.push(("415", reads_json));
            let header = |name: &str| parameters.iter().any(|parameter| parameter["name"] == name);
            needed.push(("412", header("If-Match")));
            needed.push(("422", header("Idempotency-Key")));
            needed.push(("409", header("Idempotency-Key")));
            for (status, must) in needed {
                assert!(has(status) || !must, "{method} {path} does not say {status}");
            }
            assert!(operation["operationId"].is_string() && operation["summary"].is_string(), "{method} {path}");
            for (status, response) in operation["responses"].as_object().unwrap() {
                let problem = &at(&document, response)["content"]["application/problem+json"];
                assert!(status < &"400".to_owned() || problem.is_object(), "{method} {path} {status}");
            }
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_code_is_explained() {
        fn look(document: &Value, value: &Value) {
            match value {
                Value::Object(members) => {
                    at(document, value);
                    members.values().for_each(|value| look(document, value));
                }
                Value::Array(values) => values.iter().for_each(|value| look(document, value)),
                _ => {}
            }
        }
        let document = read();
        look(&document, &document);
        let codes = Kind::ALL.map(|kind| {
            let (status, code, title) = kind.row();
            (code.to_owned(), json!({ "status": status.as_u16(), "title": title }))
        });
        assert_eq!(document["x-problems"], Value::Object(codes.into_iter().collect()));
    }
}
