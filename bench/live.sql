-- The people and tickets of bench/live: 100 agents, 5 000 customers, and a session for each. Person n is p<n>@example.com,
-- ticket n belongs to customer 100 + n. The tickets 1 to 100 are assigned to the agents, 101 to 150 are unassigned and wait
-- for their customers, so that all agents see them and nothing assigns them.
-- psql -f bench/live.sql
set session_replication_role = replica;
insert into users (id, first_name, last_name, email, phone_number, role, language, timezone, password_hash, active, created_at, updated_at, email_confirmed_at)
select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'F' || n, 'L' || n, 'p' || n || '@example.com', '+2547' || lpad(n::text, 8, '0'),
    case when n <= 100 then 'support' else 'customer' end, 'en', 'UTC', '', true, now(), now(), now()
from generate_series(1, 5100) n;
insert into sessions (id, user_id, created_at) select id, id, now() from users;
insert into agents (user_id, department, specializations, languages, level, shift_schedule, availability, availability_updated_at, max_concurrent_tickets)
select id, 'general', '{}', '{}', 1, '[]', 'available', now(), 200 from users where role = 'support';
insert into tickets (id, number, customer_id, assigned_to, subject, description, category, priority, status, department,
    language, tags, attachments, policy, escalation_level, reopened_count, version, created_at, updated_at, assigned_at, waiting_since, next_due_at)
select ('00000000-0000-7001-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'TKT-' || extract(epoch from now())::bigint || '-' || lpad(n::text, 6, '0'),
    ('00000000-0000-7000-8000-' || lpad(to_hex(100 + n), 12, '0'))::uuid, case when n <= 100 then ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid end,
    'The booking fails', repeat('It fails at the last page. ', 20), 'general', 'urgent', case when n <= 100 then 'in_progress' else 'waiting_customer' end, 'general', 'en', '{}', '[]',
    '{"name": "standard", "firstResponseMinutes": 60, "nextResponseMinutes": null, "resolutionMinutes": 14400, "pauseWhenWaiting": true, "atRiskPercent": 80}',
    0, 0, 1, now(), now(), case when n <= 100 then now() end, case when n > 100 then now() end, now() + interval '9 days'
from generate_series(1, 150) n;
insert into sla_clocks (ticket_id, metric, cycle, started_at, target_minutes, at_risk_percent, paused_micros, warn_at, due_at, stopped_at, next_at)
select id, metric, 0, now(), 14400, 80, 0, now() + interval '8 days', now() + interval '10 days',
    case metric when 'first_response' then now() end, case metric when 'resolution' then now() + interval '8 days' end
from tickets, (values ('first_response'), ('resolution')) as metrics (metric);
select setval('ticket_sequence', 1000);
vacuum analyze;
