-- Holding a queue back while the one on its other side (a mail server) is away or asks for less, for all workers
-- at once. The instants are of the application's clock, as `run_at` is.
alter table queue_control
    -- Nothing of it is handed out until then.
    add column held_until timestamptz,
    add column held_because text,
    -- Troubles in a row. From the first until all is well again one job at a time is handed out, to see.
    add column failures integer not null default 0,
    -- That job: it may run although the queue is held.
    add column probe bigint;

-- Room on a page is of use to updates that change no indexed column. Each change of a job changes its state, by which
-- all indexes are kept: none of 190 000 updates found a use for it, and the table was larger by a seventh.
alter table jobs set (fillfactor = 100);
