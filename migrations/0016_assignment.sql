-- Assignment among many agents, several tickets at a time.

-- How many rounds of the rotation the agent has had: whoever has had fewest is next. The last instant alone cannot
-- tell, since several tickets are given out at once.
alter table agents add turn bigint not null default 0;
-- staffed, and candidates of a desk.
create index agents_of_department on agents (department);
