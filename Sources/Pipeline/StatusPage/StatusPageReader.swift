import Domain
import DropFolder
import SyncLedger

/// Reads what the status page says of records, documents and files.
///
/// However much waits, the work has a bound: what is counted is counted by an index, what is listed is at most `listed` of
/// a section, and amounts are added up of at most `added` records of a kind, beyond which the page says "at least".
struct StatusPageReader {
    let books: Books
    let root: OpenRoot
    /// Who dropped a file, by its number; found out once.
    var owners: FileOwners

    /// So many things of a section are listed at most.
    static let listed = 200
    /// Of so many records of a kind the amounts are added up.
    static let added = 100_000

    // MARK: - What waits

    /// Records that are held, and files that cannot be taken.
    mutating func waiting(_ counts: [Entity: Int]) throws -> StatusPage.Section {
        var section = StatusPage.Section(
            id: "waits", title: "Waits",
            lead: "These go on by themselves once what they wait for has come.", none: "Nothing waits.")
        section.items = try books.faultyObjects(limit: 50).map { StatusPage.Item($0.fault, files: $0.waiting) }
        section.count = section.items.count
        if section.count > 0 {
            section.groups.append(StatusPage.Group(word: "file or folder that cannot be taken", count: section.count))
        }
        try add(.held, counts, to: &section) { reader, record in try reader.held(record) }
        return section
    }

    private mutating func held(_ record: LedgerRecord) throws -> StatusPage.Item {
        let waits = Waits(books: books)
        var item = try self.item(record, "waits", what: waits.reason(of: record))
        if let obstacle = try waits.obstacle(of: record) {
            item.state = "stuck"
            item.remedy = "This wait cannot end by itself: \(obstacle)"
            item.who = "whoever can mend that one; it stands in this page too"
        } else if let remedy = record.remedy {
            item.remedy = remedy
            item.who = StatusPageWords.who(can: remedy)
        } else if item.what.contains("not been dropped yet") || item.what.contains("was not yet") {
            item.remedy = "Drop the export that holds it into inbox/procore; this goes on by itself then."
            item.who = "you"
        } else if item.what.contains("plumbline ") {
            item.who = StatusPageWords.who(can: item.what)
        }
        return item
    }

    /// Counts the records of a state by kind, and lists some of each kind, those first that are about money.
    mutating func add(
        _ state: LedgerRecord.State.Name, _ counts: [Entity: Int], to section: inout StatusPage.Section,
        _ item: (inout StatusPageReader, LedgerRecord) throws -> StatusPage.Item
    ) throws {
        let kinds = StatusPage.kinds.filter { counts[$0, default: 0] > 0 }
        for (place, entity) in kinds.enumerated() {
            let count = counts[entity, default: 0]
            section.count += count
            section.groups.append(
                StatusPage.Group(
                    word: StatusPageWords.word(entity), count: count, money: try money(state, entity, count)))
            // The kinds that come later get their share.
            let room = max(0, Self.listed - section.items.count) / (kinds.count - place)
            for record in try books.stuck(state, entity, limit: max(room, 1)) {
                section.items.append(try item(&self, record))
            }
        }
    }

    private func money(_ state: LedgerRecord.State.Name, _ entity: Entity, _ count: Int) throws -> StatusPage.Money {
        var money = StatusPage.Money()
        guard StatusPage.moneyKinds.contains(entity) else { return money }
        try books.contents(state, entity, limit: Self.added) { money.add(Content(decoding: $0).total) }
        money.isWhole = count <= Self.added
        return money
    }

    mutating func item(_ record: LedgerRecord, _ state: String, what: String) throws -> StatusPage.Item {
        let bringer = try books.bringer(of: record.id)
        return StatusPage.Item(
            record: record.titled, state: state, amount: record.amount, what: what,
            since: try books.stuckSince(record.id), file: bringer?.name,
            owner: try bringer.flatMap { try owners.owner(of: $0.intake, books, root.folders) })
    }

    // MARK: - What failed

    /// Records that failed or were refused, and files that were rejected and still stand there.
    mutating func failed(_ counts: [Entity: Int]) throws -> StatusPage.Section {
        var section = StatusPage.Section(
            id: "failed", title: "Needs somebody",
            lead: "These were refused, or failed, and go on only when somebody does something.",
            none: "Nothing failed, and nothing was refused.", isUrgent: true)
        try add(.failed, counts, to: &section) { reader, record in
            try reader.failedItem(record)
        }
        try addRefusals(to: &section)
        try addRejectedFiles(to: &section)
        return section
    }

