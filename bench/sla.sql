-- Adds :tickets open tickets that are not due for days, with two clocks each. 200 agents have 20 of them each, the
-- others are unassigned.
-- psql -v tickets=100000 -v first=1 -f bench/sla.sql
set session_replication_role = replica;
insert into users (id, first_name, last_name, email, phone_number, role, language, timezone, password_hash, active, created_at, updated_at)
select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'F' || n, 'L' || n, 'p' || n || '@example.com', '+254700000000',
    case when n <= 200 then 'support' else 'customer' end, 'en', 'UTC', '', true, now(), now()
from generate_series(1, 1000) n on conflict do nothing;
insert into agents (user_id, department, specializations, languages, level, shift_schedule, availability, availability_updated_at, max_concurrent_tickets)
select id, 'general', '{}', '{}', 1 + (right(id::text, 1) < '4')::int, '[]', 'available', now(), 200 from users where role = 'support' on conflict do nothing;
insert into tickets (id, number, customer_id, assigned_to, subject, description, category, priority, status, department,
    language, tags, attachments, policy, escalation_level, reopened_count, version, created_at, updated_at, assigned_at, next_due_at)
select ('00000000-0000-7001-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'TKT-' || n,
    ('00000000-0000-7000-8000-' || lpad(to_hex(201 + n % 800), 12, '0'))::uuid, case when n <= 4000 then ('00000000-0000-7000-8000-' || lpad(to_hex(1 + n % 200), 12, '0'))::uuid end,
    'Subject', 'Description', 'general', 'medium', 'in_progress', 'general', 'en', '{}', '[]',
    '{"name": "standard", "firstResponseMinutes": 60, "nextResponseMinutes": null, "resolutionMinutes": 14400, "pauseWhenWaiting": true, "atRiskPercent": 80}',
    0, 0, 1, now(), now(), now(), now() + interval '9 days'
from generate_series(:first, :first + :tickets - 1) n;
insert into sla_clocks (ticket_id, metric, cycle, started_at, target_minutes, at_risk_percent, paused_micros, warn_at, due_at, stopped_at, next_at)
select id, metric, 1, now(), 14400, 80, 0, now() + interval '8 days', now() + interval '10 days',
    case metric when 'first_response' then now() end, case metric when 'resolution' then now() + interval '8 days' + random() * interval '1 day' end
from tickets, (values ('first_response'), ('resolution')) as metrics (metric)
where number between 'TKT-' and 'TKT-a' and id >= ('00000000-0000-7001-8000-' || lpad(to_hex(:first::bigint), 12, '0'))::uuid;
