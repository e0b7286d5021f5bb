//! The roster's page: people, schedules, escalations. Everything wrong with it is told at once.

use super::read::{Parts, read};
use super::{EscalationId, Person, PersonId, Schedule, ScheduleId};
use crate::phone::Phone;
use crate::source::{self, Problem, Source, quote};

/// People, schedules, escalations. Valid: whoever and whatever is named in it is known.
///
/// Two rosters are equal when they say the same, whatever their pages look like.
#[derive(Clone, Debug)]
pub struct Roster {
    pub(super) people: Vec<Person>,
    pub(super) schedules: Vec<Schedule>,
    pub(super) escalations: Vec<super::Escalation>,
    /// Services by their id, each with its escalation.
    pub(super) services: Vec<(String, EscalationId)>,
    text: String,
}

impl PartialEq for Roster {
    fn eq(&self, other: &Self) -> bool {
        let parts = |roster: &Self| {
            let Self { people, schedules, escalations, services, text: _ } = roster.clone();
            Parts { people, schedules, escalations, services }
        };
        parts(self) == parts(other)
    }
}

impl Eq for Roster {}

impl Roster {
    /// Reads a roster; `file` is the name that problems show.
    ///
    /// # Errors
    /// Every problem of the page, in its order, each with its line and column.
    pub fn parse(text: &str, file: &str) -> Result<Self, Vec<Problem>> {
        let source = Source::new(file, text);
        let root = source::read(&source)?;
        let mut problems = Vec::new();
        let parts = read(&source, &mut problems, &root);
        problems.sort();
        match parts {
            Some(Parts { people, schedules, escalations, services }) if problems.is_empty() => {
                Ok(Self { people, schedules, escalations, services, text: source.text })
            }
            _ => Err(problems),
        }
    }

    /// Everybody, in the page's order.
    #[must_use]
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// The person of this id.
    #[must_use]
    pub fn person(&self, id: &PersonId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == *id)
    }

    /// The person a text or a call comes from: the number may be that of any of their contacts.
    #[must_use]
    pub fn person_at(&self, phone: &Phone) -> Option<&Person> {
        let theirs = |person: &&Person| person.contacts.iter().any(|contact| contact.address.phone() == Some(phone));
        self.people.iter().find(theirs)
    }

    /// Who is told when nobody answers and when a promise breaks.
    pub fn supervisors(&self) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(|person| person.supervisor)
    }

    /// The schedules, in the page's order; at least one. That of a page's own `rotation` is the first.
    #[must_use]
    pub fn schedules(&self) -> &[Schedule] {
        &self.schedules
    }

    /// The schedule of this id.
    #[must_use]
    pub fn schedule(&self, id: &ScheduleId) -> Option<&Schedule> {
        self.schedules.iter().find(|schedule| schedule.id == *id)
    }

    /// The schedule of whoever names none: `guardia`, else the first.
    #[must_use]
    pub fn usual(&self) -> ScheduleId {
        usual(&self.schedules).map_or_else(ScheduleId::usual, |schedule| schedule.id.clone())
    }

    /// The services that have an escalation of their own, by their id.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        self.services.iter().map(|(id, _)| id.as_str())
    }

    /// A problem for every service of the page that is none of `known`, the directory's; `file` is the name that
    /// problems show.
    #[must_use]
    pub fn strange_services(&self, known: &[&str], file: &str) -> Vec<Problem> {
        let source = Source::new(file, self.text.as_str());
        let root = source::read(&source).ok();
        let services = root.as_ref().and_then(|root| root.get("services")?.as_map()).unwrap_or_default();
        let strange = services.iter().map(|(key, _)| key).filter(|key| !known.contains(&key.text.as_str()));
        let problem = |key: &source::Key| {
            source
                .problem(key.at, format!("the directory has no service '{}'", quote(&key.text)))
                .why("Its incidents would never come to this escalation")
                .did_you_mean(&key.text, known.iter().copied(), "Name one that is there, or add it to the directory")
        };
        strange.map(problem).collect()
    }

    /// The page it was read from, comments and all: what an export gives back.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The schedule of whoever names none: `guardia`, else the first.
pub(super) fn usual(schedules: &[Schedule]) -> Option<&Schedule> {
    let guardia = ScheduleId::usual();
    schedules.iter().find(|schedule| schedule.id == guardia).or_else(|| schedules.first())
}

#[cfg(test)]
mod tests {
    use crate::language::Language;

    use super::*;

    const EXAMPLE: &str = include_str!("../../roster.example.yaml");

