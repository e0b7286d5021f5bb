//! The kinds of moments in which somebody calls: what the flow knows then, and how a stage is brought there.

use chrono::TimeDelta;
use guardia::call::Directory;
use guardia::clock::Instant;
use guardia::flow::rehearsal::World;
use guardia::flow::{Banner, CaseFacts, Facts};
use guardia::incident::{CaseNumber, State};
use guardia::phone::Phone;
use guardia::stage::{Props, Stage};
use guardia_sandbox::story::Story;

/// The line that is called.
pub const LINE: &str = "+18095550100";
/// What the provider sends for a withheld number.
const WITHHELD: &str = "+266696687";

/// A kind of moment.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// For messages.
    pub name: &'static str,
    /// When the call begins.
    pub at: &'static str,
    /// Who calls.
    pub from: &'static str,
    outage: bool,
    /// Who reported a case about the payroll of institution 1042 an hour before, and where it stands by now.
    case: Option<(&'static str, State)>,
}

const DAY: Moment =
    Moment { name: "day", at: "2026-03-03T10:00:00-04:00", from: "+18095550142", outage: false, case: None };

/// Every kind of moment; between them every node of the flow can be reached.
pub const MOMENTS: [Moment; 10] = [
    DAY,
    Moment { name: "night", at: "2026-03-07T22:00:00-04:00", ..DAY },
    Moment { name: "day, withheld number", from: WITHHELD, ..DAY },
    Moment { name: "night, withheld number", at: "2026-03-07T22:00:00-04:00", from: WITHHELD, ..DAY },
    Moment { name: "day, known institution", from: "+18095550143", ..DAY },
    Moment { name: "outage", outage: true, ..DAY },
    Moment { name: "outage, withheld number", outage: true, from: WITHHELD, ..DAY },
    Moment { name: "open case of somebody else", case: Some(("+18095550177", State::Received)), ..DAY },
    Moment { name: "open case, withheld number", from: WITHHELD, case: Some(("+18095550177", State::Received)), ..DAY },
    Moment { name: "own case, resolved", case: Some(("+18095550142", State::Resolved)), ..DAY },
];

impl Moment {
    /// When the call begins.
    pub fn now(&self) -> Instant {
        self.at.parse().unwrap()
    }

    fn banner(&self) -> Option<Banner> {
        let now = self.now();
        let (since, until) = (now - TimeDelta::hours(1), now + TimeDelta::hours(4));
        self.outage.then(|| Banner { service: "correo".to_owned(), case: None, since, eta: None, until })
    }

    /// What the flow knows.
    pub fn facts(&self, directory: &Directory) -> Facts {
        let caller = Phone::parse(self.from).ok().filter(|_| self.from != WITHHELD);
        let open = !self.at.contains("T22:");
        let now = self.now();
        Facts {
            now,
            zone: chrono_tz::America::Santo_Domingo,
            open,
            holiday: None,
            next_open: (!open).then(|| now + TimeDelta::hours(34)),
            banner: self.banner(),
            caller_institution: caller.as_ref().and_then(|from| directory.institution_of(from)).cloned(),
            caller,
            line: Phone::parse(LINE).unwrap(),
            support_email: "soporte@guardia.example".to_owned(),
            services: directory.services().to_vec(),
            queue: "queue-of-the-moment".to_owned(),
        }
    }

    /// What is known outside the call.
    pub fn world(&self, directory: &Directory) -> World {
        let institutions = ["1042", "1043"].iter().filter_map(|code| directory.institution(code)).cloned().collect();
        let began = self.now() - TimeDelta::hours(1);
        let cases = self.case.map(|(reporter, state)| CaseFacts {
            number: CaseNumber::new(2026, 1).unwrap(),
            state,
            opened_at: began,
            due_at: began + TimeDelta::hours(4),
            breached: false,
            acknowledged_at: None,
            resolved_at: (state == State::Resolved).then_some(began),
            eta: None,
            next_update: None,
            institution: Some("1042".to_owned()),
            service: Some("nomina".to_owned()),
            known_caller: reporter == self.from,
        });
        World { institutions, cases: cases.into_iter().collect(), ..World::default() }
    }

    /// A stage at this moment, with its files below `folder`.
    pub async fn stage(&self, folder: &std::path::Path) -> Stage {
        let props = Props { banner: self.banner(), ..Props::default() };
        let begins = if self.case.is_some() { self.now() - TimeDelta::hours(1) } else { self.now() };
        let mut stage = Stage::set(begins, folder, &props).await.unwrap();
        if let Some((reporter, state)) = self.case {
            let story = before(self.now() - TimeDelta::hours(1), reporter, state);
            let report = stage.play(Story::parse(&story, "before").unwrap()).await;
            assert!(report.passed(), "{report}");
        }
        stage
    }
}

/// What happened an hour before: somebody reported the payroll of institution 1042.
fn before(at: Instant, reporter: &str, state: State) -> String {
    let ending = match state {
        State::Resolved => "  - meanwhile: { case: { does: respond } }\n  - meanwhile: { case: { does: resolve } }\n",
        _ => "",
    };
    format!(
        "story: Before\nat: {}\ncaller: {{ from: \"{reporter}\", dials: \"{LINE}\" }}\nsteps:\n  - hears: marque uno\n  \
         - presses: 1\n  - hears: código de cuatro dígitos\n  - presses: 1042\n  - hears: institución\n  - presses: 1\n  \
         - hears: nómina\n  - presses: 1\n  - hears: detenido\n  - hangs_up\n{ending}",
        at.to_rfc3339()
    )
}
