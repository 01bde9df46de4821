import Domain
import Foundation
import Procore
import SyncLedger

/// A receipt in a person's words: what the file was, what became of it, what its records come to, and what each one that does
/// not go on by itself waits for. At most 15 lines, so that it fits a small screen.
struct ReceiptLetter {
    /// At most so many lines.
    static let mostLines = 15
    /// At most so many letters of a line; what is cut ends in `…`.
    private static let mostLetters = 300
    /// At most so many kinds of record.
    private static let mostKinds = 4

    private let file: LedgerFile
    private let receipt: JSONRecord
    private let fates: FileFates
    private let isChanged: Bool

    /// - Parameters:
    ///   - file: which file.
    ///   - receipt: its receipt for scripts; of a long one, without the documents that it names.
    ///   - fates: how its records stand.
    ///   - isChanged: whether they met another fate since the receipt was written.
    /// - Throws: a `Problem` where the ledger holds a receipt that is none.
    init(_ file: LedgerFile, _ receipt: [UInt8], _ fates: FileFates, isChanged: Bool) throws {
        self.file = file
        self.fates = fates
        self.isChanged = isChanged
        self.receipt = try JSONRecord(parsing: Array(receipt.dropLast(while: { $0 == 0x0a })))
    }

    /// The letter.
    /// - Parameters:
    ///   - now: when it is written, in seconds since 1970.
    ///   - zone: where the office is.
    ///   - received: when the file was taken, as `received(_:_:)` says it.
    func text(at now: Int64, zone: TimeZone, received: String) throws -> String {
        var lines = ["\(file.name): \(outcome)", times(now, zone, received)]
        let kinds = try kinds()
        if !kinds.isEmpty { lines += [""] + kinds }
        lines += try notes(isAlone: kinds.isEmpty)
        let stuck = try stuck()
        if !stuck.isEmpty { lines += [""] + fitting(stuck, Self.mostLines - lines.count - 1) }
        return lines.map(Self.oneLine).joined(separator: "\n") + "\n"
    }

    private var outcome: String {
        switch Receipt.Outcome(rawValue: file.outcome) {
        case .accepted: isAnswer ? "an answer, taken." : "taken."
        case .acceptedWithProblems: isAnswer ? "an answer, taken, with problems." : "taken, with problems."
        case .duplicate: "nothing new; all of it was known."
        case .rejected: "not taken. It is in inbox/rejected, with the reason beside it."
        case nil: file.outcome
        }
    }

    private var isAnswer: Bool { (try? receipt.text("direction")) == Receipt.Direction.toProcore.rawValue }

    /// A moment as people write it, of which many files have the same.
    /// - Parameters:
    ///   - moment: UTC, such as `2026-11-22T21:30:05Z`.
    ///   - zone: where the office is.
    static func received(_ moment: String, _ zone: TimeZone) -> String {
        (try? Date(moment, strategy: .iso8601)).map { words($0, zone) } ?? moment
    }

    private func times(_ now: Int64, _ zone: TimeZone, _ received: String) -> String {
        let line = "Received \(received); receipt \(file.intake)."
        guard isChanged else { return line }
        let told = Self.words(Date(timeIntervalSince1970: TimeInterval(now)), zone)
        return line + " This is how things stood on \(told)."
    }

