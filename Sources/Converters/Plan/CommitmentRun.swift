import Domain
import Procore
import QBXML

/// The plan of commitments at work on one record.
struct CommitmentRun {
    typealias Field = CommitmentLayout.Header

    let plan: CommitmentPlan
    let terms: CommitmentTerms
    let found: FoundFields
    private let names: RequestNames
    private let id: Range<Int>
    /// What Procore says of it, as the sync ledger keeps it.
    private var header: [UInt8] = []
    var lines: [UInt8] = []
    /// What it should be in QuickBooks.
    var order: OrderWriter
    /// What its lines come to.
    var total = Amount.zero
    var codes: [SeenCode] = []
    private var said = Said()

    /// What the header says that is needed further on.
    private struct Said {
        /// The first of its texts, within `header`.
        var first: Range<Int>?
        var type: String?
        var project = ""
        var updatedAt: Timestamp?
    }

    init(
        _ plan: CommitmentPlan, _ terms: CommitmentTerms, _ found: FoundFields, _ names: RequestNames, id: Range<Int>
    ) {
        self.plan = plan
        self.terms = terms
        self.found = found
        self.names = names
        self.id = id
        order = OrderWriter(capacity: found.bytes.count * 2 + 768)
        header.reserveCapacity(384)
        lines.reserveCapacity(found.bytes.count / 2)
    }

    /// The project's id.
    var project: String { said.project }

    // MARK: - The header

    /// Takes the header; false where it is for the converter.
    mutating func takeHeader() -> Bool {
        // Of these more has to be known.
        for field in [Field.deletedAt, .originID, .originData, .shipToAddress] {
            guard case .empty = found[field] else { return false }
        }
        guard isApproved(), let vendor = id(.vendor, or: .vendorID), let project = id(.project, or: .projectID),
            takeTexts()
        else { return false }
        add(plan.paths.vendor, vendor)
        add(plan.paths.project, project)
        said.project = found.text(project)
        if let type = contractType() {
            said.type = type
            add(plan.paths.type, text: type)
        }
        add(plan.paths.hasLines, text: "true")
        begin()
        order.add(plan.header.vendor, idOf: RecordKey(.vendors, found.text(vendor)))
        guard writeDate(), writeNumber(), writeExpected(), writeMemo(), writeMessage() else { return false }
        endHeader()
        return true
    }

    private func isApproved() -> Bool {
        guard case .plain(let range, _) = found.filled(Field.status) else { return false }
        return terms.statuses.contains { status in
            status.count == range.count
                && zip(status, found.bytes[range]).allSatisfy { $0 == ($1 &- 0x41 < 26 ? $1 | 0x20 : $1) }
        }
    }

    /// The id in an object, or in a field of its own; nil where neither is surely one.
    private func id(_ object: Field, or field: Field) -> Range<Int>? {
        var inner: Range<Int>?
        if found.isObject(object.rawValue) {
            var isEmpty = false
            let isRead = found.withObject(in: object.rawValue, plan.layout.id) { found in
                if case .empty = found[0] { isEmpty = true } else { inner = found.id(0) }
                return true
            }
            guard isRead, isEmpty || inner != nil else { return nil }
        }
        return inner ?? found.id(field)
    }

    /// Takes the texts that the sync ledger keeps as they are.
    private mutating func takeTexts() -> Bool {
        for number in 0...Field.lastText.rawValue {
            switch found.filled(number, or: nil) {
            case .empty: continue
            case .plain(let range, _): add(plan.paths.header[number], range)
            case .special(let text):
                guard number == Field.title.rawValue || number == Field.description.rawValue else { return false }
                let text = withoutControls(text)
                if text.isEmpty { return false }
                add(plan.paths.header[number], text: text)
            case .unreadable: return false
            }
        }
        guard found.isObject(Field.currency.rawValue) else { return true }
        var currency: Range<Int>?
        let isHome = found.withObject(in: Field.currency.rawValue, plan.layout.currency) { inner in
            switch inner.filled(0, or: nil) {
            case .empty: return true
            case .plain(let range, _):
                currency = range
                return found.bytes[range].elementsEqual(terms.currency)
            case .special, .unreadable: return false
            }
        }
        if let currency { add(plan.paths.currency, currency) }
        return isHome
    }

    private func contractType() -> String? {
        if found.isThere(Field.inclusions.rawValue) || found.isThere(Field.contractStartDate.rawValue) {
            return "work_order_contracts"
        }
        if found.isThere(Field.shipToAddress.rawValue) { return "purchase_order_contracts" }
        guard case .plain(let range, _) = found.filled(Field.type) else { return nil }
        return found.bytes[range].elementsEqual("WorkOrderContract".utf8)
            ? "work_order_contracts" : "purchase_order_contracts"
    }

    private mutating func add(_ path: [UInt8], _ range: Range<Int>) {
        add(path, UnsafeBufferPointer(rebasing: found.bytes[range]))
    }

    private mutating func add(_ path: [UInt8], text: String) {
        var text = text
        text.withUTF8 { add(path, $0) }
    }

    /// Adds a text of the header. The sync ledger does not keep that of the first field once more.
    private mutating func add(_ path: [UInt8], _ text: UnsafeBufferPointer<UInt8>) {
        header.append(contentsOf: path)
        let start = header.count
        if let first = said.first, text.count >= Content.leastSame, header[first].elementsEqual(text) {
            header.append(contentsOf: Content.sameAsFirst)
        } else {
            header.append(contentsOf: text)
            if said.first == nil { said.first = start..<header.count }
        }
        header.append(Content.fieldEnd)
    }

    // MARK: - The order

