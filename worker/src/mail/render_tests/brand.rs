//! The look: name, logo and colour of the company, in light and in dark.

use super::*;
use platform::config::Logo;

fn png() -> Logo {
    Logo {
        media_type: "image/png",
        bytes: b"\x89PNG\r\n\x1a\n".to_vec(),
    }
}

#[test]
fn every_mail_has_the_name_and_the_colour_of_the_company() {
    let yellow = Brand {
        color: "#ffd500".parse().unwrap(),
        ..brand()
    };
    let renderer = Renderer::new(&yellow).unwrap();
    for (template, language) in every_mail() {
        let content = content(template, language);
        let view = View::of_ticket(&content, &links_to_tickets(), at());
        let mail = renderer.render(template, language, &view).unwrap();
        assert!(
            mail.html.contains(">Pamoja &amp; Sons</p>"),
            "{}",
            mail.html
        );
        assert!(mail.html.contains("background:#ffd500"), "{}", mail.html);
        assert!(mail.html.contains("color:#000000"), "legible on yellow");
        assert!(!mail.text.contains("BaiTech") && !mail.html.contains("BaiTech"));
    }
    for kind in AccountEventKind::ALL {
        let mail = rendered_account(&account_content(*kind, "fr"));
        assert!(mail.text.contains("Pamoja & Sons") && !mail.html.contains("BaiTech"));
    }
}

#[test]
fn the_logo_is_a_part_of_the_mail_and_loaded_from_nowhere() {
    let with_logo = Brand {
        logo: Some(png()),
        ..brand()
    };
    let content = content(Template::WorkAssigned, "en");
    let view = View::of_ticket(&content, &links(), at());
    let rendered = Renderer::new(&with_logo).unwrap();
    let rendered = rendered.render(content.template, "en", &view).unwrap();
    assert!(
        rendered
            .html
            .contains("src=\"cid:logo@brand\" alt=\"Pamoja &amp; Sons\"")
    );
    assert!(!rendered.html.contains("src=\"http"));
    let composer = Composer {
        logo: Some(png()),
        ..composer()
    };
    let mail = composer
        .about_ticket(content.id.0, &content, rendered, at())
        .unwrap();
    let mail = String::from_utf8(mail.formatted()).unwrap();
    for part in [
        "Content-Type: multipart/related;",
        "Content-ID: <logo@brand>",
        "Content-Disposition: inline",
        "Content-Type: image/png",
        "iVBORw0KGgo=",
    ] {
        assert!(mail.contains(part), "{part} is missing in {mail}");
    }
    assert!(
        !composed(&content).contains("multipart/related"),
        "without a logo there is none"
    );
}

#[test]
fn a_mail_is_made_for_light_and_for_dark() {
    let html = rendered(&content(Template::TicketClosed, "en")).html;
    assert!(html.contains("<meta name=\"color-scheme\" content=\"light dark\">"));
    let (_, dark) = html
        .split_once("@media (prefers-color-scheme: dark) {")
        .unwrap();
    let (dark, body) = dark.split_once("</style>").unwrap();
    // A class with a colour of its own, and none in the dark, would be illegible there.
    for class in ["page", "card", "soft", "quote", "star"] {
        assert!(dark.contains(&format!(".{class} {{")), "{class}");
        assert!(body.contains(&format!("class=\"{class}\"")), "{class}");
    }
}
