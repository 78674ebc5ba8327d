-- Statistics: aggregates that workers keep, so that no question about the past scans the tickets.
--
-- A bucket is a quarter of an hour of the tickets' creation, named by its first instant in UTC.
-- Every zone in use today has an offset of whole quarters, so that days of any zone are whole buckets.

-- What one ticket counts for. The roll-up and the recount that it is held against read the same
-- definition. Times are milliseconds; null where a ticket does not count for the mean.
create view ticket_figures as
select
    id,
    created_at,
    assigned_to,
    resolved_for,
    status,
    priority,
    category,
    department,
    rating,
    resolved_at,
    -- `greatest` passes over nulls: the cases keep what has not happened apart from what took no time.
    case when first_response_at is not null then
        greatest(floor(extract(epoch from first_response_at - created_at) * 1000), 0)::bigint
    end as response_millis,
    case when status in ('resolved', 'closed') and resolved_at is not null then
        greatest(floor(extract(epoch from resolved_at - created_at) * 1000), 0)::bigint
    end as resolution_millis,
    -- Resolved with both clocks met, each in its latest cycle.
    case when status in ('resolved', 'closed') then
        coalesce((
            select stopped_at <= due_at from sla_clocks
            where ticket_id = tickets.id and metric = 'first_response'
            order by cycle desc limit 1
        ), false)
        and coalesce((
            select stopped_at <= due_at from sla_clocks
            where ticket_id = tickets.id and metric = 'resolution'
            order by cycle desc limit 1
        ), false)
    else false end as is_compliant
from tickets;

-- The tickets of a bucket, by what they are at present and by who has them at present.
create table stats_buckets (
    bucket timestamptz not null,
    agent_id uuid,
    status text not null,
    priority text not null,
    category text not null,
    department text not null,
    total bigint not null,
    compliant bigint not null,
    response_count bigint not null,
    response_millis bigint not null,
    resolution_count bigint not null,
    resolution_millis bigint not null
);
-- Its rows are unique, and a period is a range of it. Tickets without an agent have one row as well.
create unique index stats_buckets_key
    on stats_buckets (bucket, agent_id, status, priority, category, department) nulls not distinct;

-- The ratings of a bucket's tickets, by who held them at resolution: not always who has them now.
create table stats_ratings (
    bucket timestamptz not null,
    agent_id uuid not null,
    rating_count bigint not null,
    rating_sum bigint not null,
    primary key (bucket, agent_id)
);

-- Buckets that have changed since they were counted. A row per change, and nothing unique about
-- the bucket: two requests that change tickets of the same quarter never wait for each other.
create table stats_dirty (
    id bigint generated always as identity primary key,
    bucket timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- The one row that says up to which instant every change has been counted; null before the first time.
create table stats_freshness (
    singleton boolean primary key default true check (singleton),
    as_of timestamptz
);
insert into stats_freshness default values;

-- An agent's day: the tickets that the agent resolved in it.
create index tickets_resolved_for on tickets (resolved_for, resolved_at) where resolved_for is not null;

-- Tickets that are older than the aggregates are counted by the first roll-up.
insert into stats_dirty (bucket)
select distinct date_bin('15 minutes', created_at, timestamptz 'epoch') from tickets;
