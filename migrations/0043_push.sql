-- Push messages: the key pair of this installation, the devices that people subscribed, what each device was sent, and
-- the push services that fail.

-- The key pair by which push services recognise us (VAPID): one row, made at first use and never changed, since every
-- subscription of a browser is bound to it. We sign with it, so that a hash of it would not do.
create table push_keys (
    only_row boolean primary key default true check (only_row),
    -- PKCS#8.
    private_key bytea not null,
    created_at timestamptz not null
);

-- A browser or an app of a person.
create table push_subscriptions (
    id uuid primary key,
    user_id uuid not null references users (id) on delete cascade,
    -- The login that made it, with which it goes; null for a person of an external issuer.
    session_id uuid references sessions (id) on delete cascade,
    kind text not null check (kind in ('web_push', 'fcm')),
    -- SHA-256 of the address or the token: a device has one row, that of the last person who registered it.
    hash bytea not null unique,
    -- The address at a push service, or the token of an app.
    address text not null,
    -- The keys that a browser gave: its public point, and the secret of the encryption.
    p256dh bytea,
    auth bytea,
    user_agent text not null,
    created_at timestamptz not null,
    -- When the device last registered.
    last_used_at timestamptz not null,
    check ((kind = 'web_push') = (p256dh is not null)),
    check ((p256dh is null) = (auth is null))
);

-- The devices of a person (a delivery, GET /notifications/push, and the cap).
create index push_subscriptions_of_user on push_subscriptions (user_id, last_used_at, id);

-- The devices of a login (its end).
create index push_subscriptions_of_session on push_subscriptions (session_id);

-- What became of a notification at a device. Committed right after the answer of the push service, so that a second run
-- repeats only what is open.
create table push_deliveries (
    notification_id uuid not null references notifications (id) on delete cascade,
    subscription_id uuid not null references push_subscriptions (id) on delete cascade,
    outcome text not null check (outcome in ('sent', 'failed', 'delayed')),
    at timestamptz not null,
    -- The earliest instant of the next attempt, where the push service asked for a pause.
    retry_at timestamptz,
    primary key (notification_id, subscription_id)
);

-- The deliveries of a subscription (the cascade).
create index push_deliveries_of_subscription on push_deliveries (subscription_id);

-- Old deliveries (the job `prune`).
create index push_deliveries_old on push_deliveries (at);

-- Push services that fail, by scheme, host and port. A row goes with the first success.
create table push_circuits (
    origin text primary key,
    -- Failures in a row.
    failures integer not null,
    -- The people whose devices it refused since it accepted a message, some of them: one person must not hold it.
    refused uuid[] not null default '{}',
    -- Nothing is sent there before this instant; null while there are too few failures.
    open_until timestamptz,
    -- The last failure, in words of our own.
    because text not null,
    updated_at timestamptz not null
);
