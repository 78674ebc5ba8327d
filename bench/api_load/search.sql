-- What GET /support/tickets?q= finds, for one word, without reading the tickets and quoting them.
\set word random(2000, 5000)
select f.ticket_id from generate_series((select last_value / 16384 from ticket_sequence)::integer, 0, -1) as b (bucket)
cross join lateral (
    select s.ticket_id from ticket_search s
    where s.words @@ replace('''#-'' & (''#.w' || :word || ''' | ''#~w' || :word || ''')', '#', b.bucket::text)::tsquery
    order by 1 desc) f
limit 10001;
