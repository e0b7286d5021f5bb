-- The call log: one row for each call with all that the list is filtered by, so that every question is one index. Every table
-- and column has its twin of the same name in ../sqlite. Triggers keep it: nobody who writes a call or a case can forget it.

-- `place` is where a call stands in the log: its milliseconds since 1970 times 2^20, and what tells those of one millisecond
-- apart. So "newest first" is one number, for the rows, for their words and for the link to the next page.
CREATE TABLE call_log (
    call uuid PRIMARY KEY REFERENCES calls (id),
    place bigint NOT NULL UNIQUE,
    received_at timestamptz NOT NULL,
    ended_at timestamptz,
    direction text NOT NULL,
    caller text,
    outcome text,
    node text,
    institution text,
    institution_name text,
    service text,
    severity text,
    language text NOT NULL,
    incident uuid,
    person text,
    disposition text
);

-- What is learned of a call: what was said in it, as words, and what people note on it.
CREATE TABLE call_texts (
    call uuid NOT NULL REFERENCES calls (id),
    sequence bigint NOT NULL,
    kind text NOT NULL,
    author text,
    at timestamptz NOT NULL,
    text text NOT NULL,
    PRIMARY KEY (call, sequence)
);

-- The words of all texts of a call, without accents and capitals, by the call's place.
CREATE TABLE _call_words (
    place bigint PRIMARY KEY,
    words tsvector NOT NULL
);
CREATE INDEX _call_words_words ON _call_words USING gin (words);

-- What people decided about a call; the last one holds.
CREATE TABLE dispositions (
    call uuid NOT NULL REFERENCES calls (id),
    sequence bigint NOT NULL,
    disposition text NOT NULL,
    decided_by text NOT NULL,
    at timestamptz NOT NULL,
    note text,
    PRIMARY KEY (call, sequence)
);

CREATE TABLE saved_views (
    id uuid PRIMARY KEY,
    account uuid NOT NULL REFERENCES accounts (id),
    name text NOT NULL,
    query text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (account, name)
);

INSERT INTO call_log
    SELECT calls.id, CAST(floor(extract(epoch FROM calls.answered_at) * 1000) AS bigint) * 1048576
               + row_number() OVER (PARTITION BY floor(extract(epoch FROM calls.answered_at) * 1000)
                                    ORDER BY calls.answered_at, calls.id) - 1,
        calls.answered_at, calls.ended_at, calls.direction, calls.caller, calls.outcome,
        CASE WHEN calls.ended_at IS NOT NULL THEN CAST(calls.session AS jsonb) ->> 'node' END,
        COALESCE(incidents.institution, CAST(calls.session AS jsonb) -> 'institution' ->> 'code'),
        COALESCE(incidents.institution_name, CAST(calls.session AS jsonb) -> 'institution' ->> 'name'),
        incidents.service, incidents.severity,
        COALESCE(incidents.language, CAST(calls.session AS jsonb) ->> 'language', 'es'),
        incidents.id, dialogues.person, NULL
    FROM calls LEFT JOIN dialogues ON dialogues.call = calls.id
        LEFT JOIN incidents ON incidents.id = COALESCE(
            calls.incident, dialogues.incident, (SELECT opened.id FROM incidents AS opened WHERE opened.call = calls.id));

-- The third column lets most of the other rows be passed over without a look at them.
CREATE INDEX call_log_institution ON call_log (institution, place, outcome) WHERE institution IS NOT NULL;
CREATE INDEX call_log_service ON call_log (service, place, outcome) WHERE service IS NOT NULL;
CREATE INDEX call_log_outcome ON call_log (outcome, place);
CREATE INDEX call_log_node ON call_log (node, place) WHERE node IS NOT NULL;
CREATE INDEX call_log_caller ON call_log (caller, place) WHERE caller IS NOT NULL;
CREATE INDEX call_log_severity ON call_log (severity, place) WHERE severity IS NOT NULL;
CREATE INDEX call_log_person ON call_log (person, place) WHERE person IS NOT NULL;
CREATE INDEX call_log_language ON call_log (language, place);
CREATE INDEX call_log_incident ON call_log (incident) WHERE incident IS NOT NULL;
CREATE INDEX call_log_waiting ON call_log (place)
    WHERE outcome = 'missed' AND incident IS NULL AND disposition IS NULL;

