-- The hand-off of cases to a ticket store of another maker.

-- How far the hand-off of a case has come: the ticket, once it was read back, and what the store was seen to hold. `asked_at`
-- is since when something waits to be told.
CREATE TABLE hand_offs (
    incident uuid PRIMARY KEY REFERENCES incidents (id),
    remote text,
    commented bigint NOT NULL,
    state text,
    field_values jsonb,
    asked_at timestamptz
);
CREATE INDEX hand_offs_waiting ON hand_offs (asked_at) WHERE asked_at IS NOT NULL;
CREATE INDEX hand_offs_remote ON hand_offs (remote) WHERE remote IS NOT NULL;

-- Recordings that the store was handed.
CREATE TABLE handed_recordings (
    incident uuid NOT NULL REFERENCES hand_offs (incident),
    recording text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (incident, recording)
);

-- What the store told us of a ticket, each piece once: a comment, a state, a field.
CREATE TABLE heard_news (
    incident uuid NOT NULL REFERENCES hand_offs (incident),
    news text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (incident, news)
);

CREATE INDEX jobs_dead_subject ON jobs (subject) WHERE state = 'dead';

-- Runners take the jobs of their own lane, which the priority says.
DROP INDEX jobs_due;
CREATE INDEX jobs_due ON jobs (due_at, priority) WHERE state IN ('pending', 'leased');
