-- Changes and their revisions; the event log. Times are Unix milliseconds (UTC).
CREATE TABLE change (
    id          TEXT PRIMARY KEY,
    revision    TEXT NOT NULL,              -- hash of the revision on disk now (or last seen)
    present     INTEGER NOT NULL,           -- 1: in openspec/changes; 0: archived, deleted, or the folder is away
    gone        TEXT,                       -- why it is not present: Archived, Renamed, Deleted, Emptied, RootAway, Announced
    gone_detail TEXT,                       -- archived or renamed as what; why the folder is away
    problems    TEXT NOT NULL DEFAULT '[]', -- JSON: files that were not read, and why
    first_seen  INTEGER NOT NULL,
    last_seen   INTEGER NOT NULL
) STRICT;

CREATE TABLE revision (
    change_id   TEXT NOT NULL REFERENCES change(id),
    hash        TEXT NOT NULL,
    origin      TEXT NOT NULL CHECK (origin IN ('Human', 'Daemon')),
    stage       TEXT NOT NULL,
    reason      TEXT,                       -- why it is parked or waits
    attempts    INTEGER NOT NULL DEFAULT 0, -- failed attempts at the present stage
    detected_at INTEGER NOT NULL,
    stage_at    INTEGER NOT NULL,
    PRIMARY KEY (change_id, hash)
) STRICT;

CREATE INDEX revision_stage ON revision(stage);

CREATE TABLE event (
    id        INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    type      TEXT NOT NULL,
    change_id TEXT,
    revision  TEXT,
    subject   TEXT,
    data      TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE INDEX event_change ON event(change_id, id);
CREATE INDEX event_type ON event(type, id);
