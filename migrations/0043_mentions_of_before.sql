-- Notes of before 0042: whoever was to be told of a mention was mentioned. In a file of its own: creating the table
-- locks the tables that it references against writers until its transaction ends.
insert into note_mentions (message_id, user_id, ticket_id)
select m.id, n.user_id, m.ticket_id
from notifications n
join ticket_events e on e.id = n.event_id
join messages m on m.id = (e.what->>'message')::uuid and m.is_internal
where n.template = 'mentioned'
on conflict do nothing;
