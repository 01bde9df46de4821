import Domain
import Procore

/// The status page for spreadsheets.
extension StatusPage {
    /// One row for each thing that is listed, and one for what is left out of each section. UTF-8 with a mark at its
    /// beginning, by which spreadsheets know it; times in the page's zone.
    var csv: [UInt8] {
        let words = StatusPageWords(zone: zone)
        var text = "\u{feff}"
        func row(_ cells: [String?]) {
            text += cells.map { Self.cell($0 ?? "") }.joined(separator: ",") + "\r\n"
        }
        row(["part", "record", "state", "amount", "why", "what to do", "who can", "time", "file", "dropped by"])
        for section in sections {
            for item in section.items {
                row(
                    [
                        section.title, item.record, item.state, nil, item.what, item.remedy, item.who,
                        item.since.map(words.cell), item.file, item.owner,
                    ].replacing(3, with: item.amount?.money))
            }
            if section.leftOut > 0 {
                row(
                    [section.title, "\(StatusPageWords.number(section.leftOut)) more, not listed", "left out"]
                        + Array(repeating: nil, count: 7))
            }
        }
        for fact in carriers + folders {
            row(["Carriers and folders", fact.about, nil, nil, fact.what, fact.remedy, nil, nil, nil, nil])
        }
        return Array(text.utf8)
    }

    /// A cell that no spreadsheet takes for a formula. Source: OWASP, "CSV Injection".
    static func cell(_ text: String) -> String {
        var plain = Item.plain(text)
        let isAmount = Amount(plain) != nil
        if !isAmount, let first = plain.first(where: { $0 != " " }), "=+-@".contains(first) { plain = "'" + plain }
        guard plain.utf8.contains(where: { [0x22, 0x2c, 0x0a, 0x0d, 0x3b].contains($0) }) || plain.first == " " else {
            return plain
        }
        return "\"" + plain.replacing("\"", with: "\"\"") + "\""
    }
}

extension [String?] {
    fileprivate func replacing(_ place: Int, with cell: String?) -> [String?] {
        var cells = self
        cells[place] = cell
        return cells
    }
}

/// The status page for programs; docs/guide/reference.md names its keys.
extension StatusPage {
    /// UTF-8, with the end of its last line; times in UTC.
    var json: [UInt8] {
        let value = JSONValue.object([
            ("written", .string(WallClock.text(written))), ("life", .string(life.rawValue)), ("title", .string(title)),
            ("time_zone", Self.text(zone?.identifier)), ("verdict", .string(verdict)),
            (
                "notices",
                .array(
                    notices.map {
                        .object([
                            ("what", .string($0.what)), ("remedy", .string($0.remedy)), ("since", Self.text($0.since)),
                        ])
                    })
            ),
            ("sections", .array(sections.map(Self.json))), ("carriers", .array(carriers.map(Self.json))),
            ("folders", .array(folders.map(Self.json))),
        ])
        return value.bytes(pretty: true) + [0x0a]
    }

    private static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

    private static func number(_ number: Int) -> JSONValue { .number(String(number)) }

    private static func json(_ fact: Fact) -> JSONValue {
        .object([("about", .string(fact.about)), ("what", .string(fact.what)), ("remedy", text(fact.remedy))])
    }

    private static func json(_ section: Section) -> JSONValue {
        .object(
            [("id", .string(section.id)), ("title", .string(section.title)), ("count", number(section.count))]
                + amount(section.money) + [
                    ("left_out", number(section.leftOut)),
                    (
                        "groups",
                        .array(
                            section.groups.map {
                                .object(
                                    [("what", .string($0.word)), ("count", number($0.count))] + amount($0.money))
                            })
                    ),
                    ("items", .array(section.items.map(json))),
                ])
    }

    private static func amount(_ money: Money) -> [(key: String, value: JSONValue)] {
        [
            ("amount", money.isAny ? .string(money.amount.money) : .null), ("amount_is_whole", .bool(money.isWhole)),
        ]
    }

    private static func json(_ item: Item) -> JSONValue { .object(fields(of: item)) }

    /// The fields of a thing that is listed.
    static func fields(of item: Item) -> [(key: String, value: JSONValue)] {
        [
            ("record", .string(item.record)), ("state", .string(item.state)), ("amount", text(item.amount?.money)),
            ("what", .string(item.what)), ("remedy", text(item.remedy)), ("who", text(item.who)),
            ("since", text(item.since)), ("file", text(item.file)), ("dropped_by", text(item.owner)),
        ]
    }
}
