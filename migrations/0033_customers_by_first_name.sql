-- no-transaction
-- Either name may be the first that somebody types (GET /support/customers).
create index concurrently customers_by_first_name on users (folded(first_name || ' ' || last_name) text_pattern_ops)
    where role in ('customer', 'technician', 'corporate');
