-- Every table and column has its twin of the same name in ../sqlite. What must come back to the byte (flow bundles, sessions,
-- answers) is text, for jsonb does not keep the order of keys.

CREATE TABLE meta (
    key text PRIMARY KEY,
    value text NOT NULL
);

CREATE TABLE flows (
    hash text PRIMARY KEY,
    bundle text NOT NULL,
    at timestamptz NOT NULL
);

CREATE TABLE calls (
    id uuid PRIMARY KEY,
    provider text NOT NULL,
    provider_call text NOT NULL,
    caller text,
    line text NOT NULL,
    answered_at timestamptz NOT NULL,
    ended_at timestamptz,
    flow text NOT NULL,
    session text NOT NULL,
    turn bigint NOT NULL,
    outcome text,
    incident uuid,
    fallback boolean NOT NULL,
    last_entry bigint NOT NULL DEFAULT 0,
    UNIQUE (provider, provider_call)
);
CREATE INDEX calls_newest ON calls (answered_at, id);
CREATE INDEX calls_missed ON calls (answered_at, id) WHERE outcome = 'missed';

CREATE TABLE legs (
    provider_call text PRIMARY KEY,
    call uuid NOT NULL REFERENCES calls (id),
    role text NOT NULL,
    status text NOT NULL,
    rank bigint NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    seconds bigint
);
CREATE INDEX legs_call ON legs (call);

CREATE TABLE turns (
    call uuid NOT NULL REFERENCES calls (id),
    number bigint NOT NULL,
    token text,
    fingerprint text NOT NULL,
    answer text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (call, number)
);

CREATE TABLE call_entries (
    call uuid NOT NULL REFERENCES calls (id),
    sequence bigint NOT NULL,
    at timestamptz NOT NULL,
    happening jsonb NOT NULL,
    PRIMARY KEY (call, sequence)
);

CREATE TABLE case_sequences (
    year bigint PRIMARY KEY,
    last_number bigint NOT NULL
);

CREATE TABLE incidents (
    id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    state text NOT NULL,
    severity text NOT NULL,
    call uuid NOT NULL UNIQUE REFERENCES calls (id),
    cycle bigint NOT NULL,
    started_at timestamptz NOT NULL,
    target_seconds bigint NOT NULL,
    target_mode text NOT NULL,
    due_at timestamptz NOT NULL,
    acknowledged_at timestamptz,
    acknowledged_by text,
    responded_at timestamptz,
    resolved_at timestamptz,
    breached_at timestamptz,
    institution text,
    institution_name text,
    service text,
    impact text,
    reporter text,
    call_back text,
    text_messages boolean NOT NULL,
    language text NOT NULL,
    silent boolean NOT NULL,
    merged_into text,
    version bigint NOT NULL,
    last_entry bigint NOT NULL DEFAULT 0
);
CREATE INDEX incidents_newest ON incidents (started_at, id);
CREATE INDEX incidents_open ON incidents (started_at, id) WHERE state IN ('received', 'acknowledged', 'responded');
CREATE INDEX incidents_open_of_service ON incidents (institution, service)
    WHERE state IN ('received', 'acknowledged', 'responded');
CREATE INDEX incidents_open_of_reporter ON incidents (reporter)
    WHERE state IN ('received', 'acknowledged', 'responded');

CREATE TABLE incident_entries (
    incident uuid NOT NULL REFERENCES incidents (id),
    sequence bigint NOT NULL,
    at timestamptz NOT NULL,
    actor jsonb NOT NULL,
    change jsonb NOT NULL,
    PRIMARY KEY (incident, sequence)
);

CREATE TABLE cycles (
    incident uuid NOT NULL REFERENCES incidents (id),
    cycle bigint NOT NULL,
    started_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    target_seconds bigint NOT NULL,
    target_mode text NOT NULL,
    responded_at timestamptz,
    met boolean,
    PRIMARY KEY (incident, cycle)
);

CREATE TABLE affected (
    key text NOT NULL,
    call uuid NOT NULL REFERENCES calls (id),
    caller text,
    PRIMARY KEY (key, call),
    UNIQUE (key, caller)
);

CREATE TABLE recordings (
    provider_recording text PRIMARY KEY,
    call uuid NOT NULL REFERENCES calls (id),
    incident uuid REFERENCES incidents (id),
    url text NOT NULL,
    seconds bigint NOT NULL,
    holds text NOT NULL,
    status text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX recordings_call ON recordings (call);
CREATE INDEX recordings_incident ON recordings (incident) WHERE incident IS NOT NULL;

CREATE TABLE messages (
    id uuid PRIMARY KEY,
    incident uuid REFERENCES incidents (id),
    template text NOT NULL,
    recipient text NOT NULL,
    body text NOT NULL,
    state text NOT NULL,
    provider_message text,
    error_code bigint,
    created_at timestamptz NOT NULL,
    sent_at timestamptz
);
CREATE INDEX messages_incident ON messages (incident) WHERE incident IS NOT NULL;
CREATE INDEX messages_provider ON messages (provider_message) WHERE provider_message IS NOT NULL;
CREATE INDEX messages_recipient ON messages (recipient, created_at);

CREATE TABLE parked_receipts (
    provider_message text NOT NULL,
    state text NOT NULL,
    error_code bigint,
    at timestamptz NOT NULL
);
CREATE INDEX parked_receipts_message ON parked_receipts (provider_message);

CREATE TABLE inbound_messages (
    provider text NOT NULL,
    provider_message text NOT NULL,
    sender text,
    recipient text,
    body text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (provider, provider_message)
);

CREATE TABLE wrong_replies (
    sender text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX wrong_replies_sender ON wrong_replies (sender, at);

CREATE TABLE pages (
    id uuid PRIMARY KEY,
    incident uuid NOT NULL REFERENCES incidents (id),
    cycle bigint NOT NULL,
    person text NOT NULL,
    round bigint NOT NULL,
    code_hash text NOT NULL,
    message uuid NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    answered_at timestamptz,
    closed_at timestamptz
);
CREATE INDEX pages_incident ON pages (incident);
CREATE INDEX pages_person ON pages (person, created_at);

CREATE TABLE tickets (
    external_id text PRIMARY KEY,
    subject text NOT NULL,
    body text NOT NULL,
    state text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE rosters (
    version bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document text NOT NULL,
    hash text NOT NULL,
    imported_by text NOT NULL,
    imported_at timestamptz NOT NULL
);

CREATE TABLE banners (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service text NOT NULL,
    case_number text,
    since timestamptz NOT NULL,
    eta timestamptz,
    ends_at timestamptz NOT NULL,
    written_by text NOT NULL,
    written_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX banners_standing ON banners (ends_at) WHERE ended_at IS NULL;

-- `due_at` is when the job may be claimed next: its `run_at` while it is pending, the end of its lease while it is leased.
-- `again_at` is when it was asked for once more while it was leased: what its present run has seen may be old.
CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    key text NOT NULL,
    subject uuid,
    priority bigint NOT NULL,
    state text NOT NULL,
    run_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    again_at timestamptz,
    attempt bigint NOT NULL DEFAULT 0,
    owner text,
    payload jsonb NOT NULL,
    last_error text,
    settled_at timestamptz
);
CREATE UNIQUE INDEX jobs_key ON jobs (key) WHERE state IN ('pending', 'leased');
CREATE INDEX jobs_due ON jobs (due_at) WHERE state IN ('pending', 'leased');
CREATE INDEX jobs_subject ON jobs (subject) WHERE state IN ('pending', 'leased');
CREATE INDEX jobs_dead ON jobs (settled_at) WHERE state = 'dead';
