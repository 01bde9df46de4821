import Converters
import Domain
import QBXML
import SyncLedger

/// What a query shows of a transaction that went to QuickBooks from here: news only where somebody changed it there.
struct HandChanges {
    let context: ProcessingContext

    /// Takes a transaction that a query shows; says whether it is one of ours.
    func take(_ ret: Element) throws -> Bool {
        guard let kind = QuickBooksKind(rawValue: String(ret.name.dropLast(3))), let txnID = ret["TxnID"],
            let entity = Entity.allCases.first(where: { tiedKind(of: $0) == kind }),
            let converter = transactionConverter(of: entity),
            var record = try context.books.record(entity, kind, txnID)
        else { return false }
        // A change of ours that is on its way says more than this.
        guard try context.books.openRequest(onObjectOf: record.id) == nil,
            record.tie.editSequence != ret["EditSequence"]
        else {
            count(entity)
            return true
        }
        let lines = ret.all(converter.object.lineRet)
        let changes = try changes(of: record, ShownLines(ret, converter.object.lineRet))
        if isVoid(ret, kind) {
            report(
                record, kind, "was voided in QuickBooks",
                "If that was a mistake, enter it anew in QuickBooks and tie it: plumbline unlink, then plumbline link.")
        } else if !changes.isEmpty {
            report(
                record, kind, "was changed in QuickBooks by hand: \(changes.joined(separator: ", "))",
                "If QuickBooks is right, change it in Procore too; otherwise put it back in QuickBooks.")
        } else {
            // Received on, paid, printed: nothing that Procore said.
            count(entity)
        }
        record.observe(ret, lines: lines.compactMap { $0["TxnLineID"] })
        try ShownTotal(books: context.books).compare(&record, with: ret, kind)
        try context.books.update(record)
        return true
    }

    /// Bills and payments are counted where they are read as costs and payments.
    private func count(_ entity: Entity) {
        if ![.requisitions, .contractPayments].contains(entity) { context.receipt.count(entity, .unchanged) }
    }

    private func report(_ record: LedgerRecord, _ kind: QuickBooksKind, _ what: String, _ remedy: String) {
        context.receipt.count(record.entity, .changed)
        context.receipt.add(
            Problem(
                record: record.shown,
                what: "Its \(kind.words)\(record.tie.fullName.map { " \"\($0)\"" } ?? "") \(what).", remedy: remedy))
    }

    /// Whether a transaction was voided: it comes to nothing, and says so.
    func isVoid(_ ret: Element, _ kind: QuickBooksKind) -> Bool {
        let field = ShownTotal.field(of: kind)
        return ret[field].flatMap { Amount($0) } == .zero && ret["Memo"]?.uppercased().hasPrefix("VOID") == true
    }

    /// What a transaction shows of its lines.
    struct ShownLines {
        /// The lines that stand by themselves: of our kind, and, on a bill, those of an account.
        var plain: [Element]
        /// Lines that were entered together, by an item group.
        var groups: [(element: Element, lines: [Element])]

        init(_ ret: Element, _ lineRet: String) {
            plain = ret.children.filter { $0.name == lineRet || $0.name == "ExpenseLineRet" }
            groups = ret.children.filter { $0.name.hasSuffix("GroupRet") || $0.name == "ItemGroupLineRet" }
                .map { ($0, $0.all(lineRet)) }
        }

        var all: [Element] { plain + groups.flatMap(\.lines) }
        var isEmpty: Bool { plain.isEmpty && groups.isEmpty }
    }

    /// In which of our lines a transaction differs from what QuickBooks confirmed; nothing where it shows no lines.
    func changes(of record: LedgerRecord, _ shown: ShownLines) throws -> [String] {
        guard !shown.isEmpty else { return [] }
        var ours: [(key: String, amount: Amount?, txnLineID: String)] = []
        for owner in [record] + (try record.key.map { try context.books.additions(to: $0) } ?? []) {
            let ids = try context.books.lines(of: owner.id)
            for line in owner.confirmed?.lines ?? [] {
                guard let id = line.keys.lazy.compactMap({ ids[$0] }).first else { continue }
                ours.append((line.key, line.amount, id))
            }
        }
        var changes: [String] = []
        let lines = shown.all
        for line in ours {
            guard let there = lines.first(where: { $0["TxnLineID"] == line.txnLineID }) else {
                changes.append("line \(line.key) was removed")
                continue
            }
            guard let amount = there["Amount"].flatMap({ Amount($0) }), let known = line.amount, amount != known else {
                continue
            }
            changes.append("line \(line.key) is \(amount.money) there and was \(known.money)")
        }
        return ours.isEmpty ? changes : changes + added(shown, besides: Set(ours.map(\.txnLineID)))
    }

    /// What stands there beside our lines.
    private func added(_ shown: ShownLines, besides known: Set<String>) -> [String] {
        var words: [String] = []
        let added = shown.plain.filter { !known.contains($0["TxnLineID"] ?? "") }
        if !added.isEmpty {
            let lines = added.count == 1 ? "1 line was added" : "\(added.count) lines were added"
            words.append("\(lines), \(Self.total(added).money) in all")
        }
        for (group, lines) in shown.groups where !lines.contains(where: { known.contains($0["TxnLineID"] ?? "") }) {
            let name = group["ItemGroupRef/FullName"].map { " \"\($0)\"" } ?? ""
            let total = group["TotalAmount"].flatMap { Amount($0) } ?? Self.total(lines)
            words.append(
                "the item group\(name) was added, so that it holds \(total.magnitude.money) "
                    + (total.isNegative ? "less" : "more"))
        }
        return words
    }

    private static func total(_ lines: [Element]) -> Amount {
        lines.compactMap { $0["Amount"].flatMap { Amount($0) } }.sum
    }
}

extension LedgerRecord {
    /// Remembers what an answer shows of a transaction, for the next change to it.
    mutating func observe(_ ret: Element, lines: [String]) {
        tie.editSequence = ret["EditSequence"] ?? tie.editSequence
        if !lines.isEmpty { tie.txnLineIDs = lines }
        if ret.children.contains(where: { $0.name.hasSuffix("LineGroupRet") }) {
            tie.closed = .grouped
        } else if ret["IsManuallyClosed"] == "true" {
            tie.closed = .closed
        } else if ret["IsFullyReceived"] == "true" {
            tie.closed = .received
        } else if !lines.isEmpty {
            tie.closed = nil
        }
    }
}

extension Content.Line {
    /// What a line comes to, from its amount, or its quantity and price.
    var amount: Amount? {
        if let amount = (self["Amount"] ?? self["PaymentAmount"]).flatMap({ Amount($0) }) { return amount }
        guard let quantity = self["Quantity"].flatMap({ Amount($0) }), let rate = self["Rate"].flatMap({ Amount($0) })
        else { return nil }
        return PricedQuantity(quantity, at: rate).total
    }
}
