-- Requesters are found by how their name, address or number begins (GET /support/customers).

-- A text without case and accents. Immutable, since indexes are built by it: what letters become is fixed.
create function folded(text) returns text
    language sql immutable parallel safe
    return lower(regexp_replace(normalize($1, nfkd), '[\u0300-\u036f]', '', 'g'));

-- Either name may be the first that somebody types.
create index customers_by_first_name on users (folded(first_name || ' ' || last_name) text_pattern_ops)
    where role in ('customer', 'technician', 'corporate');
create index customers_by_last_name on users (folded(last_name || ' ' || first_name) text_pattern_ops)
    where role in ('customer', 'technician', 'corporate');
create index customers_by_address on users (lower(email) text_pattern_ops)
    where role in ('customer', 'technician', 'corporate');
create index customers_by_number on users (phone_number text_pattern_ops)
    where role in ('customer', 'technician', 'corporate');
