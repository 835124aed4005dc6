use proptest::prelude::*;
use url::Url;

use super::*;

#[test]
fn hashtags_become_links_beside_mentions_and_never_within_code_or_links() {
    let page = |tag: &str| Url::parse(&format!("https://x.org/search?q={tag}")).ok();
    let html = render_linked(
        "Ask @ann of #Wolle & `#code`, [#in](https://y.org/), not a#b or #1.",
        &|word| match word {
            Word::Mention(mention) => Url::parse(&format!("https://x.org/u/{}", mention.name)).ok(),
            Word::Hashtag(tag) => page(tag),
        },
    );
    let link = "of <a href=\"https://x.org/search?q=Wolle\" class=\"mention hashtag\" rel=\"nofollow noopener ugc\">#<span>Wolle</span></a> &amp; <code>#code</code>";
    assert!(html.as_str().contains(link), "{}", html.as_str());
    assert_eq!(
        html.as_str().matches("hashtag").count(),
        1,
        "{}",
        html.as_str()
    );
    assert!(html.as_str().contains("https://x.org/u/ann"));
    let many = "#a ".repeat(200);
    let html = render_linked(&many, &|_| page("a"));
    assert_eq!(html.as_str().matches("<a ").count(), hashtag::MAX);
}

#[test]
fn markdown_becomes_html_with_tables_strikethrough_and_bare_links() {
    let table = [
        (
            "# Head\n\nA *b* **c** ~~d~~ `e`",
            "<h1>Head</h1>\n<p>A <em>b</em> <strong>c</strong> <del>d</del> <code>e</code></p>\n",
        ),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. a", "<ol start=\"3\">\n<li>a</li>\n</ol>\n"),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>\n"),
        ("```rust\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>\n"),
        (
            "see https://x.org/a",
            "<p>see <a href=\"https://x.org/a\" rel=\"nofollow noopener ugc\">https://x.org/a</a></p>\n",
        ),
        (
            "![A tree](https://x.org/p.png)",
            "<p><a href=\"https://x.org/p.png\" rel=\"nofollow noopener ugc\">A tree</a></p>\n",
        ),
        ("- [ ] a", "<ul>\n<li>[ ] a</li>\n</ul>\n"),
    ];
    for (markdown, html) in table {
        assert_eq!(render(markdown).as_str(), html, "{markdown}");
    }
    let aligned = render("|a|b|\n|-|-:|\n|1|2|");
    assert!(aligned.as_str().contains("<td align=\"right\">2</td>"));
}

#[test]
fn html_in_markdown_is_text_and_bad_links_lead_nowhere() {
    for dirty in [
        "<script>alert(1)</script>",
        "a <b onclick=x>b</b>",
        "<svg/onload=alert(1)>",
        "<iframe src=https://x.org></iframe>",
        "[a](javascript:alert(1))",
        "[a](JAVASCRIPT:alert(1))",
        "[a](data:text/html,x)",
        "[a](<java\tscript:alert(1)>)",
        "[a](\u{1}javascript:alert(1))",
        "<javascript:alert(1)>",
        "[a]: javascript:alert(1)\n\n[a]",
        "![a](javascript:alert(1))",
        "![<script>x</script>](https://x.org/)",
        "[a](https://x.org \"\\\" onclick=x\")",
        "```\" onclick=x\n<script>\n```",
        "<!-- <script>x</script> -->",
    ] {
        let html = render(dirty);
        for token in [
            "<script",
            "<svg",
            "<iframe",
            "<b ",
            " onclick=x>",
            "href=\"j",
            "href=\"J",
            "href=\"d",
        ] {
            assert!(
                !html.as_str().contains(token),
                "{dirty} gave {}",
                html.as_str()
            );
        }
    }
    assert_eq!(
        render("a <i>b</i>").as_str(),
        "<p>a &lt;i&gt;b&lt;/i&gt;</p>\n"
    );
}

fn found(markdown: &str) -> Vec<String> {
    mentions(markdown)
        .into_iter()
        .map(|m| {
            let sigil = if m.group { '!' } else { '@' };
            match m.host {
                Some(host) => format!("{sigil}{}@{host}", m.name),
                None => format!("{sigil}{}", m.name),
            }
        })
        .collect()
}

#[test]
fn mentions_are_found_in_text() {
    let table: [(&str, &[&str]); 18] = [
        ("@ann hello", &["@ann"]),
        ("Hi @ann, and (@Bob_1@X.org)!", &["@ann", "@Bob_1@x.org"]),
        ("ask !forest@x.org.", &["!forest@x.org"]),
        (
            "**@ann** *@bob@x.org* # @eve",
            &["@ann", "@bob@x.org", "@eve"],
        ),
        ("@a.b-c@sub.x-y.org: yes", &["@a.b-c@sub.x-y.org"]),
        (
            "@ann@localhost:8080 and @bob@localhost: b",
            &["@ann@localhost:8080", "@bob@localhost"],
        ),
        ("@my_long_name@x.org", &["@my_long_name@x.org"]),
        ("@ann.", &["@ann"]),
        ("@ann @ANN @ann@x.org", &["@ann", "@ann@x.org"]),
        ("@ann@x.org@bob", &["@ann@x.org"]),
        ("`@ann` and\n\n```\n@bob@x.org\n```\n\n    @eve", &[]),
        ("mail ann@x.org or a.@b", &[]),
        ("https://x.org/@ann and [@bob](https://x.org)", &[]),
        ("npm @scope/package", &[]),
        ("really!important !bob", &[]),
        ("@ @@ @- @.a !! @ünal @annü", &[]),
        (
            "| @ann | b |\n|-|-|\n| c | !g@x.org |",
            &["@ann", "!g@x.org"],
        ),
        ("> @ann@x.org\n\n- @bob", &["@ann@x.org", "@bob"]),
    ];
    for (markdown, expected) in table {
        assert_eq!(found(markdown), expected, "{markdown}");
    }
}

