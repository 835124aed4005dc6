use proptest::prelude::*;
use url::Url;

use super::title_and_rest as of_groups;
use super::*;

fn title_and_rest(html: &str, name: &str, url: Option<&Url>) -> (String, SafeHtml) {
    of_groups(html, &[GroupName { name, url }])
}

#[test]
fn nothing_that_runs_survives() {
    // (what comes in, what may be shown)
    let table = [
        ("a<script>alert(1)</script>b", "ab"),
        ("<SCRIPT SRC=//x.org/x.js></SCRIPT>b", "b"),
        (
            "<scr<script>ipt>alert(1)</scr</script>ipt>",
            "ipt&gt;alert(1)ipt&gt;",
        ),
        ("<p onclick=\"x()\">a</p>", "<p>a</p>"),
        ("<b onmouseover=x()>a</b>", "<b>a</b>"),
        ("<p/onclick=x()/style=y>a</p>", "<p>a</p>"),
        (
            "<p style=\"color:red\" id=\"x\" data-y=\"z\">a</p>",
            "<p>a</p>",
        ),
        ("<style>*{display:none}</style>a", "a"),
        ("<iframe src=\"https://x.org\">x</iframe>a", "a"),
        (
            "<form action=/x><input name=y><button>Go</button></form>",
            "<p>Go</p>",
        ),
        ("<svg><script>alert(1)</script></svg>a", "a"),
        ("<svg/onload=alert(1)>a", ""),
        (
            "<math><mtext><table><mglyph><style><img src=x onerror=y></style></math>a",
            "a",
        ),
        (
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
            "image\"&gt;",
        ),
        ("<template><p>x</p></template>a", "a"),
        ("<object data=x><embed src=y></object>a", "a"),
        (
            "<base href=https://x.org/><meta http-equiv=refresh content=0><link rel=x>a",
            "a",
        ),
        ("<!-- <p>x</p> -->a", "a"),
        ("<!--><script>alert(1)</script>-->a", "--&gt;a"),
        ("<!--a--!><b>b</b>", "<b>b</b>"),
        ("<!-- never ends <p>x</p>", ""),
        ("<![CDATA[<p>x</p>]]>a", "x]]&gt;a"),
        ("<?php echo 1 ?>a", "a"),
        ("<b><i>a</b>b</i>", "<b><i>a</i></b>b"),
        ("</p></div>a<p", "<p>a</p>"),
        ("<textarea></textarea><p>a", "<p>a</p>"),
        ("1 < 2 &lt; 3 & 4", "1 &lt; 2 &lt; 3 &amp; 4"),
        (
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
        ),
        (
            "<span class=\"mention evil\">a</span>",
            "<span class=\"mention\">a</span>",
        ),
        ("<p class=\"mention\">a</p>", "<p>a</p>"),
        ("<ol start=3><li>a</ol>", "<ol start=\"3\"><li>a</li></ol>"),
        ("<ol start=\"x\"><li>a</ol>", "<ol><li>a</li></ol>"),
    ];
    for (dirty, clean) in table {
        assert_eq!(sanitise(dirty).as_str(), clean, "{dirty}");
    }
}

#[test]
fn links_lead_to_the_web_or_a_mailbox_only() {
    let link = |href: &str| sanitise(&format!("<a href=\"{href}\" target=_blank>a</a>"));
    for good in [
        "https://x.org/?a=1&amp;b=2",
        "http://x.org/",
        "mailto:a@x.org",
    ] {
        let expected = format!("<a href=\"{good}\" rel=\"nofollow noopener ugc\">a</a>");
        assert_eq!(link(good).as_str(), expected);
    }
    for bad in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java&#10;script:alert(1)",
        "&#106;avascript:alert(1)",
        "\u{1}javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "blob:https://x.org/x",
        "file:///etc/passwd",
        "/relative",
        "//x.org/",
        "#fragment",
        "",
    ] {
        assert_eq!(
            link(bad).as_str(),
            "<a rel=\"nofollow noopener ugc\">a</a>",
            "{bad}"
        );
    }
}

