-- Ten thousand text messages that wait: 100 breaches of each of the agents' tickets, as they are planned.
-- psql -f bench/live_texts.sql
set session_replication_role = replica;
create temp table breaches as
select gen_random_uuid() as event, gen_random_uuid() as notification, id as ticket, assigned_to as agent
from tickets, generate_series(1, 100) where assigned_to is not null;
insert into ticket_events (id, ticket_id, at, what, is_public)
select event, ticket, now(), '{"type": "sla_breached", "metric": "resolution", "cycle": 0, "late": false}', true from breaches;
insert into notifications (id, event_id, user_id, channel, template, status, attempts, created_at)
select notification, event, agent, 'sms', 'sla_breached', 'pending', 0, now() from breaches;
-- The trigger wakes the workers.
set session_replication_role = origin;
insert into jobs (queue, lane, payload, priority, state, run_at, max_attempts, created_at)
select 'sms', 'workers', jsonb_build_object('job', 'deliver_sms', 'notification', notification), 0, 'ready', now(), 12, now() from breaches;
