//! The SQL of ranks, and the order by relevance.

use crate::tickets::list::store::{
    List,
    found::{newest_bucket, push_titled, seen_by},
};
use domain::ids::TicketId;
use domain::paging;
use domain::tickets::{
    access::Viewer,
    list::{Order, Paging, Position, Start},
    search::Search,
};
use sqlx::{PgConnection, QueryBuilder};
use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
};

/// The number of newest results that are ranked.
const RANKED: usize = 200;
/// The number of tickets that have all words of the search in number or subject, and of those that have any, which are ranked
/// however old they are.
const TITLED: i64 = 100;

impl List<'_> {
    /// The places of a page of these tickets by relevance, and one more. Ranked are the newest, and the newest of those that have
    /// the words in number or subject, which weighs most; the rank of others is 0.
    pub(super) async fn by_relevance(
        &self,
        db: &mut PgConnection,
        search: &Search,
        found: &[TicketId],
        paging: &Paging,
    ) -> sqlx::Result<Vec<Position>> {
        let mut ranked = found.get(..RANKED).unwrap_or(found).to_vec();
        if let Some(older @ [_, ..]) = found.get(RANKED..) {
            let older: HashSet<_> = older.iter().copied().collect();
            let titled = self.titled(db, search).await?;
            ranked.extend(titled.into_iter().filter(|id| older.contains(id)));
        }
        let ranks = self.ranks(db, search, &ranked).await?;
        let rank = |id: &TicketId| (ranks.get(id).copied().unwrap_or_default(), *id);
        let mut ranked: Vec<_> = found.iter().map(rank).collect();
        let order = |one: &Ranked, other: &Ranked| compare(self.filter.order, one, other);
        ranked.sort_unstable_by(order);
        let start = match &paging.start {
            Start::Page(page) => paging::offset(*page, paging.limit)
                .try_into()
                .unwrap_or(usize::MAX),
            Start::After(position) => {
                let last = (position.value.parse().unwrap_or_default(), position.ticket);
                ranked.partition_point(|one| order(one, &last) != Ordering::Greater)
            }
        };
        let limit = usize::try_from(paging.limit)
            .unwrap_or(usize::MAX)
            .saturating_add(1);
        let page = ranked.into_iter().skip(start).take(limit);
        Ok(page
            .map(|(rank, ticket)| Position {
                ticket,
                value: rank.to_string(),
            })
            .collect())
    }

    /// The newest tickets that have all words of the search in number or subject, and the newest that have any, at most
    /// [`TITLED`] of each. Not all of them match the search, or may be seen.
    async fn titled(
        &self,
        db: &mut PgConnection,
        search: &Search,
    ) -> sqlx::Result<HashSet<TicketId>> {
        let newest = newest_bucket(db).await?;
        let mut found = HashSet::new();
        for title in search.in_title(self.scope.reader()) {
            let title = match seen_by(self.scope) {
                Some(seen) => format!("{seen} & {title}"),
                None => title,
            };
            let mut query = QueryBuilder::new("select f.ticket_id");
            push_titled(&mut query, newest, title);
            query.push(" limit ").push_bind(TITLED);
            let query = query.build_query_scalar::<TicketId>().persistent(false);
            found.extend(query.fetch_all(&mut *db).await?);
        }
        Ok(found)
    }

    async fn ranks(
        &self,
        db: &mut PgConnection,
        search: &Search,
        tickets: &[TicketId],
    ) -> sqlx::Result<HashMap<TicketId, f32>> {
        let any = search.any();
        if any.is_empty() {
            return Ok(HashMap::new());
        }
        let ids: Vec<_> = tickets.iter().map(|id| id.0).collect();
        let ranks = sqlx::query!(
            r#"select w.ticket_id as "ticket_id: TicketId", sum(ts_rank(w.words, $2::text::tsquery)) as "rank!"
               from text_words w
               where w.ticket_id = any($1) and w.words @@ $2::text::tsquery and (not w.is_internal or $3)
               group by w.ticket_id"#,
            &ids,
            any,
            self.scope.reader() == Viewer::Staff,
        )
        .fetch_all(db)
        .await?;
        Ok(ranks
            .into_iter()
            .map(|row| (row.ticket_id, row.rank))
            .collect())
    }
}

/// The rank of a ticket.
type Ranked = (f32, TicketId);

fn compare(order: Order, one: &Ranked, other: &Ranked) -> Ordering {
    let ascending = one.0.total_cmp(&other.0).then_with(|| one.1.cmp(&other.1));
    if order.descending {
        ascending.reverse()
    } else {
        ascending
    }
}
