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
