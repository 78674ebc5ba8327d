-- Messages that were redacted: the text is empty then, and no file is left. The place stays in the thread.
alter table messages
    add column redacted_at timestamptz,
    add column redacted_by uuid;
alter table messages add constraint messages_redacted_by_fkey foreign key (redacted_by) references users not valid;
