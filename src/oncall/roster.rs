//! The roster's page: people, one rotation, overrides. Everything wrong with it is told at once.

use super::read::read;
use super::{Person, PersonId, Rotation};
use crate::clock::Instant;
use crate::phone::Phone;
use crate::source::{self, Problem, Source};

/// People, one rotation, overrides. Valid: whoever is named in it is known, and somebody is always on duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    pub(super) people: Vec<Person>,
    pub(super) rotation: Rotation,
    /// By their beginning; they do not overlap.
    pub(super) overrides: Vec<Override>,
    text: String,
}

/// Somebody else for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Override {
    /// From this instant.
    pub from: Instant,
    /// To before this one.
    pub to: Instant,
    /// A place in the roster's list of people.
    pub(super) person: usize,
}

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
            Some((people, rotation, overrides)) if problems.is_empty() => {
                Ok(Self { people, rotation, overrides, text: source.text })
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

    /// The person a text or a call comes from.
    #[must_use]
    pub fn person_at(&self, phone: &Phone) -> Option<&Person> {
        self.people.iter().find(|person| person.phone == *phone)
    }

    /// Who is told when nobody answers and when a promise breaks.
    pub fn supervisors(&self) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(|person| person.supervisor)
    }

    /// The rotation.
    #[must_use]
    pub fn rotation(&self) -> &Rotation {
        &self.rotation
    }

    /// The overrides, by their beginning.
    #[must_use]
    pub fn overrides(&self) -> &[Override] {
        &self.overrides
    }

    /// The page it was read from, comments and all: what an export gives back.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is allowed but will hurt some night, a sentence each.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.supervisors().next().is_none() {
            warnings
                .push("Nobody is a supervisor: when nobody answers, nobody is told. Add 'supervisor: true'.".into());
        }
        let asked = self.rotation.asked_in(0);
        if asked.len() < 2 {
            warnings.push("The rotation has one person: nobody follows when they do not answer.".to_owned());
        }
        for (index, person) in self.people.iter().enumerate() {
            let stands_in = self.overrides.iter().any(|change| change.person == index);
            if !asked.contains(&index) && !stands_in && !person.supervisor {
                warnings.push(format!("{} ({}) is never on duty.", person.name, person.id));
            }
        }
        warnings
    }
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
        assert_eq!(roster.person_at(&luis.phone), Some(luis));
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
                "r.yaml:19:11: a turn lasts 1 to 366 days. Write days or weeks, as 7d or 1w.",
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
            ("", "r.yaml:1:1: the roster is nothing, not a map. Write 'people', 'rotation' or 'overrides'."),
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

    #[test]
    fn what_will_hurt_some_night_is_said() {
        let text = EXAMPLE.replace("supervisor: true", "supervisor: false").replace("[ana, luis, carmen]", "[ana]");
        let warnings = Roster::parse(&text, "r.yaml").unwrap().warnings();
        let starts: Vec<&str> = warnings.iter().map(|warning| warning.split_once(' ').unwrap().0).collect();
        assert_eq!(starts, ["Nobody", "The", "Carmen", "Marta"]);
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
