-- Fills an empty database with :tickets tickets of three years, as fast as SQL can: 200 agents, a customer for
-- each twenty tickets, two messages each, clocks, words for the search. A fortieth of them is active.
-- psql -v tickets=1000000 -f bench/seed.sql
select setseed(0.5);
-- Foreign keys hold by construction.
set session_replication_role = replica;

-- Word frequencies as in natural text: few words are frequent, most are rare. Each text has the word "common"; the
-- 5 000th word is rare.
create temp table texts as
select n as id, 'common ' || string_agg('w' || ceil(5000 * power(random(), 4)), ' ') as body
from generate_series(1, 20000) n, generate_series(1, 40) k
group by n;
alter table texts add words tsvector;
update texts set words = to_tsvector('simple', body);
create index on texts (id);

insert into users (id, first_name, last_name, email, phone_number, role, language, timezone, password_hash, active, created_at, updated_at)
select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'F' || n, 'L' || n, 'p' || n || '@example.com', '+254700000000',
    case when n <= 200 then 'support' else 'customer' end, 'en', 'UTC', '', true, now(), now()
from generate_series(1, 200 + greatest(1, :tickets / 20)) n;

insert into tickets (id, number, customer_id, assigned_to, subject, description, category, priority, status, department,
    language, tags, attachments, policy, escalation_level, reopened_count, version, created_at, updated_at, assigned_at, resolved_at, closed_at)
select
    -- UUIDv7 of the row's instant.
    (lpad(to_hex((extract(epoch from made) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid,
    'TKT-' || extract(epoch from made)::bigint || '-' || lpad(n::text, 6, '0'),
    ('00000000-0000-7000-8000-' || lpad(to_hex(201 + n % greatest(1, :tickets / 20)), 12, '0'))::uuid,
    case when status <> 'open' then ('00000000-0000-7000-8000-' || lpad(to_hex(1 + n % 200), 12, '0'))::uuid end,
    substr(body, 1, 60), body,
    (array['payment', 'technical', 'general', 'account'])[1 + n % 4], (array['low', 'medium', 'medium', 'high', 'urgent'])[1 + n % 5],
    status, (array['billing', 'technical', 'general', 'technical'])[1 + n % 4],
    'en', case when n % 50 = 0 then array['vip'] else '{}' end, '[]',
    '{"name": "standard", "firstResponseMinutes": 60, "nextResponseMinutes": null, "resolutionMinutes": 1440, "pauseWhenWaiting": true, "atRiskPercent": 80}', 0, 0, 1, made, made + interval '1 hour',
    made, case when status = 'closed' then made + interval '1 hour' end, case when status = 'closed' then made + interval '1 day' end
from (
    select n, date_trunc('milliseconds', now() - interval '3 years' * (1 - n::float8 / :tickets)) as made,
        case when n % 40 <> 0 then 'closed' else (array['open', 'assigned', 'in_progress', 'waiting_customer'])[1 + n / 40 % 4] end as status,
        1 + (random() * 19999)::int as text
    from generate_series(1, :tickets) n
) new join texts on texts.id = new.text;
select setval('ticket_sequence', :tickets);

insert into messages (id, ticket_id, sender_id, sender_type, body, attachments, is_internal, created_at)
select gen_random_uuid(), t.id, t.customer_id, 'customer', texts.body, '[]', k = 2, t.created_at + k * interval '10 minutes'
from (select id, customer_id, created_at, k, 1 + (random() * 19999)::int as text from tickets, generate_series(1, 2) k) t
join texts on texts.id = t.text;

insert into text_words (id, ticket_id, is_internal, words)
select t.id, t.id, false, to_tsvector('simple', replace(t.number, '-', ' ')) || texts.words
from tickets t join texts on texts.body = t.description
union all
select m.id, m.ticket_id, m.is_internal, texts.words from messages m join texts on texts.body = m.body;

-- Building the full-text index at the end is faster than updating it on each insert.
select indexdef as public from pg_indexes where indexname = 'ticket_words_public' \gset
select indexdef as every from pg_indexes where indexname = 'ticket_words_all' \gset
drop index ticket_words_public, ticket_words_all;
insert into ticket_words (ticket_id, words, all_words)
select own.id, strip(own.words || said.words), strip(own.words || said.words || noted.words)
from text_words own
join text_words said on said.ticket_id = own.id and said.id <> own.id and not said.is_internal
join text_words noted on noted.ticket_id = own.id and noted.is_internal
where own.id = own.ticket_id;
:public;
:every;

insert into sla_clocks (ticket_id, metric, cycle, started_at, target_minutes, at_risk_percent, paused_micros, warn_at, due_at, stopped_at, next_at)
select id, metric, 0, created_at, 60, 80, 0, created_at + interval '48 minutes', created_at + interval '1 hour',
    case when status = 'closed' then created_at + interval '30 minutes' end,
    case when status <> 'closed' then created_at + interval '48 minutes' end
from tickets, (values ('first_response'), ('resolution')) as metrics (metric);

update tickets t set next_due_at = c.due_at
from (select ticket_id, min(due_at) as due_at from sla_clocks where stopped_at is null group by ticket_id) c
where c.ticket_id = t.id;

vacuum analyze;
