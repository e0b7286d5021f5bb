//! A service that the flow sets or asks for and the directory does not have.

use crate::flow::Service;
use crate::flow::document::{Act, Condition, Document, Kind, Node, SERVICE, Target};
use crate::source::{Position, Problem};

/// What a flow says of services that are not among `known`, those of the directory it runs with. Apart from the other
/// checks, because a flow can be checked without a directory.
#[must_use]
pub fn services(document: &Document, known: &[Service]) -> Vec<Problem> {
    let mut problems: Vec<Problem> = said(document)
        .into_iter()
        .filter(|(id, _)| known.iter().all(|service| service.id != *id))
        .map(|(id, at)| {
            Problem::at(&document.file, at, format!("the directory has no service '{id}'"))
                .why("Its name could not be said")
                .did_you_mean(
                    id,
                    known.iter().map(|service| service.id.as_str()),
                    "Add it to the directory, or name one of its services",
                )
        })
        .collect();
    problems.sort();
    problems
}

/// Every service id of the page, with its place.
fn said(document: &Document) -> Vec<(&str, Position)> {
    let mut said = Vec::new();
    let frame = std::iter::once(&document.begin).chain(&document.limits.over);
    let ways = document.nodes.iter().flat_map(Node::exits).map(|exit| exit.target);
    for target in frame.chain(ways) {
        said.extend(set_by(target));
    }
    for node in &document.nodes {
        if let Kind::Branch(branch) = &node.kind {
            for way in &branch.ways {
                asked_by(&way.when, &mut said);
            }
        }
    }
    said
}

fn set_by(target: &Target) -> impl Iterator<Item = (&str, Position)> {
    target.acts.iter().filter_map(|act| match act {
        Act::Set { variable, value, at } if variable == SERVICE => Some((value.as_str(), *at)),
        _ => None,
    })
}

fn asked_by<'a>(condition: &'a Condition, said: &mut Vec<(&'a str, Position)>) {
    match condition {
        Condition::Equals { variable, value, at } if variable == SERVICE => said.push((value, *at)),
        Condition::Equals { .. } | Condition::Fact(_) => {}
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| asked_by(part, said)),
        Condition::Not(part) => asked_by(part, said),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::testing::page;
    use crate::source::Source;

    #[test]
    fn a_service_the_directory_lacks_is_told_wherever_it_stands() {
        let text = page(
            "
  start: { goto: { set: { service: nomia }, then: end } }
  end:
    branch:
      - { when: { not: { any: [holiday, { service: otro }] } }, then: start }
      - { when: { service: nomina }, then: { set: { impact: down }, then: start } }
      - otherwise: { set: { service: portal }, then: start }
",
        );
        let document = Document::read(&Source::new("f.yaml", text)).document.unwrap();
        let service = |id: &str| Service { id: id.into(), es: id.into(), en: id.into(), short: "X".into() };
        let told: Vec<String> =
            services(&document, &[service("nomina"), service("correo")]).iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "f.yaml:7:36: the directory has no service 'nomia'. Its name could not be said. Did you mean 'nomina'?",
                "f.yaml:10:52: the directory has no service 'otro'. Its name could not be said. Add it to the \
                 directory, or name one of its services.",
                "f.yaml:12:38: the directory has no service 'portal'. Its name could not be said. Add it to the \
                 directory, or name one of its services.",
            ]
        );
    }
}
