-- no-transaction
-- Either name may be the first that somebody types (GET /support/customers).
create index concurrently customers_by_last_name on users (folded(last_name || ' ' || first_name) text_pattern_ops)
    where role in ('customer', 'technician', 'corporate');
