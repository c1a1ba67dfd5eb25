-- Findings as they stood at each reviewed revision: open, dismissed, and those of earlier revisions that were fixed.
CREATE TABLE finding (
    change_id   TEXT NOT NULL,
    revision    TEXT NOT NULL,
    id          TEXT NOT NULL,
    position    INTEGER NOT NULL,           -- order of the reviewer
    rule_id     TEXT NOT NULL,
    severity    TEXT NOT NULL CHECK (severity IN ('Advice', 'Warning', 'Error')),
    status      TEXT NOT NULL CHECK (status IN ('Open', 'Fixed', 'Dismissed')),
    path        TEXT NOT NULL,              -- relative to the change folder; '' = the change as a whole
    line        INTEGER,
    quote       TEXT NOT NULL,
    message     TEXT NOT NULL,
    suggestion  TEXT,
    capability  TEXT,
    requirement TEXT,
    question    TEXT,                       -- JSON: Text, Options, Default
    PRIMARY KEY (change_id, revision, id),
    FOREIGN KEY (change_id, revision) REFERENCES revision(change_id, hash)
) STRICT;

-- Which revisions were reviewed, in order; also those without findings.
CREATE TABLE review (
    seq         INTEGER PRIMARY KEY,
    change_id   TEXT NOT NULL,
    revision    TEXT NOT NULL,
    reviewer    TEXT NOT NULL,
    ungrounded  INTEGER NOT NULL,           -- findings dropped because their quote was not in the text
    UNIQUE (change_id, revision),
    FOREIGN KEY (change_id, revision) REFERENCES revision(change_id, hash)
) STRICT;

CREATE INDEX finding_id ON finding(change_id, id);
CREATE INDEX finding_rule ON finding(rule_id, status);
