//! Which connector is which word of the configuration.

use std::sync::Arc;

use super::{
    Described, Glpi, Jira, OsTicket, Redmine, RequestTracker, ServiceNow, Settings, SettingsError, TicketStore, Zammad,
};

/// The stores that cases can be handed to, as the configuration names them.
pub const STORES: [&str; 8] =
    ["glpi", "http", "jira", "os_ticket", "redmine", "request_tracker", "service_now", "zammad"];

/// The connector that the configuration calls `name`; `page` is the text of its description, where it has one.
///
/// # Errors
/// [`SettingsError`], which names the setting and the mend.
pub fn open(name: &str, settings: Settings, page: Option<&str>) -> Result<Arc<dyn TicketStore>, SettingsError> {
    Ok(match name {
        "glpi" => Arc::new(Glpi::new(settings)?),
        "http" => {
            let mend = "write the path of the page that describes the store, as ticket-store.example.toml does";
            Arc::new(Described::new(settings, page.ok_or_else(|| SettingsError::new("description", mend))?)?)
        }
        "jira" => Arc::new(Jira::new(settings)?),
        "os_ticket" => Arc::new(OsTicket::new(settings)?),
        "redmine" => Arc::new(Redmine::new(settings)?),
        "request_tracker" => Arc::new(RequestTracker::new(settings)?),
        "service_now" => Arc::new(ServiceNow::new(settings)?),
        "zammad" => Arc::new(Zammad::new(settings)?),
        _ => return Err(SettingsError::new("store", format!("write one of {}", STORES.join(", ")))),
    })
}

/// Where people look at a ticket of the store that the configuration calls `name`, with `{id}` in the place of the ticket's id;
/// `None` where the id that we know is in no such address.
#[must_use]
pub fn ticket_page(name: &str, settings: &Settings) -> Option<String> {
    let base = settings.base().ok()?;
    let table = Some(settings.queue.trim()).filter(|table| !table.is_empty()).unwrap_or("incident");
    Some(match name {
        "glpi" => format!("{base}/front/ticket.form.php?id={{id}}"),
        "redmine" => format!("{base}/issues/{{id}}"),
        "request_tracker" => format!("{base}/Ticket/Display.html?id={{id}}"),
        "service_now" => format!("{base}/{table}.do?sys_id={{id}}"),
        "zammad" => format!("{base}/#ticket/zoom/{{id}}"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_has_its_page_where_its_id_leads_to_one() {
        let settings = Settings { url: "https://tickets.example.gob.do/".to_owned(), ..Settings::default() };
        for (name, page) in [
            ("redmine", Some("https://tickets.example.gob.do/issues/{id}")),
            ("zammad", Some("https://tickets.example.gob.do/#ticket/zoom/{id}")),
            ("service_now", Some("https://tickets.example.gob.do/incident.do?sys_id={id}")),
            ("jira", None),
            ("http", None),
        ] {
            assert_eq!(ticket_page(name, &settings).as_deref(), page, "{name}");
        }
        assert!(STORES.iter().filter(|name| ticket_page(name, &settings).is_some()).count() == 5);
    }
}
