//! Pages with every kind of fault, and what is told about each.

use crate::oncall::Roster;

const PEOPLE: &str = "people:
  - { id: ana, name: Ana, phone: \"+18095550101\" }
  - { id: luis, name: Luis, phone: \"+18095550102\" }
  - { id: carmen, name: Carmen, phone: \"+18095550103\" }
  - { id: marta, name: Marta, phone: \"+18095550104\", supervisor: true }
";

/// `TestRotationDelUser`: a page that still names somebody who is gone is refused, at every place that does.
#[test]
fn who_is_not_there_is_told_wherever_they_are_named() {
    let rest = "schedules:
  guardia:
    layers:
      - rotation: { order: [ana, jose], starts: 2026-01-05T08:00, length: weekly }
    overrides:
      - { from: 2026-01-06T08:00, to: 2026-01-08T08:00, replace: anna, by: jose }
    swaps:
      - { from: 2026-01-06T08:00, to: 2026-01-08T08:00, between: [ana, jose] }
    shifts:
      - { from: 2026-01-06T12:00, to: 2026-01-07T12:00, people: [jose] }
escalation:
  default: { steps: [{ notify: [{ person: jose }, { schedule: guarida }, ana, everybody] }] }
  redes: { steps: [{ notify: [] }], rounds: 0, ack_timeout: 1s }
services:
  correo: { escalation: rede }
";
    let problems = Roster::parse(&format!("{PEOPLE}{rest}"), "r.yaml").unwrap_err();
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let nobody = "nobody has the id 'jose'. Add them under 'people', or name somebody who is there.";
    assert_eq!(
        problems,
        [
            format!("r.yaml:9:34: {nobody}"),
            "r.yaml:11:66: nobody has the id 'anna'. Did you mean 'ana'?".to_owned(),
            format!("r.yaml:11:76: {nobody}"),
            format!("r.yaml:13:72: {nobody}"),
            format!("r.yaml:15:66: {nobody}"),
            format!("r.yaml:17:43: {nobody}"),
            "r.yaml:17:63: there is no schedule 'guarida'. Did you mean 'guardia'?".to_owned(),
            "r.yaml:17:74: 'ana' does not say what it is. Write { person: ana }.".to_owned(),
            "r.yaml:17:79: 'everybody' does not say what it is. Did you mean 'everyone'?".to_owned(),
            "r.yaml:18:30: 'notify' of a step has 0 entries. Write 1 to 20.".to_owned(),
            "r.yaml:18:45: '0' cannot be the 'rounds' of escalation 'redes'. Write a whole number from 1 to 100."
                .to_owned(),
            "r.yaml:18:61: '1s' cannot be the 'ack_timeout' of escalation 'redes'. Write a time such as 6s, 2m or \
             1m30s, from 60s to 86400s."
                .to_owned(),
            "r.yaml:20:25: there is no escalation 'rede'. Did you mean 'redes'?".to_owned(),
        ]
    );
}

/// `TestOverrideConflict`.
#[test]
fn what_contradicts_something_before_it_is_told_at_its_place() {
    let rest = "schedules:
  guardia:
    layers: [{ rotation: { order: [ana, luis], starts: 2026-01-05T08:00, length: 12h } }]
    overrides:
      - { from: 2026-01-06T08:00, to: 2026-01-08T08:00, add: marta }
      - { from: 2026-01-07T08:00, to: 2026-01-09T08:00, remove: marta }
      - { from: 2026-01-07T08:00, to: 2026-01-09T08:00, person: luis }
      - { from: 2026-01-07T08:00, to: 2026-01-09T08:00, replace: ana, by: ana }
      - { from: 2026-01-08T08:00, to: 2026-01-09T08:00, remove: marta }
      - { from: 2026-02-08T08:00, to: 2026-02-09T08:00, add: marta, remove: luis }
      - { from: 2026-02-08T08:00, to: 2026-02-09T08:00, add: marta, by: luis }
      - { from: 2026-02-08T08:00, to: 2026-02-09T08:00 }
    swaps:
      - { from: 2026-01-06T08:00, to: 2026-01-08T08:00, between: [ana, luis] }
      - { from: 2026-01-07T08:00, to: 2026-01-09T08:00, between: [luis, carmen] }
      - { from: 2026-02-07T08:00, to: 2026-02-09T08:00, between: [luis, luis] }
    shifts:
      - { from: 2026-01-06T12:00, to: 2026-01-07T12:00, people: [marta] }
      - { from: 2026-01-07T11:00, to: 2026-01-07T13:00, people: [luis] }
rotation: { order: [ana], starts: 2026-01-05T08:00, length: 1w }
";
    let problems = Roster::parse(&format!("{PEOPLE}{rest}"), "r.yaml").unwrap_err();
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let apart = "End one where the other begins.";
    assert_eq!(
        problems,
        [
            "r.yaml:7:3: the schedule 'guardia' is that of 'rotation' already. Rename it, or move 'rotation' and \
             'overrides' into it."
                .to_owned(),
            format!(
                "r.yaml:11:9: the override overlaps an earlier one about 'marta'. Only one of them can hold. {apart}"
            ),
            format!(
                "r.yaml:12:9: the override overlaps an earlier one. One of them says who alone is on duty. {apart}"
            ),
            "r.yaml:13:75: the override replaces somebody by themselves. Name somebody else.".to_owned(),
            "r.yaml:15:9: an override says 'add' and 'remove' at once. Write one of 'person', 'add', 'remove', and \
             'replace' with 'by'."
                .to_owned(),
            "r.yaml:16:73: 'by' says nothing about 'add'. Remove it, or write 'replace'.".to_owned(),
            "r.yaml:17:9: an override does not say 'person'. Add 'person: ...'.".to_owned(),
            format!(
                "r.yaml:20:9: the exchange overlaps an earlier one of 'luis'. Nobody can have the turns of two people. \
                 {apart}"
            ),
            "r.yaml:21:73: the person stands here twice. Remove one.".to_owned(),
            format!("r.yaml:24:9: the shift overlaps an earlier one. A shift replaces everything else. {apart}"),
        ]
    );
}

#[test]
fn contacts_rules_and_hours_are_checked() {
    let page = "people:
  - { id: ana, name: Ana, phone: 8095550101, pin: 12 }
  - id: luis
    name: Luis
    contacts:
      - { id: a, sms: 8095550101 }
      - { id: a, email: nobody }
      - { id: b, webhook: \"ftp://x\", preset: slak }
      - { id: c, voice: 8095550109, preset: slack }
      - { id: d }
      - { id: e, sms: 8095550108, voice: 8095550108 }
    notify:
      critical: [{ contact: sms }, { contact: bb, after: 25h }]
      urgent: []
  - { id: eva, name: Eva }
schedules:
  s:
    zone: Mars
    layers:
      - name: one
        rotation: { order: [ana], starts: 2026-01-05T08:00, length: 0h, zone: UTC }
        only: [{ days: [mon, lun, fri-sun], from: \"24:00\", to: \"24:00\" }]
      - name: one
        rotation: { order: [ana], starts: 2026-01-05T08:00, length: weekly }
        only: []
  empty: { layers: [] }
overrides: []
";
    let problems = Roster::parse(page, "r.yaml").unwrap_err();
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    for expected in [
        "r.yaml:2:51: a PIN has 4 to 8 digits. Write it in quotes, as pin: \"4711\".",
        "r.yaml:6:23: this number is Ana's already. The number tells who answers.",
        "r.yaml:7:15: the person has a contact 'a' already.",
        "r.yaml:7:25: not an e-mail address",
        "r.yaml:8:27: not the address of a webhook",
        "r.yaml:8:46: 'slak' is no 'preset' of a contact. Did you mean 'slack'?",
        "r.yaml:9:45: 'preset' says nothing about 'voice'. Remove it.",
        "r.yaml:10:9: a contact has one address, and this one has 0.",
        "r.yaml:11:9: a contact has one address, and this one has 2.",
        "r.yaml:13:29: the person has no contact 'sms'.",
        "r.yaml:13:47: the person has no contact 'bb'.",
        "r.yaml:13:58: '25h' cannot be the 'after' of a rule.",
        "r.yaml:14:7: 'notify' cannot have 'urgent'.",
        "r.yaml:15:5: a person does not say 'phone'. Add 'phone: ...', or how else to reach them under 'contacts'.",
        "r.yaml:18:11: 'Mars' is no IANA time zone.",
        "r.yaml:21:69: a turn lasts 1 hour to 366 days.",
        "r.yaml:21:73: 'rotation' of a layer cannot have 'zone'.",
        "r.yaml:22:30: 'lun' is no day of the week.",
        "r.yaml:22:51: 'from' is no time of the day. Write it as 08:00 or 22:30.",
        "r.yaml:23:15: the schedule has a layer 'one' already.",
        "r.yaml:25:15: 'only' of a layer has 0 entries. Write 1 to 20.",
        "r.yaml:26:20: 'layers' of schedule 'empty' has 0 entries. Write 1 to 20.",
        "r.yaml:27:12: 'overrides' change 'rotation', and there is none. Write them in the schedule.",
    ] {
        assert!(problems.iter().any(|problem| problem.starts_with(expected)), "{expected}\n{problems:#?}");
    }
    assert_eq!(problems.len(), 23, "{problems:#?}");
    assert!(problems.iter().all(|problem| !problem.contains("555")), "a number is not repeated");
}