#[test]
fn no_text_mentions_more_than_twenty() {
    let many: String = (0..100).map(|n| format!("@ann{n}@x.org ")).collect();
    assert_eq!(mentions(&many).len(), MAX_MENTIONS);
    let html = render_with_mentions(&many, &|_| Url::parse("https://x.org/u").ok());
    assert_eq!(html.as_str().matches("u-url").count(), MAX_MENTIONS);
}

#[test]
fn mentions_become_links_where_they_are_known() {
    let resolve = |m: &Mention| match m.name.as_str() {
        "ann" => Url::parse("https://here.org/u/ann?a=1&b=\"").ok(),
        "grove" => Url::parse("https://x.org/c/grove").ok(),
        "evil" => Url::parse("javascript:alert(1)").ok(),
        _ => None,
    };
    let html = render_with_mentions(
        "Hi @ann, @nobody@x.org, `@ann` & !grove@x.org <b>",
        &resolve,
    );
    assert_eq!(
        html.as_str(),
        "<p>Hi <span class=\"h-card\"><a href=\"https://here.org/u/ann?a=1&amp;b=%22\" class=\"u-url mention\" \
         rel=\"nofollow noopener ugc\">@<span>ann</span></a></span>, @nobody@x.org, <code>@ann</code> &amp; \
         <span class=\"h-card\"><a href=\"https://x.org/c/grove\" class=\"u-url mention\" \
         rel=\"nofollow noopener ugc\">!<span>grove@x.org</span></a></span> &lt;b&gt;</p>\n"
    );
    let evil = render_with_mentions("@evil", &resolve);
    assert!(!evil.as_str().contains("javascript"));
}

#[test]
fn previews_are_one_plain_line() {
    assert_eq!(preview_text("# A\n\nb **c**\n- d", 100), "A b c d");
    assert_eq!(
        preview_text("a <script>b</script> & c", 100),
        "a <script>b</script> & c"
    );
    assert_eq!(preview_text("word word word", 7), "word w…");
    assert_eq!(preview_text("", 7), "");
}

#[test]
fn hostile_markdown_stays_small() {
    let many = 50_000;
    let numbers: String = (1..300).map(|n| "`".repeat(n) + " ").collect();
    let nested: String = (0..220).map(|n| "  ".repeat(n) + "- a\n").collect();
    for hostile in [
        ">".repeat(many),
        "> ".repeat(many),
        "- ".repeat(12_000) + "a\n" + &"\n".repeat(25_000),
        "* ".repeat(12_000) + &"\nb".repeat(12_000),
        "1. ".repeat(many),
        "[".repeat(many),
        "![".repeat(many),
        "[a](".repeat(many),
        "[a](<b".repeat(many),
        "*a ".repeat(many),
        "**a *".repeat(many),
        "a**b".repeat(many) + &"c* ".repeat(many),
        "_a__".repeat(many),
        "~a~~".repeat(many),
        "&".repeat(many),
        "<".repeat(many),
        "<!--".repeat(many),
        "<a ".repeat(many),
        "http://".repeat(many),
        "www.".repeat(many),
        "a@".repeat(many),
        "a@b.c ".repeat(many),
        "¡".repeat(many),
        "@a@b.c".repeat(many),
        "(@a@b.c".repeat(many),
        "\\".repeat(many),
        "[a]: b\n".repeat(many),
        "|".repeat(many),
        "|a".repeat(500) + "\n" + &"|-".repeat(500) + "\n" + &"a\n".repeat(24_000),
        "a|b|c|d|e\n-|-|-|-|-\n".to_owned() + &"a\n".repeat(24_000),
        "|a\n|-\n".repeat(many),
        numbers,
        nested,
    ] {
        let html = render(&hostile);
        assert!(html.as_str().len() <= 2_000_000);
        assert!(mentions(&hostile).len() <= MAX_MENTIONS);
    }
}

#[test]
fn ordinary_lines_are_not_touched_by_the_bounds() {
    for markdown in [
        "> > > a\n- - b\n1. c\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
        "----------------------------------------\n",
        "* * *\n",
        "",
        "no line end",
    ] {
        assert_eq!(bounds::flatten(markdown), markdown);
    }
    assert_eq!(bounds::flatten(&"> ".repeat(30)).matches('\\').count(), 1);
}

proptest! {
    #[test]
    fn any_text_renders_to_something_the_allow_list_accepts(text in "[ -~\n@!é]{0,200}") {
        let html = render_with_mentions(&text, &|_| Url::parse("https://x.org/").ok());
        prop_assert_eq!(sanitise(html.as_str()).to_text(10_000), html.to_text(10_000));
    }
}
