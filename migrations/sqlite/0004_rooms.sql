-- Conversations of three and more: rooms at the provider, and who is in them. Types as in 0001_store.sql.

-- Calls are named without a reference: whoever makes a room has locked the incident, and must not wait for a call after it.
-- A room of an incident: how the reporter's leg is known, and how far it came. One at a time is alive for an incident.
CREATE TABLE rooms (
    id BLOB PRIMARY KEY,
    incident BLOB NOT NULL REFERENCES incidents (id),
    host BLOB NOT NULL,
    reporter BLOB,
    leg TEXT NOT NULL,
    state TEXT NOT NULL,
    record INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    entered_at INTEGER,
    left_at INTEGER
) STRICT;
CREATE INDEX rooms_incident ON rooms (incident, made_at);
CREATE INDEX rooms_reporter ON rooms (reporter) WHERE reporter IS NOT NULL;

-- The people of the roster who are in a room, or on their way: each by the call that the line made to them.
CREATE TABLE seats (
    room BLOB NOT NULL REFERENCES rooms (id),
    call BLOB NOT NULL,
    person TEXT NOT NULL,
    talked INTEGER,
    entered_at INTEGER,
    left_at INTEGER,
    told INTEGER NOT NULL,
    PRIMARY KEY (room, call)
) STRICT, WITHOUT ROWID;
CREATE INDEX seats_call ON seats (call);
CREATE INDEX dialogues_incident ON dialogues (incident);
