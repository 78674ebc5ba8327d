-- When a job was first due: `run_at` moves with each attempt that fails. The age of a delivery counts from here, so that
-- neither quiet hours nor a digest make it late. Null in rows of the release before.
alter table jobs add column due_at timestamptz;
