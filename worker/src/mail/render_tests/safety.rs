//! Safety: what people wrote stays text, and reaches only those who may read it.

use super::*;

#[test]
fn what_people_wrote_is_escaped_in_html_and_cannot_begin_a_header() {
    for (template, language) in every_mail() {
        let content = content(template, language);
        let mail = rendered(&content);
        assert!(!mail.html.contains("<script>"), "{template}: {}", mail.html);
        assert!(
            mail.text.contains("<script>alert(1)</script>"),
            "text needs no escaping"
        );
        let mail = composed(&content);
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
        assert!(head.is_ascii());
    }
}

#[test]
fn what_people_wrote_is_isolated_in_its_own_direction_of_writing() {
    let mut content = content(Template::CustomerReplied, "en");
    content.ticket.subject = "تعذر إتمام الدفع".to_owned();
    content.text = Some("مرحبا".to_owned());
    content.ticket.customer = "أمينة".to_owned();
    let html = rendered(&content).html;
    assert!(
        html.contains("<span dir=\"auto\">تعذر إتمام الدفع</span>"),
        "{html}"
    );
    assert!(
        html.contains("<span dir=\"auto\">أمينة</span> has written:"),
        "{html}"
    );
    let (before, _) = html.split_once(">مرحبا</blockquote>").unwrap();
    let (_, tag) = before.rsplit_once('<').unwrap();
    assert!(
        tag.starts_with("blockquote") && tag.contains("dir=\"auto\""),
        "{tag}"
    );
    // A title of a page has no markup.
    assert!(
        html.contains("<title>Customer replied: تعذر إتمام الدفع [TKT-"),
        "{html}"
    );
}

#[test]
fn mails_about_accounts_have_words_in_every_language_and_links_where_they_have_to() {
    let mut subjects = BTreeSet::new();
    for kind in AccountEventKind::ALL {
        for language in ["en", "sw", "fr"] {
            let content = account_content(*kind, language);
            let mail = rendered_account(&content);
            assert!(subjects.insert(mail.subject.clone()), "{}", mail.subject);
            assert!(mail.html.contains(&mail.subject) && !mail.html.contains("<script>"));
            let linked = mail
                .text
                .contains("https://support.example.org/api/v1/auth/");
            assert_eq!(linked, kind.link_lifetime().is_some(), "{}", mail.text);
            assert!(!mail.text.contains("\n\n\n") && !mail.html.contains("\"></p>"));
            let mail = composed_account(&content);
            let (head, _) = mail.split_once("\r\n\r\n").unwrap();
            assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
            assert!(
                head.contains("Auto-Submitted: auto-generated") && !head.contains("References")
            );
        }
    }
}

#[test]
fn nobody_is_sent_a_link_that_leads_nowhere_any_more() {
    let mut content = account_content(AccountEventKind::ResetPassword, "en");
    assert!(content.is_due(at()));
    assert!(!content.is_due(at() + TimeDelta::minutes(30)));
    content.spent_at = Some(at());
    assert!(!content.is_due(at()));
    let told = account_content(AccountEventKind::PasswordChanged, "en");
    assert!(told.is_due(at() + TimeDelta::days(3)));
}

#[test]
fn a_customer_is_told_nothing_of_the_work_behind_the_ticket() {
    for (template, language) in every_mail() {
        let mail = rendered(&content(template, language));
        let customer = template.audience() == Audience::Customer;
        for form in [&mail.text, &mail.html] {
            assert!(!form.contains(SECRET), "{form}");
            let labels = ["Priority:", "Kipaumbele:", "Priorité\u{a0}:"];
            let told = labels.iter().any(|label| form.contains(label));
            assert_eq!(told, !customer, "{form}");
        }
    }
}
