-- The index of the search, whose rows hold what is found and not where it stands: nothing is cut off, and a
-- message is added to the last part of its ticket without a look at the others. `ticket_words` remains for the
-- release before, which knows no other index.
create table ticket_search (
    ticket_id uuid not null references tickets,
    part integer not null,
    -- The place of the ticket in the order of creation, divided by 16384. Each lexeme begins with it, so that
    -- the index is read from the newest tickets on, and no further than a page needs.
    bucket integer not null,
    -- The size of the words, uncompressed.
    bytes integer not null,
    -- Lexemes of words, of two words side by side, of the title, and of who may see the ticket:
    -- shared/domain/src/tickets/search/index.rs has their forms.
    words tsvector not null,
    primary key (ticket_id, part)
);
-- GET /tickets?q= and GET /tickets/suggest.
create index ticket_search_words on ticket_search using gin (words) with (gin_pending_list_limit = 512);

-- The words of a text with a space before and after each, for phrases of three words and more. Null in rows of the
-- release before.
alter table text_words add column said text;

-- Tickets that the release before has changed: they are indexed again.
create table search_stale (ticket_id uuid primary key references tickets);

create function search_mark_stale() returns trigger language plpgsql as $$
begin
    insert into search_stale (ticket_id) values (case tg_op when 'INSERT' then new.ticket_id else old.ticket_id end)
    on conflict do nothing;
    return null;
end
$$;
create trigger text_words_of_before after insert on text_words
    for each row when (new.said is null) execute function search_mark_stale();
-- This release indexes the ticket again itself, and removes the mark.
create trigger text_words_removed after delete on text_words
    for each row execute function search_mark_stale();

-- The lexeme of a person who may see a ticket; of nobody, for tickets that no agent has.
create function search_seen_by(bucket integer, who uuid) returns text language sql immutable parallel safe as $$
    select bucket || '@' || coalesce(replace(who::text, '-', ''), '0')
$$;

-- Who may see a ticket, besides admins, and whether it is active. More people may be named than may see it, never fewer: a search reads the
-- ticket itself as well.
create function search_seen_by_all(ticket uuid, bucket integer) returns text[] language sql stable as $$
    select array(
        select search_seen_by(bucket, customer_id) from tickets where id = ticket
        union select search_seen_by(bucket, assigned_to) from tickets where id = ticket
        union select search_seen_by(bucket, n.user_id)
            from messages m join note_mentions n on n.message_id = m.id where m.ticket_id = ticket and m.is_internal
        union select bucket || '!' from tickets where id = ticket and status not in ('resolved', 'closed')
    )
$$;

create function search_ticket_changed() returns trigger language plpgsql as $$
begin
    update ticket_search set words = ts_delete(words, array[bucket || '!', search_seen_by(bucket, null)])
        || array_to_tsvector(array[search_seen_by(bucket, new.assigned_to)]
            || case when new.status in ('resolved', 'closed') then '{}' else array[bucket || '!'] end)
    where ticket_id = new.id and part = 0;
    return null;
end
$$;
create trigger tickets_search_changed after update of assigned_to, status on tickets
    for each row when (old.assigned_to is distinct from new.assigned_to
        or (old.status in ('resolved', 'closed')) <> (new.status in ('resolved', 'closed')))
    execute function search_ticket_changed();

create function search_mentioned() returns trigger language plpgsql as $$
begin
    update ticket_search set words = words || array_to_tsvector(array[search_seen_by(bucket, new.user_id)])
    where ticket_id = new.ticket_id and part = 0;
    return null;
end
$$;
create trigger note_mentions_search_mentioned after insert on note_mentions
    for each row execute function search_mentioned();
