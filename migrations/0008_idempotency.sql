-- Answers that are kept under the `Idempotency-Key` of their request, so that a repeat gets the same
-- one. A row is written in the transaction of the work that it answers.

create table idempotency_keys (
    -- Who asked: a person, or the survey that a link belongs to. Not a foreign key: it is either.
    caller text not null,
    -- As the caller sent it.
    key text not null,
    -- SHA-256 of method, path and body: the same key must mean the same request.
    fingerprint bytea not null,
    status smallint not null,
    -- Pairs of name and value.
    headers jsonb not null,
    body bytea not null,
    created_at timestamptz not null,
    primary key (caller, key)
);
-- delete_before
create index idempotency_keys_by_age on idempotency_keys (created_at);
