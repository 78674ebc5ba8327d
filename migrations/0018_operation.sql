-- Who serves what at this moment. Each process says by the clock of the database that it is there; who
-- has not for a while is gone, however it went. Unlogged: after a crash of the server all say it anew.
create unlogged table processes (
    id uuid primary key,
    -- api, worker, scheduler.
    roles text[] not null,
    -- The queues that its workers serve.
    queues text[] not null,
    seen_at timestamptz not null
);

-- The trace that a job belongs to (W3C Trace Context), where the request or job before it had one.
alter table jobs add column traceparent text;
