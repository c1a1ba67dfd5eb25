-- How many findings were shown as advice because people of this repository dismiss their rule: the effect of their verdicts.
CREATE TABLE quieted_finding (
    rule_id TEXT PRIMARY KEY,
    count   INTEGER NOT NULL
) STRICT;
