-- no-transaction
-- Clocks that run, by their deadline, without a look at the rows (GET /support/tickets?sla=breached).
create index concurrently sla_clocks_late on sla_clocks (due_at, ticket_id)
    where stopped_at is null and paused_at is null;
