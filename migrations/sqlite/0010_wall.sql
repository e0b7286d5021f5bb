-- The wall asks for the calls in progress every few seconds, among all there ever were.
CREATE INDEX calls_in_progress ON calls (answered_at, id) WHERE ended_at IS NULL;
