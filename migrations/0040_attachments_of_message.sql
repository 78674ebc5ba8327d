-- no-transaction
-- give_up_of_message: the uploads of a message.
create index concurrently attachments_of_message on attachments (message_id) where message_id is not null;
