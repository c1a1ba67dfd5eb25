-- Questions that mean the same, why questions ended, what was put before the human, and how agents did. Times are Unix milliseconds (UTC).
ALTER TABLE question ADD COLUMN same_as TEXT REFERENCES question(id);   -- the question whose answer serves this one too; only that one is routed
ALTER TABLE question ADD COLUMN sketch TEXT;                            -- equal for questions that can mean the same; NULL: cannot be judged
ALTER TABLE question ADD COLUMN end_reason TEXT;                        -- why it was withdrawn, dismissed or expired
ALTER TABLE question ADD COLUMN dismissed_by TEXT;                      -- who said that it needs no answer
ALTER TABLE question ADD COLUMN shown_at INTEGER;                       -- when it was first put before a person
ALTER TABLE question ADD COLUMN scope TEXT GENERATED ALWAYS AS (ifnull(change_id, '')) VIRTUAL;

DROP INDEX question_unrouted;
CREATE INDEX question_unrouted ON question(scope, priority DESC, id) WHERE same_as IS NULL AND (status = 'Open' OR route_again = 1);
CREATE INDEX question_sketch ON question(sketch, scope, id) WHERE sketch IS NOT NULL;
CREATE INDEX question_same_as ON question(same_as) WHERE same_as IS NOT NULL;
CREATE INDEX question_shown ON question(shown_at) WHERE shown_at IS NOT NULL;

-- A person said that this answer is wrong; it is kept, never accepted again by itself.
ALTER TABLE answer ADD COLUMN rejected INTEGER NOT NULL DEFAULT 0;
ALTER TABLE answer ADD COLUMN stated REAL;                              -- the confidence that the agent itself gave; confidence is what experience made of it

-- How an agent did with a kind of question. The counts fade with time, so that a repaired agent is trusted again; they are as of the time 'at'.
CREATE TABLE agent_record (
    agent_id TEXT NOT NULL,
    kind     TEXT NOT NULL,             -- of question
    accepted REAL NOT NULL DEFAULT 0,
    rejected REAL NOT NULL DEFAULT 0,
    silent   REAL NOT NULL DEFAULT 0,   -- too late, failed, or did not know
    at       INTEGER NOT NULL,
    PRIMARY KEY (agent_id, kind)
) STRICT, WITHOUT ROWID;

-- How often answers that an agent was about so sure of were right.
CREATE TABLE agent_calibration (
    agent_id TEXT NOT NULL,
    bin      INTEGER NOT NULL,          -- stated confidence in tenths, 0 to 9
    correct  INTEGER NOT NULL DEFAULT 0,
    wrong    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (agent_id, bin)
) STRICT, WITHOUT ROWID;

-- Notices to the person outside of this program, until they are delivered or given up.
CREATE TABLE notice (
    id       INTEGER PRIMARY KEY,
    channel  TEXT NOT NULL,             -- command or webhook
    body     TEXT NOT NULL,             -- JSON
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at   INTEGER NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('Waiting', 'Delivered', 'GivenUp')),
    problem  TEXT
) STRICT;

CREATE INDEX notice_due ON notice(due_at) WHERE state = 'Waiting';
