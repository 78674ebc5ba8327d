//! Headers and the form of a mail: for threads, filters, mail programs, and people who read files.

use super::*;

#[test]
fn a_mail_is_known_by_its_headers() {
    let mail = composed(&content(Template::TicketReceived, "en"));
    for header in [
        "Message-ID: <00000000-0000-0000-0000-000000000001@example.org>\r\n",
        "References: <00000000-0000-0000-0000-000000000003@example.org>\r\n",
        "In-Reply-To: <00000000-0000-0000-0000-000000000003@example.org>\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "X-Auto-Response-Suppress: All\r\n",
        "Date: Wed, 01 Oct 2025 08:30:00 +0000\r\n",
        "Subject: [TKT-1759307400-000001] <script>",
        "Content-Type: multipart/alternative;",
    ] {
        assert!(mail.contains(header), "{header} is missing in {mail}");
    }
}

#[test]
fn staff_can_tell_the_kinds_of_mails_by_their_subjects() {
    for language in ["en", "sw", "fr"] {
        let mut kinds = BTreeSet::new();
        let mut count = 0;
        for template in Template::ALL {
            let mut content = match template.audience() {
                Audience::Customer | Audience::Owner => continue,
                _ if !template.goes_by(Channel::Email) => continue,
                Audience::Assignee | Audience::Staff => content(*template, language),
            };
            content.ticket.subject = "Card refused".to_owned();
            let subject = rendered(&content).subject;
            let (kind, rest) = subject.split_once("Card refused").unwrap();
            assert_eq!(rest, " [TKT-1759307400-000001]", "{subject}");
            assert!(kind.trim_end().ends_with(':'), "{subject}");
            kinds.insert(kind.to_owned());
            count += 1;
        }
        assert_eq!(kinds.len(), count, "{kinds:?}");
    }
    let breach = rendered(&content(Template::SlaBreached, "en")).subject;
    assert!(breach.starts_with("Deadline passed: "), "{breach}");
}

#[test]
fn all_mails_of_a_ticket_to_a_customer_have_one_subject() {
    let mut subjects = BTreeSet::new();
    for (template, language) in every_mail() {
        if template.audience() == Audience::Customer {
            subjects.insert(rendered(&content(template, language)).subject);
        }
    }
    assert_eq!(subjects.len(), 1, "{subjects:?}");
    let subject = subjects.pop_first().unwrap();
    assert!(subject.starts_with("[TKT-1759307400-000001] "), "{subject}");
}

#[test]
fn a_mail_in_a_file_begins_with_its_text_and_has_its_links_whole() {
    let composer = Composer {
        encoding: TextEncoding::AsIs,
        ..composer()
    };
    for language in ["en", "sw", "fr"] {
        let content = content(Template::TicketClosed, language);
        let view = View::of_ticket(&content, &links_to_tickets(), at());
        let page = view.survey.clone().unwrap();
        let rendered = rendered_with(&content, &links_to_tickets());
        let mail = composer
            .about_ticket(content.id.0, &content, rendered, at())
            .unwrap();
        let mail = String::from_utf8(mail.formatted()).unwrap();
        let (text, html) = mail.split_once("text/html").unwrap();
        assert!(
            text.contains("Content-Transfer-Encoding: 8bit\r\n"),
            "{text}"
        );
        assert!(text.contains(&format!(" {page}?rating=5\r\n")), "{text}");
        assert!(text.contains("https://app.example.org/t?a=1&number=TKT-1759307400-000001\r\n"));
        assert!(
            html.contains(&format!("href=\"{page}?rating=5\"")),
            "{html}"
        );
        assert!(
            html.contains("href=\"https://app.example.org/t?a=1&amp;number=TKT-"),
            "{html}"
        );
    }
}

#[test]
fn a_line_that_no_mail_may_have_is_encoded_in_a_file_too() {
    let composer = Composer {
        encoding: TextEncoding::AsIs,
        ..composer()
    };
    let mut content = content(Template::StaffReplied, "en");
    content.text = Some("é".repeat(2_000));
    let mail = composer.about_ticket(content.id.0, &content, rendered(&content), at());
    let mail = String::from_utf8(mail.unwrap().formatted()).unwrap();
    assert!(mail.lines().all(|line| line.len() <= 998));
}

#[test]
fn a_senders_address_is_checked_at_the_start() {
    for from in ["", "nobody", "a@", "a@b\r\nBcc: c@d", "x@exämple.org"] {
        assert!(Sender::parse(from).is_err(), "{from}");
    }
}
