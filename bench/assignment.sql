-- Fills an empty database for bench/assignment: :agents agents with capacity for :room tickets each, :past closed tickets,
-- ten active tickets for each agent when :held is 1, and :waiting unassigned tickets, each with its job.
-- psql -v agents=200 -v room=100 -v past=0 -v held=0 -v waiting=20000 -f bench/assignment.sql
select setseed(0.5);
-- Foreign keys hold by construction.
set session_replication_role = replica;

insert into users (id, first_name, last_name, email, phone_number, role, language, timezone, password_hash, active, created_at, updated_at)
select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'F' || n, 'L' || n, 'p' || n || '@example.com', '+254700000000',
    case when n <= :agents then 'support' else 'customer' end, 'en', (array['UTC', 'Africa/Nairobi', 'America/New_York'])[1 + n % 3],
    '', true, now(), now()
from generate_series(1, :agents + 1000) n;

-- A tenth are seniors; half have shifts, which cover the whole week so that the hour of the run does not matter.
insert into agents (user_id, department, specializations, languages, level, shift_schedule, availability, availability_updated_at, max_concurrent_tickets)
select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, (array['technical', 'billing', 'general', 'complaints'])[1 + n % 4],
    array[(array['payments', 'accounts', 'bookings', 'bug reports', 'refunds'])[1 + n / 4 % 5]], array[(array['en', 'sw', 'fr'])[1 + n / 20 % 3]],
    case when n % 10 = 9 then 2 else 1 end,
    case when n % 2 = 0 then '[]' else (select jsonb_agg(jsonb_build_object('day', day, 'start', '00:00', 'end', '00:00'))
        from unnest(array['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']) day) end,
    'available', now(), :room
from generate_series(1, :agents) n;

insert into tickets (id, number, customer_id, assigned_to, subject, description, category, priority, status, department,
    language, tags, attachments, policy, escalation_level, reopened_count, version, created_at, updated_at, assigned_at, resolved_at, closed_at)
select (lpad(to_hex((extract(epoch from made) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid,
    'TKT-' || extract(epoch from made)::bigint || '-' || lpad(n::text, 9, '0'),
    ('00000000-0000-7000-8000-' || lpad(to_hex(:agents + 1 + n % 1000), 12, '0'))::uuid,
    case when kind <> 'waiting' then ('00000000-0000-7000-8000-' || lpad(to_hex(1 + n % :agents), 12, '0'))::uuid end,
    'Help ' || n, 'Please.', (array['payment', 'technical', 'general', 'complaint'])[1 + n % 4],
    (array['low', 'medium', 'medium', 'high', 'urgent'])[1 + (random() * 4)::int],
    case kind when 'past' then 'closed' when 'held' then 'in_progress' else 'open' end,
    (array['billing', 'technical', 'general', 'complaints'])[1 + n % 4], (array['en', 'sw', 'fr'])[1 + n % 3], '{}', '[]',
    '{"name": "standard", "firstResponseMinutes": 60, "nextResponseMinutes": null, "resolutionMinutes": 1440, "pauseWhenWaiting": true, "atRiskPercent": 80}',
    0, 0, 1, made, made, case when kind <> 'waiting' then made end, case when kind = 'past' then made end, case when kind = 'past' then made end
from (
    select n, kind, date_trunc('milliseconds', now() - case kind when 'past' then interval '3 years' else interval '1 hour' end * (1.1 - n::float8 / (:past + :agents * 10 * :held + :waiting))) as made
    from (
        select n, case when n <= :past then 'past' when n <= :past + :agents * 10 * :held then 'held' else 'waiting' end as kind
        from generate_series(1, :past + :agents * 10 * :held + :waiting) n
    ) kinds
) new;
select setval('ticket_sequence', :past + :agents * 10 * :held + :waiting);

insert into sla_clocks (ticket_id, metric, cycle, started_at, target_minutes, at_risk_percent, paused_micros, warn_at, due_at, next_at)
select id, metric, 0, created_at, 1440, 80, 0, created_at + interval '20 hours', created_at + interval '1 day', created_at + interval '20 hours'
from tickets, (values ('first_response'), ('resolution')) as metrics (metric) where status = 'open';

-- In the order in which they were opened.
insert into jobs (queue, lane, payload, priority, state, run_at, max_attempts, created_at)
select 'assignment', 'workers', jsonb_build_object('job', 'assign_ticket', 'ticket', id), 10, 'ready', created_at, 10, created_at
from tickets where status = 'open' order by created_at, id;

vacuum analyze;
