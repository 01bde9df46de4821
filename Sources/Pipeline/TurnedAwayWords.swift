import Domain
import Procore
import SyncLedger

extension TurnedAway {
    /// `refused`, or `skipped` where a rule left it out.
    var state: String { isRefusal ? "refused" : "skipped" }

    /// The record with what it is called: `vendor 401104 (Riverton Masonry)`.
    var titled: String {
        guard let title, !shown.contains(title) else { return shown }
        return "\(shown) (\(title))"
    }

    /// Why there is nothing to try again, and what to do instead.
    var explanation: String {
        guard isRefusal else { return "\(titled) was left out: \(reason)" }
        if procoreID?.first == "@" { return "\(titled) was refused: \(reason) \(remedy ?? "")" }
        let copy =
            fileName.map {
                ": once it is mended there, retry.txt in the inbox with the line \($0) takes it (as plumbline retry "
                    + "\($0) does)"
            } ?? ""
        return "\(titled) was refused: \(reason) \(remedy ?? "") Its copy stands in inbox/rejected\(copy)."
    }

    /// For scripts.
    var json: JSONValue { .object(fields) }

    /// Its fields for scripts.
    var fields: [(key: String, value: JSONValue)] {
        [
            ("record", .string(shown)), ("term", .string(term)),
            ("name", title.map(JSONValue.string) ?? .null), ("names", .array(listedNames.map(JSONValue.string))),
            ("reason", .string(reason)), ("remedy", remedy.map(JSONValue.string) ?? .null),
            ("file", fileName.map(JSONValue.string) ?? .null), ("since", .string(since)),
        ]
    }

    /// A document may have thousands of lines.
    private var listedNames: [String] { Array(names.prefix(20)) }
}

/// The records that were not taken, as `status` tells of them.
struct NotTaken: Sendable {
    private let refusals: Int
    private let refused: [TurnedAway]
    private let skips: Int
    private let reasons: [(reason: String, count: Int)]
    private let skipped: [TurnedAway]

    /// None.
    init() { (refusals, refused, skips, reasons, skipped) = (0, [], 0, [], []) }

    /// - Parameter listed: so many of each kind are listed; all are counted.
    init(_ books: Books, listed: Int) throws {
        refusals = try books.refusals()
        refused = try books.turnedAway(isRefusal: true, limit: listed)
        (skips, reasons) = try books.skipReasons(limit: listed)
        skipped = try books.turnedAway(isRefusal: false, limit: listed)
    }

    /// For scripts: what `status` adds to its fields.
    var fields: [(key: String, value: JSONValue)] {
        [
            ("refused_count", .number(String(refusals))), ("refused", .array(refused.map(\.json))),
            ("skipped_count", .number(String(skips))),
            (
                "skipped_reasons",
                .array(
                    reasons.map { .object([("reason", .string($0.reason)), ("count", .number(String($0.count)))]) })
            ),
            ("skipped", .array(skipped.map(\.json))),
        ]
    }

    /// At most so many records are named in words for each reason.
    private static let named = 5

    /// For people.
    var lines: [String] {
        var lines = refused.map { record in
            "Refused: \(record.titled): \(record.reason)\n         \(record.remedy ?? "")\n         "
                + "In \(record.fileName ?? "a file"), since \(record.since)."
        }
        if refusals > refused.count { lines.append("Refused: \(refusals - refused.count) more records.") }
        for (reason, count) in reasons {
            let some = skipped.filter { $0.reason == reason }.prefix(Self.named)
            let more = count - some.count
            lines.append(
                "Left out: \(some.map(\.titled).joined(separator: ", "))"
                    + (more == 0 ? "" : some.isEmpty ? "\(count) records" : " and \(more) more") + ": \(reason)")
        }
        let listed = reasons.reduce(0) { $0 + $1.count }
        if skips > listed { lines.append("Left out: \(skips - listed) more records, for other reasons.") }
        return lines
    }
}