#[test]
fn pictures_become_links_with_their_alt_text() {
    let link =
        |text| format!("<a href=\"https://x.org/p.png\" rel=\"nofollow noopener ugc\">{text}</a>");
    let table = [
        (
            "<img src=\"https://x.org/p.png\" alt=\"A tree\" onerror=x>",
            link("A tree"),
        ),
        ("<img src='https://x.org/p.png'>", link("image")),
        (
            "<img src=https://x.org/p.png alt=\"<script>x</script>\">",
            link("&lt;script&gt;x&lt;/script&gt;"),
        ),
        (
            "<a href=\"https://x.org/p.png\"><img src=\"https://y.org/q.png\" alt=\"thumb\"></a>",
            link("thumb"),
        ),
        (
            "<img src=\"data:image/png;base64,x\" alt=\"dot\">",
            "dot".to_owned(),
        ),
        ("<img src=x onerror=alert(1)>", "image".to_owned()),
    ];
    for (dirty, clean) in table {
        assert_eq!(sanitise(dirty).as_str(), clean, "{dirty}");
    }
}

#[test]
fn containers_become_paragraphs_so_that_words_do_not_run_together() {
    let html = "x<div>a</div><div><p>b</p></div><section>c <b>d</b></section>e";
    assert_eq!(
        sanitise(html).as_str(),
        "x<p>a</p><p>b</p><p>c <b>d</b></p><p>e</p>"
    );
    let list = "<ul><li>a<li><div>b</div></ul><dl><dt>c<dd>d</dl>";
    assert_eq!(
        sanitise(list).as_str(),
        "<ul><li>a</li><li><p>b</p></li></ul><p>c</p><p>d</p>"
    );
}

#[test]
fn long_texts_keep_every_character() {
    let text = "a&amp;¡b&lt;".repeat(1_000);
    assert_eq!(
        sanitise(&format!("<p>{text}</p>")).as_str(),
        format!("<p>{text}</p>")
    );
}

#[test]
fn hostile_nesting_is_flattened_and_huge_input_is_cut() {
    let many = 60_000;
    let formatting: String = (0..many).map(|n| format!("<b a={n}>")).collect();
    for dirty in [
        "<div>".repeat(many) + "x",
        "<blockquote>".repeat(many) + "x",
        "<a href=https://x.org><p>".repeat(many),
        "<table><tr><td>".repeat(many),
        formatting + &"<p>x".repeat(many),
        "</p>".repeat(many),
        "<b><i><p>".repeat(many) + &"</b>".repeat(many),
        "<script>".repeat(many),
        "<!--".repeat(many),
        "<".repeat(many),
        "<p ".repeat(many),
        "<p a='".repeat(many),
        "&amp;".repeat(many),
        "¡&".repeat(3 * many),
        format!("<a href=\"https://x.org/{}\">x</a>", "&amp;".repeat(many)),
    ] {
        let clean = sanitise(&dirty);
        assert!(clean.as_str().len() <= 3 * HTML_MAX_BYTES);
        let mut depth = 0i32;
        for token in scan::scan(clean.as_str()) {
            match token {
                scan::Token::Open(tag) if tag.name != "br" && tag.name != "hr" => depth += 1,
                scan::Token::Close { .. } => depth -= 1,
                _ => {}
            }
            assert!(depth <= 60); // 40 written, and what a table adds itself
        }
    }
}

#[test]
fn text_is_plain_with_entities_decoded_and_blocks_on_lines() {
    let table = [
        (
            "<p>a &amp; b &eacute;&#39;&lt;b&gt;</p><p>c<br>d</p>",
            "a & b é'<b>\nc\nd",
        ),
        ("<ul><li>a</li>\n<li>b</li></ul>", "a\nb"),
        (
            "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>",
            "a b\n1 2",
        ),
        ("<pre><code>x\n  y</code></pre>", "x\ny"),
        ("<script>x</script> a\n  b&nbsp;c ", "a b c"),
        ("&amp;lt;p&amp;gt;", "&lt;p&gt;"),
        (
            "<a href=\"https://x.org/\"><span class=\"invisible\">https://</span>x.org</a>",
            "https://x.org",
        ),
        ("", ""),
    ];
    for (html, text) in table {
        assert_eq!(to_text(html, 1000), text, "{html}");
    }
    assert_eq!(to_text("<p>abc</p><p>def</p>", 5), "abc…");
    assert_eq!(to_text("<p>abc</p>", 3), "abc");
    assert_eq!(to_text("<p>abc</p>", 0), "");
}

