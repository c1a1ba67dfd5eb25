-- The journal of updates to documents. Times are Unix milliseconds (UTC); hashes are SHA-256 in lower-case hexadecimal.
CREATE TABLE update_plan (
    id              TEXT PRIMARY KEY,           -- sorts by the time of planning
    change_id       TEXT NOT NULL,
    revision        TEXT NOT NULL,              -- the plan was made from it
    state           TEXT NOT NULL CHECK (state IN ('Planned', 'Held', 'Journaled', 'BackedUp', 'Written', 'Applied',
                        'Refused', 'Superseded', 'Shadowed', 'Rejected', 'Withdrawn', 'Undone')),
    state_reason    TEXT,
    kinds           INTEGER NOT NULL,           -- flags of UpdateKinds
    reason          TEXT NOT NULL,              -- one line for people
    model           TEXT NOT NULL,
    question_ids    TEXT NOT NULL DEFAULT '[]', -- JSON array of strings
    edits           TEXT NOT NULL,              -- JSON: the plan's edits by document
    fingerprint     TEXT NOT NULL,              -- of change, revision and edits
    planned_at      INTEGER NOT NULL,
    state_at        INTEGER NOT NULL,
    decided_by      TEXT,                       -- who approved or rejected it
    new_revision    TEXT,                       -- the change's revision after it
    commit_hash     TEXT,
    commit_note     TEXT,                       -- why there is no commit, or what is not in it
    commit_attempts INTEGER NOT NULL DEFAULT 0, -- counted before each attempt: from the first on a commit may exist
    undoes          TEXT REFERENCES update_plan(id),
    undone_by       TEXT REFERENCES update_plan(id)
) STRICT;

CREATE INDEX update_plan_change ON update_plan(change_id, id);
CREATE INDEX update_plan_unfinished ON update_plan(id) WHERE state IN ('Planned', 'Journaled', 'BackedUp', 'Written');
CREATE INDEX update_plan_fingerprint ON update_plan(fingerprint);

CREATE TABLE update_file (
    update_id     TEXT NOT NULL REFERENCES update_plan(id),
    position      INTEGER NOT NULL,             -- order of writing
    path          TEXT NOT NULL,                -- relative to the change's folder
    base_hash     TEXT,                         -- NULL: it did not exist
    new_hash      TEXT,                         -- NULL: it is deleted, or not known yet
    lines_added   INTEGER NOT NULL DEFAULT 0,
    lines_removed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (update_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX update_file_path ON update_file(path);

-- Documents before and after updates, by content: what recovery, undo and diffs are made from.
CREATE TABLE document_blob (
    hash  TEXT PRIMARY KEY,
    bytes BLOB NOT NULL                         -- deflated
) STRICT, WITHOUT ROWID;
