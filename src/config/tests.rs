use super::*;

const GOOD: &str = r#"
[server]
public_url = "https://guardia.example.gob.do"
[line]
number = "+18095550100"
support_email = "soporte@guardia.example.gob.do"
[twilio]
account_sid = "AC00000000000000000000000000000001"
auth_token = "0123456789abcdef"
from = "+18095550100"
[paging]
secret = "0123456789abcdef0123456789abcdef"
"#;

fn problems(text: &str, environment: &[(&str, &str)]) -> Vec<String> {
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    match Config::parse(text, environment) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn the_example_of_every_setting_is_good_and_names_every_setting() {
    let example = include_str!("../../guardia.example.toml");
    let found = problems(example, &[]);
    assert_eq!(found.len(), 2, "only the placeholders of secrets are refused: {found:#?}");
    assert!(found.iter().all(|problem| problem.contains("still the example's placeholder")), "{found:#?}");
    let example = example
        .replace("put-the-token-here", "0123456789abcdef")
        .replace("change-me-to-32-random-characters-or-more", "0123456789abcdef0123456789abcdef");
    assert_eq!(problems(&example, &[]), Vec::<String>::new());
    // Uncommented, every line of it is still good: no comment names a setting that is none.
    let all: String = example
        .lines()
        .map(|line| line.strip_prefix("#: ").unwrap_or(line))
        .fold(String::new(), |all, line| all + line + "\n");
    assert_eq!(problems(&all, &[]), Vec::<String>::new());
    let table: toml::Table = all.parse().unwrap();
    let mut reader = Reader::new(table, std::iter::empty());
    Config::read(&mut reader).unwrap();
    assert_eq!(reader.unset(), Vec::<String>::new(), "a setting that the example does not show");
}

#[test]
fn all_problems_come_at_once_with_key_value_and_mend() {
    let text = GOOD.replace("+18095550100\"\nsupport", "5550100\"\nsupport").replace("https://guardia", "guardia")
        + "step = \"5\"\nstpe = \"5m\"\n[store]\nurl = \"mysql://x\"\n";
    let found = problems(&text, &[("GUARDIA_SERVER_LISTEN", "8080"), ("GUARDIA_SERVR_LISTEN", "x")]);
    for expected in [
        "server.public_url = \"guardia.example.gob.do\": not an address of scheme and host alone; write the address",
        "GUARDIA_SERVER_LISTEN = \"8080\": not an address with a port; write ADDRESS:PORT",
        "line.number = \"5550100\": not a telephone number; write the number as +18095550100",
        "paging.step = \"5\": not a duration; write a number and a unit",
        "paging.stpe: there is no such setting. Did you mean 'paging.step'?",
        "store.url: the database URL must begin with 'sqlite:'",
        "GUARDIA_SERVR_LISTEN: no setting has this variable",
    ] {
        assert!(found.iter().any(|problem| problem.starts_with(expected)), "{expected}\nin {found:#?}");
    }
    assert_eq!(found.len(), 7, "{found:#?}");
}

#[test]
fn the_environment_overrides_and_an_empty_token_is_refused_loudly() {
    assert_eq!(problems(GOOD, &[]), Vec::<String>::new());
    let found = problems(GOOD, &[("GUARDIA_TWILIO_AUTH_TOKEN", "")]);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("GUARDIA_TWILIO_AUTH_TOKEN: is empty"), "{found:?}");
    assert!(found[0].contains("every webhook would be refused"));
}

#[test]
fn a_secret_is_never_shown() {
    for found in problems(&GOOD.replace("0123456789abcdef0123456789abcdef", "tooshort-s3cret"), &[]) {
        assert!(!found.contains("s3cret"), "{found}");
    }
    let config = Config::parse(GOOD, std::iter::empty()).unwrap();
    let shown = format!("{config:?}");
    assert!(!shown.contains("0123456789abcdef"), "{shown}");
}

#[test]
fn the_plan_needs_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("guardia.toml");
    std::fs::write(&file, include_str!("../../guardia.example.toml")).unwrap();
    let plan = Plan::load(&file, std::iter::empty()).unwrap();
    assert_eq!(plan.line.number.as_str(), "+18095550100");
    std::fs::write(&file, "[line]\nnumber = \"5\"\n[twilio]\nfrom = \"5\"\n").unwrap();
    let problems: Vec<String> = Plan::load(&file, std::iter::empty()).unwrap_err().into_iter().map(|p| p.key).collect();
    assert_eq!(problems, ["line.number", "line.support_email"]);
}
