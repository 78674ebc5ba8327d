-- Whom an internal note mentions. A mention lets an agent read the ticket, whoever has it.
create table note_mentions (
    message_id uuid not null references messages,
    user_id uuid not null references users,
    ticket_id uuid not null references tickets,
    primary key (message_id, user_id)
);
-- GET /tickets of an agent, and whether an agent may see one ticket.
create index note_mentions_of_user on note_mentions (user_id, ticket_id);

-- Notes of before: whoever was to be told of a mention was mentioned.
insert into note_mentions (message_id, user_id, ticket_id)
select m.id, n.user_id, m.ticket_id
from notifications n
join ticket_events e on e.id = n.event_id
join messages m on m.id = (e.what->>'message')::uuid and m.is_internal
where n.template = 'mentioned'
on conflict do nothing;
