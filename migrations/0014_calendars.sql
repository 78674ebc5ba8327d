-- Business calendars and several warnings of a clock. The calendar is part of the policy that a ticket keeps.
-- A release before this one may run beside it: it leaves these columns at their defaults, which say what it does.

alter table sla_clocks
    -- The warnings after the first: [{percent, warn_at}], in order.
    add further_warnings jsonb not null default '[]',
    -- How many of them are on record.
    add further_warned integer not null default 0,
    -- The pauses that are over: [{from, to}]; measured again when another calendar comes into force.
    add pauses jsonb not null default '[]',
    -- The working time that was used when the clock stopped, so that no later calendar rewrites it. Null for
    -- what a release before this one stopped: all time counted.
    add used_micros bigint;

-- A clock is met exactly when no breach of it is on record, as answers say: a deadline that had passed before a
-- longer target came into force stays passed.
create or replace view ticket_figures as
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
    case when first_response_at is not null then
        greatest(floor(extract(epoch from first_response_at - created_at) * 1000), 0)::bigint
    end as response_millis,
    case when status in ('resolved', 'closed') and resolved_at is not null then
        greatest(floor(extract(epoch from resolved_at - created_at) * 1000), 0)::bigint
    end as resolution_millis,
    -- Resolved with both clocks met, each in its latest cycle.
    case when status in ('resolved', 'closed') then
        coalesce((
            select stopped_at is not null and breached_at is null from sla_clocks
            where ticket_id = tickets.id and metric = 'first_response'
            order by cycle desc limit 1
        ), false)
        and coalesce((
            select stopped_at is not null and breached_at is null from sla_clocks
            where ticket_id = tickets.id and metric = 'resolution'
            order by cycle desc limit 1
        ), false)
    else false end as is_compliant
from tickets;

-- What that changes is counted anew.
insert into stats_dirty (bucket)
select distinct date_bin('15 minutes', t.created_at, timestamptz 'epoch')
from sla_clocks c join tickets t on t.id = c.ticket_id
where c.breached_at is not null and c.stopped_at <= c.due_at;
