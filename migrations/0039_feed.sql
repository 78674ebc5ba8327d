-- The event feed: all committed changes in one order, for everybody who follows them.
--
-- A change adds its row to `feed_pending` in its own transaction. Afterwards committed rows are moved to `feed` under an
-- advisory lock, and only then get their positions. So positions become visible in ascending order, and a reader that
-- continues after the last position that it saw misses nothing. A sequence cannot promise that: its numbers are drawn
-- before the commit, and a reader passes over a number whose transaction is still open.
create table feed_pending (
    -- Ascending within a ticket, whose row every writer locks.
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('ticket', 'availability', 'notification')),
    -- Of a ticket: the entry of its history. Of a notification: the notification. Of an availability: an id of its own.
    event_id uuid not null,
    -- The ticket, the agent, or the person who is notified.
    subject_id uuid not null,
    -- Of a ticket: its version after the change.
    version bigint,
    at timestamptz not null
)
-- Rows stay here for milliseconds: without frequent cleaning each reader would step over the remains of all of them.
with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_threshold = 1000000);

create table feed (
    -- Microseconds since 1970 when it was given, or one more than the last: it grows, also after a backup was restored.
    position bigint primary key,
    kind text not null,
    event_id uuid not null,
    subject_id uuid not null,
    version bigint,
    at timestamptz not null
);

-- The beginning, so that there is always a last position. It is pruned like any other row.
insert into feed (position, kind, event_id, subject_id, at)
values (1, 'start', '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', now());
