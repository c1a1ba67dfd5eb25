-- What most questions and events do not have (a change), or need only while they wait, is not kept in indexes: every ask and every event pays for each of them.
-- Equal questions have equal sketches, so a waiting one is found by that; only those without a sketch are found by their fingerprint. Follow-ups of updates,
-- which say themselves what makes them the same, have none from now on.
UPDATE question SET sketch = NULL WHERE asked_by = 'documents' AND revision IS NULL;
DROP INDEX question_revision;
DROP INDEX question_change;
DROP INDEX question_fingerprint;
DROP INDEX event_change;
CREATE INDEX question_revision ON question(change_id, revision) WHERE change_id IS NOT NULL;
CREATE INDEX question_change ON question(change_id, id) WHERE change_id IS NOT NULL;
CREATE INDEX question_waiting ON question(fingerprint, id) WHERE sketch IS NULL AND revision IS NULL AND status IN ('Open', 'Routing', 'AwaitingHuman');
CREATE INDEX question_answered ON question(fingerprint, id) WHERE status = 'Answered';
CREATE INDEX event_change ON event(change_id, id) WHERE change_id IS NOT NULL;

-- The inbox of the person in its order: it looks at the first of possibly very many, and often.
CREATE INDEX question_inbox ON question(shown_at IS NULL, revision IS NULL, priority DESC, id) WHERE status = 'AwaitingHuman' AND same_as IS NULL;
