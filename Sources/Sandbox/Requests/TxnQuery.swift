import QBXML

/// Finds the transactions of a query.
struct TxnQuery {
    let file: CompanyFile
    let request: Element
    let kind: String

    /// What the query finds, in the order of creation.
    /// - Throws: a `Status`: 1030 for a filter that the sandbox does not have, 3140 for an entity that is not there.
    func result() throws -> QueryResult<TxnRecord> {
        let ids = request.all("TxnID").map(\.text.trimmed)
        if !ids.isEmpty { return try found(ids) }
        if request.first("AccountFilter") != nil || request.first("CurrencyFilter") != nil
            || request.first("TxnDateRangeFilter")?.first("DateMacro") != nil
        {
            throw Status.unsupported
        }
        let entities = try (request.first("EntityFilter") ?? request.first("TimeTrackingEntityFilter"))
            .map(entities)
        var found = try file.txns(kind: kind).filter { txn in
            try isNumbered(txn) && isDated(txn) && isPaid(txn)
                && (entities?.isDisjoint(with: Self.entities(of: txn)) != true)
        }
        if let most = request["MaxReturned"].flatMap({ Int($0.trimmed) }) { found = Array(found.prefix(most)) }
        return QueryResult(records: found)
    }

    private func found(_ ids: [String]) throws -> QueryResult<TxnRecord> {
        var result = QueryResult<TxnRecord>()
        for id in ids {
            guard let txn = try file.txn(id: id), txn.kind == kind else {
                result.missing.append(id)
                continue
            }
            if !result.records.contains(where: { $0.number == txn.number }) { result.records.append(txn) }
        }
        return result
    }

    private func isNumbered(_ txn: TxnRecord) -> Bool {
        let number = txn.fields["RefNumber"] ?? ""
        let key = number.lowercased()
        let exact = request.all("RefNumberCaseSensitive").map(\.text)
        if !exact.isEmpty { return exact.contains(number) }
        let wanted = request.all("RefNumber").map { $0.text.lowercased() }
        if !wanted.isEmpty { return wanted.contains(key) }
        if let filter = request.first("RefNumberFilter") {
            let part = (filter["RefNumber"] ?? "").lowercased()
            switch filter["MatchCriterion"] {
            case "StartsWith": return key.hasPrefix(part)
            case "EndsWith": return key.hasSuffix(part)
            default: return part.isEmpty || key.contains(part)
            }
        }
        guard let range = request.first("RefNumberRangeFilter") else { return true }
        let (from, to) = ((range["FromRefNumber"] ?? "").lowercased(), (range["ToRefNumber"] ?? "").lowercased())
        return key >= from && (to.isEmpty || key <= to)
    }

    private func isDated(_ txn: TxnRecord) -> Bool {
        if let filter = request.first("ModifiedDateRangeFilter") {
            let from = CalendarText.moment((filter["FromModifiedDate"] ?? "").trimmed)
            let to = CalendarText.moment((filter["ToModifiedDate"] ?? "").trimmed, atEnd: true)
            if txn.modified < from ?? .min || txn.modified > to ?? .max { return false }
        }
        guard let filter = request.first("TxnDateRangeFilter") else { return true }
        func day(_ text: String?) -> Int? { CalendarText.date((text ?? "").trimmed) }
        guard let date = day(txn.fields["TxnDate"]) else { return false }
        return date >= day(filter["FromTxnDate"]) ?? .min && date <= day(filter["ToTxnDate"]) ?? .max
    }

    private func isPaid(_ txn: TxnRecord) throws -> Bool {
        let status = request["PaidStatus"] ?? "All"
        return try status == "All" || (file.open(txn) == 0) == (status == "PaidOnly")
    }

    /// The ids that a filter means.
    private func entities(_ filter: Element) throws -> Set<String> {
        var ids: Set<String> = []
        for named in filter.children {
            let text = named.text.trimmed
            let isID = named.name.hasPrefix("ListID")
            let record =
                try isID ? file.record(list: "Entity", listID: text) : file.record(list: "Entity", fullName: text)
            guard let record else { throw Status.noSuchReference("EntityFilter", text, in: "query") }
            ids.insert(record.listID)
            if named.name.hasSuffix("WithChildren") { ids.formUnion(try file.ids(below: record)) }
        }
        return ids
    }

    /// Whom a transaction names, in its head and in its lines.
    private static func entities(of txn: TxnRecord) -> Set<String> {
        // Time is filtered by who worked, not for whom.
        let others = ["CustomerRef", "VendorRef", "PayeeEntityRef"]
        let names = (["EntityRef"] + (txn.kind == "TimeTracking" ? [] : others)).map { $0 + "/ListID" }
        return Set(([txn.fields] + txn.lines.map(\.fields)).flatMap { fields in names.compactMap { fields[$0] } })
    }
}

extension CompanyFile {
    /// The ids of all records below one.
    fileprivate func ids(below record: ListRecord) throws -> [String] {
        let all = try records(kinds: [record.kind])
        return try all.filter { try parents(of: $0).contains { $0.number == record.number } }.map(\.listID)
    }
}
