//! Which connector is which word of the configuration.

use std::sync::Arc;

use super::{OsTicket, RequestTracker, ServiceNow, Settings, SettingsError, TicketStore, Zammad};

/// The stores that cases can be handed to, as the configuration names them.
pub const STORES: [&str; 4] = ["os_ticket", "request_tracker", "service_now", "zammad"];

/// The connector that the configuration calls `name`.
///
/// # Errors
/// [`SettingsError`], which names the setting and the mend.
pub fn open(name: &str, settings: Settings) -> Result<Arc<dyn TicketStore>, SettingsError> {
    Ok(match name {
        "os_ticket" => Arc::new(OsTicket::new(settings)?),
        "request_tracker" => Arc::new(RequestTracker::new(settings)?),
        "service_now" => Arc::new(ServiceNow::new(settings)?),
        "zammad" => Arc::new(Zammad::new(settings)?),
        _ => return Err(SettingsError::new("store", format!("write one of {}", STORES.join(", ")))),
    })
}
