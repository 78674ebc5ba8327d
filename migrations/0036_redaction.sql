-- Messages that were redacted: the text is empty then, and no file is left. The place stays in the thread.
alter table messages
    add redacted_at timestamptz,
    add redacted_by uuid references users;
-- give_up_of_message: the uploads of a message.
create index attachments_of_message on attachments (message_id) where message_id is not null;
-- give_up: uploads that are to be deleted, however young they are.
create index attachments_given_up on attachments (id) where given_up;
