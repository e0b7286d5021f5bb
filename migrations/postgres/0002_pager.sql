-- The pager: messages over several channels, calls that Guardia makes, the escalation policy an incident was opened under.
-- Every table and column has its twin of the same name in ../sqlite.

ALTER TABLE calls ADD COLUMN direction text NOT NULL DEFAULT 'inbound';

-- What is said to a person who was called: one for each outbound call.
CREATE TABLE dialogues (
    call uuid PRIMARY KEY REFERENCES calls (id),
    message uuid NOT NULL,
    incident uuid NOT NULL REFERENCES incidents (id),
    person text NOT NULL,
    place text NOT NULL
);
CREATE INDEX dialogues_message ON dialogues (message);

-- Who is told of an incident in one of its cycles: the escalation as it was when it was chosen, as JSON, and the step of the
-- ladder with which it begins.
CREATE TABLE ladders (
    incident uuid NOT NULL REFERENCES incidents (id),
    cycle bigint NOT NULL,
    begins bigint NOT NULL,
    escalation text NOT NULL,
    PRIMARY KEY (incident, cycle)
);

-- A message carries at most one page, and a page may go out in several messages.
ALTER TABLE messages ADD COLUMN channel text NOT NULL DEFAULT 'sms';
ALTER TABLE messages ADD COLUMN page uuid;
UPDATE messages SET page = pages.id FROM pages WHERE pages.message = messages.id;
CREATE INDEX messages_page ON messages (page) WHERE page IS NOT NULL;
ALTER TABLE pages DROP COLUMN message;

-- Nodes: the processes that run jobs on this database. Each counts its own row up; whoever stands still is gone, and what it
-- held is free at once.
CREATE TABLE nodes (
    id text PRIMARY KEY,
    beat bigint NOT NULL
);

-- A reply is looked up by the hash of its code, which is keyed with the person.
CREATE INDEX pages_code ON pages (code_hash, created_at);

-- A storm of cases: pages of one person that are told together, with one code for all of them. One bundle at a time gathers
-- for a person.
CREATE TABLE bundles (
    id uuid PRIMARY KEY,
    person text NOT NULL,
    code_hash text,
    opened_at timestamptz NOT NULL,
    sent_at timestamptz
);
CREATE UNIQUE INDEX bundles_gathering ON bundles (person) WHERE sent_at IS NULL;
CREATE INDEX bundles_person ON bundles (person, sent_at);
CREATE TABLE bundle_messages (
    message uuid PRIMARY KEY,
    bundle uuid NOT NULL REFERENCES bundles (id)
);
CREATE INDEX bundle_messages_bundle ON bundle_messages (bundle);
ALTER TABLE pages ADD COLUMN bundle uuid;
CREATE INDEX pages_bundle ON pages (bundle) WHERE bundle IS NOT NULL;

-- While one stands, cases of the service page nobody.
CREATE TABLE maintenance (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service text NOT NULL,
    begins_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    written_by text NOT NULL,
    reason text NOT NULL,
    written_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX maintenance_standing ON maintenance (service, ends_at) WHERE ended_at IS NULL;

-- Addresses that are not used for now: their owner said so, or nothing reaches them. By keyed hash, never in clear.
CREATE TABLE contact_states (
    address text PRIMARY KEY,
    state text NOT NULL,
    at timestamptz NOT NULL
);

-- Readiness: what is known of each contact. A changed address has another keyed hash, and nothing is known of it.
CREATE TABLE contacts (
    person text NOT NULL,
    contact text NOT NULL,
    address_hash text NOT NULL,
    verified_at timestamptz,
    verified_by text,
    code_hash text,
    code_expires_at timestamptz,
    code_wrong bigint NOT NULL,
    PRIMARY KEY (person, contact)
);

-- Tests of the pager by itself: an incident each, told to one person only.
CREATE TABLE canaries (
    incident uuid PRIMARY KEY REFERENCES incidents (id),
    person text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    answered boolean NOT NULL
);
CREATE INDEX canaries_newest ON canaries (started_at);
