-- Full-text search: the words of each part of a ticket, cut and folded by the program itself, so that
-- reference numbers, accents and languages are treated alike in texts and in queries.

create table ticket_words (
    -- The ticket (its number, subject, tags and description), or one of its messages.
    part uuid primary key,
    ticket_id uuid not null references tickets,
    is_internal boolean not null,
    words tsvector not null
);
-- GET /tickets?q=: which tickets have a word.
create index ticket_words_found on ticket_words using gin (words) with (gin_pending_list_limit = 512);
-- GET /tickets?q=: whether a ticket has a word, its rank, and the messages to quote.
create index ticket_words_of_ticket on ticket_words (ticket_id);
