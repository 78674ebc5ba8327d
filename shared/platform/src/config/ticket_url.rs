//! The address of the page on which people read a ticket. Pure.

use domain::tickets::TicketNumber;

const NUMBER: &str = "{number}";

/// An http or https URL, divided at the place of the ticket's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketUrl {
    before: String,
    after: String,
}

impl TicketUrl {
    /// Parses `https://app.example.com/tickets/{number}`; `None` without exactly one `{number}` in its
    /// path, query or fragment.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))?;
        let (host, _) = rest.split_once(['/', '?', '#'])?;
        let host: hyper::http::uri::Authority = host.parse().ok()?;
        let plain = |text: &str| {
            text.bytes()
                .all(|b| b.is_ascii_graphic() && !b"\"<>{}`\\".contains(&b))
        };
        let (before, after) = text.split_once(NUMBER)?;
        (!host.host().is_empty() && plain(before) && plain(after)).then(|| Self {
            before: before.to_owned(),
            after: after.to_owned(),
        })
    }

    /// The address for a ticket.
    #[must_use]
    pub fn of(&self, number: &TicketNumber) -> String {
        format!("{}{number}{}", self.before, self.after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_url_has_the_number_once_after_its_host() {
        let number = TicketNumber::parse("TKT-1759307400-000001").unwrap();
        for (good, there) in [
            (
                "https://app.example.com/tickets/{number}",
                "https://app.example.com/tickets/TKT-1759307400-000001",
            ),
            (
                "http://127.0.0.1:3000/#/t/{number}/messages",
                "http://127.0.0.1:3000/#/t/TKT-1759307400-000001/messages",
            ),
            (
                "https://app.example.com?view=ticket&number={number}",
                "https://app.example.com?view=ticket&number=TKT-1759307400-000001",
            ),
        ] {
            let url = TicketUrl::parse(good).unwrap();
            assert_eq!(url.of(&number), there);
        }
        for bad in [
            "",
            "https://app.example.com/tickets",
            "https://app.example.com/{number}/{number}",
            "https://app.example.com/{id}/{number}",
            "https://{number}.example.com/",
            "https://{number}",
            "https:///tickets/{number}",
            "ftp://app.example.com/{number}",
            "app.example.com/{number}",
            "javascript:alert({number})",
            "https://app.example.com/a b/{number}",
            "https://app.example.com/\"onclick=\"{number}",
        ] {
            assert_eq!(TicketUrl::parse(bad), None, "{bad}");
        }
    }
}
