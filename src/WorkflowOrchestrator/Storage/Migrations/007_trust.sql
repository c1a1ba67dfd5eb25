-- The order in which updates reached the documents: the ids are in the order of planning, and a held update may wait for days.
ALTER TABLE update_plan ADD COLUMN applied_seq INTEGER;
ALTER TABLE update_plan ADD COLUMN applied_at INTEGER;
ALTER TABLE update_plan ADD COLUMN edited_by TEXT;   -- who changed the planned text before approving it
UPDATE update_plan SET applied_seq = rowid, applied_at = state_at WHERE state IN ('Applied', 'Undone');
CREATE INDEX update_plan_applied_seq ON update_plan(applied_seq) WHERE applied_seq IS NOT NULL;
CREATE INDEX update_plan_applied_at ON update_plan(applied_at) WHERE applied_at IS NOT NULL;

-- What a person thinks of a change as it stands. OpenSpec has no such state.
CREATE TABLE change_approval (
    change_id TEXT PRIMARY KEY,
    revision  TEXT NOT NULL,            -- what was looked at; it counts while this is the revision on disk
    state     TEXT NOT NULL CHECK (state IN ('Approved', 'ChangesRequested')),
    by        TEXT NOT NULL,
    reason    TEXT,
    at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What an update made necessary elsewhere.
CREATE TABLE follow_up (
    id            INTEGER PRIMARY KEY,
    update_id     TEXT NOT NULL REFERENCES update_plan(id),
    change_id     TEXT NOT NULL,        -- where it is
    path          TEXT NOT NULL,
    line          INTEGER NOT NULL,
    quote         TEXT NOT NULL,
    why           TEXT NOT NULL,
    question_id   TEXT,                 -- the question that was asked about it
    follow_update TEXT,                 -- or the update that was planned for it
    at            INTEGER NOT NULL
) STRICT;

CREATE INDEX follow_up_update ON follow_up(update_id);
CREATE INDEX follow_up_change ON follow_up(change_id, id);
