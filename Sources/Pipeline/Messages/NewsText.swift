import Domain
import Procore

/// A message in plain words, for whoever keeps the books.
extension News {
    /// A text of others' making is shown up to so many characters; the status page has all of it.
    private static let most = 600

    /// What a mail says, its lines ended by a line feed.
    var text: String {
        let words = StatusPageWords(zone: zone)
        var lines = [
            "Plumbline, \(Self.shown(title))", "\(words.time(at)), \(words.zoneName)", "",
            "Since the last message: \(summary).",
        ]
        for kind in Kind.allCases {
            guard let count = counts[kind], count > 0 else { continue }
            let listed = items.filter { $0.kind == kind }.map(\.item)
            lines += ["", kind.heading, String(repeating: "-", count: kind.heading.count)]
            for item in listed { lines += [""] + Self.lines(item, words) }
            if count > listed.count {
                lines += ["", "\(StatusPageWords.number(count - listed.count)) more are not listed here."]
            }
        }
        lines += [
            "", "Everything that waits or failed stands in outbox/results/status.html, with all of its words.",
            "What stands above is told once.",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(_ item: StatusPage.Item, _ words: StatusPageWords) -> [String] {
        let amount = item.amount.map { ", \(StatusPageWords.money($0))" } ?? ""
        var lines = ["* \(shown(item.record))\(amount)", "  \(shown(item.what))"]
        if let remedy = item.remedy { lines.append("  What to do: \(shown(remedy))") }
        if let who = item.who { lines.append("  Who can: \(shown(who))") }
        var origin: [String] = []
        if let file = item.file { origin.append("from \(shown(file))") }
        if let owner = item.owner { origin.append("dropped by \(shown(owner))") }
        if let since = item.since { origin.append("since \(words.time(since))") }
        if !origin.isEmpty { lines.append("  (\(origin.joined(separator: ", ")))") }
        return lines
    }

    /// A text of others' making on one line; it says so where it was longer.
    private static func shown(_ text: String) -> String {
        let plain = StatusPage.Item.plain(text)
        guard plain.count > most else { return plain }
        return plain.prefix(most) + " … (the rest stands in status.html)"
    }

    /// What a hook reads, UTF-8, with the end of its last line; times in UTC. docs/guide/reference.md names its keys.
    var json: [UInt8] {
        let value = JSONValue.object([
            ("root", .string(root)), ("name", .string(name)), ("title", .string(title)),
            ("at", .string(WallClock.text(at))), ("summary", .string(summary)),
            (
                "counts",
                .object(Kind.allCases.map { ($0.rawValue, .number(String(counts[$0, default: 0]))) })
            ),
            (
                "items",
                .array(
                    items.map { .object([("kind", .string($0.kind.rawValue))] + StatusPage.fields(of: $0.item)) })
            ),
            ("left_out", .number(String(leftOut))), ("text", .string(text)),
        ])
        return value.bytes(pretty: true) + [0x0a]
    }
}
