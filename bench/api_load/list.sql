-- The page of GET /support/tickets?status=in_progress&limit=20, without its total.
select * from tickets t where t.status = 'in_progress' order by t.created_at desc, t.id desc limit 21;
