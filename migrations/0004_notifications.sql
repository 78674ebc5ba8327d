-- Notifications: who is told of what, and whether they have been.

create table notifications (
    id uuid primary key,
    event_id uuid not null references ticket_events,
    user_id uuid not null references users,
    channel text not null,
    template text not null,
    -- pending, sent, failed (given up for now; sending it again is possible) or dropped (there was
    -- nothing to tell any more when it was about to be sent).
    status text not null,
    attempts integer not null,
    -- What stood in the way the last time.
    last_error text,
    created_at timestamptz not null,
    sent_at timestamptz
);
-- Each (event, person, channel) is one row, however often an event is planned.
create unique index notifications_once on notifications (event_id, user_id, channel);
