-- People: accounts, what staff are known by, and the logins that are open.

create table users (
    id uuid primary key,
    email text not null,
    first_name text not null,
    last_name text not null,
    phone_number text not null,
    password_hash text not null,
    role text not null,
    language text not null,
    timezone text not null,
    active boolean not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
-- An address is one account, without regard to case.
create unique index users_email_key on users (lower(email));
create index users_of_role on users (role) where active and role in ('support', 'admin');

-- What staff are known by: one row for each agent and admin.
create table agents (
    user_id uuid primary key references users,
    employee_id text,
    department text not null,
    specializations text[] not null,
    languages text[] not null,
    level integer not null,
    shift_schedule jsonb not null,
    availability text not null,
    availability_updated_at timestamptz not null,
    max_concurrent_tickets integer not null check (max_concurrent_tickets >= 0),
    -- When automation last gave the agent a ticket: who has waited longest is next.
    last_assigned_at timestamptz
);
create unique index agents_employee_id_key on agents (lower(employee_id));

-- A login of one device. Its refresh tokens succeed each other; using a spent one revokes it.
create table sessions (
    id uuid primary key,
    user_id uuid not null references users,
    created_at timestamptz not null,
    revoked_at timestamptz
);
create index sessions_of_user on sessions (user_id);

create table refresh_tokens (
    -- SHA-256 of the token: the token itself is kept nowhere.
    hash bytea primary key,
    session_id uuid not null references sessions on delete cascade,
    expires_at timestamptz not null,
    spent_at timestamptz
);
create index refresh_tokens_of_session on refresh_tokens (session_id);
