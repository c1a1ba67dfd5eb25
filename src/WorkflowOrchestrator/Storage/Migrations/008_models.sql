-- What models have said. Times are Unix milliseconds (UTC); hashes are SHA-256 in lower-case hexadecimal.
CREATE TABLE model_answer (
    section    TEXT NOT NULL,                   -- hash of the section and of all else about it that the answer depends on
    prompt     TEXT NOT NULL,                   -- hash of the static prompt
    model      TEXT NOT NULL,
    parameters TEXT NOT NULL,                   -- temperature, limit, number of the sample
    kind       TEXT NOT NULL,                   -- name of the prompt
    answer     TEXT NOT NULL,                   -- as the model gave it
    at         INTEGER NOT NULL,
    PRIMARY KEY (section, prompt, model, parameters)
) STRICT;

CREATE INDEX model_answer_at ON model_answer(at);

-- Makes the delimiters of untrusted text in prompts; never leaves this file.
CREATE TABLE fence_secret (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    secret BLOB NOT NULL
) STRICT;

INSERT INTO fence_secret(one, secret) VALUES(1, randomblob(32));

-- New texts of requirements that a model drafted, and what became of them. A suggestion is shown and not written.
CREATE TABLE drafted_block (
    seq          INTEGER PRIMARY KEY,
    change_id    TEXT NOT NULL,
    path         TEXT NOT NULL,                 -- relative to the change's folder
    requirement  TEXT NOT NULL,
    inputs       TEXT NOT NULL,                 -- hash of the block, its findings, its answers and the prompts
    before_hash  TEXT NOT NULL,                 -- of the block's text
    after_hash   TEXT NOT NULL,
    text         TEXT NOT NULL,                 -- the new block; '' when there is none
    refusal      TEXT,                          -- why it is only a suggestion; NULL when it may be written
    model        TEXT NOT NULL,
    finding_ids  TEXT NOT NULL,                 -- JSON array
    question_ids TEXT NOT NULL,                 -- JSON array
    at           INTEGER NOT NULL,
    UNIQUE (change_id, path, requirement, inputs)
) STRICT;

-- How a review was made: JSON with reviewer, calls, answers from the store, sections without a usable answer, reason of a fallback.
ALTER TABLE review ADD COLUMN facts TEXT NOT NULL DEFAULT '{}';
