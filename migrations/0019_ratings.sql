-- A rating stays, and counts for whom it was given, until the customer rates a later resolution: whoever resolves
-- a ticket anew cannot make it disappear.
alter table tickets
    -- Who held the ticket at the resolution that was rated.
    add rated_for uuid references users,
    -- Which resolution that was: how often the ticket had been reopened by then.
    add rated_cycle integer;
update tickets set rated_for = resolved_for,
    rated_cycle = reopened_count - case when status in ('resolved', 'closed') then 0 else 1 end
where rating is not null;
-- An agent's stars.
create index tickets_rated_for on tickets (rated_for) where rated_for is not null;

-- As before, and whom the rating is for; the release before writes no `rated_for`.
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
    else false end as is_compliant,
    case when rating is not null then coalesce(rated_for, resolved_for) end as rated_for
from tickets;
