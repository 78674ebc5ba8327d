-- The foreign key of 0038, checked without keeping writers out.
alter table messages validate constraint messages_redacted_by_fkey;
