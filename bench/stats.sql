-- Fills an empty database with :tickets tickets of three years, as the statistics read them: 200 agents, clocks, and histories
-- with assignments, transfers, replies, resolutions and reopenings. A fortieth of them is active. No texts are indexed.
-- psql -v tickets=1000000 -f bench/stats.sql
select setseed(0.5);
-- Foreign keys hold by construction.
set session_replication_role = replica;

insert into users (id, first_name, last_name, email, phone_number, role, language, timezone, password_hash, active, created_at, updated_at)
select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'F' || n, 'L' || n, 'p' || n || '@example.com', '+254700000000',
    case when n <= 200 then 'support' else 'customer' end, 'en', 'UTC', '', true, now(), now()
from generate_series(1, 200 + greatest(1, :tickets / 20)) n;

insert into tickets (id, number, customer_id, assigned_to, subject, description, category, priority, status, department,
    language, tags, attachments, policy, escalation_level, reopened_count, version, created_at, updated_at, assigned_at,
    first_response_at, resolved_at, closed_at, resolved_for, rating, rated_for)
select
    (lpad(to_hex((extract(epoch from made) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid,
    'TKT-' || extract(epoch from made)::bigint || '-' || lpad(n::text, 6, '0'),
    ('00000000-0000-7000-8000-' || lpad(to_hex(201 + n % greatest(1, :tickets / 20)), 12, '0'))::uuid, agent,
    'Subject', 'Description',
    (array['payment', 'technical', 'general', 'account', 'booking', 'billing'])[1 + (random() * 5)::int],
    (array['low', 'medium', 'medium', 'high', 'urgent'])[1 + (random() * 4)::int],
    status, (array['billing', 'technical', 'general', 'technical'])[1 + (random() * 3)::int], 'en', '{}', '[]',
    '{"name": "standard", "firstResponseMinutes": 60, "nextResponseMinutes": null, "resolutionMinutes": 1440, "pauseWhenWaiting": true, "atRiskPercent": 80}',
    0, case when n % 20 = 0 then 1 else 0 end, 1, made, made, made,
    made + response, case when status = 'closed' then made + resolution end, case when status = 'closed' then made + resolution end,
    case when status = 'closed' then agent end,
    case when status = 'closed' and n % 3 = 0 then 1 + (random() * 4)::int end, case when status = 'closed' and n % 3 = 0 then agent end
from (
    select n, date_trunc('milliseconds', now() - interval '3 years' * (1 - n::float8 / :tickets)) as made,
        case when n % 40 <> 0 then 'closed' else (array['assigned', 'in_progress', 'waiting_customer'])[1 + n / 40 % 3] end as status,
        ('00000000-0000-7000-8000-' || lpad(to_hex(1 + (random() * 199)::int), 12, '0'))::uuid as agent,
        interval '1 minute' * (1 + 60 * power(random(), 2)) as response,
        interval '1 minute' * (70 + 2900 * power(random(), 2)) as resolution
    from generate_series(1, :tickets) n
) new;

insert into sla_clocks (ticket_id, metric, cycle, started_at, target_minutes, at_risk_percent, paused_micros, warn_at, due_at, stopped_at, breached_at)
select id, metric, 0, created_at, target, 80, 0, created_at, due, stopped, case when coalesce(stopped, updated_at) > due then due end
from (
    select id, metric, target, created_at, updated_at, created_at + interval '1 minute' * target as due,
        case metric when 'resolution' then resolved_at else first_response_at end as stopped
    from tickets, (values ('first_response', 45), ('resolution', 1440)) as metrics (metric, target)
) clocks;

insert into ticket_events (id, ticket_id, at, actor_id, actor_role, what, is_public)
select gen_random_uuid(), id, at, actor, 'support', what, true
from tickets
cross join lateral (values
    (created_at, customer_id, '{"type": "created"}'::jsonb),
    (created_at, null, jsonb_build_object('type', 'assigned', 'from', null, 'to', case when reopened_count > 0 then customer_id else assigned_to end)),
    (first_response_at, assigned_to, '{"type": "message_added", "message": "00000000-0000-7000-8000-000000000000"}'),
    (case when reopened_count > 0 then first_response_at end, null, jsonb_build_object('type', 'assigned', 'from', customer_id, 'to', assigned_to)),
    (case when reopened_count > 0 then first_response_at end, null, '{"type": "resolved", "byClosing": false}'),
    (case when reopened_count > 0 then first_response_at + interval '5 minutes' end, null, '{"type": "reopened", "reason": "It came back."}'),
    (resolved_at, assigned_to, '{"type": "resolved", "byClosing": true}')
) as entries (at, actor, what)
where at is not null
order by at;

vacuum analyze;
