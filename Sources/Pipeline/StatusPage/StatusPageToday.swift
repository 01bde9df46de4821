import Domain
import SyncLedger

/// What came home today, counted on from one time to the next: of very many events only the new ones are read.
struct StatusPageToday {
    /// When the day began, UTC; empty: nothing was read yet.
    private var start = ""
    /// The last event that was counted, and the last file before the day.
    private var event: Int64 = 0
    private(set) var file: Int64 = 0
    /// Whether the last event that was counted is the last there is.
    private var isWhole = true
    /// How many elements of lists came, by what is said of them.
    private var counts: [Fate: Int] = [:]
    /// The transactions that came: each counts once, however often it was answered.
    private var transactions: [Int64: (fate: Fate, amount: Amount?)] = [:]
    private var latest: [Arrival] = []

    private struct Fate: Hashable {
        let entity: Entity
        let state: String
    }

    /// So many events are counted at a time. What a day has beyond that is counted the next time.
    private static let together: Int64 = 50_000
    private static let listed = 50
    /// So many files of a day are counted.
    private static let files = 20_000

    /// Counts what has come since the last time.
    /// - Parameters:
    ///   - start: when the day began, UTC.
    ///   - books: the ledger.
    mutating func readOn(from start: String, _ books: Books) throws {
        if self.start != start {
            self = StatusPageToday()
            event = try books.lastEvent(before: start)
            file = try books.lastFile(before: start)
            self.start = start
        }
        let last = try books.lastEvent()
        let end = min(last, event + Self.together)
        isWhole = end == last
        guard end > event else { return }
        try books.arrivals(after: event, upTo: end, withContents: StatusPage.moneyKinds) { add($0) }
        event = end
    }

    private mutating func add(_ arrival: Arrival) {
        let isProcores = arrival.detail.hasPrefix("Procore ")
        let fate = Fate(
            entity: arrival.entity,
            state: arrival.kind == "imported" ? "seen in QuickBooks" : isProcores ? "taken by Procore" : "in QuickBooks"
        )
        if StatusPage.moneyKinds.contains(arrival.entity) {
            transactions[arrival.record] = (fate, arrival.content.total)
        } else {
            counts[fate, default: 0] += 1
        }
        latest.append(arrival)
        if latest.count > 2 * Self.listed { latest.removeFirst(latest.count - Self.listed) }
    }

    /// What came home, as a part of the page.
    func home(_ books: Books) throws -> StatusPage.Section {
        var section = StatusPage.Section(
            id: "home", title: "Came home today",
            lead: "What QuickBooks and Procore answered today: it is done."
                + (isWhole ? "" : " Today brought so much that it is still being counted."),
            none: "Nothing came home today.")
        var groups: [Fate: StatusPage.Group] = [:]
        func group(_ fate: Fate) -> StatusPage.Group {
            groups[fate] ?? .init(word: "\(StatusPageWords.word(fate.entity)) \(fate.state)", count: 0)
        }
        for (fate, count) in counts {
            groups[fate] = group(fate)
            groups[fate]?.count = count
        }
        for (fate, amount) in transactions.values {
            var group = group(fate)
            group.count += 1
            group.money.add(amount)
            group.money.isWhole = isWhole
            groups[fate] = group
        }
        section.groups = StatusPage.kinds.flatMap { kind in
            groups.filter { $0.key.entity == kind }.sorted { $0.key.state < $1.key.state }.map(\.value)
        }
        section.count = section.groups.reduce(0) { $0 + $1.count }
        var seen: Set<Int64> = []
        for arrival in latest.suffix(Self.listed).reversed() where seen.insert(arrival.record).inserted {
            guard let record = try books.record(id: arrival.record) else { continue }
            section.items.append(
                StatusPage.Item(
                    record: record.titled, state: arrival.kind == "imported" ? "seen" : "done",
                    amount: StatusPage.moneyKinds.contains(arrival.entity) ? arrival.content.total : nil,
                    what: arrival.told, since: arrival.at))
        }
        return section
    }

    /// The files that were taken today, as a part of the page.
    func files(_ books: Books, _ owners: inout FileOwners, _ root: OpenRoot) throws -> StatusPage.Section {
        var section = StatusPage.Section(
            id: "files", title: "Files of today", lead: "Every file that was dropped today, the newest first.",
            none: "No file was dropped today.")
        let outcomes = try books.outcomes(after: file, limit: Self.files)
        section.count = outcomes.values.reduce(0, +)
        section.groups = outcomes.sorted { $0.key < $1.key }.map {
            StatusPage.Group(word: "file \($0.key.replacing("-", with: " "))", count: $0.value)
        }
        for file in try books.files(after: file, limit: Self.listed) {
            section.items.append(
                StatusPage.Item(
                    record: file.name, state: file.outcome, what: file.told, since: file.received,
                    owner: try owners.owner(of: file.intake, books, root.folders)))
        }
        return section
    }
}

extension Arrival {
    /// Where it is now, in a sentence.
    fileprivate var told: String {
        if detail.hasPrefix("Procore ") { return "In Procore as \(detail.dropFirst("Procore ".count))." }
        guard kind == "linked" else { return "QuickBooks showed it: \(detail)." }
        let parts = detail.split(separator: " ")
        let word = parts.first.flatMap { QuickBooksKind(rawValue: String($0)) }?.words
        return word.map { "In QuickBooks, as the \($0) \(parts.dropFirst().joined(separator: " "))." }
            ?? "In QuickBooks."
    }
}

extension LedgerFile {
    /// What its summary says behind time, number, name and outcome.
    fileprivate var told: String {
        let head = "\(received) #\(intake) \(name): \(outcome)"
        return summary.hasPrefix(head) ? String(summary.dropFirst(head.count).drop { $0 == ";" || $0 == " " }) : summary
    }
}
