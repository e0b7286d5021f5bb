-- What people are told that is no page. Every table and column has its twin of the same name in ../sqlite.

-- Words about the clocks of cases: each mark once for each cycle and person. What is beyond a person's burst is gathered, and
-- told together.
CREATE TABLE notices (
    incident uuid NOT NULL REFERENCES incidents (id),
    cycle bigint NOT NULL,
    percent bigint NOT NULL,
    person text NOT NULL,
    created_at timestamptz NOT NULL,
    told_at timestamptz,
    PRIMARY KEY (incident, cycle, percent, person)
);
CREATE INDEX notices_person ON notices (person, created_at);
CREATE INDEX notices_waiting ON notices (person) WHERE told_at IS NULL;

-- Times on duty that people were told of, until they are over.
CREATE TABLE tours (
    schedule text NOT NULL,
    person text NOT NULL,
    begins_at timestamptz NOT NULL,
    ends_at timestamptz,
    begun boolean NOT NULL,
    PRIMARY KEY (schedule, person, begins_at)
);
