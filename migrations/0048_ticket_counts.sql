-- The number of tickets for each status, priority, category and department: totals of lists (GET /tickets) that would
-- otherwise count the table. It follows `stats_tickets`, which the roll-up alone writes, so that no request waits for it.
create table ticket_counts (
    status text not null,
    priority text not null,
    category text not null,
    department text not null,
    tickets bigint not null,
    primary key (status, priority, category, department)
);

create function ticket_counts_follow() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into ticket_counts as known
        select status, priority, category, department, count(*) from added group by 1, 2, 3, 4
        on conflict (status, priority, category, department) do update set tickets = known.tickets + excluded.tickets;
    elsif tg_op = 'DELETE' then
        insert into ticket_counts as known
        select status, priority, category, department, -count(*) from removed group by 1, 2, 3, 4
        on conflict (status, priority, category, department) do update set tickets = known.tickets + excluded.tickets;
    else
        insert into ticket_counts as known
        select status, priority, category, department, sum(one) from (
            select status, priority, category, department, 1 as one from added
            union all select status, priority, category, department, -1 from removed) as changed
        group by 1, 2, 3, 4 having sum(one) <> 0
        on conflict (status, priority, category, department) do update set tickets = known.tickets + excluded.tickets;
    end if;
    return null;
end
$$;

create trigger stats_tickets_added after insert on stats_tickets
    referencing new table as added for each statement execute function ticket_counts_follow();
create trigger stats_tickets_changed after update on stats_tickets
    referencing old table as removed new table as added for each statement execute function ticket_counts_follow();
create trigger stats_tickets_removed after delete on stats_tickets
    referencing old table as removed for each statement execute function ticket_counts_follow();

-- The triggers' lock is held until the end: nobody writes rows that are counted neither here nor by them.
insert into ticket_counts select status, priority, category, department, count(*) from stats_tickets group by 1, 2, 3, 4;
