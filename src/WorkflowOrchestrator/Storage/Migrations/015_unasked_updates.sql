-- How many updates were applied in the last hour without being asked for is counted for every update: from this index alone. 4 is UpdateKinds.ReviewReport.
CREATE INDEX update_plan_unasked ON update_plan(applied_at) WHERE applied_at IS NOT NULL AND decided_by IS NULL AND kinds <> 4;
