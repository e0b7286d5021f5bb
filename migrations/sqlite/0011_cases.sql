-- Pages of cases. Types as in 0001_store.sql.

CREATE INDEX calls_incident ON calls (incident, answered_at) WHERE incident IS NOT NULL;
CREATE INDEX incidents_ended ON incidents (due_at, id) WHERE state IN ('resolved', 'closed', 'cancelled');
