-- Sketches are the first 16 digits of what they were: their index is written at a random place with every ask, so its size is what an ask costs.
UPDATE question SET sketch = substr(sketch, 1, 16) WHERE sketch IS NOT NULL;

-- The first question of a conversation names it; only those that follow are looked for by it.
DROP INDEX question_conversation;
CREATE INDEX question_conversation ON question(conversation_id, id) WHERE conversation_id <> id;

-- Proposals that came of a sketch are known by it: the same is not proposed twice.
UPDATE improvement SET fingerprint = kind || ' ' || substr(fingerprint, length(kind) + 2, 16) WHERE kind IN ('glossary', 'missing_spec');