-- Calls of one millisecond are told apart by the end of their ids, so that no unit waits for another's place.
CREATE FUNCTION call_log_begins() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    session jsonb := NEW.session;
    at bigint := CAST(floor(extract(epoch FROM NEW.answered_at) * 1000) AS bigint) * 1048576
        + CAST(CAST('x' || right(CAST(NEW.id AS text), 5) AS bit(20)) AS integer);
    made bigint := 0;
BEGIN
    WHILE made = 0 LOOP
        INSERT INTO call_log
            SELECT NEW.id, at, NEW.answered_at, NEW.ended_at, NEW.direction, NEW.caller, NEW.outcome,
                CASE WHEN NEW.ended_at IS NOT NULL THEN session ->> 'node' END,
                COALESCE(incidents.institution, session -> 'institution' ->> 'code'),
                COALESCE(incidents.institution_name, session -> 'institution' ->> 'name'),
                incidents.service, incidents.severity, COALESCE(incidents.language, session ->> 'language', 'es'),
                NEW.incident, NULL, NULL
            FROM (SELECT 1) AS once LEFT JOIN incidents ON incidents.id = NEW.incident
        ON CONFLICT (place) DO NOTHING;
        GET DIAGNOSTICS made = ROW_COUNT;
        at := at + 1;
    END LOOP;
    RETURN NULL;
END
$$;
CREATE TRIGGER call_log_begins AFTER INSERT ON calls FOR EACH ROW EXECUTE FUNCTION call_log_begins();

-- The others come when the unit commits: a row of the log is the last thing a unit locks, whatever it did in which order. So
-- whoever ends a call and whoever changes its case never wait for each other.
CREATE FUNCTION call_log_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    session jsonb := NEW.session;
BEGIN
    UPDATE call_log SET ended_at = NEW.ended_at, outcome = NEW.outcome,
        node = CASE WHEN NEW.ended_at IS NOT NULL THEN session ->> 'node' END,
        incident = COALESCE(NEW.incident, incident),
        institution = COALESCE(institution, session -> 'institution' ->> 'code'),
        institution_name = COALESCE(institution_name, session -> 'institution' ->> 'name'),
        language = COALESCE(session ->> 'language', language)
    WHERE call = NEW.id;
    UPDATE call_log SET institution = COALESCE(incidents.institution, call_log.institution),
        institution_name = COALESCE(incidents.institution_name, call_log.institution_name),
        service = incidents.service, severity = incidents.severity, language = incidents.language
    FROM incidents WHERE call_log.call = NEW.id AND incidents.id = NEW.incident;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER call_log_goes_on AFTER UPDATE OF ended_at, outcome, incident ON calls
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.ended_at IS DISTINCT FROM OLD.ended_at OR NEW.outcome IS DISTINCT FROM OLD.outcome
          OR NEW.incident IS DISTINCT FROM OLD.incident)
    EXECUTE FUNCTION call_log_goes_on();

CREATE FUNCTION call_log_opens_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE call_log SET incident = COALESCE(incident, NEW.id), institution = COALESCE(NEW.institution, institution),
        institution_name = COALESCE(NEW.institution_name, institution_name),
        service = NEW.service, severity = NEW.severity, language = NEW.language
    WHERE call = NEW.call;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER call_log_opens_case AFTER INSERT ON incidents
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION call_log_opens_case();

CREATE FUNCTION call_log_learns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE call_log SET institution = COALESCE(NEW.institution, institution),
        institution_name = COALESCE(NEW.institution_name, institution_name),
        service = NEW.service, severity = NEW.severity, language = NEW.language
    WHERE incident = NEW.id;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER call_log_learns
    AFTER UPDATE OF institution, institution_name, service, severity, language ON incidents
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.institution IS DISTINCT FROM OLD.institution OR NEW.institution_name IS DISTINCT FROM OLD.institution_name
          OR NEW.service IS DISTINCT FROM OLD.service OR NEW.severity IS DISTINCT FROM OLD.severity
          OR NEW.language IS DISTINCT FROM OLD.language)
    EXECUTE FUNCTION call_log_learns();

CREATE FUNCTION call_log_calls_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE call_log SET person = NEW.person, incident = COALESCE(call_log.incident, NEW.incident),
        institution = incidents.institution, institution_name = incidents.institution_name,
        service = incidents.service, severity = incidents.severity
    FROM incidents WHERE call_log.call = NEW.call AND incidents.id = NEW.incident;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER call_log_calls_person AFTER INSERT ON dialogues
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION call_log_calls_person();
