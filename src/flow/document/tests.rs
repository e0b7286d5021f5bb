//! What a person is told about a page that cannot be used.

use super::{Act, Condition, Document, Kind};
use crate::flow::testing::page;
use crate::source::Source;

fn problems(nodes: &str) -> Vec<String> {
    let page = page(nodes);
    Document::read(&Source::new("f.yaml", page)).problems.iter().map(ToString::to_string).collect()
}

#[test]
fn problems_point_and_say_how_to_mend() {
    for (nodes, told) in [
        (
            "  start: { sai: hello, next: end }\n",
            "f.yaml:6:12: node 'start' has 'sai', which is no verb. Did you mean 'say'?",
        ),
        (
            "  start: { next: end }\n",
            "f.yaml:6:3: node 'start' has no verb. A node has exactly one of say, menu, collect",
        ),
        (
            "  start: { say: hello, goto: end, next: end }\n",
            "f.yaml:6:24: node 'start' has two verbs, 'say' and 'goto'. Give 'goto' a node of its own.",
        ),
        ("  start: { say: hello, nxt: end }\n", "f.yaml:6:10: node 'start' does not say 'next'. Add 'next: ...'."),
        ("  start: { say: hello, nxt: end }\n", "f.yaml:6:24: node 'start' cannot have 'nxt'. Did you mean 'next'?"),
        ("  start: hello\n", "f.yaml:6:10: node 'start' is a text, not a map."),
        ("  Start: { goto: end }\n", "f.yaml:6:3: 'Start' is no name of a node. Use small letters"),
        ("  start: { say: Hello!, next: end }\n", "f.yaml:6:17: 'Hello!', the 'say' of node 'start', is no name."),
        ("  start: { goto: [end] }\n", "f.yaml:6:18: 'goto' of node 'start' is a list, not a text."),
        ("  start: { goto: { language: en } }\n", "f.yaml:6:18: 'goto' of node 'start' does not say 'then'."),
        (
            "  start: { goto: { then: end, langage: en } }\n",
            "f.yaml:6:31: 'goto' of node 'start' cannot have 'langage'. Did you mean 'language'?",
        ),
        (
            "  start: { goto: { then: end, language: fr } }\n",
            "f.yaml:6:41: 'fr' is no 'language' of 'goto' of node 'start'. It is one of 'next', 'es' or 'en'.",
        ),
        (
            "  start: { goto: { then: end, set: { impact: dow } } }\n",
            "f.yaml:6:46: 'dow' is no 'impact' of 'goto' of node 'start'. Did you mean 'down'?",
        ),
        (
            "  start: { branch: [ { when: hour.open, then: end }, { otherwise: end } ] }\n",
            "f.yaml:6:30: 'branch' of node 'start' asks 'hour.open', which is no condition. Did you mean 'hours.open'?",
        ),
        (
            "  start: { branch: [ { when: holiday, then: end } ] }\n",
            "f.yaml:6:22: 'branch' of node 'start' does not say 'otherwise'.",
        ),
        (
            "  start: { menu: a, keys: { 1: end, x: end }, silence: end, wrong: end }\n",
            "f.yaml:6:37: 'x' of node 'start' is no key of a menu. Use one or two of 0-9, or \"*\".",
        ),
        ("  start: { menu: a, keys: { 1: end }, wrong: end }\n", "f.yaml:6:10: node 'start' does not say 'silence'."),
        (
            "  start: { menu: a, keys: { 1: end }, wait: { first: soon }, silence: end, wrong: end }\n",
            "f.yaml:6:54: 'soon' cannot be the 'first' of 'wait' of node 'start'. Write a time such as 6s, 2m or 1m30s",
        ),
        (
            "  start: { menu: a, keys: { 1: end }, wait: { tries: 99 }, silence: end, wrong: end }\n",
            "f.yaml:6:54: '99' cannot be the 'tries' of 'wait' of node 'start'. Write a whole number from 1 to 5.",
        ),
        ("  start: { open_incident: { severity: urgent }, next: end }\n", "f.yaml:6:39: 'urgent' is no 'severity'"),
        ("  start: { hangup: { outcome: inform } }\n", "Did you mean 'informed'?"),
        (
            "  start: { record: a, holds: words, recorded: end, nothing: { say: b, then: end }, declined: end }\n",
            "f.yaml:6:30: 'words' is no 'holds' of node 'start'.",
        ),
        ("  start: { status: case, next: end, resolved: end, verify: end }\n", "does not say 'not_found'"),
        (
            "  start: { collect: a, digits: { min: 5, max: 4 }, into: b, found: end, unknown: { say: c, then: end }, silence: end }\n",
            "'digits' of node 'start' asks for at least 5 and at most 4.",
        ),
    ] {
        let found = problems(nodes);
        assert!(found.iter().any(|problem| problem.contains(told)), "{told}\n{found:#?}");
    }
}

#[test]
fn everything_wrong_is_told_at_once_and_what_can_be_read_is() {
    let text = "flow: f\nlanguages: [es, fr]\nbegin: start\nlimit: {}\nnodes:\n  start: { goto: a }\n  a: { sya: x }\n  b: 1\n";
    let reading = Document::read(&Source::new("f.yaml", text));
    let lines: Vec<usize> = reading.problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [2, 4, 7, 8]);
    assert_eq!(reading.document, None, "its frame is broken");
    let text = text.replace(", fr", "").replace("limit: {}", "limits: {}");
    let document = Document::read(&Source::new("f.yaml", text)).document.unwrap();
    assert_eq!(document.nodes.len(), 1);
    assert_eq!(document.unread, ["a", "b"]);
}

#[test]
fn a_target_settles_in_the_order_written_and_a_condition_reads_as_a_sentence() {
    let text = page(
        "
  start: { goto: { consent: declined, set: { service: nomina }, language: en, then: end } }
  end:
    branch:
      - when: { all: [hours.open, { not: { any: [holiday, { impact: attack }] } }] }
        then: start
      - otherwise: start
",
    );
    let document = Document::read(&Source::new("f.yaml", text)).document.unwrap();
    let Kind::Goto(goto) = &document.node("start").unwrap().kind else { panic!("goto") };
    let labels: Vec<String> = goto.target.acts.iter().map(Act::label).collect();
    assert_eq!(labels, ["consent: declined", "service: nomina", "language: en"]);
    assert_eq!(goto.target.at.line, 7);
    let end = document.node("end").unwrap();
    let exits: Vec<String> = end.exits().into_iter().map(|exit| exit.label).collect();
    assert_eq!(exits, ["hours.open and not (holiday or impact = attack)", "otherwise"]);
    let Kind::Branch(branch) = &end.kind else { panic!("branch") };
    assert!(matches!(&branch.ways[0].when, Condition::All(parts) if parts.len() == 2));
}
