-- What GET /support/tickets/{id} reads: session, ticket, mention, clocks, people and messages.
\set n random(1, :tickets)
with caller as materialized (
    select u.id, u.role, u.role = any('{support,admin}') as is_staff from users u
    where u.id = ADMIN::uuid and u.active and exists (
        select from sessions s where s.id = SESSION::uuid and s.user_id = u.id and s.revoked_at is null)),
t as materialized (select * from tickets where id = (select id from bench_tickets where n = :n))
select caller.role, exists (select from note_mentions n where n.user_id = caller.id and n.ticket_id = t.id), thread.messages, to_json(t),
    (select json_agg(c) from sla_clocks c where c.ticket_id = t.id),
    (select json_agg(p) from users p where p.id = any(array[t.customer_id, t.assigned_to] || thread.people))
from caller cross join t cross join lateral (
    select json_agg(m order by m.created_at, m.position) as messages, array_agg(m.sender_id) || array_agg(m.redacted_by) as people
    from (select * from messages where ticket_id = t.id and (not is_internal or caller.is_staff) order by created_at, position limit 100) m) as thread;
