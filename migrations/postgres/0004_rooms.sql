-- Conversations of three and more: rooms at the provider, and who is in them. Every table and column has its twin of the
-- same name in ../sqlite.

-- Calls are named without a reference: whoever makes a room has locked the incident, and must not wait for a call after it.
-- A room of an incident: how the reporter's leg is known, and how far it came. One at a time is alive for an incident.
CREATE TABLE rooms (
    id uuid PRIMARY KEY,
    incident uuid NOT NULL REFERENCES incidents (id),
    host uuid NOT NULL,
    reporter uuid,
    leg text NOT NULL,
    state text NOT NULL,
    record boolean NOT NULL,
    made_at timestamptz NOT NULL,
    entered_at timestamptz,
    left_at timestamptz
);
CREATE INDEX rooms_incident ON rooms (incident, made_at);
CREATE INDEX rooms_reporter ON rooms (reporter) WHERE reporter IS NOT NULL;

-- The people of the roster who are in a room, or on their way: each by the call that the line made to them.
CREATE TABLE seats (
    room uuid NOT NULL REFERENCES rooms (id),
    call uuid NOT NULL,
    person text NOT NULL,
    talked bigint,
    entered_at timestamptz,
    left_at timestamptz,
    told boolean NOT NULL,
    PRIMARY KEY (room, call)
);
CREATE INDEX seats_call ON seats (call);
CREATE INDEX dialogues_incident ON dialogues (incident);