    /// `29 November 2026, 09:05`
    private static func words(_ date: Date, _ zone: TimeZone) -> String {
        let text = date.formatted(
            Date.ISO8601FormatStyle(timeZone: zone).year().month().day().dateSeparator(.dash).time(
                includingFractionalSeconds: false))
        let numbers = text.split { !$0.isNumber }.map(String.init)
        guard numbers.count >= 5, let month = Int(numbers[1]), let day = Int(numbers[2]), (1...12).contains(month)
        else {
            return text
        }
        return "\(day) \(months[month - 1]) \(numbers[0]), \(numbers[3]):\(numbers[4])"
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    // MARK: - Kinds of record

    /// One line for each kind of record: what the file said, and how it stands.
    private func kinds() throws -> [String] {
        let counters = try receipt.record("entities")
        let kinds = (counters?.keys ?? []).compactMap(Entity.init).sorted()
        var lines = try kinds.prefix(Self.mostKinds).map { entity in
            let counts = try counters?.record(entity.rawValue)
            let parts = try Receipt.Count.allCases.compactMap { count -> String? in
                guard let number = try counts?.text(count.rawValue).flatMap({ Int($0) }), number > 0 else { return nil }
                return "\(number) \(Self.words(count))"
            }
            let name = entity.plural.prefix(1).uppercased() + entity.plural.dropFirst()
            return "\(name): " + (parts.isEmpty ? "nothing" : parts.joined(separator: ", ")) + "." + standing(entity)
        }
        if kinds.count > Self.mostKinds { lines.append("And \(kinds.count - Self.mostKinds) more kinds of record.") }
        return lines
    }

    /// How the records of a kind stand that the file brought: ` 12 in QuickBooks, 3 on their way.`
    private func standing(_ entity: Entity) -> String {
        guard let states = fates.states[entity] else { return "" }
        let parts = FileFates.order.compactMap { state -> String? in
            guard let count = states[state], count > 0 else { return nil }
            let amount = fates.amounts[entity]?[state].map { " (\($0.grouped))" } ?? ""
            return "\(count) \(words(state, count, entity))\(amount)"
        }
        guard !parts.isEmpty else { return "" }
        let amounts = fates.amounts[entity] ?? [:]
        return " Now: " + parts.joined(separator: ", ")
            + (amounts.count > 1 ? "; \(amounts.values.sum.grouped) in all." : ".")
    }

    private func words(_ state: LedgerRecord.State.Name, _ count: Int, _ entity: Entity) -> String {
        switch state {
        case .linked: entity == .directCosts || isAnswer ? "in both books" : "in QuickBooks"
        case .held: count == 1 ? "waits" : "wait"
        case .failed: "failed"
        case .undone: "taken back"
        default: "on \(count == 1 ? "its" : "their") way"
        }
    }

    private static func words(_ count: Receipt.Count) -> String {
        switch count {
        case .held: "waiting"
        case .skipped: "left out by a rule"
        case .rejected: "refused"
        case .linked: "entered in QuickBooks"
        default: count.rawValue
        }
    }

    // MARK: - What else is said

    /// What the file set free, and, where nothing was counted, the note that says why.
    private func notes(isAlone: Bool) throws -> [String] {
        var lines: [String] = []
        let released = (try receipt.strings("released") ?? []).compactMap(Self.released)
        if let first = released.first {
            lines.append("Set free: \(first)" + (released.count > 1 ? ", and \(released.count - 1) more." : "."))
        }
        if isAlone, lines.isEmpty, let note = try receipt.records("notes")?.first, let what = try note.text("what") {
            lines.append(what)
        }
        return lines
    }

    /// What became of a record that was set free; nil where that is said already: it was answered and is linked.
    private static func released(_ line: String) -> String? {
        let words = [(": queued", " goes on"), (": held", " still waits"), (": failed", " failed")]
        guard let (ending, word) = words.first(where: { line.hasSuffix($0.0) }) else { return nil }
        return line.dropLast(ending.count) + word
    }

    /// What does not go on by itself: one or two lines each, those first that a person has to do something about.
    private func stuck() throws -> [[String]] {
        var all = fates.stuck.filter(\.isFailed).map { Self.lines($0, "failed") }
        let failed = Set(fates.stuck.filter(\.isFailed).map(\.record))
        for problem in try receipt.records("problems") ?? [] {
            let record = try problem.text("record")
            if let record, failed.contains(record) || !isOpen(record) { continue }
            let place = [try problem.text("file"), record].compactMap { $0 }.joined(separator: ": ")
            var lines = [(place.isEmpty ? "" : "\(place): ") + (try problem.text("what") ?? "")]
            if let remedy = try problem.text("remedy"), !remedy.isEmpty { lines.append("  What to do: \(remedy)") }
            all.append(lines)
        }
        all += fates.stuck.filter { !$0.isFailed }.map { Self.lines($0, "waits") }
        // Those that another file brought, and that this one found waiting.
        guard !isChanged, fates.count(.held) == 0 else { return all }
        return try all
            + (receipt.records("waits") ?? []).map {
                ["\(try $0.text("record") ?? "") waits: \(try $0.text("for") ?? "")"]
            }
    }

    /// Whether a problem of a record is still one: a record that was refused may have been mended since.
    private func isOpen(_ record: String) -> Bool {
        guard isChanged, !isAnswer else { return true }
        return fates.turnedAway.contains { record == $0 || record.hasPrefix($0 + ",") }
    }

    private static func lines(_ stuck: FileFates.Stuck, _ what: String) -> [String] {
        let title = stuck.title.map { " \"\($0)\"" } ?? ""
        let amount = stuck.amount.map { " (\($0.grouped))" } ?? ""
        // Most reasons to wait begin with just that word.
        let reason = stuck.reason.hasPrefix("Waits ") ? " w" + stuck.reason.dropFirst() : " \(what): \(stuck.reason)"
        let first = stuck.record + title + amount + reason
        guard let remedy = stuck.remedy, !remedy.isEmpty else { return [first] }
        return [first, "  What to do: \(remedy)"]
    }

    /// As many as there is room for, and how many there are more.
    private func fitting(_ all: [[String]], _ room: Int) -> [String] {
        var lines: [String] = []
        for (number, some) in all.enumerated() {
            let left = all.count - number + fates.unlisted
            let isLast = left == 1
            guard lines.count + some.count <= (isLast ? room : room - 1) else {
                lines.append("And \(left) more: see the file of the same name that ends in .json.")
                return lines
            }
            lines += some
        }
        if fates.unlisted > 0 { lines.append("And \(fates.unlisted) more.") }
        return lines
    }

    /// A line without what would break it or act on a screen: data comes from others.
    private static func oneLine(_ line: String) -> String {
        let plain = Receipt.printable(line)
        return plain.count <= mostLetters ? plain : plain.prefix(mostLetters - 1) + "…"
    }
}

extension Array<UInt8> {
    fileprivate func dropLast(while isMeant: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        self[..<((lastIndex { !isMeant($0) } ?? -1) + 1)]
    }
}
