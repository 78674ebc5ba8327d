-- The ledger of jobs. The row is the job and its lock; Redis carries hints that name rows.

create table jobs (
    id bigint generated always as identity primary key,
    queue text not null,
    -- Who runs it: the workers, or whoever enqueued it, in its own process.
    lane text not null,
    -- Job, as JSON with its tag.
    payload jsonb not null,
    priority smallint not null,
    -- Of jobs with the same key only one waits or runs at a time.
    unique_key text,
    state text not null check (state in ('ready', 'sent', 'running', 'done', 'dead', 'cancelled')),
    -- By the clock of the application, as created_at and finished_at are.
    run_at timestamptz not null,
    -- By the clock of the database: when a job that was handed out counts as lost.
    lease_until timestamptz,
    -- Grows with each claim of a job that runs outside of a transaction: only the holder of the
    -- latest may record what became of it.
    lease_token bigint not null default 0,
    attempt integer not null default 0,
    max_attempts integer not null,
    -- How often it was handed out since its last outcome.
    dispatches integer not null default 0,
    -- How many runs in a row began and never came to an outcome: what kills its process shows here.
    interruptions integer not null default 0,
    last_error text,
    created_at timestamptz not null,
    finished_at timestamptz
) with (
    -- A row changes twice or thrice in its short life: leave room for that on its page, and sweep
    -- up behind it before the claim has to step over many dead rows.
    fillfactor = 80,
    autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_insert_scale_factor = 0.05,
    autovacuum_analyze_scale_factor = 0.05,
    autovacuum_vacuum_cost_delay = 0
);
-- The relay's claim: what is due of a queue, in the order in which it is to be run.
create index jobs_ready on jobs (queue, priority desc, run_at, id) where state = 'ready' and lane = 'workers';
-- What a process runs itself, in order.
create index jobs_own on jobs (run_at, id) where state = 'ready' and lane = 'own';
-- The rescue of what was handed out and not heard of again.
create index jobs_leased on jobs (lease_until) where state in ('sent', 'running');
-- Enqueue: one at a time of those that are the same.
create unique index jobs_unique_key on jobs (unique_key, lane) where unique_key is not null and state in ('ready', 'sent', 'running');
-- The prune of what is done.
create index jobs_done on jobs (finished_at) where state = 'done';
-- The dead letters, newest first.
create index jobs_dead on jobs (finished_at desc, id desc) where state = 'dead';

-- What can be said about a queue while the system runs. A queue without a row is not paused.
create table queue_control (
    queue text primary key,
    paused boolean not null default false,
    -- How many hints may lie in Redis. So few that a queue is through with them before their
    -- lease is over, and so few that priorities count; never 8 000, which apalis-redis cannot take.
    depth integer not null check (depth between 1 and 2000)
);
insert into queue_control (queue, depth) values
    ('assignment', 500), ('sweeps', 20), ('notify', 500), ('email', 200), ('bulk', 20);

-- A notification in every insert costs most of the throughput of commits, so that there is one
-- only for a queue whose relays sleep. Unlogged: after a crash of the server the relays write it anew.
create unlogged table relay_asleep (
    queue text primary key,
    asleep boolean not null
);

create function jobs_wake_relay() returns trigger language plpgsql as $$
begin
    if exists (select from fresh join relay_asleep using (queue) where asleep and lane = 'workers') then
        perform pg_notify('jobs', '');
    end if;
    return null;
end
$$;
create trigger jobs_wake_relay after insert on jobs
    referencing new table as fresh for each statement execute function jobs_wake_relay();
