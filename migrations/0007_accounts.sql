-- Accounts: addresses that are confirmed, what their owners are told by mail, and people whom an
-- outside issuer knows.

alter table users
    -- When it was proved that whoever has the account reads what is sent to its address.
    add column email_confirmed_at timestamptz,
    -- Who vouches for a person who has no password here, and the name that the person has there.
    add column external_issuer text,
    add column external_subject text,
    add constraint users_external_whole check ((external_issuer is null) = (external_subject is null));
-- Sign-in by an outside issuer: each of its people is one account.
create unique index users_external_key on users (external_issuer, external_subject);

-- What happened to an account of which its owner is told by mail.
create table account_events (
    id uuid primary key,
    user_id uuid not null references users,
    kind text not null,
    -- Where the mail goes, which need not be the address that the account has now.
    address text not null,
    address_confirmed boolean not null,
    at timestamptz not null,
    -- Until when the mail's link is good, for those that have one. The link is made from the id
    -- with a secret that the database does not know: nothing here opens anything.
    expires_at timestamptz,
    -- When the link was used, or lost its meaning.
    spent_at timestamptz
);
-- The links of a person that are still good.
create index account_events_open on account_events (user_id) where expires_at is not null and spent_at is null;

-- Requests for a new password that nobody has looked at yet: whether the address is known is
-- found out by a job, so that the answer cannot tell it.
create table password_reset_requests (
    id uuid primary key,
    email text not null,
    at timestamptz not null
);

-- A notification tells of a ticket's event or of an account's.
alter table notifications
    alter column event_id drop not null,
    add column account_event_id uuid references account_events,
    -- When it was counted among the mails that an unconfirmed address may get.
    add column admitted_at timestamptz,
    add constraint notifications_one_source check (num_nonnulls(event_id, account_event_id) = 1);
create unique index notifications_once_of_account on notifications (account_event_id, user_id, channel);

-- Mails to addresses that are not confirmed, by the day (UTC).
create table unconfirmed_mail (
    address text not null,
    day date not null,
    mails integer not null,
    primary key (address, day)
);
