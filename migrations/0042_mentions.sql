-- Whom an internal note mentions. A mention lets an agent read the ticket, whoever has it.
create table note_mentions (
    message_id uuid not null references messages,
    user_id uuid not null references users,
    ticket_id uuid not null references tickets,
    primary key (message_id, user_id)
);
-- GET /tickets of an agent, and whether an agent may see one ticket.
create index note_mentions_of_user on note_mentions (user_id, ticket_id);
