//! Who calls, and the directory that they know their way in.

use std::fmt::Write as _;

/// Institutions that can be keyed: many, so that most callers report what nobody has reported before.
const INSTITUTIONS: u16 = 900;
/// The code of the first of them.
const FIRST: u16 = 1000;

/// The directory.
pub fn directory() -> String {
    let mut text = "institutions:\n".to_owned();
    for code in FIRST..FIRST + INSTITUTIONS {
        let _ = writeln!(text, "  - {{ code: \"{code}\", name: \"Institución {code}\", short: \"INST {code}\" }}");
    }
    text.push_str("services:\n");
    for (id, name) in [("nomina", "NOMINA"), ("portal", "PORTAL"), ("correo", "CORREO"), ("firma", "FIRMA")] {
        let _ =
            writeln!(text, "  - {{ id: {id}, es: \"el servicio {id}\", en: \"the {id} service\", short: \"{name}\" }}");
    }
    text
}

/// The population, as a page of the sandbox's load test. Most report an incident to its end, one in ten of them hangs up on the
/// way; others key what there is not, say nothing, ask for a case that nobody has, or think better of it.
pub fn page() -> String {
    let codes: Vec<String> = (FIRST..FIRST + INSTITUTIONS).map(|code| code.to_string()).collect();
    format!(
        r##"callers:
  - name: reports
    weight: 6
    steps:
      - presses: 1
        after: {{ from: 2s, to: 6s }}
      # The notice of the recording is heard out: whoever presses nothing accepts it.
      - presses: [{codes}]
        after: {{ from: 16s, to: 22s }}
      - presses: 1
        after: {{ from: 2s, to: 4s }}
      - presses: [1, 2, 3, 4]
        after: {{ from: 2s, to: 4s }}
      - presses: 1
        after: {{ from: 2s, to: 4s }}
      - says: {{ mean: 8s }}
        after: {{ from: 500ms, to: 2s }}
      - presses: "#"
        after: 500ms
      - presses: 1
        after: {{ from: 1s, to: 3s }}
      - presses: 1
        after: {{ from: 1s, to: 3s }}
      - presses: 1
        after: {{ from: 1s, to: 3s }}
      - presses: 1
        after: {{ from: 1s, to: 3s }}
      # What they are told of their case; some wait for a person for a while.
      - silence: {{ from: 5s, to: 25s }}
      - hangs_up
    hangs_up: {{ chance: 0.1, within: 60s }}
    patience: 2m
  - name: does not know what to press
    weight: 2
    steps:
      - presses: [7, 9, "*"]
        after: {{ mean: 3s }}
      - presses: [7, 9, "*", 8]
        after: {{ mean: 3s }}
      - silence: {{ from: 5s, to: 15s }}
      - hangs_up
  - name: asks for a case that nobody has
    weight: 1
    steps:
      - presses: 2
        after: {{ from: 2s, to: 6s }}
      - presses: "1234#"
        after: {{ from: 3s, to: 6s }}
      - silence: 5s
      - hangs_up
  - name: says nothing
    weight: 1
    steps:
      - silence: 30s
    patience: 45s
  - name: thinks better of it
    weight: 1
    hangs_up: {{ chance: 1, within: 3s }}
"##,
        codes = codes.join(", ")
    )
}
