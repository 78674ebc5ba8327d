-- What a new ticket writes: the ticket, its clocks, its words, its history with the feed, and its jobs.
\set c random(1, :opens)
\set a random(1, 5000)
\set b random(1, 5000)
begin;
select u.role from users u join sessions s on s.user_id = u.id where u.id = ADMIN::uuid and u.active and s.id = SESSION::uuid and s.revoked_at is null;
select id, first_name, last_name, email, role, language, timezone, active from users where id = (select customer_id from bench_open where n = :c);
select policy from sla_policies order by position;
insert into tickets (id, number, customer_id, subject, description, category, priority, status, department, language, tags, attachments, policy,
    escalation_level, reopened_count, version, created_at, updated_at, next_due_at)
select gen_random_uuid(), 'TKT-' || extract(epoch from now())::bigint || '-' || nextval('ticket_sequence'), customer_id,
    'common w' || :a || ' w' || :b, (select string_agg('w' || (k * :a % 5000), ' ') from generate_series(1, 40) k), 'technical', 'medium', 'open', 'technical', 'en', '{}', '[]',
    '{"name": "standard", "firstResponseMinutes": 60, "nextResponseMinutes": null, "resolutionMinutes": 1440, "pauseWhenWaiting": true, "atRiskPercent": 80}',
    0, 0, 1, now(), now(), now() + interval '1 hour'
from bench_open where n = :c returning id as ticket, customer_id as customer \gset
with text as (
    insert into text_words (id, ticket_id, is_internal, words, said)
    select :ticket::uuid, :ticket::uuid, false, to_tsvector('simple', string_agg('w' || (k * :a % 5000), ' ')), string_agg('w' || (k * :a % 5000), ' ')
    from generate_series(1, 40) k)
insert into ticket_search (ticket_id, part, bucket, bytes, words)
select :ticket::uuid, 0, 6, 1600, array_to_tsvector(array_agg('6.w' || (k * :a % 5000)) || array_agg('6,w' || (k * :a % 5000) || ' w' || (k * :b % 5000))
    || array['6@0', '6!', '6-', '6@' || replace(:customer::text, '-', '')])
from generate_series(1, 40) k;
insert into sla_clocks (ticket_id, metric, cycle, started_at, target_minutes, at_risk_percent, paused_micros, warn_at, due_at, next_at)
select :ticket::uuid, metric, 1, now(), 60, 80, 0, now() + interval '48 minutes', now() + interval '1 hour', now() + interval '48 minutes'
from (values ('first_response'), ('resolution')) as metrics (metric);
with written as (
    insert into ticket_events (id, ticket_id, at, actor_id, actor_role, what, is_public)
    values (gen_random_uuid(), :ticket::uuid, now(), ADMIN, 'admin', '{"type": "created"}', true) returning id)
insert into feed_pending (kind, event_id, subject_id, version, at) select 'ticket', id, :ticket::uuid, 1, now() from written;
insert into jobs (queue, lane, payload, priority, state, run_at, max_attempts, created_at)
values ('notify', 'workers', '{"job": "plan_notifications", "event": "00000000-0000-7000-8000-000000000000"}', 0, 'ready', now(), 12, now()),
    ('assignment', 'workers', '{"job": "assign_ticket", "ticket": "00000000-0000-7000-8000-000000000000"}', 0, 'ready', now(), 12, now());
select t.*, (select json_agg(c) from sla_clocks c where c.ticket_id = t.id), (select json_agg(p) from users p where p.id = t.customer_id)
from tickets t where t.id = :ticket::uuid;
commit;
