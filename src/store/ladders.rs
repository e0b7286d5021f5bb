//! Who is told of an incident, as it was chosen in each of its cycles.

use super::error::Place;
use super::tx::{Tx, on};
use super::{Result, StoreError};
use crate::id::IncidentId;
use crate::paging::Plan;

#[derive(sqlx::FromRow)]
struct LadderRow {
    begins: i64,
    escalation: String,
}

impl Tx {
    /// Keeps who is told of an incident in this cycle, in the place of what was chosen before.
    ///
    /// # Errors
    /// The database's: there is no such incident.
    pub async fn put_ladder(&mut self, incident: IncidentId, cycle: u32, plan: &Plan) -> Result<()> {
        let escalation = serde_json::to_string(&plan.escalation)
            .map_err(|error| StoreError::Database(sqlx::Error::Encode(error.into())))?;
        on!(self, c => sqlx::query(
            "INSERT INTO ladders (incident, cycle, begins, escalation) VALUES ($1, $2, $3, $4)
             ON CONFLICT (incident, cycle) DO UPDATE SET begins = excluded.begins, escalation = excluded.escalation")
            .bind(incident.0).bind(i64::from(cycle)).bind(i64::from(plan.begins)).bind(&escalation)
            .execute(c).await.map(drop))?;
        Ok(())
    }

    /// Who is told of an incident in this cycle; `None` when its cycle began before that was kept.
    ///
    /// # Errors
    /// The database's.
    pub async fn ladder(&mut self, incident: IncidentId, cycle: u32) -> Result<Option<Plan>> {
        let row: Option<LadderRow> = on!(self, c => sqlx::query_as(
            "SELECT begins, escalation FROM ladders WHERE incident = $1 AND cycle = $2")
            .bind(incident.0).bind(i64::from(cycle)).fetch_optional(c).await)?;
        let place = Place { table: "ladders", key: &incident };
        let plan = |row: LadderRow| {
            Ok(Plan {
                begins: place.ok("begins", u32::try_from(row.begins))?,
                escalation: place.ok("escalation", serde_json::from_str(&row.escalation))?,
            })
        };
        row.map(plan).transpose()
    }
}
