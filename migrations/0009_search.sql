-- Full-text search: the words of tickets, cut and folded by the program itself, so that reference numbers,
-- accents and languages are treated alike in texts and in searches.

-- Which words a ticket has, wherever they stand.
create table ticket_words (
    ticket_id uuid primary key references tickets,
    -- Of its public texts.
    words tsvector not null,
    -- Of these and of its internal notes; null while there are none.
    all_words tsvector
);
-- GET /tickets?q= of requesters and of staff.
create index ticket_words_public on ticket_words using gin (words) with (gin_pending_list_limit = 512);
create index ticket_words_all on ticket_words using gin (coalesce(all_words, words)) with (gin_pending_list_limit = 512);

-- Where they stand: a row for each text, which is the ticket (number, subject, tags and description) or a message.
create table text_words (
    id uuid primary key,
    ticket_id uuid not null references tickets,
    is_internal boolean not null,
    words tsvector not null
);
-- GET /tickets?q=: phrases, ranks, and the messages to quote, of tickets that have the words.
create index text_words_of_ticket on text_words (ticket_id);
