//! A place of a prompt that may have nothing to fill it when the prompt is spoken.

use super::Checked;
use super::known::{Known, at_nodes};
use crate::flow::document::{About, Kind, Node};
use crate::flow::prompts::Placeholder;
use crate::source::Problem;

pub(super) fn check(flow: &Checked<'_>) -> Vec<Problem> {
    let known = at_nodes(&flow.ways);
    let reached = flow.ways.reached();
    let mut problems = Vec::new();
    for ((_, node), known) in flow.ways.nodes().zip(known).filter(|((at, _), _)| reached.contains(at)) {
        // A status chooses its prompt by what it knows of the case.
        let prompts = if matches!(node.kind, Kind::Status(_)) { Vec::new() } else { node.prompts() };
        let spoken = prompts.into_iter().map(|used| (flow.prompts.placeholders(&used.name), "prompt", used));
        let written = node.messages().into_iter().map(|used| (flow.messages.placeholders(&used.name), "message", used));
        for (places, what, used) in spoken.chain(written) {
            let open: Vec<Placeholder> = places.into_iter().filter(|place| !is_known(*place, node, known)).collect();
            let Some(first) = open.first() else { continue };
            let list = open.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
            let sentence = format!("the {what} '{}' says {list}, which '{}' may not know", used.name, node.name);
            problems.push(flow.problem(used.at, sentence).mend(mend(*first, node.about)));
        }
    }
    problems
}

/// Whether the place can be filled in every call that comes here.
fn is_known(place: Placeholder, node: &Node, known: Known) -> bool {
    needs(place, node.about).is_none_or(|any| known.has_any(any))
}

/// What of which one must be known to fill the place; `None` = it always can be, an empty set = nothing makes it certain.
fn needs(place: Placeholder, about: About) -> Option<Known> {
    use Placeholder as P;
    let case = Known::CASE.and(Known::FOUND);
    Some(match (place, about) {
        (P::Now | P::Line | P::Email | P::Length, _) => return None,
        (P::Since | P::Service, About::Outage) => Known::BANNER,
        (P::Eta, About::Outage) => Known::BANNER_ETA,
        (P::CaseNumber | P::Due | P::Since, About::Own | About::Found) => case,
        (P::Service, About::Own) => Known::SERVICE.and(Known::FOUND_SERVICE),
        (P::Service, About::Found) => Known::FOUND_SERVICE,
        (P::Acknowledged, About::Own | About::Found) => Known::ACKNOWLEDGED,
        (P::Resolved, About::Own | About::Found) => Known::RESOLVED,
        // Estimates come and go: only a status looks at them in time. An outage may have no case. Names, codes and numbers of
        // cases are spoken to people of the roster only.
        (P::Person | P::Code | P::Cases | P::NextUpdate, _)
        | (P::Eta, About::Own | About::Found)
        | (P::CaseNumber | P::Due | P::Acknowledged | P::Resolved, About::Outage) => Known::NOTHING,
        (P::Institution, _) => Known::INSTITUTION,
        (P::Caller, _) => Known::CALLER,
        (P::CallBack, _) => Known::CALL_BACK.and(Known::CALLER),
        (P::Holiday, _) => Known::HOLIDAY,
        (P::NextOpen, _) => Known::NEXT_OPEN,
    })
}

fn mend(place: Placeholder, about: About) -> &'static str {
    use Placeholder as P;
    match (place, about) {
        (P::Since | P::Service, About::Outage) => "Ask 'banner.active' before it",
        (P::Eta, About::Outage) => "Ask 'banner.eta' before it",
        (P::CaseNumber | P::Due | P::Since, _) => {
            "Put it behind 'open_incident', or behind a 'collect' that finds the case"
        }
        (P::Service, _) => "Put it behind the choice of the service",
        (P::Institution, _) => "Ask 'institution.known' or 'caller.institution' before it",
        (P::Caller, _) => "Ask 'caller.number' before it",
        (P::CallBack, _) => "Ask 'call_back.number' before it",
        (P::Holiday, _) => "Ask 'holiday' before it",
        (P::NextOpen, _) => "Ask 'hours.next_open' before it",
        (P::Resolved, _) => "Put it behind the way 'resolved' of a 'status'",
        (P::Acknowledged, _) => "Put it behind the way 'accepted' of a 'wait_for_person'",
        (P::Cases, _) => "Leave it out: a caller has one case",
        (P::Person, _) => "Leave the name out: callers are told of none",
        _ => "Let a 'status' say it",
    }
}
