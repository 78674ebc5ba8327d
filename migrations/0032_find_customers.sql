-- Requesters are found by how their name, address or number begins (GET /support/customers).

-- A text without case and accents. Immutable, since indexes are built by it: what letters become is fixed.
create function folded(text) returns text
    language sql immutable parallel safe
    return lower(regexp_replace(normalize($1, nfkd), '[\u0300-\u036f]', '', 'g'));
