//! The SQL of the tickets that a search finds, newest first.
//!
//! The index is read from its newest bucket on and no further than the limit, so that a frequent word costs as much as a
//! rare one. Every bucket is asked for tickets of one part, which the index decides alone, and for the parts of those of
//! several, which are gathered. Whether the caller may see a ticket that the index finds is decided by the ticket itself.

use crate::tickets::list::store::{COUNTED, List};
use domain::ids::{TicketId, UserId};
use domain::tickets::{
    access::{Scope, Viewer},
    list::{Assignee, Filter},
    search::{
        Search,
        index::{Kind, NOBODY},
        query::{BUCKET, bucket_of_sequence, quoted},
    },
};
use sqlx::{PgConnection, Postgres, QueryBuilder};

/// The newest bucket of the index. Numbers are drawn from this sequence.
pub(super) async fn newest_bucket(db: &mut PgConnection) -> sqlx::Result<i32> {
    let last =
        sqlx::query_scalar!(r#"select last_value as "last!" from ticket_sequence"#).fetch_one(db);
    last.await.map(bucket_of_sequence)
}

/// The `tsquery` of the tickets that may be in this scope.
pub(super) fn seen_by(scope: Scope) -> Option<String> {
    let lexeme = |who: &str| quoted(&Kind::SeenBy.lexeme(who));
    match scope {
        Scope::Own(person) => Some(lexeme(&person.0.simple().to_string())),
        Scope::AgentQueue(person) => {
            let person = lexeme(&person.0.simple().to_string());
            Some(format!("({person} | {})", lexeme(NOBODY)))
        }
        Scope::All => None,
    }
}

/// The number of tickets up to which filters leave few.
const FEW: i64 = 50_000;

/// The `tsquery` of each filter that the index knows. It may find more than the filter lets through, never less.
fn hints(filter: &Filter) -> impl Iterator<Item = String> {
    let lexeme = |who: &str| quoted(&Kind::SeenBy.lexeme(who));
    let assignees = filter.assignees.iter().map(|one| match one {
        Assignee::Agent(agent) => lexeme(&agent.0.simple().to_string()),
        Assignee::Nobody => lexeme(NOBODY),
    });
    let customers = filter.customers.iter();
    let customers = customers.map(|person| lexeme(&person.0.simple().to_string()));
    let is_active = !filter.status.is_empty() && filter.status.iter().all(|one| one.is_active());
    let active = is_active.then(|| quoted(&Kind::Active.lexeme("")));
    let people = [assignees.collect::<Vec<_>>(), customers.collect()];
    let people = people.into_iter().filter(|people| !people.is_empty());
    people
        .map(|people| format!("({})", people.join(" | ")))
        .chain(active)
}

/// Appends a `tsquery` of a bucket, which is an expression of SQL.
pub(super) fn push_tsquery(query: &mut QueryBuilder<Postgres>, text: String, bucket: &str) {
    query.push("replace(").push_bind(text);
    query.push(format!(", '{BUCKET}', {bucket}::text)::tsquery"));
}

/// Appends the source `f` of the documents whose title a `tsquery` finds, newest first: bucket by bucket, no further than the
/// statement's limit.
pub(super) fn push_titled(query: &mut QueryBuilder<Postgres>, newest: i32, title: String) {
    query.push(" from generate_series(").push_bind(newest);
    query.push(
        ", 0, -1) as b (bucket)
         cross join lateral (select s.ticket_id from ticket_search s where s.words @@ ",
    );
    push_tsquery(query, title, "b.bucket");
    query.push(" order by 1 desc) f");
}

impl List<'_> {
    /// The newest tickets that match the search and the filters, newest first: at most [`COUNTED`] and one more.
    pub(super) async fn found(
        &self,
        db: &mut PgConnection,
        search: &Search,
    ) -> sqlx::Result<Vec<TicketId>> {
        if search.is_empty() {
            return Ok(Vec::new());
        }
        let newest = newest_bucket(db).await?;
        let mut query = QueryBuilder::new("select f.ticket_id from generate_series(");
        query.push_bind(newest);
        query.push(", 0, -1) as b (bucket) cross join lateral (select s.ticket_id from ticket_search s where s.words @@ ");
        let hints = seen_by(self.scope).into_iter().chain(hints(self.filter));
        let single = hints.chain([search.in_one_part(self.scope.reader())]);
        let single = single.collect::<Vec<_>>().join(" & ");
        push_tsquery(&mut query, single, "b.bucket");
        query.push(" union all (select s.ticket_id from ticket_search s where s.words @@ ");
        push_tsquery(
            &mut query,
            search.in_several_parts(self.scope.reader()),
            "b.bucket",
        );
        query.push(" group by s.ticket_id having true");
        self.gathered(&mut query, search, "b.bucket");
        query.push(") order by 1 desc) f");
        if self.filter.is_search_alone() {
            query.push(" where true");
            self.among_visible(&mut query);
        } else if self.are_few(db).await? {
            // `is true` keeps the planner from reading these one by one, and the limit makes it keep them in memory.
            query.push(" where (f.ticket_id in (select t.id from tickets t where true");
            self.narrow(&mut query);
            query.push(" limit ").push_bind(FEW).push(")) is true");
        } else {
            query.push(" cross join lateral (select from tickets t where t.id = f.ticket_id");
            self.narrow(&mut query);
            query.push(" offset 0) t where true");
        }
        self.long_phrases(&mut query, search, "f.ticket_id");
        query.push(" limit ").push_bind(COUNTED.saturating_add(1));
        // Planned for its own values: the best plan for a rare word is not that for a frequent one.
        let query = query.build_query_scalar().persistent(false);
        query.fetch_all(db).await
    }

    /// Whether few tickets pass the filters. They are found among these then; otherwise each one that is found is read.
    async fn are_few(&self, db: &mut PgConnection) -> sqlx::Result<bool> {
        let mut query = QueryBuilder::new("select count(*) from (select from tickets t where true");
        self.narrow(&mut query);
        query
            .push(" limit ")
            .push_bind(FEW.saturating_add(1))
            .push(") t");
        let query = query.build_query_scalar().persistent(false);
        let many: i64 = query.fetch_one(db).await?;
        Ok(many <= FEW)
    }

    /// Appends the condition that the caller may see the ticket that was found. An index tells all that the caller may see,
    /// in less time than thousands of tickets are read; `is true` keeps the planner from reading these first.
    fn among_visible(&self, query: &mut QueryBuilder<Postgres>) {
        let mut push = |text: &str, person: UserId| {
            query.push(text).push_bind(person.0);
        };
        match self.scope {
            Scope::Own(person) => {
                push(
                    " and (f.ticket_id in (select id from tickets where customer_id = ",
                    person,
                );
            }
            Scope::AgentQueue(person) => {
                push(
                    " and (f.ticket_id in (select id from tickets where assigned_to = ",
                    person,
                );
                push(
                    " union all select id from tickets where assigned_to is null
                      union all select ticket_id from note_mentions where user_id = ",
                    person,
                );
            }
            Scope::All => return,
        }
        query.push(")) is true");
    }

    /// Appends the condition that `t` matches the search, for lists in another order that go on beyond [`COUNTED`].
    pub(super) fn matching(&self, query: &mut QueryBuilder<Postgres>, search: &Search) {
        query.push(" and exists (select from ticket_search s where s.ticket_id = t.id having true");
        self.gathered(query, search, "s.bucket");
        query.push(" offset 0)");
        self.long_phrases(query, search, "t.id");
    }

    /// Appends the conditions of a document whose parts `s` are grouped, each after an `and`.
    fn gathered(&self, query: &mut QueryBuilder<Postgres>, search: &Search, bucket: &str) {
        let reader = self.scope.reader();
        for wanted in search.wanted_in_index(reader) {
            query.push(" and bool_or(s.words @@ ");
            push_tsquery(query, wanted, bucket);
            query.push(")");
        }
        for unwanted in search.unwanted_in_index(reader) {
            query.push(" and not bool_or(s.words @@ ");
            push_tsquery(query, unwanted, bucket);
            query.push(")");
        }
    }

    /// Appends the conditions that phrases of more than two words stand in a text, or in none.
    fn long_phrases(&self, query: &mut QueryBuilder<Postgres>, search: &Search, ticket: &str) {
        let wanted = search.long_phrases().map(|said| (" and exists", said));
        let unwanted = search.unwanted_long_phrases();
        let unwanted = unwanted.map(|said| (" and not exists", said));
        for (condition, said) in wanted.chain(unwanted) {
            query.push(condition);
            query
                .push(" (select from text_words w where w.ticket_id = ")
                .push(ticket);
            self.readable(query);
            query
                .push(" and strpos(w.said, ")
                .push_bind(said)
                .push(") > 0 offset 0)");
        }
    }

    /// Appends the condition that the caller may read the text `w`.
    fn readable(&self, query: &mut QueryBuilder<Postgres>) {
        match self.scope.reader() {
            Viewer::Requester => {
                query.push(" and not w.is_internal");
            }
            Viewer::Staff => {}
        }
    }
}
