-- no-transaction
-- Requesters whose address begins with a text (GET /support/customers).
create index concurrently customers_by_address on users (lower(email) text_pattern_ops)
    where role in ('customer', 'technician', 'corporate');
