-- Questions, their answers, and what was tried to find them. Times are Unix milliseconds (UTC).
CREATE TABLE question (
    id              TEXT PRIMARY KEY,           -- sorts by the time of asking
    change_id       TEXT,
    revision        TEXT,                       -- set for questions of the reviewer; they move along when a newer revision asks the same
    finding_id      TEXT,
    text            TEXT NOT NULL,
    context         TEXT NOT NULL DEFAULT '',
    options         TEXT NOT NULL DEFAULT '[]', -- JSON array of strings
    default_answer  TEXT,
    fingerprint     TEXT NOT NULL,
    status          TEXT NOT NULL CHECK (status IN ('Open', 'Routing', 'AwaitingHuman', 'Answered', 'Withdrawn', 'Expired')),
    asked_by        TEXT NOT NULL,
    agent_id        TEXT,                       -- the agent that the asker wants to hear
    conversation_id TEXT NOT NULL,              -- id of the conversation's first question unless the asker named one
    priority        INTEGER NOT NULL DEFAULT 0,
    agents_tried    INTEGER NOT NULL DEFAULT 0, -- 1: at least one agent was reached
    route_again     INTEGER NOT NULL DEFAULT 0, -- 1: waits for the human, but agents can be tried (again)
    asked_at        INTEGER NOT NULL,
    settled_at      INTEGER
) STRICT;

CREATE UNIQUE INDEX question_of_change ON question(change_id, fingerprint) WHERE revision IS NOT NULL;
CREATE INDEX question_revision ON question(change_id, revision);
CREATE INDEX question_change ON question(change_id, id);
CREATE INDEX question_status ON question(status, id);
CREATE INDEX question_fingerprint ON question(fingerprint);
CREATE INDEX question_conversation ON question(conversation_id, id);
CREATE INDEX question_unrouted ON question(priority DESC, id) WHERE status = 'Open' OR route_again = 1;

CREATE TABLE answer (
    id          TEXT PRIMARY KEY,               -- sorts by the time of answering
    question_id TEXT NOT NULL REFERENCES question(id),
    text        TEXT NOT NULL,
    answered_by TEXT NOT NULL,                  -- agent id, or 'human'; route tells whether it was said to this question
    route       TEXT NOT NULL,
    confidence  REAL NOT NULL,
    evidence    TEXT NOT NULL DEFAULT '[]',     -- JSON array of {path, line, quote, hash}
    at          INTEGER NOT NULL,
    accepted    INTEGER NOT NULL
) STRICT;

CREATE INDEX answer_question ON answer(question_id, id);
CREATE UNIQUE INDEX answer_accepted ON answer(question_id) WHERE accepted = 1;

CREATE TABLE route_attempt (
    id          INTEGER PRIMARY KEY,
    question_id TEXT NOT NULL REFERENCES question(id),
    route       TEXT NOT NULL,
    agent_id    TEXT,
    outcome     TEXT NOT NULL,                  -- Answered, LowConfidence, DoesNotKnow, Unavailable, Stale
    detail      TEXT,
    delay_ms    INTEGER NOT NULL,
    at          INTEGER NOT NULL
) STRICT;

CREATE INDEX route_attempt_question ON route_attempt(question_id);
