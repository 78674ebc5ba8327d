-- Outgoing webhooks: other systems that are told of changes, what each was told, and how they answered.

-- The addresses.
create table webhooks (
    id uuid primary key,
    url text not null,
    description text not null,
    -- The types that are sent; empty for all of them.
    events text[] not null,
    -- The key of the signatures. Both sides compute with it, so that a hash of it would not do.
    secret bytea not null,
    -- The key before the last rotation, which signs too until then.
    previous_secret bytea,
    previous_until timestamptz,
    -- Why it is disabled; null while it is enabled.
    disabled text check (disabled in ('by_admin', 'gone', 'failures')),
    disabled_at timestamptz,
    -- Only what the feed has after this position is sent: that since the endpoint was created or enabled.
    after_position bigint not null,
    -- Failures since the last success, the first of them, and until when nothing is sent because of them.
    failures integer not null default 0,
    first_failure_at timestamptz,
    open_until timestamptz,
    created_by uuid not null references users (id),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    check ((previous_secret is null) = (previous_until is null)),
    check ((disabled is null) = (disabled_at is null))
);

-- One event for one endpoint.
create table webhook_deliveries (
    -- The id that the receiver knows it by: the same at every attempt.
    id uuid primary key,
    webhook_id uuid not null references webhooks (id) on delete cascade,
    -- The entry of the feed; of a test, an id of its own.
    event_id uuid not null,
    type text not null,
    -- The ticket or the agent whose events stay in order.
    subject_id uuid not null,
    -- The place in the feed; of a test, zero.
    position bigint not null,
    -- What is sent: ids, numbers and words of our own, and no text that a person wrote.
    body text not null,
    status text not null check (status in ('waiting', 'sending', 'delivered', 'exhausted')),
    -- Asked for by an admin: it goes at once, outside of the order, and is tried once.
    by_hand boolean not null,
    -- Attempts in all, and failed ones since it began to wait.
    attempts integer not null default 0,
    failures integer not null default 0,
    -- The earliest instant of the next attempt.
    next_at timestamptz not null,
    created_at timestamptz not null,
    ended_at timestamptz,
    unique (webhook_id, event_id),
    check ((ended_at is not null) = (status in ('delivered', 'exhausted')))
);

-- The next deliveries of an endpoint that may begin (the planner).
create index webhook_deliveries_due on webhook_deliveries (webhook_id, next_at, position)
    where status = 'waiting' and not by_hand;

-- The same, of those that an admin asked for (the planner).
create index webhook_deliveries_by_hand on webhook_deliveries (webhook_id, next_at)
    where status = 'waiting' and by_hand;

-- The earlier events of a ticket that are not over, and the deliveries that are under way (the planner).
create index webhook_deliveries_open on webhook_deliveries (webhook_id, subject_id, position)
    where status in ('waiting', 'sending');

-- The log of an endpoint, newest first (GET /admin/webhooks/{id}/deliveries).
create index webhook_deliveries_log on webhook_deliveries (webhook_id, id);

-- Deliveries that ended long ago (the job `prune`).
create index webhook_deliveries_ended on webhook_deliveries (ended_at) where ended_at is not null;

-- The attempts, and how the receiver answered. They go with their delivery.
create table webhook_attempts (
    id bigint generated always as identity primary key,
    delivery_id uuid not null references webhook_deliveries (id) on delete cascade,
    at timestamptz not null,
    -- Null for a success.
    failure text,
    status_code smallint,
    -- Null where the duration would tell what is inside of our network.
    duration_ms integer,
    -- The beginning of the response, for admins.
    answer text
);

-- The attempts of a delivery, in order (GET /admin/webhooks/{id}/deliveries, and the cascade).
create index webhook_attempts_of on webhook_attempts (delivery_id, id);

-- How far the feed was turned into deliveries: one row, which the planner locks.
create table webhook_cursor (
    only_row boolean primary key default true check (only_row),
    position bigint not null
);

insert into webhook_cursor (position) select max(position) from feed;

insert into queue_control (queue, depth) values ('webhooks', 50);
