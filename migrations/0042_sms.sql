-- Text messages: what providers were given, and what they reported.

-- One message for each notification, and for each digest, on the channel: from its first attempt on.
create table sms_messages (
    -- The notification, or the digest: an id is never both.
    id uuid primary key,
    provider text not null,
    -- The telephone that it went to.
    number text not null,
    -- The segments of its text, which are what it costs.
    segments smallint not null,
    -- The provider's id; null until it is known.
    provider_id text,
    -- The last delivery report, and the provider's word for a failure.
    report text check (report in ('on_its_way', 'delivered', 'failed')),
    reason text,
    begun_at timestamptz not null,
    reported_at timestamptz,
    check ((report is null) = (reported_at is null))
);

-- The message that a report names (POST /notifications/sms/africas-talking/{token}). Not unique: a provider that gives
-- an id twice must not keep an outcome from being recorded.
create index sms_messages_named on sms_messages (provider, provider_id) where provider_id is not null;

-- Messages to a telephone in the last hour (the cap), and those without an id that a report may be about.
create index sms_messages_to on sms_messages (number, begun_at);

-- Messages begun long ago (the job `prune`).
create index sms_messages_begun on sms_messages (begun_at);

-- How many messages began on a day (UTC). Its row is the lock under which messages are counted.
create table sms_days (
    day date primary key,
    messages integer not null
);

-- A digest, too, may have been sent or not: nobody knows. It replaces the constraint of the file before, which no release
-- had.
alter table digests drop constraint digests_status_check;
alter table digests add constraint digests_status_known
    check (status in ('gathering', 'closed', 'sent', 'dropped', 'failed', 'unknown')) not valid;
