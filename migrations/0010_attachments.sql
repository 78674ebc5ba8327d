-- Uploads: what is known of each. Their bytes lie where ATTACHMENTS_URL says, under the id.

create table attachments (
    id uuid primary key,
    uploader_id uuid not null references users,
    -- Without anything that is no part of a name.
    file_name text not null,
    -- Found from the bytes.
    content_type text not null,
    size bigint not null,
    created_at timestamptz not null,
    -- The row is there before the bytes, so that no bytes are ever without one. Until it has this, it is nobody's.
    stored_at timestamptz,
    -- What it hangs on, once and for ever: a ticket, and there a message, if it did not come with the ticket itself.
    -- Checked at the commit: an upload is taken before what it is taken for is written.
    ticket_id uuid references tickets deferrable initially deferred,
    message_id uuid references messages deferrable initially deferred,
    -- Nobody may have it any more, and its bytes are being deleted.
    given_up boolean not null default false,
    check (message_id is null or ticket_id is not null),
    check (ticket_id is null or (stored_at is not null and not given_up))
);
-- give_up
create index attachments_waiting on attachments (created_at, id) where ticket_id is null;
-- count_waiting
create index attachments_waiting_of_uploader on attachments (uploader_id) where ticket_id is null and not given_up;
