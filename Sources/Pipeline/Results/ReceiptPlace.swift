import Domain
import Foundation
import SyncLedger

/// Where receipts are, below `outbox/results`: those of what people dropped in a folder for each day, those of answers, which
/// machines bring, in one of their own inside it.
///
/// `2026-11-22/00000042-vendors.json.result.json`, `2026-11-22/answers/00000043-a.xml.result.json`, and beside each what it
/// says to people, `.result.txt`. Days are those of the office.
enum ReceiptPlace {
    /// The folder in a day for what QuickBooks and Procore answered.
    static let answers = "answers"

    /// The folder of a receipt.
    /// - Parameter zone: where the office is.
    static func folder(_ receipt: Receipt, zone: TimeZone) -> String {
        let day = day(receipt.file.received, zone: zone)
        return receipt.direction == .toProcore ? "\(day)/\(answers)" : day
    }

    /// The day of a moment in a time zone: `2026-11-22`.
    /// - Parameter moment: UTC, as the ledger has it.
    static func day(_ moment: String, zone: TimeZone) -> String {
        guard zone.secondsFromGMT() != 0 || zone.nextDaylightSavingTimeTransition != nil,
            let date = try? Date(moment, strategy: .iso8601)
        else { return String(moment.prefix(10)) }
        return date.formatted(Date.ISO8601FormatStyle(timeZone: zone).year().month().day())
    }

    /// The path of a file's receipt for scripts.
    static func path(_ file: LedgerFile) -> String { stem(file) + ".json" }

    /// The path of a file's receipt for people.
    static func textPath(_ file: LedgerFile) -> String { stem(file) + ".txt" }

    /// `00000042-NAME.result`, NAME reduced to harmless characters, at most 80.
    private static func stem(_ file: LedgerFile) -> String {
        let safe = file.name.utf8.prefix(80).map { byte -> Character in
            let isSafe =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(byte)
            return isSafe ? Character(Unicode.Scalar(byte)) : "_"
        }
        let number = String(file.intake)
        let folder = file.places.receipt.map { $0 + "/" } ?? ""
        return folder + String(repeating: "0", count: max(0, 8 - number.count)) + number + "-" + String(safe)
            + ".result"
    }
}
