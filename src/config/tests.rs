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
        + "secrt = \"5m\"\n[store]\nurl = \"mysql://x\"\n";
    let variables =
        [("GUARDIA_SERVER_LISTEN", "8080"), ("GUARDIA_SERVER_STOP_WITHIN", "5"), ("GUARDIA_SERVR_LISTEN", "x")];
    let found = problems(&text, &variables);
    for expected in [
        "server.public_url = \"guardia.example.gob.do\": not an address of scheme and host alone; write the address",
        "GUARDIA_SERVER_LISTEN = \"8080\": not an address with a port; write ADDRESS:PORT",
        "line.number = \"5550100\": not a telephone number; write the number as +18095550100",
        "GUARDIA_SERVER_STOP_WITHIN = \"5\": not a duration; write a number and a unit",
        "paging.secrt: there is no such setting. Did you mean 'paging.secret'?",
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

#[test]
fn attachments_are_in_a_folder_or_in_a_bucket_with_its_key() {
    let plain = Config::parse(GOOD, std::iter::empty()).unwrap().attachments;
    assert_eq!((plain.largest, plain.bucket.is_none()), (64 * 1024 * 1024, true));
    let bucket = GOOD.to_owned()
        + "[attachments]\nlargest_mib = 5\nbucket = \"guardia\"\nendpoint = \"http://127.0.0.1:9000\"\naccess_key = \"a\"\n";
    let found = problems(&bucket, &[]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("attachments.secret_key"), "{found:#?}");
    let secret = [("GUARDIA_ATTACHMENTS_SECRET_KEY".to_owned(), "s3cret".to_owned())];
    let read = Config::parse(&bucket, secret).unwrap();
    assert_eq!(read.attachments.largest, 5 * 1024 * 1024);
    assert_eq!(read.attachments.bucket.as_ref().unwrap().bucket, "guardia");
    assert!(!format!("{read:?}").contains("s3cret"));
    let found = problems(&(GOOD.to_owned() + "[attachments]\nlargest_mib = 0\nendpoint = \"minio\"\n"), &[]);
    assert_eq!(found.len(), 2, "{found:#?}");
}

#[test]
fn a_link_in_a_ticket_works_for_a_number_of_days() {
    let other =
        |lines: &str| GOOD.to_owned() + "[ticketing]\nstore = \"zammad\"\nurl = \"http://127.0.0.1:9\"\n" + lines;
    for (lines, days) in [("", 7), ("link_days = 1", 1), ("link_days = \"365\"", 365)] {
        let read = Config::parse(&other(lines), std::iter::empty()).unwrap().ticketing;
        assert_eq!(read.link_life, TimeDelta::days(days), "{lines}");
    }
    for wrong in ["0", "366", "-1", "1.5", "\"7d\""] {
        let found = problems(&other(&format!("link_days = {wrong}\n")), &[]);
        assert_eq!(found.len(), 1, "{wrong}: {found:#?}");
        assert!(found[0].starts_with("ticketing.link_days = "), "{found:?}");
        assert!(found[0].contains("write how many days, from 1 to 365"), "{found:?}");
    }
}

#[test]
fn the_other_ways_to_people_are_read_and_half_a_way_is_refused() {
    let none = Config::parse(GOOD, std::iter::empty()).unwrap().channels;
    assert!(none.email.is_none() && none.fallback.is_none() && none.webhooks.secret.is_none());
    let more = GOOD.to_owned()
        + r#"
[email]
host = "mail.example.gob.do"
user = "guardia"
from = "Guardia <guardia@example.gob.do>"
[webhooks]
hosts = "chat.example.gob.do, panel.example.gob.do"
networks = "10.0.0.0/8"
[webhook_secrets]
"ana/panel" = "whsec_x"
[fallback]
account_sid = "AC00000000000000000000000000000002"
from = "+18295550100"
[error_classes]
30003 = "contact_invalid"
"#;
    let secrets = [("GUARDIA_EMAIL_PASSWORD", "p"), ("GUARDIA_FALLBACK_AUTH_TOKEN", "0123456789abcdef")];
    let environment = secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let read = Config::parse(&more, environment).unwrap().channels;
    let email = read.email.unwrap();
    assert_eq!((email.port, email.login.unwrap().0.as_str()), (587, "guardia"));
    assert_eq!(read.webhooks.reach.hosts, ["chat.example.gob.do", "panel.example.gob.do"]);
    assert_eq!(read.webhooks.secrets["ana/panel"].expose(), "whsec_x");
    assert_eq!(read.fallback.unwrap().from.as_str(), "+18295550100");
    assert_eq!(read.classes.classify(30003), crate::provider::messaging::Class::ContactInvalid);
    let found = problems(&more.replace("30003", "many").replace("from = \"+18295550100\"", ""), &[]);
    for key in ["email.password", "fallback.auth_token", "fallback.from", "error_classes.many"] {
        assert!(found.iter().any(|problem| problem.starts_with(key)), "{key} in {found:#?}");
    }
}

#[test]
fn what_a_ticket_store_counts_as_the_first_response_must_be_heard_of_and_named() {
    let store = format!("{GOOD}[ticketing]\nstore = \"zammad\"\nurl = \"https://z.example\"\n");
    let with = |line: &str| problems(&format!("{store}{line}"), &[]);
    assert_eq!(with("[ticket_events]\nfirst_response = [\"public_comment\", \"state:answered\"]\n"), [""; 0]);
    let found = with("[ticket_events]\nfirst_response = [\"comment\"]\n");
    assert!(found.len() == 1 && found[0].contains("'comment' is no event of a ticket store"), "{found:#?}");
    let found = with("poll = \"off\"\n[ticket_events]\nfirst_response = [\"public_comment\"]\n");
    assert!(found.len() == 1 && found[0].contains("set ticketing.poll or ticketing.webhook_secret"), "{found:#?}");
}
