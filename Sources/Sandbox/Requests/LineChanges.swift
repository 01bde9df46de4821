import QBXML

/// Brings the lines of a change into a transaction.
///
/// No line element: the lines stay. Any: those that are not listed go. `-1` is a new line. The lines that stand keep
/// their order. The expense lines and the item lines of a bill are two lists.
struct LineChanges {
    let lines: LineEntry
    let kind: TxnKind

    /// Changes the lines of a transaction.
    /// - Throws: a `Status`: 3120 for a line that is not there, 3290 for one out of order, and what `LineEntry` throws.
    func apply(_ body: Element, to txn: inout TxnRecord) throws {
        for (element, lineKind) in [("ClearExpenseLines", "ExpenseLine"), ("ClearItemLines", "ItemLine")]
        where body.isTrue(element) {
            txn.lines.removeAll { $0.kind == lineKind }
        }
        var all: [TxnLine] = []
        for lineKind in kind.lines {
            let own = txn.lines.filter { $0.kind == lineKind }
            let changes = body.all(lineKind + "Mod")
            all += changes.isEmpty ? own : try changed(own, by: changes, lineKind)
        }
        txn.lines = all
    }

    private func changed(_ own: [TxnLine], by changes: [Element], _ lineKind: String) throws -> [TxnLine] {
        var changed: [TxnLine] = []
        var seen: Set<String> = []
        var last = -1
        for change in changes {
            let lineID = (change["TxnLineID"] ?? "").trimmed
            if lineID == "-1" {
                changed.append(try lines.new(change, lineKind))
                continue
            }
            guard let place = own.firstIndex(where: { $0.lineID == lineID }), seen.insert(lineID).inserted else {
                throw Status.noSuchObject(lineID)
            }
            if place < last { throw Status.outOfOrder(lineID) }
            last = place
            var line = own[place]
            try lines.change(&line, by: change)
            changed.append(line)
        }
        return changed
    }
}
