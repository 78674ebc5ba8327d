-- Lists of tickets at whatever number of tickets: an index for each order, and for filters that let few through
-- or are counted to the end.

-- The next deadline of a running clock; the end of time when none runs. Kept with the ticket, since an order
-- over all tickets cannot ask the clocks of each.
alter table tickets add next_due_at timestamptz not null default '9999-12-31 00:00:00+00';
update tickets t set next_due_at = c.due_at
from (select ticket_id, min(due_at) as due_at from sla_clocks where stopped_at is null and paused_at is null group by ticket_id) c
where c.ticket_id = t.id;

-- GET /tickets?sort=slaDue, updatedAt and priority, each way.
create index tickets_due on tickets (next_due_at, id);
create index tickets_changed on tickets (updated_at, id);
create index tickets_urgency on tickets (priority_rank, id);
-- GET /tickets?department= and tag=.
create index tickets_department on tickets (department);
create index tickets_tagged on tickets using gin (tags);
-- GET /tickets?sla=breached and at_risk.
create index sla_clocks_breached on sla_clocks (ticket_id) where breached_at is not null;
create index sla_clocks_running on sla_clocks (warn_at)
    where stopped_at is null and paused_at is null and breached_at is null;
