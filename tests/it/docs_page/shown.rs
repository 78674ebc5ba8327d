//! The page as a reader sees it: the text of a place, the code of an example.

use crate::harness::App;

/// The page, with the policy that it was sent with.
pub struct Page {
    pub html: String,
    pub policy: String,
}

impl Page {
    pub async fn of(app: &App) -> Self {
        let answer = app.stranger().get("/docs").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
        Self {
            html: answer.body.as_str().unwrap().to_owned(),
            policy: answer.headers["content-security-policy"]
                .to_str()
                .unwrap()
                .to_owned(),
        }
    }

    /// What stands after each of these marks, up to the next quote.
    pub fn values(&self, mark: &str) -> Vec<&str> {
        let script = self.html.find("<script>").unwrap();
        let marked = self.html[..script].split(mark).skip(1);
        marked.map(|rest| rest.split('"').next().unwrap()).collect()
    }

    /// The HTML of the article with that name.
    pub fn article(&self, id: &str) -> &str {
        let mark = format!("id=\"{id}\">");
        let (_, rest) = self
            .html
            .split_once(&mark)
            .unwrap_or_else(|| panic!("the page has no {id}"));
        rest.split("</article>").next().unwrap()
    }

    /// The text of the article with that name.
    pub fn text_of(&self, id: &str) -> String {
        text(self.article(id))
    }

    /// The commands of a section of the guide, as they are copied.
    pub fn commands(&self, id: &str) -> String {
        let (_, rest) = self.html.split_once(&format!("id=\"{id}\"")).unwrap();
        let section = rest.split("</section>").next().unwrap();
        let blocks = section.split("Shell</p><pre").skip(1);
        let codes = blocks.map(|block| {
            let (_, code) = block.split_once("<code>").unwrap();
            text(code.split("</code></pre>").next().unwrap()) + "\n"
        });
        codes.collect()
    }

    /// The example of an operation in a language, as it is copied.
    pub fn sample(&self, id: &str, language: &str) -> String {
        let mark = format!("<div class=\"code language {language}\">");
        let (_, rest) = self.article(id).split_once(&mark).unwrap();
        let (_, code) = rest.split_once("<code>").unwrap();
        text(code.split("</code></pre>").next().unwrap())
    }
}

/// The text of HTML.
fn text(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        let shown = piece.split_once('>').map_or(piece, |(_, shown)| shown);
        text.push_str(shown);
    }
    for (escaped, letter) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(escaped, letter);
    }
    text
}
