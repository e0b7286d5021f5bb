//! Whether GLPI is set up as the hand-off needs it, asked with the account's own rights.

use reqwest::Method;
use serde_json::Value;

use super::{CHANGED, Glpi, ID};
use crate::provider::ticketing::Finding;
use crate::provider::ticketing::api::{finding, member, places_in};

/// Looks at the account, the entity, the columns, and the numbers that searches use.
pub(super) async fn look(glpi: &Glpi) -> Vec<Finding> {
    let doing = "check";
    let ask = |path: &'static str, query: &'static [(&'static str, &'static str)]| async move {
        let asked = glpi.session.json(doing, |api| api.ask(Method::GET, path).query(query)).await;
        asked.map_err(|trouble| trouble.what)
    };
    let account = match ask("/getFullSession", &[]).await {
        Ok(account) => account,
        // Without it every other question has the same answer.
        Err(what) => return vec![finding("credentials", Err(what))],
    };
    let mut findings = vec![finding("credentials", user(&account, &glpi.user))];
    let entities = ask("/getMyEntities", &[("is_recursive", "true")]).await;
    findings.push(finding("queue", entities.and_then(|entities| entity(&entities, &glpi.entity))));
    match ask("/Ticket", &[("range", "0-0")]).await {
        Ok(tickets) => {
            let mend = "fields name columns of GLPI's tickets; before GLPI 11 write external_id = \"name\"";
            findings.extend(places_in(tickets.get(0), &glpi.places, mend));
        }
        Err(what) => findings.push(finding("fields", Err(what))),
    }
    let options = ask("/listSearchOptions/Ticket", &[]).await;
    findings.push(finding("search options", options.and_then(|options| numbers(&options, glpi))));
    // Nothing is left behind.
    glpi.session.end().await;
    findings
}

fn user(session: &Value, user: &str) -> Result<String, String> {
    if session.pointer("/session/glpiID").and_then(crate::provider::ticketing::api::text).as_deref() == Some(user) {
        return Ok("the remote access key is taken, and is that of the account in user".into());
    }
    Err("the key belongs to another account: name its number in user, or our own comments are not known again".into())
}

fn entity(entities: &Value, entity: &str) -> Result<String, String> {
    let entities = entities.get("myentities").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if entities.iter().any(|other| member(other, "id").as_deref() == Some(entity)) {
        return Ok("the account sees the entity".into());
    }
    Err("the account does not see the entity of queue: give it a profile there, or name another number".into())
}

fn numbers(options: &Value, glpi: &Glpi) -> Result<String, String> {
    let column = |number: &str| options.get(number).and_then(|option| member(option, "field"));
    if column(ID).as_deref() != Some("id") || column(CHANGED).as_deref() != Some("date_mod") {
        return Err("GLPI numbers its search options in another way than this connector knows".into());
    }
    let (number, field) = (glpi.number.option.as_str(), glpi.number.column.as_str());
    if number.is_empty() {
        return Ok("are as expected; changes come without our number".into());
    }
    if column(number).as_deref() == Some(field) {
        return Ok("are as expected".into());
    }
    let mend = "look it up at listSearchOptions/Ticket and name it in search_option, or leave that empty";
    Err(format!("{number} is not the number of our field: {mend}"))
}