    private mutating func addRefusals(to section: inout StatusPage.Section) throws {
        let counts = try books.refusalCounts()
        guard !counts.isEmpty else { return }
        for entity in StatusPage.kinds where counts[entity, default: 0] > 0 {
            let count = counts[entity, default: 0]
            section.count += count
            section.groups.append(StatusPage.Group(word: "refused \(StatusPageWords.word(entity))", count: count))
        }
        for record in try books.refusals(limit: max(Self.listed - section.items.count, Self.listed / 2)) {
            section.items.append(try refusedItem(record))
        }
    }

    private mutating func addRejectedFiles(to section: inout StatusPage.Section) throws {
        // One that was mended, taken again or thrown away is not there any more.
        let files = try books.rejectedFiles(limit: Self.listed / 4).filter { root.folders.isInInbox($0.filedAs) }
        guard !files.isEmpty else { return }
        section.count += files.count
        section.groups.append(StatusPage.Group(word: "rejected file", count: files.count))
        for file in files { section.items.append(try rejectedItem(file)) }
    }

    // MARK: - What is on its way

    /// Documents without an answer, and those that a person has yet to approve.
    func underway() throws -> (underway: StatusPage.Section, review: StatusPage.Section) {
        var underway = StatusPage.Section(
            id: "underway", title: "On its way",
            lead: "QuickBooks has not answered these yet.", none: "Everything that was sent is answered.")
        var review = StatusPage.Section(
            id: "review", title: "To approve",
            lead: "These are not sent before somebody moves their page into approved or rejected.",
            none: "Nothing has to be approved.", isUrgent: true)
        let outbox = Outbox(folder: root.folders.outboxQuickBooks)
        let counts = try books.openDocumentCounts()
        for document in try books.openDocuments(limit: Self.listed) {
            var item = StatusPage.Item(
                record: Self.words(document), state: "", amount: document.record?.amount, what: "",
                since: document.at.map(WallClock.text))
            item.tell(isCollected: !outbox.holds(document.name), document.name)
            underway.items.append(item)
        }
        underway.count = max(counts.all - counts.inReview, underway.items.count)
        underway.groups = Self.groups(underway)
        review.items = try books.documentsInReview(limit: Self.listed).map { document in
            StatusPage.Item(
                record: Self.words(document), state: "to approve", amount: document.record?.amount,
                what: "Its page is outbox/review/\(document.stem).html."
                    + (try document.record.flatMap { try takesBack($0) } ?? ""), who: "whoever approves",
                since: document.at.map(WallClock.text), link: "../review/\(document.stem).html")
        }
        review.count = max(counts.inReview, review.items.count)
        review.groups = Self.groups(review)
        return (underway, review)
    }

    private static func groups(_ section: StatusPage.Section) -> [StatusPage.Group] {
        var groups: [String: StatusPage.Group] = [:]
        for item in section.items {
            groups[item.state, default: .init(word: "document \(item.state)", count: 0)].count += 1
            groups[item.state]?.money.add(item.amount)
            groups[item.state]?.money.isWhole = section.leftOut == 0
        }
        return groups.values.sorted { $0.word < $1.word }
    }

    static func words(_ document: OpenDocument) -> String {
        if let record = document.record { return record.titled }
        let word = Entity(rawValue: document.subject).map(StatusPageWords.word) ?? "question about \(document.subject)"
        return StatusPageWords.count(document.requests, word)
    }
}

extension OpenDocument {
    /// Its name without its ending.
    fileprivate var stem: String { name.hasSuffix(".xml") ? String(name.dropLast(4)) : name }
}

extension LedgerRecord {
    /// The record with the number or name that says most: `vendor 401104 (Riverton Masonry)`.
    var titled: String {
        let contents = [wanted, confirmed, imported]
        let title = contents.lazy.compactMap { $0?["RefNumber"] ?? $0?["Name"] ?? $0?["name"] }.first ?? tie.fullName
        guard let title, !title.isEmpty, !shown.contains(title) else { return shown }
        return "\(shown) (\(title))"
    }
}
