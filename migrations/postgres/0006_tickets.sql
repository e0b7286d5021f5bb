-- The built-in ticket store, for tickets of every channel. Every table and column has its twin of the same name in ../sqlite.

ALTER TABLE tickets RENAME TO tickets_of_incidents;
ALTER INDEX tickets_pkey RENAME TO tickets_of_incidents_pkey;

-- `external_id` is the number of the case where it is an incident's ticket. `last_entry` counts the lines of its history.
CREATE TABLE tickets (
    id uuid PRIMARY KEY,
    external_id text UNIQUE,
    incident uuid UNIQUE REFERENCES incidents (id),
    kind text NOT NULL,
    severity text NOT NULL,
    state text NOT NULL,
    channel text NOT NULL,
    requester_name text,
    requester_email text,
    requester_phone text,
    institution text,
    service text,
    subject text NOT NULL,
    body text NOT NULL,
    cycle bigint NOT NULL,
    started_at timestamptz NOT NULL,
    target_seconds bigint NOT NULL,
    target_mode text NOT NULL,
    due_at timestamptz NOT NULL,
    responded_at timestamptz,
    breached_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    last_entry bigint NOT NULL DEFAULT 0
);

-- The tickets so far were those of incidents. Their ids are made here: UUID version 7, of when they were created.
INSERT INTO tickets
    SELECT CAST(lpad(to_hex(CAST(floor(extract(epoch FROM old.created_at) * 1000) AS bigint)), 12, '0')
               || '7' || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15) AS uuid),
        old.external_id, incidents.id, 'incident', COALESCE(incidents.severity, 'critical'),
        CASE incidents.state WHEN 'cancelled' THEN 'cancelled' ELSE old.state END, 'phone',
        NULL, NULL, COALESCE(incidents.call_back, incidents.reporter), incidents.institution, incidents.service,
        old.subject, old.body, COALESCE(incidents.cycle, 1), COALESCE(incidents.started_at, old.created_at),
        COALESCE(incidents.target_seconds, 14400), COALESCE(incidents.target_mode, 'continuous'),
        COALESCE(incidents.due_at, old.created_at + interval '4 hours'), incidents.responded_at, incidents.breached_at,
        old.created_at, old.updated_at, 1, 1
    FROM tickets_of_incidents AS old LEFT JOIN incidents ON incidents.number = old.external_id;
DROP TABLE tickets_of_incidents;
CREATE INDEX tickets_created ON tickets (created_at, id);
CREATE INDEX tickets_updated ON tickets (updated_at, id);
CREATE INDEX tickets_waiting ON tickets (created_at, id)
    WHERE incident IS NULL AND responded_at IS NULL AND state IN ('new', 'open', 'waiting');
CREATE INDEX tickets_of_state ON tickets (state, created_at, id);
CREATE INDEX tickets_of_institution ON tickets (institution, created_at, id) WHERE institution IS NOT NULL;

-- What happened to each, in order. Comments and attachments are known by the place of their line.
CREATE TABLE ticket_entries (
    ticket uuid NOT NULL REFERENCES tickets (id),
    sequence bigint NOT NULL,
    at timestamptz NOT NULL,
    author jsonb NOT NULL,
    change jsonb NOT NULL,
    PRIMARY KEY (ticket, sequence)
);
INSERT INTO ticket_entries
    SELECT id, 1, created_at, '{"kind":"system"}', '{"kind":"opened"}' FROM tickets;

CREATE TABLE ticket_comments (
    ticket uuid NOT NULL REFERENCES tickets (id),
    sequence bigint NOT NULL,
    mark text,
    text text NOT NULL,
    public boolean NOT NULL,
    by_person boolean NOT NULL,
    author jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (ticket, sequence),
    UNIQUE (ticket, mark)
);

-- The content is elsewhere, by its SHA-256.
CREATE TABLE ticket_attachments (
    ticket uuid NOT NULL REFERENCES tickets (id),
    sequence bigint NOT NULL,
    name text NOT NULL,
    media text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    author jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (ticket, sequence),
    UNIQUE (ticket, sha256, name)
);
CREATE INDEX ticket_attachments_content ON ticket_attachments (sha256);
