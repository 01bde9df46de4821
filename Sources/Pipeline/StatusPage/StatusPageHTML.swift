import Domain
import Foundation
import Mustache

/// The status page as HTML: one file without scripts, which asks for nothing beside itself.
///
/// It stays below 1 MiB whatever it has to tell: each section has `most` bytes for what it lists, and says how much it
/// leaves out.
struct StatusPageHTML {
    private let template: MustacheTemplate
    private let digest: String

    /// What a section may list, in bytes of HTML. There are at most eight.
    private static let most = 110_000
    /// What the tags around one thing take.
    private static let frame = 420
    /// A text is cut behind so many characters.
    private static let longest = 600
    private static let longestName = 160

    /// - Throws: what the library says of a template that is wrong.
    init() throws {
        template = try SafeHTML.template(StatusPageTemplate.html)
        digest = "sha256-" + Data(Digest(of: Array(StatusPageTemplate.style.utf8)).bytes).base64EncodedString()
    }

    /// The page, UTF-8.
    func render(_ page: StatusPage) -> [UInt8] {
        let words = StatusPageWords(zone: page.zone)
        let values: [String: Any] = [
            "style": StatusPageTemplate.style, "styleDigest": digest, "company": Self.cut(page.title, Self.longestName),
            "verdict": page.verdict, "writtenUTC": WallClock.text(page.written), "writtenAt": words.time(page.written),
            "freshness": page.freshness, "zoneName": words.zoneName,
            "notices": page.notices.prefix(20).map { Self.values($0, words) },
            "sections": page.sections.map { Self.values($0, words) },
            "facts": (page.carriers + page.folders).map(Self.values),
        ]
        return Array(template.render(values).utf8)
    }

    private static func values(_ notice: StatusPage.Notice, _ words: StatusPageWords) -> [String: Any] {
        var values: [String: Any] = ["what": cut(notice.what), "remedy": cut(notice.remedy)]
        if let since = notice.since { values["since"] = words.time(since) }
        return values
    }

    private static func values(_ fact: StatusPage.Fact) -> [String: Any] {
        var values: [String: Any] = ["about": fact.about, "said": cut(fact.what, 2 * longest)]
        if let remedy = fact.remedy { values["mend"] = cut(remedy) }
        return values
    }

    private static func values(_ section: StatusPage.Section, _ words: StatusPageWords) -> [String: Any] {
        let items = listed(section, words)
        var values: [String: Any] = [
            "id": section.id, "heading": section.title, "lead": section.lead, "none": section.none,
            "count": StatusPageWords.number(section.count), "isEmpty": section.count == 0,
            "isFull": section.count > 0 || !section.groups.isEmpty,
            "urgent": section.isUrgent && section.count > 0,
            "groups": section.groups.prefix(60).map { group -> [String: Any] in
                [
                    "word": cut(group.word, longestName), "number": StatusPageWords.number(group.count),
                    "money": StatusPageWords.money(group.money) ?? "",
                ]
            }, "items": items,
        ]
        if let money = StatusPageWords.money(section.money) { values["total"] = money }
        let leftOut = section.count - items.count
        if leftOut > 0 {
            values["more"] =
                "\(StatusPageWords.number(items.count)) of \(StatusPageWords.number(section.count)) are listed here; "
                + "\(StatusPageWords.number(leftOut)) more are counted above and left out of the list."
        }
        return values
    }

    /// What of a section's things has room.
    private static func listed(_ section: StatusPage.Section, _ words: StatusPageWords) -> [[String: Any]] {
        var room = most
        var listed: [[String: Any]] = []
        for item in section.items {
            let values = values(item, words)
            room -= frame + values.values.reduce(0) { $0 + SafeHTML.escape($1 as? String ?? "").utf8.count }
            if room < 0 { break }
            listed.append(values)
        }
        return listed
    }

    private static func values(_ item: StatusPage.Item, _ words: StatusPageWords) -> [String: Any] {
        var values: [String: Any] = [
            "name": cut(item.record, longestName), "why": cut(item.what), "state": item.state,
        ]
        if let amount = item.amount { values["amount"] = StatusPageWords.money(amount) }
        if let remedy = item.remedy, !remedy.isEmpty { values["todo"] = cut(remedy) }
        if let who = item.who { values["who"] = who }
        if let since = item.since {
            values["at"] = (item.isOpen ? "since " : "") + words.time(since)
            values["sinceUTC"] = since
        }
        if let file = item.file { values["file"] = cut(file, longestName) }
        if let owner = item.owner { values["owner"] = cut(owner, longestName) }
        if let link = item.link { values["link"] = link }
        return values
    }

    /// The text, cut where it is longer than there is room for.
    private static func cut(_ text: String, _ most: Int = longest) -> String {
        let scalars = text.unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: most, limitedBy: scalars.endIndex),
            end < scalars.endIndex
        else { return text }
        return String(scalars[..<end]) + " …"
    }
}

extension StatusPage {
    /// How things stand, in a sentence.
    var verdict: String {
        func count(_ id: String) -> Int { sections.first { $0.id == id }?.count ?? 0 }
        var parts: [String] = notices.isEmpty ? [] : ["Plumbline is held up"]
        if count("failed") > 0 {
            parts.append("\(StatusPageWords.number(count("failed"))) need\(count("failed") == 1 ? "s" : "") somebody")
        }
        if count("review") > 0 { parts.append("\(StatusPageWords.number(count("review"))) to approve") }
        if count("waits") > 0 {
            parts.append("\(StatusPageWords.number(count("waits"))) wait\(count("waits") == 1 ? "s" : "")")
        }
        if count("underway") > 0 { parts.append("\(StatusPageWords.number(count("underway"))) on the way") }
        return parts.isEmpty ? "All is well: nothing waits" : parts.joined(separator: ", ")
    }

    /// What its time tells.
    var freshness: String {
        switch life {
        case .running:
            "Plumbline writes it anew when something changes, and every \(StatusPagePace.alive / 60) minutes at the latest: "
                + "if it is much older, Plumbline does not run. To see the newest, load it again (F5)."
        case .stopped: "Plumbline was stopped then: nothing is taken until it is started again."
        case .once: "It shows how things stood at the end of plumbline once."
        }
    }
}

extension StatusPage.Item {
    /// Whether it is still so, so that its time is one since when.
    fileprivate var isOpen: Bool {
        [
            "waits", "stuck", "failed", "refused", "unanswered", "to be collected", "to approve", "cannot be taken",
            "being taken back",
        ]
        .contains(state)
    }
}
