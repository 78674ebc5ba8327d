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
alter table texts add words tsvector, add lexemes text[], add internal text[];
-- Lexemes as shared/domain/src/tickets/search/index.rs makes them: words, and each two that stand side by side.
update texts set words = to_tsvector('simple', body), lexemes = array(
    select '.' || word from unnest(string_to_array(body, ' ')) as word
    union select ',' || word || ' ' || next
    from (select word, lead(word) over (order by place) as next
          from unnest(string_to_array(body, ' ')) with ordinality as said (word, place)) pairs where next is not null);
update texts set internal = array(select translate(left(lexeme, 1), '.,', '~;') || substr(lexeme, 2) from unnest(lexemes) as lexeme);
create unique index on texts (id);
create unique index on texts (md5(body));
analyze texts;

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

insert into text_words (id, ticket_id, is_internal, words, said)
select t.id, t.id, false, to_tsvector('simple', replace(t.number, '-', ' ')) || texts.words,
    ' ' || lower(replace(t.number, '-', ' ')) || E' \n ' || t.subject || E' \n ' || texts.body || ' '
from tickets t join texts on md5(texts.body) = md5(t.description)
union all
select m.id, m.ticket_id, m.is_internal, texts.words, ' ' || texts.body || ' '
from messages m join texts on md5(texts.body) = md5(m.body);

-- Building the full-text index at the end is faster than updating it on each insert.
select indexdef as words from pg_indexes where indexname = 'ticket_search_words' \gset
drop index ticket_search_words;
insert into ticket_search (ticket_id, part, bucket, bytes, words)
select t.id, 0, t.bucket, 4000, array_to_tsvector(array(
    select distinct t.bucket || lexeme from (
        select unnest(own.lexemes || said.lexemes || noted.internal || array['-', '@' || replace(t.customer_id::text, '-', ''),
            '@' || coalesce(replace(t.assigned_to::text, '-', ''), '0')])
        union all select '.' || word from unnest(t.numbers) as word
        union all select ',' || t.numbers[n] || ' ' || t.numbers[n + 1] from generate_series(1, 2) n
        union all select '^' || word from unnest(t.title) as word
        union all select '<' || left(word, n) from unnest(t.title) as word, generate_series(1, least(8, length(word))) n
    ) as lexemes (lexeme)))
from (
    select t.*, split_part(number, '-', 3)::integer / 16384 as bucket, string_to_array(lower(number), '-') as numbers,
        string_to_array(trim(subject), ' ') || string_to_array(lower(number), '-') as title
    from tickets t order by created_at
) t
join texts own on md5(own.body) = md5(t.description)
join messages s on s.ticket_id = t.id and not s.is_internal join texts said on md5(said.body) = md5(s.body)
join messages i on i.ticket_id = t.id and i.is_internal join texts noted on md5(noted.body) = md5(i.body);
set maintenance_work_mem = '2GB';
:words;

insert into sla_clocks (ticket_id, metric, cycle, started_at, target_minutes, at_risk_percent, paused_micros, warn_at, due_at, stopped_at, next_at)
select id, metric, 0, created_at, 60, 80, 0, created_at + interval '48 minutes', created_at + interval '1 hour',
    case when status = 'closed' then created_at + interval '30 minutes' end,
    case when status <> 'closed' then created_at + interval '48 minutes' end
from tickets, (values ('first_response'), ('resolution')) as metrics (metric);

update tickets t set next_due_at = c.due_at
from (select ticket_id, min(due_at) as due_at from sla_clocks where stopped_at is null group by ticket_id) c
where c.ticket_id = t.id;

vacuum analyze;
