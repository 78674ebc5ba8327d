-- What a message writes: the message, its words, the ticket, its history with the feed, and a job.
\set c random(1, :opens)
\set a random(1, 5000)
\set b random(1, 5000)
begin;
select u.role from users u join sessions s on s.user_id = u.id where u.id = ADMIN::uuid and u.active and s.id = SESSION::uuid and s.revoked_at is null;
select * from tickets where id = (select id from bench_open where n = :c) for update \gset t_
select * from sla_clocks where ticket_id = :t_id::uuid order by metric, cycle;
insert into messages (id, ticket_id, sender_id, sender_type, body, attachments, is_internal, created_at)
select gen_random_uuid(), :t_id::uuid, ADMIN, 'admin', string_agg('w' || (k * :a % 5000), ' '), '[]', false, now()
from generate_series(1, 40) k returning id as message \gset
with text as (
    insert into text_words (id, ticket_id, is_internal, words, said)
    select :message::uuid, :t_id::uuid, false, to_tsvector('simple', string_agg('w' || (k * :a % 5000), ' ')), string_agg('w' || (k * :a % 5000), ' ')
    from generate_series(1, 40) k),
last as materialized (select part, bucket from ticket_search where ticket_id = :t_id::uuid order by part desc limit 1)
update ticket_search s set words = s.words || added.words, bytes = pg_column_size(s.words || added.words)
from last cross join lateral (
    select array_to_tsvector(array_agg(last.bucket || '.w' || (k * :a % 5000)) || array_agg(last.bucket || ',w' || (k * :a % 5000) || ' w' || (k * :b % 5000))) as words
    from generate_series(1, 40) k) added
where s.ticket_id = :t_id::uuid and s.part = last.part;
update tickets set version = version + 1, updated_at = now(), first_response_at = coalesce(first_response_at, now()) where id = :t_id::uuid;
with written as (
    insert into ticket_events (id, ticket_id, at, actor_id, actor_role, what, is_public)
    values (gen_random_uuid(), :t_id::uuid, now(), ADMIN, 'admin', '{"type": "replied"}', true) returning id)
insert into feed_pending (kind, event_id, subject_id, version, at) select 'ticket', id, :t_id::uuid, 1, now() from written;
insert into jobs (queue, lane, payload, priority, state, run_at, max_attempts, created_at)
values ('notify', 'workers', '{"job": "plan_notifications", "event": "00000000-0000-7000-8000-000000000000"}', 0, 'ready', now(), 12, now());
commit;
