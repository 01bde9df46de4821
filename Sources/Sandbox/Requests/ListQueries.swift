import QBXML

/// What a query finds.
struct QueryResult<Record> {
    var records: [Record] = []
    /// What was asked for by id or name and is not there.
    var missing: [String] = []
}

extension ListRequests {
    /// Finds the records of a query.
    func query(_ request: Element, kind: String) throws -> QueryResult<ListRecord> {
        let kinds = Lists.kinds(ofQuery: kind)
        let ids = request.all("ListID"), names = request.all("FullName")
        if !ids.isEmpty || !names.isEmpty { return try find(ids + names, kinds: kinds) }
        var found = try file.records(kinds: kinds).filter { try isWanted($0, request) }
        if kinds.count > 1 || Lists.list(of: kinds[0]) == "Entity" || Lists.list(of: kinds[0]) == "Item" {
            let sorted = try found.map { (key: QuickBooksText.comparisonKey(try file.fullName($0)), record: $0) }
                .sorted { $0.key.split(separator: ":").lexicographicallyPrecedes($1.key.split(separator: ":")) }
            found = sorted.map(\.record)
        }
        if let most = request["MaxReturned"].flatMap({ Int($0.trimmed) }) { found = Array(found.prefix(most)) }
        return QueryResult(records: found)
    }

    private func find(_ wanted: [Element], kinds: [String]) throws -> QueryResult<ListRecord> {
        var result = QueryResult<ListRecord>()
        let list = Lists.list(of: kinds[0])
        for element in wanted {
            let text = element.text.trimmed
            let found =
                try element.name == "ListID"
                ? file.record(list: list, listID: text) : file.record(list: list, fullName: text)
            guard let found, kinds.contains(found.kind) else {
                result.missing.append(text)
                continue
            }
            if !result.records.contains(where: { $0.number == found.number }) { result.records.append(found) }
        }
        return result
    }

    private func isWanted(_ record: ListRecord, _ request: Element) throws -> Bool {
        let status = request["ActiveStatus"] ?? "ActiveOnly"
        if status != "All", record.isActive != (status == "ActiveOnly") { return false }
        let from = CalendarText.moment((request["FromModifiedDate"] ?? "").trimmed)
        let to = CalendarText.moment((request["ToModifiedDate"] ?? "").trimmed, atEnd: true)
        if record.modified < from ?? .min || record.modified > to ?? .max { return false }
        let types = request.all("AccountType").map(\.text)
        if !types.isEmpty, !types.contains(record.fields["AccountType"] ?? "") { return false }
        return try isNamed(record, request)
    }

    private func isNamed(_ record: ListRecord, _ request: Element) throws -> Bool {
        if let filter = request.first("NameFilter") {
            let name = QuickBooksText.comparisonKey(try file.fullName(record))
            let part = QuickBooksText.comparisonKey(filter["Name"] ?? "")
            switch filter["MatchCriterion"] {
            case "StartsWith": return name.hasPrefix(part)
            case "EndsWith": return name.hasSuffix(part)
            default: return part.isEmpty || name.contains(part)
            }
        }
        if let range = request.first("NameRangeFilter") {
            let name = QuickBooksText.comparisonKey(try file.fullName(record))
            let from = QuickBooksText.comparisonKey(range["FromName"] ?? "")
            let to = QuickBooksText.comparisonKey(range["ToName"] ?? "")
            return name >= from && (to.isEmpty || name.prefix(to.count) <= to)
        }
        return true
    }
}