const BOB: &str = "<span class=\"h-card\" translate=\"no\"><a href=\"https://x.org/@bob\" class=\"u-url mention\">@<span>bob</span></a></span>";

#[test]
fn replies_are_shown_without_the_people_they_are_addressed_to() {
    let strip = |html: &str| strip_leading_mentions(&sanitise(html)).into_string();
    assert_eq!(strip(&format!("<p>{BOB} hello</p>")), "<p>hello</p>");
    assert_eq!(
        strip(&format!("<p>{BOB} {BOB} a</p><p>b</p>")),
        "<p>a</p><p>b</p>"
    );
    assert_eq!(strip(&format!("<p>{BOB} </p><p>a</p>")), "<p>a</p>");
    assert_eq!(strip(&format!("<p>{BOB}<br><br>a</p>")), "<p>a</p>");
    assert_eq!(strip(&format!("{BOB} a")), "a");
    for kept in [
        format!("<p>{BOB}</p>"),
        format!("<p>Thanks {BOB}!</p>"),
        "<p><a class=\"mention hashtag\" href=\"https://x.org/tags/a\">#a</a> b</p>".to_owned(),
        "<p>a</p>".to_owned(),
        String::new(),
    ] {
        assert_eq!(strip(&kept), sanitise(&kept).into_string());
    }
    // As Mastodon sent it.
    let real = r##"<p><span class="h-card"><a href="https://mamot.fr/@retiolus" class="u-url mention">@<span>retiolus</span></a></span> i have never been disappointed by a thinkpad. if you want to save money, get a model from a few years ago, there isnt a huge difference anyway.</p>"##;
    let shown = SafeHtml(strip(real)).to_text(30);
    assert_eq!(shown, "i have never been disappointe…");
}

#[test]
fn a_mastodon_thread_start_has_its_first_line_as_title() {
    let group = Url::parse("https://enterprise.lemmy.ml/c/tenforward").unwrap();
    // As Mastodon sent it.
    let html = r##"<p><span class="h-card" translate="no"><a href="https://enterprise.lemmy.ml/c/tenforward" class="u-url mention">@<span>tenforward</span></a></span> Variable never resetting at refresh</p><p>Hi! I&#39;m using a variable to count elements in my generator but every time I generate a new character, the counter&#39;s value carries on from the previous one. Is there a function to reset it (I set it to 0 at the beginning of the file)</p>"##;
    let (title, rest) = title_and_rest(html, "tenforward", Some(&group));
    assert_eq!(title, "Variable never resetting at refresh");
    assert!(rest.as_str().starts_with("<p>Hi! I'm using a variable"));
    assert!(rest.as_str().ends_with("of the file)</p>"));
}

#[test]
fn titles_come_from_any_shape_of_first_line() {
    let group = Url::parse("https://x.org/c/bob").unwrap();
    let table = [
        (
            format!("<p>{BOB}</p><p>Title</p><p>Text</p>"),
            "Title",
            "<p>Text</p>",
        ),
        (
            format!("<p>{BOB}<br>Title<br>Text</p>"),
            "Title",
            "<p>Text</p>",
        ),
        (
            format!("<p>Title <b>bold<br>more</b> text {BOB}</p>"),
            "Title bold",
            "<p><b>more</b> text </p>",
        ),
        (
            format!("<p>Title</p><p>Text</p><p>{BOB}</p>"),
            "Title",
            "<p>Text</p>",
        ),
        (format!("Title<br/><br/>Text {BOB}"), "Title", "Text"),
        ("<h1>Title</h1>Text".to_owned(), "Title", "Text"),
        (
            "<ul><li>a</li><li>b</li></ul>".to_owned(),
            "a",
            "<ul><li>b</li></ul>",
        ),
        ("<p>Just this</p>".to_owned(), "Just this", ""),
        (
            "<p>a&lt;b&gt; &amp;\u{202E} c</p>".to_owned(),
            "a<b> & c",
            "",
        ),
        (format!("<p>{BOB}</p>"), "", ""),
        (String::new(), "", ""),
    ];
    for (html, title, rest) in table {
        let (found, left) = title_and_rest(&html, "bob", Some(&group));
        assert_eq!((found.as_str(), left.as_str()), (title, rest), "{html}");
    }
}

