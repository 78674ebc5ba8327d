//! Words: in every language, whatever is absent, and the same in text and HTML.

use super::*;

#[test]
fn every_template_has_words_in_every_language_whatever_is_absent() {
    for (template, language) in every_mail() {
        for content in [
            content(template, language),
            dealt_with(template, language),
            bare(template, language),
        ] {
            for links in [links(), links_to_tickets()] {
                let mail = rendered_with(&content, &links);
                for form in [&mail.text, &mail.html] {
                    assert!(
                        form.contains("TKT-1759307400-000001"),
                        "{template} {language}: {form}"
                    );
                    assert!(
                        !form.contains("{%") && !form.contains(" none"),
                        "{template}: {form}"
                    );
                }
                assert!(
                    mail.text
                        .lines()
                        .all(|line| line.trim_end() == line || line == "-- "),
                    "{}",
                    mail.text
                );
                assert!(!mail.text.contains("\n\n\n"), "{}", mail.text);
                for empty in [
                    "\"></p>",
                    "\"></td>",
                    "<table></table>",
                    "\"></a>",
                    "<li></li>",
                ] {
                    assert!(!mail.html.contains(empty), "{}", mail.html);
                }
            }
        }
    }
}

/// The text of HTML, as a person reads it: without the preheader.
fn read(html: &str) -> String {
    let (_, shown) = html.split_once("</div>").unwrap();
    let mut text = String::new();
    let mut in_tag = false;
    for letter in shown.chars() {
        match letter {
            '<' => in_tag = true,
            '>' => {
                in_tag = false;
                text.push(' ');
            }
            letter if !in_tag => text.push(letter),
            _ => {}
        }
    }
    for (escaped, letter) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ] {
        text = text.replace(escaped, letter);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_text_has_everything_that_the_html_shows() {
    for (template, language) in every_mail() {
        for content in [content(template, language), bare(template, language)] {
            let mail = rendered_with(&content, &links_to_tickets());
            let text = mail.text.replace("\n>", "\n").replace("\n- ", "\n");
            let text: BTreeSet<&str> = text.split_whitespace().collect();
            let shown = read(&mail.html);
            for word in shown.split_whitespace() {
                // The numbers beside the stars, and the name above the mail.
                let is_mark = word.chars().all(|c| c.is_ascii_digit() || c == '★');
                let of_brand = brand().name.contains(word);
                // A mark after a name stands apart here.
                let known = text.iter().any(|known| known.contains(word));
                assert!(
                    is_mark || of_brand || known,
                    "{template} {language}: {word}"
                );
            }
        }
    }
}

#[test]
fn the_list_of_mails_shows_the_message_or_what_happened_beside_the_subject() {
    let preheader = |content: &Content| {
        let html = rendered(content).html;
        let (head, _) = html.split_once("</div>").unwrap();
        let (_, preheader) = head.split_once("display:none").unwrap();
        preheader.to_owned()
    };
    let mut reply = content(Template::CustomerReplied, "en");
    reply.text = Some(format!("It failed\nagain, {}", "and ".repeat(100)));
    assert!(preheader(&reply).contains("It failed again, and "));
    assert!(preheader(&reply).contains('…'));
    let at_risk = content(Template::SlaAtRisk, "en");
    assert!(preheader(&at_risk).contains("is due in 20 min, at 11:50 East Africa Time"));
}

#[test]
fn files_alone_are_told_in_every_language_without_a_quotation() {
    for template in [
        Template::StaffReplied,
        Template::CustomerReplied,
        Template::Mentioned,
    ] {
        let mut lines = BTreeSet::new();
        for (language, files) in ["en", "sw", "fr"]
            .into_iter()
            .flat_map(|one| [(one, 1), (one, 3)])
        {
            let mut content = content(template, language);
            content.text = Some(" \n".to_owned());
            content.files = vec!["receipt.pdf".to_owned(); files];
            let mail = rendered(&content);
            assert!(
                !mail.text.lines().any(|line| line.starts_with('>')),
                "{}",
                mail.text
            );
            assert!(!mail.html.contains("<blockquote"), "{}", mail.html);
            content.files.clear();
            let without = rendered(&content).text;
            let told = mail.text.lines().find(|line| !without.contains(line));
            let told = told.unwrap_or_else(|| panic!("{template} {language}"));
            assert!(mail.html.contains(told), "{}", mail.html);
            assert_eq!(told.contains('3'), files == 3, "{told}");
            assert_eq!(mail.text.matches("- receipt.pdf").count(), files);
            assert_eq!(mail.html.matches(">receipt.pdf</li>").count(), files);
            lines.insert(told.to_owned());
        }
        assert_eq!(lines.len(), 6, "{lines:?}");
    }
}

#[test]
fn a_language_that_nobody_wrote_is_english_and_a_region_is_no_language() {
    let view = View::of_ticket(&content(Template::TicketReceived, "en"), &links(), at());
    let render = |tag| {
        Renderer::new(&brand())
            .unwrap()
            .render(Template::TicketReceived, tag, &view)
            .unwrap()
    };
    for tag in ["de", "", "zh-Hant"] {
        assert_eq!(render(tag), render("en"), "{tag}");
    }
    assert_eq!(render("sw-KE"), render("sw"));
    assert_eq!(render("FR"), render("fr"));
    assert_ne!(render("sw"), render("fr"));
}

#[test]
fn long_text_is_cut_and_quoted_line_by_line() {
    let mut content = content(Template::StaffReplied, "en");
    content.text = Some(format!("first\n\nsecond {}", "é".repeat(20_000)));
    let mail = rendered(&content);
    assert!(
        mail.text.contains("> first\n>\n> second é"),
        "{}",
        mail.text
    );
    assert!(mail.text.chars().count() < 3_000);
    assert!(mail.text.contains('…'));
}
