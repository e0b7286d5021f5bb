//! A flow as a Mermaid flowchart.

use std::fmt::Write as _;

use super::{exists, rows, spoken};
use crate::flow::document::{Document, Kind, Node};

/// The flow as a Mermaid flowchart, node after node in the order of the page.
#[must_use]
pub fn mermaid(document: &Document) -> String {
    let mut chart = String::from("flowchart TD\n");
    // Writing to a text does not fail.
    let _ = writeln!(chart, "  begin((( ))) --> n_{}", document.begin.node);
    if let Some(over) = &document.limits.over {
        let _ = writeln!(chart, "  begin -.->|\"limits\"| n_{}", over.node);
    }
    let mut missing: Vec<String> = Vec::new();
    for node in &document.nodes {
        let _ = writeln!(chart, "  n_{}{}", node.name, shape(node));
        for row in rows(node) {
            if !exists(document, &row.to) && !missing.contains(&row.to) {
                missing.push(row.to.clone());
            }
            let _ = match row.label.as_str() {
                "next" | "goto" => writeln!(chart, "  n_{} --> n_{}", node.name, row.to),
                label => writeln!(chart, "  n_{} -->|\"{}\"| n_{}", node.name, escaped(label), row.to),
            };
        }
    }
    for name in &missing {
        let _ = writeln!(chart, "  n_{name}[\"{name} ?\"]:::missing");
    }
    if !missing.is_empty() {
        chart.push_str("  classDef missing stroke:#b00020,stroke-width:3px\n");
    }
    chart
}

fn shape(node: &Node) -> String {
    let mut words = vec![node.kind.verb().to_owned()];
    words.extend(spoken(node));
    let text = format!("\"<b>{}</b><br/>{}\"", node.name, escaped(&words.join(" ")));
    match node.kind {
        Kind::Menu(_) => format!("{{{{{text}}}}}"),
        Kind::Branch(_) => format!("{{{text}}}"),
        Kind::Collect(_) => format!("[/{text}/]"),
        Kind::Record(_) => format!(">{text}]"),
        Kind::OpenIncident(_) => format!("[[{text}]]"),
        Kind::Hangup(_) => format!("([{text}])"),
        _ => format!("[{text}]"),
    }
}

/// Mermaid reads a quoted text as HTML with `#...;` entities.
fn escaped(text: &str) -> String {
    text.replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;")
}