#[test]
fn a_group_of_the_same_name_elsewhere_is_not_the_group() {
    let other = Url::parse("https://elsewhere.org/c/bob").unwrap();
    let html = format!("<p>{BOB} hello</p>");
    assert_eq!(title_and_rest(&html, "bob", Some(&other)).0, "@bob hello");
    assert_eq!(title_and_rest(&html, "bob", None).0, "hello");
    assert_eq!(title_and_rest(&html, "alice", None).0, "@bob hello");
    let by_url = Url::parse("https://x.org/@bob").unwrap();
    assert_eq!(title_and_rest(&html, "renamed", Some(&by_url)).0, "hello");
}

#[test]
fn an_over_long_first_line_gives_a_sentence_or_whole_words_and_nothing_is_lost() {
    let sentence = format!(
        "<p>{BOB} What do others do about this? {}</p>",
        "word ".repeat(60)
    );
    let (title, rest) = title_and_rest(&sentence, "bob", None);
    assert_eq!(title, "What do others do about this?");
    assert!(rest.as_str().starts_with("<p>What do others"));

    let (title, rest) = title_and_rest(&"<b>word</b> ".repeat(60), "bob", None);
    assert!(title.ends_with("word…") && title.chars().count() <= 200);
    assert_eq!(rest.to_text(1000).len(), 60 * 5 - 1);

    let (title, _) = title_and_rest(&"ü".repeat(500), "bob", None);
    assert_eq!(title.chars().count(), 200);
}

fn only_allowed(html: &str) -> bool {
    scan::scan(html).all(|token| match token {
        scan::Token::Text(text) => !text.contains(['<', '>']),
        scan::Token::Open(tag) => {
            let attributes_fit = tag
                .attributes
                .iter()
                .all(|(name, value)| match name.as_str() {
                    "href" => value.starts_with("https://"),
                    "class" => CLASSES.contains(value),
                    "rel" => *value == "nofollow noopener ugc",
                    _ => false,
                });
            attributes_fit && ELEMENTS.contains(&tag.name.as_str())
        }
        scan::Token::Close { name, .. } => ELEMENTS.contains(&name.as_str()),
    })
}

proptest! {
    #[test]
    fn any_soup_is_clean_and_cleaning_it_again_changes_nothing(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "<p>", "</p>", "<b>", "</b>", "<a href=https://x.org>", "</a>", "<div>", "</div>",
                "<table>", "<tr>", "<td>", "</table>", "<ul>", "<li>", "</ul>", "<svg>", "</svg>",
                "<img src=https://x.org alt='<b>'>", "<script>", "</script>", "<h1>", "</h1>", "<pre>",
                "</pre>", "<!--", "-->", "text", " ", "<", ">", "\"", "'", "&lt;", "&amp;", "<br>",
                "<span class=h-card><a class=mention href=https://x.org>@g</a></span>", "<p onclick=x",
            ]),
            0..40,
        )
    ) {
        let html = pieces.concat();
        let clean = sanitise(&html);
        let lower = clean.as_str().to_lowercase();
        prop_assert!(!lower.contains("<script") && !lower.contains("<svg") && !lower.contains("<img"));
        let again = sanitise(clean.as_str());
        prop_assert_eq!(again.to_text(10_000), clean.to_text(10_000));
        let (title, rest) = title_and_rest(&html, "g", None);
        prop_assert!(title.chars().count() <= 200);
        for cut in [clean.clone(), rest, strip_leading_mentions(&clean)] {
            prop_assert!(only_allowed(cut.as_str()), "{}", cut.as_str());
            prop_assert_eq!(sanitise(cut.as_str()).to_text(10_000), cut.to_text(10_000));
        }
    }
}
