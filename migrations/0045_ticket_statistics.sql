-- Statistics from one row for each ticket: what the ticket counts for. Workers keep the rows by following the event feed, so
-- that a change costs what one ticket costs. The aggregates of a quarter of an hour (0005) had to be counted again as a whole
-- for each change, and held nearly as many rows: in a quarter of an hour few tickets have everything in common.
--
-- The release before reads and writes `stats_buckets`, `stats_ratings`, `stats_dirty` and `stats_freshness`. They go when no
-- release needs them; until then `roll_up_stats` marks in `stats_dirty` what that release has to count again.

-- The definition. `stats_tickets` has the same rows at rest, which `support stats verify` compares.
--
-- Durations are in milliseconds, and null where something has not happened.
create view stats_recount as
select
    tickets.id as ticket_id,
    tickets.created_at,
    tickets.assigned_to as agent_id,
    tickets.status,
    tickets.priority,
    tickets.category,
    tickets.department,
    -- `greatest` ignores nulls: the cases keep what has not happened apart from what took no time.
    case when tickets.first_response_at is not null then
        greatest(floor(extract(epoch from tickets.first_response_at - tickets.created_at) * 1000), 0)::bigint
    end as response_millis,
    case when tickets.status in ('resolved', 'closed') and tickets.resolved_at is not null then
        greatest(floor(extract(epoch from tickets.resolved_at - tickets.created_at) * 1000), 0)::bigint
    end as resolution_millis,
    -- Each clock counts in its latest cycle: 'met', 'breached' or 'running'.
    (
        select case when breached_at is not null then 'breached' when stopped_at is not null then 'met' else 'running' end
        from sla_clocks
        where sla_clocks.ticket_id = tickets.id and metric = 'first_response'
        order by cycle desc limit 1
    ) as response_clock,
    (
        select case when breached_at is not null then 'breached' when stopped_at is not null then 'met' else 'running' end
        from sla_clocks
        where sla_clocks.ticket_id = tickets.id and metric = 'resolution'
        order by cycle desc limit 1
    ) as resolution_clock,
    tickets.rating,
    -- Ratings from before 0019 do not say whom they rate.
    case when tickets.rating is not null then coalesce(tickets.rated_for, tickets.resolved_for) end as rated_for,
    -- Changes of the assignee from one agent to another, also where the ticket was unassigned in between.
    (
        select count(*) from (
            select what ->> 'to' as agent, lag(what ->> 'to') over (order by at, position) as agent_before
            from ticket_events
            where ticket_events.ticket_id = tickets.id
                and what ->> 'type' in ('assigned', 'escalated') and what ->> 'to' is not null
        ) as moves
        where agent <> agent_before
    ) as transfers,
    history.escalations,
    tickets.reopened_count as reopenings,
    -- Resolved for good with at most one public message of staff.
    tickets.status in ('resolved', 'closed') and tickets.reopened_count = 0 and history.replies <= 1 as is_one_touch,
    -- The periods in which the ticket was neither resolved nor closed, and the end of the last one.
    activity.active,
    case
        when upper_inf(activity.active) then 'infinity'
        else coalesce(upper(activity.active), tickets.created_at)
    end as active_until
from tickets
cross join lateral (
    select
        count(*) filter (where what ->> 'type' = 'escalated') as escalations,
        count(*) filter (
            where what ->> 'type' = 'message_added' and actor_id <> tickets.customer_id and at <= tickets.resolved_at
        ) as replies
    from ticket_events where ticket_events.ticket_id = tickets.id
) as history
cross join lateral (
    select coalesce(range_agg(tstzrange(begins, ends)) filter (where is_start), '{}'::tstzmultirange) as active
    from (
        select at as begins, lead(at) over (order by at, position) as ends, is_start
        from (
            select tickets.created_at as at, 0 as position, true as is_start
            union all
            select at, position, what ->> 'type' = 'reopened'
            from ticket_events
            where ticket_events.ticket_id = tickets.id and what ->> 'type' in ('resolved', 'reopened')
        ) as turns
    ) as periods
) as activity;

create table stats_tickets (
    ticket_id uuid primary key,
    created_at timestamptz not null,
    agent_id uuid,
    status text not null,
    priority text not null,
    category text not null,
    department text not null,
    response_millis bigint,
    resolution_millis bigint,
    response_clock text,
    resolution_clock text,
    rating smallint,
    rated_for uuid,
    transfers bigint not null,
    escalations bigint not null,
    reopenings integer not null,
    is_one_touch boolean not null,
    active tstzmultirange not null,
    active_until timestamptz not null
)
-- Room for the changes of a ticket's life beside its first row.
with (fillfactor = 80);

-- The tickets of a period (GET /stats and the reports below it).
create index stats_tickets_created on stats_tickets (created_at);

-- The tickets of an agent in a period (the same, with `agentId`).
create index stats_tickets_of_agent on stats_tickets (agent_id, created_at) where agent_id is not null;

-- The ratings of an agent in a period (GET /stats/satisfaction).
create index stats_tickets_rated on stats_tickets (rated_for, created_at) where rated_for is not null;

-- The tickets that were still active at an instant (GET /stats/backlog).
create index stats_tickets_active on stats_tickets (active_until);

-- How far the feed was followed: one row, which the roll-up locks.
create table stats_cursor (
    only_row boolean primary key default true check (only_row),
    position bigint not null,
    -- While all rows are computed anew: the greatest id of a ticket that was done. Null when they are complete.
    refilled_to uuid,
    -- Every change that was committed until this instant is counted; null before the rows were complete for the first time.
    as_of timestamptz
);

-- Tickets that are older than the table are read by the first roll-ups, in batches.
insert into stats_cursor (position, refilled_to)
select max(position), '00000000-0000-0000-0000-000000000000' from feed;
