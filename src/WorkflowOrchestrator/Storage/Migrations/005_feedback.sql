-- What the feedback loop measured, one row an analysis.
CREATE TABLE analysis (
    id         INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    from_event INTEGER NOT NULL,   -- first event that was looked at
    to_event   INTEGER NOT NULL,   -- last event that was looked at
    report     TEXT NOT NULL       -- JSON of WorkReport
) STRICT;