    private mutating func begin() {
        order.put(terms.around[0])
        order.put(text: names.messageSet)
        order.put(terms.around[1])
        order.put(text: names.requestID)
        order.put(terms.around[2])
        order.open(plan.object.add)
    }

    private mutating func endHeader() {
        order.open("ExternalGUID")
        let id = UnsafeBufferPointer(rebasing: found.bytes[id])
        order.put(terms.guids.guid(of: id))
        order.close("ExternalGUID")
    }

    /// A day in a field; nothing where the field says none, and nil where it is wrong.
    private func day(_ field: Field) -> Range<Int>?? {
        switch found.filled(field) {
        case .empty: return .some(nil)
        case .plain(let range, _):
            let isDay = CalendarDate.isDay(UnsafeBufferPointer(rebasing: found.bytes[range]))
            guard isDay || CalendarDate(found.text(range)) != nil else { return .none }
            return .some(range.prefix(10))
        case .special, .unreadable: return .none
        }
    }

    private mutating func writeDate() -> Bool {
        guard case .some(let contract) = day(.contractDate), case .some(let issued) = day(.issuedOnDate) else {
            return false
        }
        guard let date = contract ?? issued ?? (day(.createdAt) ?? nil) else { return true }
        if let open = terms.settings.documents.closedBefore, found.text(date) < open.description { return false }
        order.add(plan.header.date, date, of: found)
        return true
    }

    private mutating func writeNumber() -> Bool {
        guard case .plain(let range, let look) = found.filled(Field.number), range.count <= 11 else { return false }
        order.add(plan.header.number, range, of: found, look)
        return true
    }

    private mutating func writeExpected() -> Bool {
        guard case .some(let day) = day(.deliveryDate) else { return false }
        if let day { order.add(plan.header.expected, day, of: found) }
        return true
    }

    private mutating func writeMemo() -> Bool {
        switch found.filled(Field.title) {
        case .empty: return true
        case .plain(let range, let look):
            guard range.count <= 255 else { return false }
            order.add(plan.header.memo, range, of: found, look)
            return true
        case .special(let text):
            let text = withoutControls(text)
            guard text.unicodeScalars.count <= 255 else { return false }
            return write(plan.header.memo, text, by: .text(4095))
        case .unreadable: return false
        }
    }

    private mutating func writeMessage() -> Bool {
        let text: String
        switch found.filled(Field.description) {
        case .empty: return true
        case .plain(let range, let look) where !look.hasMarks:
            guard range.count <= 99 else { return false }
            order.add(plan.header.message, range, of: found, look)
            return true
        case .plain(let range, _): text = found.text(range)
        case .special(let special): text = withoutControls(special)
        case .unreadable: return false
        }
        // It is made plain once, to be measured and to be written.
        let plain = HTMLText.plain(text)
        guard plain.unicodeScalars.count <= 99 else { return false }
        return write(plan.header.message, plain, by: .plainText(99))
    }

    /// Writes a text about which something may have to be changed; false where that is told, or is refused.
    mutating func write(_ slot: CommitmentPlan.Slot, _ text: String, by rule: Rule) -> Bool {
        guard let (text, changes) = try? rule.fitted(text, field: "", target: "", settings: terms.settings),
            changes.isEmpty
        else { return false }
        if let text { order.add(slot, text: text) }
        return true
    }

    // MARK: - The end

    /// Whether it comes to what it states, and says no more than can be read here.
    mutating func agrees() -> Bool {
        switch found.filled(Field.grandTotal) {
        case .empty: break
        case .plain(let range, _):
            guard let stated = found.money(range), stated == total else { return false }
        case .special, .unreadable: return false
        }
        switch found.filled(Field.updatedAt) {
        case .empty: break
        case .plain(let range, _):
            said.updatedAt = Timestamp(UnsafeBufferPointer(rebasing: found.bytes[range]))
            if said.updatedAt == nil { return false }
        case .special, .unreadable: return false
        }
        return true
    }

    /// All that was made of it.
    mutating func planned(_ key: String) -> PlannedCommitment? {
        guard case .plain(let number, _) = found.filled(Field.number) else { return nil }
        order.close(plan.object.add)
        order.put(terms.around[3])
        return PlannedCommitment(
            id: key, type: said.type, project: said.project,
            nameKey: "\(plan.object.kind.rawValue)|\(QuickBooksText.comparisonKey(found.text(number)))", total: total,
            updatedAt: said.updatedAt, header: header, lines: lines, wanted: order.wanted, codes: codes,
            draft: order.draft, request: names)
    }
}

extension FoundFields {
    /// What stands in a field.
    func filled(_ field: some RawRepresentable<Int>) -> FilledText { filled(field.rawValue, or: nil) }

    /// An id in a field; nil where it is not surely one.
    func id(_ number: Int) -> Range<Int>? {
        guard case .text(let range) = self[number], range.count < 20 else { return nil }
        for byte in bytes[range] where byte &- 0x30 > 9 { return nil }
        return range
    }

    /// An id in a field; nil where it is not surely one.
    func id(_ field: some RawRepresentable<Int>) -> Range<Int>? { id(field.rawValue) }

    /// The number that is written somewhere; nil where it is not surely one.
    func amount(_ range: Range<Int>) -> Amount? { Amount(plain: UnsafeBufferPointer(rebasing: bytes[range])) }

    /// The same of dollars that QuickBooks takes.
    func money(_ range: Range<Int>) -> Amount? {
        guard let amount = amount(range), amount.fits(2), amount.magnitude < mostDollars else { return nil }
        return amount
    }
}

/// As in `SourceFields.money`: less than this goes to QuickBooks.
private let mostDollars = Amount(cents: 1_000_000_000_000)
