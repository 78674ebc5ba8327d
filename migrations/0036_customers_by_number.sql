-- no-transaction
-- Requesters whose telephone number begins with a text (GET /support/customers).
create index concurrently customers_by_number on users (phone_number text_pattern_ops)
    where role in ('customer', 'technician', 'corporate');
