-- no-transaction
-- give_up: uploads that are to be deleted, however young they are.
create index concurrently attachments_given_up on attachments (id) where given_up;
