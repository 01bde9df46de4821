import Domain

@testable import Pipeline

/// A status page of every part, with names as nobody should give them.
enum HostilePage {
    /// Names that would do something in a page, a spreadsheet or a terminal that takes them for what they look like.
    static let names: [String] = {
        let seeds = [
            #"<script>alert(1)</script>"#, #"<img src=x onerror=alert(1)>"#, #""><svg onload=alert(1)>"#,
            #"' autofocus onfocus='alert(1)"#, "\"\u{301} onmouseover=alert(1) x=\"\u{301}", "<\u{338}b>not bold</b>",
            "&lt;b&gt;", "&#60;script&#62;", "</style><style>*{display:none}</style>", "</title><h1>no</h1>", "<!--",
            "]]>", "{{title}}", "{{{style}}}", "{{#sections}}", "{{% CONTENT_TYPE:TEXT}}", "javascript:alert(1)",
            "=HYPERLINK(\"http://example.invalid\",\"pay\")", "+1+cmd|' /C calc'!A0", "@SUM(1+1)", "-2+3+cmd",
            "\u{202e}fdp.exe\u{202c}", "a\u{0}b\u{1b}[31mred\u{7}", "line\r\nbreak\ttab", "\u{2028}\u{2029}\u{feff}",
            String(repeating: "W", count: 3_000), String(repeating: "\"", count: 2_000),
            String(repeating: "a\u{301}\u{302}\u{303}", count: 500), "😀👩‍👩‍👧‍👦 家 שלום مرحبا", " leading and trailing ",
            "'; DROP TABLE record; --",
        ]
        return (0..<500).map { "\(seeds[$0 % seeds.count]) \($0 / seeds.count)" }
    }()

    /// A page that lists them all, in every place that others can fill.
    static func page(_ names: [String] = names) -> StatusPage {
        var page = StatusPage(
            written: 1_775_000_000, title: names[0],
            notices: [.init(what: names[1], remedy: names[2], since: names[3])],
            carriers: [.init(about: "QuickBooks Web Connector", what: names[4], remedy: names[5])],
            folders: [.init(about: "inbox", what: names[6])])
        let sections = [
            ("failed", "Needs somebody"), ("review", "To approve"), ("waits", "Waits"), ("underway", "On its way"),
            ("home", "Came home today"), ("files", "Files of today"),
        ]
        for (place, (id, title)) in sections.enumerated() {
            let own = names.enumerated().filter { $0.offset % sections.count == place }.map(\.element)
            var section = StatusPage.Section(
                id: id, title: title, lead: "A sentence.", none: "Nothing.", count: own.count, isUrgent: place < 2)
            section.groups = [.init(word: own[0], count: own.count, money: .init(amount: .one, isAny: true))]
            section.items = own.map { name in
                StatusPage.Item(
                    record: name, state: "failed", amount: Amount("1234567.89"), what: name, remedy: name,
                    who: StatusPageWords.who(can: name), since: "2026-03-31T10:00:00Z", file: name, owner: name,
                    link: id == "review" ? "../review/00000017-bills.html" : nil)
            }
            page.sections.append(section)
        }
        return page
    }
}

/// Reads HTML as strictly as XML: every tag that is opened is closed in its place, nothing but known elements and
/// attributes in quotes, and no character that could be the beginning of anything else.
struct StrictHTML {
    /// What is wrong, in words; none: it is well.
    private(set) var findings: [String] = []
    /// The text between the tags of each element that was met, by its name.
    private(set) var texts: [String: [String]] = [:]

    private static let alone: Set<String> = ["meta"]
    private static let elements: Set<String> = [
        "html", "head", "meta", "title", "style", "body", "a", "header", "h1", "h2", "p", "time", "nav", "ul", "ol",
        "li",
        "b", "strong", "span", "bdi", "main", "section", "table", "caption", "thead", "tbody", "tr", "th", "td", "dl",
        "dt", "dd", "div", "footer",
    ]
    private static let attributes: Set<String> = [
        "lang", "charset", "http-equiv", "content", "name", "class", "href", "datetime", "aria-label",
        "aria-labelledby",
        "id", "tabindex", "scope",
    ]

    init(_ html: String) {
        var open: [String] = []
        var text = ""
        var rest = Substring(html)
        if !rest.hasPrefix("<!DOCTYPE html>\n") { findings.append("no doctype") }
        rest = rest.dropFirst("<!DOCTYPE html>\n".count)
        while !rest.isEmpty {
            let start = rest.unicodeScalars.firstIndex(of: "<") ?? rest.endIndex
            let before = String(rest.unicodeScalars[..<start])
            if before.contains(">"), open.last != "style" { findings.append("a bare > in \(open.last ?? "")") }
            text += before
            rest = Substring(rest.unicodeScalars[start...])
            if rest.isEmpty { break }
            guard let end = rest.unicodeScalars.firstIndex(of: ">") else {
                findings.append("a tag without end")
                return
            }
            let tag = Substring(rest.unicodeScalars[..<end].dropFirst())
            rest = Substring(rest.unicodeScalars[end...].dropFirst())
            if tag.hasPrefix("/") {
                let name = String(tag.dropFirst())
                texts[name, default: []].append(text)
                text = ""
                if open.popLast() != name { findings.append("</\(name)> closes something else") }
            } else {
                check(tag, &open)
                text = ""
            }
        }
        if !open.isEmpty { findings.append("open at the end: \(open)") }
    }

    private mutating func check(_ tag: Substring, _ open: inout [String]) {
        let name = String(tag.prefix { $0 != " " })
        if !Self.elements.contains(name) { findings.append("element \(name)") }
        if !Self.alone.contains(name) { open.append(name) }
        var rest = tag.dropFirst(name.count)
        while !rest.isEmpty {
            guard let match = rest.prefixMatch(of: /\ ([a-z-]+)="([^"<>]*)"/) else {
                return findings.append("attributes \(rest)")
            }
            if !Self.attributes.contains(String(match.1)) { findings.append("attribute \(match.1)") }
            rest = rest[match.range.upperBound...]
        }
    }
}
