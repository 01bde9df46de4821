import QBXML

/// Answers requests that delete and void, and those that ask what was deleted.
///
/// What other transactions or records stand on is neither deleted nor voided. What a deleted or voided bill received of
/// an order is open again, and so is what a deleted or voided payment settled.
struct Deletions {
    private static let linked = "The transaction is linked to another transaction."

    let file: CompanyFile
    let request: Element

    /// Deletes a record of a list.
    /// - Throws: a `Status`: 3120 where there is none, 3160 where it is used.
    func deleteRecord() throws -> [Element] {
        let (kind, id) = named("ListDelType", "ListID")
        guard let record = try file.record(list: Lists.list(of: kind), listID: id), record.kind == kind else {
            throw Status.noSuchObject(id)
        }
        if try file.isUsed(record) { throw Status.cannotDelete(id, "This list element is in use.") }
        let label = try file.fullName(record)
        try file.delete(record)
        return shown(
            try file.bury(
                DeletedRecord(what: .list, kind: kind, id: id, label: label, created: record.created)))
    }

    /// Deletes a transaction.
    /// - Throws: a `Status`: 3120 where there is none, 3160 where payments, credits or bills stand on it.
    func deleteTxn() throws -> [Element] {
        let txn = try self.txn("TxnDelType")
        if try isSettled(txn) || !file.bills(of: txn).isEmpty {
            throw Status.cannotDelete(txn.txnID, Self.linked)
        }
        try file.delete(txn)
        for order in TxnRequests.orders(txn) { try file.touch(txnID: order) }
        return shown(
            try file.bury(
                DeletedRecord(
                    what: .txn, kind: txn.kind, id: txn.txnID, label: txn.fields["RefNumber"] ?? "",
                    created: txn.created)))
    }

    /// Voids a transaction: it stays, without amounts, and its memo says so.
    /// - Throws: a `Status`: 3120 where there is none, 3185 where payments or credits stand on it.
    func void() throws -> [Element] {
        var txn = try self.txn("TxnVoidType")
        if try isSettled(txn) { throw Status.cannotVoid(txn.txnID, Self.linked) }
        try file.unsettle(by: txn)
        let memo = txn.fields["Memo"] ?? ""
        if !memo.hasPrefix("VOID:") { txn.fields.put("Memo", "VOID: \(memo)".trimmed) }
        for place in txn.lines.indices {
            txn.lines[place].fields.put("Amount", "0.00")
            for name in ["Quantity", "Cost", "Rate"] { txn.lines[place].fields.drop(name) }
        }
        if let total = txn.rules?.total { txn.fields.put(total, "0.00") }
        txn.isVoid = true
        txn = try file.update(txn)
        for order in TxnRequests.orders(txn) { try file.touch(txnID: order) }
        let times = [("TimeCreated", txn.created), ("TimeModified", txn.modified)]
        return [Element("TxnVoidType", text: txn.kind), Element("TxnID", text: txn.txnID)]
            + times.map { Element($0, text: CalendarText.shown($1)) }
            + [txn.fields.first("RefNumber")].compactMap(\.self)
    }

    /// What was deleted of the kinds that the request names, in the time that it names.
    func deleted(_ what: DeletedRecord.What) throws -> QueryResult<Element> {
        let kinds = Set(request.all(what.rawValue + "DelType").map(\.text))
        let range = request.first("DeletedDateRangeFilter")
        let from = CalendarText.moment((range?["FromDeletedDate"] ?? "").trimmed) ?? .min
        let to = CalendarText.moment((range?["ToDeletedDate"] ?? "").trimmed, atEnd: true) ?? .max
        let found = try file.buried(what).filter { kinds.contains($0.kind) && from <= $0.deleted && $0.deleted <= to }
        return QueryResult(
            records: found.map { record in
                var parts = shown(record)
                parts.insert(Element("TimeCreated", text: CalendarText.shown(record.created)), at: 2)
                return Element(what.rawValue + "DeletedRet", children: parts)
            })
    }

    /// Type, id, time and label.
    private func shown(_ record: DeletedRecord) -> [Element] {
        let (what, label) = (record.what, Element(record.what.label, text: record.label))
        return [
            Element(what.rawValue + "DelType", text: record.kind), Element(what.id, text: record.id),
            Element("TimeDeleted", text: CalendarText.shown(record.deleted)),
        ] + (record.label.isEmpty ? [] : [label])
    }

    private func txn(_ type: String) throws -> TxnRecord {
        let (kind, id) = named(type, "TxnID")
        guard let txn = try file.txn(id: id), txn.kind == kind else { throw Status.noSuchObject(id) }
        return txn
    }

    private func isSettled(_ txn: TxnRecord) throws -> Bool {
        ["Bill", "VendorCredit"].contains(txn.kind) ? try file.settled(of: txn) != 0 : false
    }

    private func named(_ type: String, _ id: String) -> (kind: String, id: String) {
        (request[type] ?? "", (request[id] ?? "").trimmed)
    }
}
