-- Notifications on every channel: what people chose, what is told together, and what they see in the app.

insert into queue_control (queue, depth) values ('push', 50), ('sms', 50);

-- Choices that differ from the defaults. A kind of notification without a row has its default.
create table notification_preferences (
    user_id uuid not null references users (id),
    template text not null,
    channel text not null check (channel in ('email', 'push', 'sms')),
    enabled boolean not null,
    primary key (user_id, template, channel)
);

-- Weekly periods, in the person's time zone, in which only the urgent is told.
create table quiet_hours (
    user_id uuid primary key references users (id),
    -- As shifts: [{"day": "mon", "start": "22:00", "end": "07:00"}].
    periods jsonb not null
);

-- What a person is told in the app.
create table in_app_notifications (
    -- Begins with the time, by which old ones are found (the job `prune`).
    id uuid primary key,
    -- The order of the list.
    position bigint not null generated always as identity,
    event_id uuid not null references ticket_events (id),
    ticket_id uuid not null references tickets (id),
    user_id uuid not null references users (id),
    template text not null,
    created_at timestamptz not null,
    read_at timestamptz,
    -- An event is told once, however often it is planned.
    unique (event_id, user_id)
);

-- The notifications of a person, newest first (GET /notifications).
create index in_app_of_person on in_app_notifications (user_id, position);

-- Those that are not read yet (GET /notifications?unread=true, the count, PUT /notifications/read-all).
create index in_app_unread on in_app_notifications (user_id, position) where read_at is null;

-- The time in which notifications of a kind are counted, for each person and channel: after some, further ones are gathered.
create table gathering_windows (
    user_id uuid not null references users (id),
    channel text not null,
    template text not null,
    until timestamptz not null,
    -- Notifications in it.
    told integer not null,
    primary key (user_id, channel, template)
);

-- Windows that are over (the job `prune`).
create index gathering_windows_over on gathering_windows (until);

-- Notifications that one message tells.
create table digests (
    id uuid primary key,
    user_id uuid not null references users (id),
    channel text not null,
    -- What quiet hours held back has a digest of its own, which is due when they end.
    quiet boolean not null,
    -- gathering: it grows until it is due. closed: its entries are fixed, and it is being delivered.
    status text not null check (status in ('gathering', 'closed', 'sent', 'dropped', 'failed')),
    due_at timestamptz not null,
    attempts integer not null default 0,
    last_error text,
    created_at timestamptz not null,
    sent_at timestamptz
);

-- One digest of each kind grows at a time, for each person and channel (planning).
create unique index digests_gathering on digests (user_id, channel, quiet) where status = 'gathering';

-- Digests that are not over (the job `prune` looks for those that nobody delivers).
create index digests_open on digests (due_at) where status in ('gathering', 'closed');

-- The notifications of a digest. They are not a column of `notifications`, which has many rows.
create table digest_entries (
    digest_id uuid not null references digests (id),
    notification_id uuid not null references notifications (id),
    primary key (digest_id, notification_id)
);

-- The digest of a notification (delivery).
create unique index digest_entries_once on digest_entries (notification_id);

-- Addresses and numbers that providers refuse for good. They are tried again once in a while, and not in between.
create table undeliverable (
    channel text not null check (channel in ('email', 'push', 'sms')),
    -- Of e-mail, in lower case.
    address text not null,
    -- Refusals in a row.
    failures integer not null,
    since timestamptz not null,
    -- Nothing is sent before.
    retry_at timestamptz not null,
    primary key (channel, address)
);