    fn problems(text: &str) -> Vec<String> {
        Roster::parse(text, "r.yaml").unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_example_is_without_fault_and_gives_itself_back() {
        let roster = Roster::parse(EXAMPLE, "roster.example.yaml").unwrap();
        assert_eq!(roster.text(), EXAMPLE);
        assert!(roster.warnings().is_empty());
        let languages: Vec<Language> = roster.people().iter().map(|person| person.language).collect();
        assert_eq!(languages, [Language::Es, Language::En, Language::Es, Language::Es]);
        assert_eq!(roster.supervisors().map(|person| person.id.as_str()).collect::<Vec<_>>(), ["marta"]);
        let luis = roster.person(&PersonId::parse("luis").unwrap()).unwrap();
        assert_eq!(roster.person_at(luis.phone().unwrap()), Some(luis));
        // The same with numbers that YAML takes for integers.
        let bare = Roster::parse(&EXAMPLE.replace('"', ""), "r.yaml").unwrap();
        assert_eq!(bare.people(), roster.people());
    }

    #[test]
    fn every_problem_is_told_at_once_with_its_place_and_its_mend() {
        let text = "\
people:
  - id: ana
    name: Ana
    phone: 5550101
  - id: luis
    name: Luis
    phone: \"+18095550102\"
    supervisr: true
  - id: luis
    name: Luis Otro
    phone: 809-555-0102
    language: fr
  - id: José
    name: José
    phone: \"+18095550104\"
rotation:
  order: [luis, lui, zoraida, ana, José]
  starts: ayer
  length: 7
  zone: America/Santo_Domigo
overrides:
  - { from: 2026-04-05T08:00, to: 2026-04-03T08:00, person: luis }
  - { from: 2026-05-01T08:00, to: 2026-05-03T08:00, person: luiz }
  - { from: 2026-05-02T08:00, to: 2026-05-04T08:00, person: luis }
  - { from: 2026-06-01, person: luis }
";
        assert_eq!(
            problems(text),
            [
                "r.yaml:4:12: the area code is missing: dial ten digits, beginning with 809, 829 or 849.",
                "r.yaml:8:5: a person cannot have 'supervisr'. Did you mean 'supervisor'?",
                "r.yaml:9:9: the id 'luis' is taken. Give each person an id of their own.",
                "r.yaml:11:12: this number is Luis's already. The number tells who answers. Give each person a \
                 number of their own.",
                "r.yaml:12:15: 'fr' is no 'language' of a person. It is one of 'es' or 'en'.",
                "r.yaml:13:9: 'José' is no id. Shorten or respell it: an id is 1 to 40 of the characters a-z, 0-9, \
                 '-', '_' and '.'.",
                "r.yaml:17:17: nobody has the id 'lui'. Did you mean 'luis'?",
                "r.yaml:17:22: nobody has the id 'zoraida'. Add them under 'people', or name somebody who is there.",
                "r.yaml:18:11: 'starts' is no date and time. Write it as 2026-01-05T08:00, or with an offset as \
                 2026-01-05T08:00:00-04:00.",
                "r.yaml:19:11: a turn lasts 1 hour to 366 days. Write hours, days or weeks, as 12h, 7d or 1w, or 'daily' \
                 or 'weekly'.",
                "r.yaml:20:9: 'America/Santo_Domigo' is no IANA time zone. Did you mean 'America/Santo_Domingo'?",
                "r.yaml:22:5: the override ends before it begins. Swap 'from' and 'to'.",
                "r.yaml:23:61: nobody has the id 'luiz'. Did you mean 'luis'?",
                "r.yaml:24:5: the override overlaps an earlier one. Only one person can be on duty. End one where the \
                 other begins.",
                "r.yaml:25:5: an override does not say 'to'. Add 'to: ...'.",
                "r.yaml:25:13: 'from' is no date and time. Write it as 2026-01-05T08:00, or with an offset as \
                 2026-01-05T08:00:00-04:00.",
            ]
        );
    }

    #[test]
    fn an_id_or_a_number_belongs_to_one_person() {
        let text = EXAMPLE.replace("id: luis", "id: ana").replace("0103", "0101");
        let problems = problems(&text);
        assert!(
            problems.contains(&"r.yaml:8:9: the id 'ana' is taken. Give each person an id of their own.".to_owned())
        );
        assert!(
            problems.iter().any(|problem| problem.starts_with("r.yaml:14:12: this number is Ana Rodríguez's already."))
        );
        assert!(problems.iter().all(|problem| !problem.contains("5550101")), "a number is not repeated");
    }

    #[test]
    fn what_is_no_roster_at_all_is_told_in_one_sentence() {
        for (text, says) in [
            (
                "",
                "r.yaml:1:1: the roster is nothing, not a map. Write 'people', 'rotation', 'overrides', 'schedules', \
                 'escalation' or 'services'.",
            ),
            ("- a", "r.yaml:1:1: the roster is a list, not a map."),
            ("people: [", "this is not YAML"),
            ("people: []\nrotation: {}", "a roster has 1 to 500 people"),
            (
                "people: [{id: a, name: A, phone: 8095550101}]\nrotation: {order: [], starts: 2026-01-05T08:00}",
                "the rotation must name 1 to 500 people. Without one nobody is ever on duty.",
            ),
            ("a: 1\na: 2", "r.yaml:2:1: 'a' stands here again; it is already on line 1."),
            ("people: 1\n---\nrotation: 1", "a second document begins here"),
        ] {
            let problems = problems(text);
            assert!(problems.iter().any(|problem| problem.contains(says)), "{text}: {problems:?}");
        }
    }

    #[test]
    fn no_page_breaks_the_reader() {
        let mut laughs = vec!["a0: &a0 [x, x, x, x, x, x, x, x, x, x]".to_owned()];
        laughs.extend((1..12).map(|n| format!("a{n}: &a{n} [{}]", vec![format!("*a{}", n - 1); 10].join(", "))));
        let laughs = laughs.join("\n");
        let nested = (0..400).map(|depth| " ".repeat(depth) + "- -").collect::<Vec<String>>().join("\n");
        let long = "x".repeat(300_000);
        let wide = format!("people: {}", "[".repeat(900));
        for text in [laughs, nested, long, wide, "- ".repeat(499), "\u{0}\u{feff}:\t%".to_owned()] {
            assert!(Roster::parse(&text, "r.yaml").is_err());
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_reader(
            text in proptest::prelude::any::<String>(),
            at in 0_usize..1_000,
            mark in "[\\[\\]{}:&*\"'#|>-]",
        ) {
            let _ = Roster::parse(&text, "r.yaml");
            let spoilt: String = EXAMPLE.chars().take(at).chain(mark.chars()).chain(EXAMPLE.chars().skip(at)).collect();
            let _ = Roster::parse(&spoilt, "r.yaml");
        }
    }
}
