import Foundation
import Testing

@testable import Pipeline

/// The configuration's table in `docs/guide/reference.md` names the keys that there are, with the defaults that `init`
/// writes.
@Suite struct ConfigurationPageTests {
    /// The table's rows: the key, and what stands in the column of defaults.
    private let rows: [String: String]

    init() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/guide/reference.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let start = try #require(text.range(of: "\n## Configuration\n"))
        let table = text[start.upperBound...].components(separatedBy: "\n## ")[0]
        rows = Dictionary(
            table.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { row in
                let cells = row.dropFirst(2).components(separatedBy: " | ")
                return (cells[0].trimmingCharacters(in: ["`"]), cells[1])
            }, uniquingKeysWith: { first, _ in first })
    }

    @Test func everyKeyIsNamedAndNoOther() {
        // A key with keys below it is told by these, unless they are the user's own.
        let known = ConfigurationReader.known.filter { key in
            !ConfigurationReader.known.contains { $0.hasPrefix(key + ".") }
        }
        #expect(known.count > 30)
        #expect(Set(rows.keys) == Set(known))
    }

    @Test func theDefaultsAreThoseThatInitWrites() {
        var section = ""
        var compared = 0
        for line in Configuration.template(companyID: "8089").split(separator: "\n") {
            let isInner = line.hasPrefix("  ")
            let text = line.drop { $0 == " " || $0 == "#" }
            if !isInner {
                section = ["quickbooks", "webconnector"].first { text.hasPrefix("\($0):") }.map { $0 + "." } ?? ""
            }
            guard let colon = text.range(of: ": "), let shown = rows[section + text[..<colon.lowerBound]] else {
                continue
            }
            let value = text[colon.upperBound...].components(separatedBy: "  #")[0].components(separatedBy: " #")[0]
            guard shown.hasPrefix("`") else { continue }
            compared += 1
            #expect(shown == "`\(value.trimmingCharacters(in: .whitespaces))`", "\(line)")
        }
        #expect(compared > 10)
    }
}
