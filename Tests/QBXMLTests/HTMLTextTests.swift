import QBXML
import Seeds
import Testing

@Suite struct HTMLTextTests {
    @Test(arguments: [
        "Deliver to gate 2; call 24 hrs ahead", "walls < 3 m & > 2 m", "A&B Co", "5 < 6", "5<6 & 7>6", "AT&T; R&D",
        "line one\nline two\n\n\n  - indented   item\tend", "a <", "&", "&#", "Bldg &#A", "&#xyz;", "&foo; bar", "&;",
        "<?", "<3 pumps", "é ñ € 東京 😀", "", "x &lt y", "1 &&& 2", "\"quoted\" 'too'",
    ])
    func plainTextStaysAsItIs(_ text: String) {
        #expect(HTMLText.plain(text) == text)
    }

    @Test(arguments: [
        ("  Gate 2 \r\n", "Gate 2"), ("a\r\nb\rc", "a\nb\nc"), ("walls &lt; 3 m &amp; &gt; 2 m", "walls < 3 m & > 2 m"),
        ("A&amp;B Co", "A&B Co"), ("&lt;p&gt;", "<p>"), ("&amp;lt;", "&lt;"), ("5&#39; x 6&quot;", "5' x 6\""),
        ("caf&eacute; &#233; &#xE9; &#XE9;", "café é é é"), ("it&apos;s", "it's"), ("S1.0&ndash;S4.2", "S1.0–S4.2"),
        ("a&nbsp;b\u{A0}c", "a b c"), ("&nbsp; a &nbsp;", "a"), ("a\u{0}b", "ab"), ("it&#146;s 1&#133;2", "it’s 1…2"),
        ("&#128512;", "😀"), ("a\u{C}b", "a b"), ("&amp;\n&amp;", "&\n&"), ("&frac12;&deg;&reg;", "½°®"),
    ])
    func entitiesOfPlainTextAreDecoded(_ text: String, _ expected: String) {
        #expect(HTMLText.plain(text) == expected)
    }

    @Test(arguments: [
        (
            "<p>Furnish &amp; install all <b>cast-in-place</b> concrete per drawings S1.0–S4.2</p>",
            "Furnish & install all cast-in-place concrete per drawings S1.0–S4.2"
        ),
        ("<p>one</p><p>two</p>", "one\ntwo"), ("<p>one</p>\n\n<p>two</p>\n", "one\ntwo"), ("a<br>b<br/>c", "a\nb\nc"),
        ("<div>a</div><div>b<div>c</div></div>d", "a\nb\nc\nd"), ("<h1>Scope</h1>text<h6>End</h6>", "Scope\ntext\nEnd"),
        ("a<p>b", "a\nb"), ("<p>a<br></p><p>b</p>", "a\nb"), ("a<hr>b", "a\nb"),
        ("<blockquote>a</blockquote>b<pre>c</pre>", "a\nb\nc"),
    ])
    func blocksBeginNewLines(_ html: String, _ expected: String) {
        #expect(HTMLText.plain(html) == expected)
    }

    @Test(arguments: [
        ("a<br><br>b", "a\n\nb"), ("a<br><br><br><br>b", "a\n\nb"), ("<p>a</p><p></p><p>b</p>", "a\nb"),
        ("<p>a</p><p>&nbsp;</p><p>b</p>", "a\n\nb"), ("<p>a</p><p><br></p><p>&nbsp;</p><p>b</p>", "a\n\nb"),
        ("<br><br>a<br><br>", "a"), ("<p>&nbsp;</p>", ""), ("<p></p>", ""), ("<br>", ""),
    ])
    func thereIsAtMostOneEmptyLine(_ html: String, _ expected: String) {
        #expect(HTMLText.plain(html) == expected)
    }

