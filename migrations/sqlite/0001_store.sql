-- Times are microseconds since 1970 (UTC), ids are the 16 bytes of a UUID, JSON is text, numbers are E.164.
-- No constraint is DEFERRED: several units of work share one COMMIT, and a check that waits for it would spoil them all.
-- Every table and column has its twin of the same name in ../postgres.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE flows (
    hash TEXT PRIMARY KEY,
    bundle TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE calls (
    id BLOB PRIMARY KEY,
    provider TEXT NOT NULL,
    provider_call TEXT NOT NULL,
    caller TEXT,
    line TEXT NOT NULL,
    answered_at INTEGER NOT NULL,
    ended_at INTEGER,
    flow TEXT NOT NULL,
    session TEXT NOT NULL,
    turn INTEGER NOT NULL,
    outcome TEXT,
    incident BLOB,
    fallback INTEGER NOT NULL,
    last_entry INTEGER NOT NULL DEFAULT 0,
    UNIQUE (provider, provider_call)
) STRICT;
CREATE INDEX calls_newest ON calls (answered_at, id);
CREATE INDEX calls_missed ON calls (answered_at, id) WHERE outcome = 'missed';

CREATE TABLE legs (
    provider_call TEXT PRIMARY KEY,
    call BLOB NOT NULL REFERENCES calls (id),
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    rank INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    seconds INTEGER
) STRICT;
CREATE INDEX legs_call ON legs (call);

CREATE TABLE turns (
    call BLOB NOT NULL REFERENCES calls (id),
    number INTEGER NOT NULL,
    token TEXT,
    fingerprint TEXT NOT NULL,
    answer TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (call, number)
) STRICT;

CREATE TABLE call_entries (
    call BLOB NOT NULL REFERENCES calls (id),
    sequence INTEGER NOT NULL,
    at INTEGER NOT NULL,
    happening TEXT NOT NULL,
    PRIMARY KEY (call, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_sequences (
    year INTEGER PRIMARY KEY,
    last_number INTEGER NOT NULL
) STRICT;

CREATE TABLE incidents (
    id BLOB PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    severity TEXT NOT NULL,
    call BLOB NOT NULL UNIQUE REFERENCES calls (id),
    cycle INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    target_seconds INTEGER NOT NULL,
    target_mode TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    acknowledged_at INTEGER,
    acknowledged_by TEXT,
    responded_at INTEGER,
    resolved_at INTEGER,
    breached_at INTEGER,
    institution TEXT,
    institution_name TEXT,
    service TEXT,
    impact TEXT,
    reporter TEXT,
    call_back TEXT,
    text_messages INTEGER NOT NULL,
    language TEXT NOT NULL,
    silent INTEGER NOT NULL,
    merged_into TEXT,
    version INTEGER NOT NULL,
    last_entry INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX incidents_newest ON incidents (started_at, id);
CREATE INDEX incidents_open ON incidents (started_at, id) WHERE state IN ('received', 'acknowledged', 'responded');
CREATE INDEX incidents_open_of_service ON incidents (institution, service)
    WHERE state IN ('received', 'acknowledged', 'responded');
CREATE INDEX incidents_open_of_reporter ON incidents (reporter)
    WHERE state IN ('received', 'acknowledged', 'responded');

CREATE TABLE incident_entries (
    incident BLOB NOT NULL REFERENCES incidents (id),
    sequence INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    change TEXT NOT NULL,
    PRIMARY KEY (incident, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE cycles (
    incident BLOB NOT NULL REFERENCES incidents (id),
    cycle INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    target_seconds INTEGER NOT NULL,
    target_mode TEXT NOT NULL,
    responded_at INTEGER,
    met INTEGER,
    PRIMARY KEY (incident, cycle)
) STRICT, WITHOUT ROWID;

CREATE TABLE affected (
    key TEXT NOT NULL,
    call BLOB NOT NULL REFERENCES calls (id),
    caller TEXT,
    PRIMARY KEY (key, call),
    UNIQUE (key, caller)
) STRICT;

CREATE TABLE recordings (
    provider_recording TEXT PRIMARY KEY,
    call BLOB NOT NULL REFERENCES calls (id),
    incident BLOB REFERENCES incidents (id),
    url TEXT NOT NULL,
    seconds INTEGER NOT NULL,
    holds TEXT NOT NULL,
    status TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX recordings_call ON recordings (call);
CREATE INDEX recordings_incident ON recordings (incident) WHERE incident IS NOT NULL;

CREATE TABLE messages (
    id BLOB PRIMARY KEY,
    incident BLOB REFERENCES incidents (id),
    template TEXT NOT NULL,
    recipient TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    provider_message TEXT,
    error_code INTEGER,
    created_at INTEGER NOT NULL,
    sent_at INTEGER
) STRICT;
CREATE INDEX messages_incident ON messages (incident) WHERE incident IS NOT NULL;
CREATE INDEX messages_provider ON messages (provider_message) WHERE provider_message IS NOT NULL;
CREATE INDEX messages_recipient ON messages (recipient, created_at);

CREATE TABLE parked_receipts (
    provider_message TEXT NOT NULL,
    state TEXT NOT NULL,
    error_code INTEGER,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX parked_receipts_message ON parked_receipts (provider_message);

CREATE TABLE inbound_messages (
    provider TEXT NOT NULL,
    provider_message TEXT NOT NULL,
    sender TEXT,
    recipient TEXT,
    body TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (provider, provider_message)
) STRICT;

CREATE TABLE wrong_replies (
    sender TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX wrong_replies_sender ON wrong_replies (sender, at);

CREATE TABLE pages (
    id BLOB PRIMARY KEY,
    incident BLOB NOT NULL REFERENCES incidents (id),
    cycle INTEGER NOT NULL,
    person TEXT NOT NULL,
    round INTEGER NOT NULL,
    code_hash TEXT NOT NULL,
    message BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    answered_at INTEGER,
    closed_at INTEGER
) STRICT;
CREATE INDEX pages_incident ON pages (incident);
CREATE INDEX pages_person ON pages (person, created_at);

CREATE TABLE tickets (
    external_id TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE rosters (
    version INTEGER PRIMARY KEY,
    document TEXT NOT NULL,
    hash TEXT NOT NULL,
    imported_by TEXT NOT NULL,
    imported_at INTEGER NOT NULL
) STRICT;

CREATE TABLE banners (
    id INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    case_number TEXT,
    since INTEGER NOT NULL,
    eta INTEGER,
    ends_at INTEGER NOT NULL,
    written_by TEXT NOT NULL,
    written_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX banners_standing ON banners (ends_at) WHERE ended_at IS NULL;

-- `due_at` is when the job may be claimed next: its `run_at` while it is pending, the end of its lease while it is leased.
-- `again_at` is when it was asked for once more while it was leased: what its present run has seen may be old.
CREATE TABLE jobs (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    subject BLOB,
    priority INTEGER NOT NULL,
    state TEXT NOT NULL,
    run_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    again_at INTEGER,
    attempt INTEGER NOT NULL DEFAULT 0,
    owner TEXT,
    payload TEXT NOT NULL,
    last_error TEXT,
    settled_at INTEGER
) STRICT;
CREATE UNIQUE INDEX jobs_key ON jobs (key) WHERE state IN ('pending', 'leased');
CREATE INDEX jobs_due ON jobs (due_at) WHERE state IN ('pending', 'leased');
CREATE INDEX jobs_subject ON jobs (subject) WHERE state IN ('pending', 'leased');
CREATE INDEX jobs_dead ON jobs (settled_at) WHERE state = 'dead';
