-- The built-in ticket store, for tickets of every channel. Types as in 0001_store.sql.

-- `external_id` is the number of the case where it is an incident's ticket. `last_entry` counts the lines of its history.
CREATE TABLE tickets_of_every_channel (
    id BLOB PRIMARY KEY,
    external_id TEXT UNIQUE,
    incident BLOB UNIQUE REFERENCES incidents (id),
    kind TEXT NOT NULL,
    severity TEXT NOT NULL,
    state TEXT NOT NULL,
    channel TEXT NOT NULL,
    requester_name TEXT,
    requester_email TEXT,
    requester_phone TEXT,
    institution TEXT,
    service TEXT,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    cycle INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    target_seconds INTEGER NOT NULL,
    target_mode TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    responded_at INTEGER,
    breached_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_entry INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The tickets so far were those of incidents. Their ids are made here: UUID version 7, of when they were created.
INSERT INTO tickets_of_every_channel
    SELECT unhex(printf('%012x', tickets.created_at / 1000) || '7' || substr(hex(randomblob(2)), 2)
               || '8' || substr(hex(randomblob(8)), 2)),
        tickets.external_id, incidents.id, 'incident', COALESCE(incidents.severity, 'critical'),
        CASE incidents.state WHEN 'cancelled' THEN 'cancelled' ELSE tickets.state END, 'phone',
        NULL, NULL, COALESCE(incidents.call_back, incidents.reporter), incidents.institution, incidents.service,
        tickets.subject, tickets.body, COALESCE(incidents.cycle, 1), COALESCE(incidents.started_at, tickets.created_at),
        COALESCE(incidents.target_seconds, 14400), COALESCE(incidents.target_mode, 'continuous'),
        COALESCE(incidents.due_at, tickets.created_at + 14400000000), incidents.responded_at, incidents.breached_at,
        tickets.created_at, tickets.updated_at, 1, 1
    FROM tickets LEFT JOIN incidents ON incidents.number = tickets.external_id;
DROP TABLE tickets;
ALTER TABLE tickets_of_every_channel RENAME TO tickets;
CREATE INDEX tickets_created ON tickets (created_at, id);
CREATE INDEX tickets_updated ON tickets (updated_at, id);
CREATE INDEX tickets_waiting ON tickets (created_at, id)
    WHERE incident IS NULL AND responded_at IS NULL AND state IN ('new', 'open', 'waiting');
CREATE INDEX tickets_of_state ON tickets (state, created_at, id);
CREATE INDEX tickets_of_institution ON tickets (institution, created_at, id) WHERE institution IS NOT NULL;

-- What happened to each, in order. Comments and attachments are known by the place of their line.
CREATE TABLE ticket_entries (
    ticket BLOB NOT NULL REFERENCES tickets (id),
    sequence INTEGER NOT NULL,
    at INTEGER NOT NULL,
    author TEXT NOT NULL,
    change TEXT NOT NULL,
    PRIMARY KEY (ticket, sequence)
) STRICT, WITHOUT ROWID;
INSERT INTO ticket_entries
    SELECT id, 1, created_at, '{"kind":"system"}', '{"kind":"opened"}' FROM tickets;

CREATE TABLE ticket_comments (
    ticket BLOB NOT NULL REFERENCES tickets (id),
    sequence INTEGER NOT NULL,
    mark TEXT,
    text TEXT NOT NULL,
    public INTEGER NOT NULL,
    by_person INTEGER NOT NULL,
    author TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (ticket, sequence),
    UNIQUE (ticket, mark)
) STRICT, WITHOUT ROWID;

-- The content is elsewhere, by its SHA-256.
CREATE TABLE ticket_attachments (
    ticket BLOB NOT NULL REFERENCES tickets (id),
    sequence INTEGER NOT NULL,
    name TEXT NOT NULL,
    media TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    author TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (ticket, sequence),
    UNIQUE (ticket, sha256, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_attachments_content ON ticket_attachments (sha256);