    @Test(arguments: [
        ("<p>  a \n\t b  </p>", "a b"), ("<b>a</b> <i>b</i>", "a b"), ("<b>a </b> <i> b</i>", "a b"),
        ("<b>a</b><i>b</i>", "ab"), ("<p>a&nbsp;&nbsp;b</p>", "a  b"), ("<p>a&nbsp; b</p>", "a  b"),
        ("<p>a&nbsp;</p><p>b</p>", "a\nb"), ("<p>a <br> b</p>", "a\nb"), ("<p>a\r\nb</p>", "a b"),
        ("<pre>\na  b\n c\r\nd</pre>e", "a  b\n c\nd\ne"), ("<span> </span>a<span> </span>", "a"),
        ("<b>a</b>\u{C}<i>b</i>", "a b"), ("<p>a</p> <!-- c --> <p>b</p>", "a\nb"),
    ])
    func whiteSpaceIsCollapsedAsABrowserDoes(_ html: String, _ expected: String) {
        #expect(HTMLText.plain(html) == expected)
    }

    @Test(arguments: [
        ("<ul><li>one</li><li>two</li></ul>end", "- one\n- two\nend"),
        ("Scope:<ol><li>a<li>b</ol>", "Scope:\n- a\n- b"),
        ("<ul>\n <li> one </li>\n <li>\n<p>two</p></li>\n</ul>", "- one\n- two"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n- b\n- c"),
        ("<ul><li></li><li>b</li></ul>c", "- b\nc"),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "- a\nb"), ("<ul><li>a<br>b</li></ul>", "- a\nb"),
    ])
    func listItemsAreMarked(_ html: String, _ expected: String) {
        #expect(HTMLText.plain(html) == expected)
    }

    @Test(arguments: [
        ("<table><tr><th>Item</th><th>Qty</th></tr><tr><td>Wall</td><td>3</td></tr></table>", "Item Qty\nWall 3"),
        ("<table>\n<tbody>\n<tr>\n<td>\n a \n</td>\n<td>b</td>\n</tr>\n</tbody>\n</table>after", "a b\nafter"),
        ("before<table><tr><td><p>a</p></td><td><p>b</p></td></tr></table>", "before\na b"),
        ("<table><tr><td>a<tr><td>b</table>", "a\nb"),
        ("<table><tr><td>a</td><td></td><td>&nbsp;</td><td>b</td></tr></table>", "a b"),
        ("x<table><tr><td></td><td>b</td></tr></table>", "x\nb"),
        ("<table><tr><td>a<br>b</td><td>c<br></td><td>d</td></tr></table>", "a\nb c d"),
    ])
    func tablesBecomeALineARow(_ html: String, _ expected: String) {
        #expect(HTMLText.plain(html) == expected)
    }

    @Test(arguments: [
        ("a<script>alert('<p>x</p>')</script>b", "ab"), ("a<style>p { color: red }</style>b", "ab"),
        ("a<!-- <p>hidden</p> -->b", "ab"), ("<p>a</p><script>never closed <p>b", "a"), ("a<!-- never closed", "a"),
        ("<SCRIPT>x</SCRIPT>a<Style>y</sTYLE>b", "ab"), ("<script>if (a < b && c) '</b>'</script>a", "a"),
        ("<html><head><title>t</title><meta charset=\"latin1\"></head><body>é</body></html>", "é"),
        ("<!DOCTYPE html><p>a</p>", "a"), ("a<![CDATA[b]]>c", "ac"),
        ("<p><![if !supportLists]>1.<![endif]> a</p>", "1. a"),
        ("<p>a<!doctype x>b<? c >d<?e?>f</p>", "abdf"), ("<!>a<!--->b-->c", "ac"),
        ("<?xml version=\"1.0\"?><p>a</p>", "a"),
        ("<p title=\"a > b\">c</p>", "c"), ("<img src=x alt='no'>a<a href=\"http://localhost:1/\">b</a>", "ab"),
        ("<script/>", ""), ("<textarea>a</textarea>", "a"), ("<scr<script>ipt>x</script>y", "ipt>xy"),
    ])
    func whatIsNoTextIsDropped(_ html: String, _ expected: String) {
        #expect(HTMLText.plain(html) == expected)
    }

