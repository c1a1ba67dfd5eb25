-- The trace of the work on a revision, so that what is done days or restarts later hangs below the same root.
CREATE TABLE change_trace (
    change_id   TEXT NOT NULL,
    revision    TEXT NOT NULL,
    traceparent TEXT NOT NULL,               -- W3C trace context of the root span
    PRIMARY KEY (change_id, revision)
) STRICT, WITHOUT ROWID;
