-- Every page of the dashboard, and every list of changes, counts the updates that wait for a person: few among many.
CREATE INDEX update_plan_held ON update_plan(change_id, id) WHERE state = 'Held';
