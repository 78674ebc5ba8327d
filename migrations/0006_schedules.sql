-- When the periodic jobs run: one row for each, and one for each time that it was due.

create table schedules (
    name text primary key,
    -- As it was configured by whoever started last: `every 15 s` or a cron expression.
    timing text not null,
    -- The next instant, null when there is none any more. In the past: it is due.
    next_run timestamptz
);

-- What was due and has been enqueued. The key is what makes any number of schedulers safe, also
-- when a clock is set back.
create table ticks (
    schedule text not null references schedules,
    due_at timestamptz not null,
    fired_at timestamptz not null,
    primary key (schedule, due_at)
);
