-- What was measured, in windows: an hour, later a day, later a week.
CREATE TABLE metric_window (
    grain   TEXT NOT NULL CHECK (grain IN ('hour', 'day', 'week')),
    start   INTEGER NOT NULL,           -- first millisecond of the window, UTC
    metric  TEXT NOT NULL,
    label   TEXT NOT NULL,
    count   INTEGER NOT NULL,
    sum     REAL NOT NULL,
    maximum REAL NOT NULL,
    PRIMARY KEY (grain, start, metric, label)
) STRICT, WITHOUT ROWID;

CREATE TABLE metric_cursor (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    event INTEGER NOT NULL              -- the last event that is in the windows
) STRICT;

INSERT INTO metric_cursor(id, event) VALUES(1, 0);

-- What the feedback loop proposed. A row is written before its change is.
CREATE TABLE improvement (
    id            TEXT PRIMARY KEY,     -- also the name of its OpenSpec change
    fingerprint   TEXT NOT NULL,        -- of what it proposes: the same idea is not proposed twice
    kind          TEXT NOT NULL,
    title         TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('Proposed', 'Waiting', 'Trying', 'Guarded', 'Kept', 'Reverted', 'Dropped', 'Rejected')),
    reason        TEXT,                 -- why it is in this state, with the numbers
    tunable       TEXT,                 -- NULL: a proposal for people
    from_value    REAL,
    to_value      REAL,
    expected_gain REAL NOT NULL,
    measured_gain REAL,
    environment   TEXT NOT NULL,        -- fingerprint of what measurements depend on
    update_id     TEXT,                 -- the update that writes, or last wrote, its change
    written       INTEGER NOT NULL DEFAULT 0, -- 1: the verdict is in the change; 2: the change is archived
    approved_by   TEXT,
    created_at    INTEGER NOT NULL,
    state_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX improvement_fingerprint ON improvement(fingerprint, state);

-- Every change of a tunable, in order; the values in force are a fold over it.
CREATE TABLE tunable_change (
    seq         INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    tunable     TEXT NOT NULL,
    from_value  REAL NOT NULL,
    to_value    REAL,                   -- NULL: back to the setting of the user
    improvement TEXT,
    why         TEXT NOT NULL,
    settled     INTEGER NOT NULL        -- 0: under guard, taken back when the process dies
) STRICT;

-- One row a run of the daemon; a run without an end was ended by force.
CREATE TABLE daemon_run (
    seq        INTEGER PRIMARY KEY,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT;