    @Test(arguments: [
        ("<p>walls < 3 m & > 2 m</p>", "walls < 3 m & > 2 m"), ("<p>A&B Co</p>", "A&B Co"), ("<p>&lt;p&gt;</p>", "<p>"),
        ("<p>&copy;&#169;&#xa9; &bogus; &#A &#</p>", "©©© &bogus; &#A &#"), ("<b>a<i>b</b>c</i>", "abc"),
        ("</p>a</div></b>", "a"), ("<p", ""), ("a<b", "a"), ("a</", "a"), ("<p>a\u{0}b</p>\u{0}c", "ab\nc"),
        ("<\u{0}p>a</p>", "a"), ("<p>&#0;&#xD800;&#x110000;&#99999999999;a</p>", "a"), ("<o:p>a</o:p>", "a"),
        ("<p>a</p></body></html>b", "a\nb"), ("<p>a<5</p>", "a<5"), ("<p>it&#146;s</p>", "it’s"),
        ("<custom-x>a</custom-x>", "a"),
    ])
    func badHTMLIsRepaired(_ html: String, _ expected: String) {
        #expect(HTMLText.plain(html) == expected)
    }

    /// A document type may name files and define entities; neither is read nor put in.
    @Test func entitiesOfTheDocumentAreNotTaken() {
        let html = """
            <!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "laugh">]><p>a &x; &y; b</p>
            """
        let text = HTMLText.plain(html)
        #expect(text.hasSuffix("a &x; &y; b"))
        #expect(!text.contains("root:"))
    }

    @Test func deepNestingLosesNothing() {
        let deep = 20_000
        for tag in ["div", "b", "ul><li", "table><tr><td", "blockquote", "font"] {
            let html = "first" + String(repeating: "<\(tag)>", count: deep) + "last"
            let text = HTMLText.plain(html)
            #expect(text.hasPrefix("first"), "\(tag)")
            #expect(text.hasSuffix("last"), "\(tag)")
        }
        let closed = String(repeating: "<div>", count: deep) + "a" + String(repeating: "</div>", count: deep) + "b"
        #expect(HTMLText.plain(closed) == "a\nb")
    }

    @Test func hugeInputIsReadToItsEnd() {
        let count = 50_000
        let paragraphs = HTMLText.plain(String(repeating: "<p>Wall &amp; slab</p>", count: count))
        #expect(paragraphs.utf8.count == count * 12 - 1)
        #expect(paragraphs.hasSuffix("slab\nWall & slab"))
        let long = String(repeating: "é", count: 1_000_000)
        #expect(HTMLText.plain("<p>" + long + "</p>") == long)
        #expect(HTMLText.plain(long) == long)
        #expect(HTMLText.plain("a" + String(repeating: "<script>x</script>", count: count) + "b") == "ab")
        #expect(HTMLText.plain("a<!--" + long + "-->b") == "ab")
        #expect(HTMLText.plain("a<script>" + long + "</script>b") == "ab")
    }

    /// Whatever surrounds a tag, it is never left in the text.
    @Test func randomBytesNeverCrashAndKeepNoTag() {
        let pieces = [
            "<p class=k7>", "</p>", "<", ">", "</", "<!--", "-->", "<!", "&", "&#", "&#x", ";", "<script>", "</script>",
            "<style>", "<td>", "<tr>", "<li>", "<br>", "<pre>", "\"", "'", "=", "\u{0}", "\u{A0}", "\r", "\n", "]]>",
            "<![CDATA[", "<?", "<!DOCTYPE", "<body>", "</html>", "<table>", "text ", "amp", "120", "<title>",
            "\u{FFFF}",
        ]
        var random = Seeded(seed: 7)
        for _ in 0..<3_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                if Bool.random(using: &random) {
                    bytes += Array(pieces[Int.random(in: 0..<pieces.count, using: &random)].utf8)
                } else {
                    bytes.append(UInt8.random(in: .min ... .max, using: &random))
                }
            }
            let text = HTMLText.plain(String(decoding: bytes, as: UTF8.self))
            #expect(!text.contains("<p class=k7>"), "\(bytes)")
            #expect(!text.contains("\u{0}"), "\(bytes)")
            #expect(text.first?.isWhitespace != true && text.last?.isWhitespace != true, "\(bytes)")
        }
    }
}
