//! The picture of a flow, from its page: for a person (SVG) and for other programs (Mermaid). Pure.

mod layout;
mod mermaid;
mod svg;

use super::document::{Document, Kind, Node};

pub use mermaid::mermaid;
pub use svg::{svg, svg_with_path};

/// Ways of one node that lead to the same place, drawn as one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    /// What leads there: `1, silence`, with what is settled on the way.
    label: String,
    /// The node it leads to.
    to: String,
}

/// The ways out of a node, those to the same node with the same settlements joined, in the order of the page.
fn rows(node: &Node) -> Vec<Row> {
    let mut rows: Vec<(String, Row)> = Vec::new();
    for exit in node.exits() {
        let acts: Vec<String> = exit.target.acts.iter().map(super::document::Act::label).collect();
        let settled = if acts.is_empty() { String::new() } else { format!(" ({})", acts.join(", ")) };
        if let Some((_, row)) = rows.iter_mut().find(|(before, row)| row.to == exit.target.node && *before == settled) {
            let label = row.label.strip_suffix(settled.as_str()).unwrap_or(&row.label);
            row.label = format!("{label}, {}{settled}", exit.label);
        } else {
            let label = format!("{}{settled}", exit.label);
            rows.push((settled, Row { label, to: exit.target.node.clone() }));
        }
    }
    rows.into_iter().map(|(_, row)| row).collect()
}

/// What a node speaks or sends, by name, without what every node of its kind says when nothing is heard.
fn spoken(node: &Node) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let of_status = matches!(node.kind, Kind::Status(_));
    for used in
        node.prompts().into_iter().filter(|used| !of_status && used.at != node_start(node)).chain(node.messages())
    {
        if !names.contains(&used.name) {
            names.push(used.name);
        }
    }
    names
}

/// Where prompts stand that a kind of node always speaks.
fn node_start(node: &Node) -> crate::source::Position {
    match &node.kind {
        Kind::Menu(menu) => menu.at,
        Kind::Collect(collect) => collect.at,
        _ => node.at,
    }
}

/// Whether the page has a node of this name.
fn exists(document: &Document, name: &str) -> bool {
    document.node(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn document() -> Document {
        let page = "flow: \"a <b> & 'c'\"\nlanguages: [es]\nbegin: hello\nnodes:\n  hello:\n    say: greeting\n    next: choose\n  \
                    choose:\n    menu: main_menu\n    keys: { 1: bye, 2: { language: es, then: hello }, 3: gone }\n    \
                    silence: bye\n    wrong: bye\n  bye:\n    hangup: { say: goodbye, outcome: missed }\n  alone:\n    \
                    goto: bye\n";
        let reading = Document::read(&Source::new("f.yaml", page));
        assert_eq!(reading.problems, []);
        reading.document.unwrap()
    }

    #[test]
    fn ways_to_one_place_are_one() {
        let document = document();
        let labels: Vec<(String, String)> =
            rows(document.node("choose").unwrap()).into_iter().map(|row| (row.label, row.to)).collect();
        let expected = [("1, silence, wrong", "bye"), ("2 (language: es)", "hello"), ("3", "gone")];
        assert_eq!(labels, expected.map(|(label, to)| (label.to_owned(), to.to_owned())));
        assert_eq!(spoken(document.node("choose").unwrap()), ["main_menu"]);
    }

    #[test]
    fn a_page_becomes_mermaid() {
        assert_eq!(
            mermaid(&document()),
            "flowchart TD\n  \
             begin((( ))) --> n_hello\n  \
             n_hello[\"<b>hello</b><br/>say greeting\"]\n  \
             n_hello --> n_choose\n  \
             n_choose{{\"<b>choose</b><br/>menu main_menu\"}}\n  \
             n_choose -->|\"1, silence, wrong\"| n_bye\n  \
             n_choose -->|\"2 (language: es)\"| n_hello\n  \
             n_choose -->|\"3\"| n_gone\n  \
             n_bye([\"<b>bye</b><br/>hangup goodbye\"])\n  \
             n_alone[\"<b>alone</b><br/>goto\"]\n  \
             n_alone --> n_bye\n  \
             n_gone[\"gone ?\"]:::missing\n  \
             classDef missing stroke:#b00020,stroke-width:3px\n"
        );
    }

    #[test]
    fn every_node_is_drawn_once_within_the_picture_and_none_covers_another() {
        let page = include_str!("../../../voice-flows/critical-hotline.yaml");
        let shipped = Document::read(&Source::new("f.yaml", page)).document.unwrap();
        for document in [document(), shipped] {
            let layout = layout::layout(&document);
            assert_eq!(layout.cards.len(), document.nodes.len());
            for (at, card) in layout.cards.iter().enumerate() {
                assert!(card.x >= 0 && card.y >= 0);
                assert!(card.x + layout::WIDTH <= layout.width && card.y + card.height <= layout.height);
                for other in layout.cards.iter().skip(at + 1) {
                    let apart = card.x != other.x || card.y + card.height < other.y || other.y + other.height < card.y;
                    assert!(apart, "{} covers {}", card.node.name, other.node.name);
                }
            }
            let picture = svg(&document);
            for node in &document.nodes {
                assert_eq!(picture.matches(&format!("id=\"node-{}\"", node.name)).count(), 1);
            }
        }
    }

    #[test]
    fn what_a_page_says_cannot_break_the_picture() {
        let picture = svg(&document());
        assert!(picture.contains("a &lt;b&gt; &amp; &#39;c&#39;"));
        assert!(picture.contains("class=\"missing\""));
        assert!(!picture.contains("<b>"));
        for (open, close) in [("<g", "</g>"), ("<text", "</text>"), ("<title", "</title>"), ("<a ", "</a>")] {
            assert_eq!(picture.matches(open).count(), picture.matches(close).count(), "{open}");
        }
    }
}
