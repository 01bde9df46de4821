import Converters
import Domain
import Procore
import SyncLedger

/// Groups what Procore is told into sync documents, at most 1000 updates each.
///
/// A class, since imports and links both add to the same open documents.
final class UpdateBatches {
    /// Updates to a sync call. Source: Procore, "Using Sync Actions".
    static let size = 1_000
    /// Updates in all open documents together, which may be those of very many projects.
    private static let mostWaiting = 20_000

    /// One of Procore's sync calls, and what its body names beside the updates.
    struct Target: Hashable {
        let entity: Entity
        let path: String
        var scope: [String] = []

        /// `/rest/v1.0/vendors/sync`, and the company in the body.
        static func company(_ entity: Entity, _ companyID: String, list: String?) -> Target {
            Target(
                entity: entity, path: "/rest/v1.0/\(entity.rawValue)/sync",
                scope: ["company_id", companyID] + (list.map { ["standard_cost_code_list_id", $0] } ?? []))
        }
    }

    /// What Procore is told of one record, as it stands in the document.
    struct Update: Sendable {
        let pretty: [UInt8]
        /// As the key that names the whole call sees it.
        let compact: [UInt8]

        init(_ value: JSONValue) {
            pretty = value.bytes(pretty: true, depth: Self.depth)
            compact = JSONValue.compact(pretty)
        }

        /// A record's fields, and which QuickBooks element it is tied to; nil while it is tied to none.
        init?(of record: LedgerRecord, fields: [Content.Field]) {
            guard let listID = record.quickBooksID else { return nil }
            var update = JSONObjectWriter(depth: Self.depth)
            if let id = record.procoreID { update.add("id", number: id) }
            update.add("origin_id", listID)
            if let edit = record.tie.editSequence {
                update.add("origin_data", "{\"edit_sequence\":\"" + edit + "\"}")
            }
            if let name = record.tie.fullName { update.add("origin_code", name) }
            for field in fields {
                if case .text(let text) = field.value { update.add(field.path, text) }
            }
            update.end()
            pretty = update.pretty
            compact = update.compact
        }

        /// In the list of updates, in the body, in the request, in the document.
        static let depth = 4
    }

    /// A document that takes more updates.
    private final class Open {
        let target: Target
        let sequence: Int
        private(set) var count = 0
        /// The list of updates as it stands in the document, and as the key sees it; without its end.
        private var pretty: [UInt8]
        private var compact: [UInt8]

        /// - Parameter memory: of an earlier document.
        init(_ target: Target, sequence: Int, memory: (pretty: [UInt8], compact: [UInt8])) {
            self.target = target
            self.sequence = sequence
            (pretty, compact) = memory
        }

        func add(_ update: some Collection<UInt8>, compact shorter: some Collection<UInt8>) {
            let start = count == 0 ? UInt8(ascii: "[") : UInt8(ascii: ",")
            pretty.append(start)
            pretty += Self.newLine
            pretty += update
            compact.append(start)
            compact += shorter
            count += 1
        }

        /// The list of updates in both of its forms.
        func end() -> (pretty: [UInt8], compact: [UInt8]) {
            defer { (pretty, compact) = ([], []) }
            pretty += Self.newLine.dropLast(2)
            pretty.append(UInt8(ascii: "]"))
            compact.append(UInt8(ascii: "]"))
            return (pretty, compact)
        }

        private static let newLine = [0x0a] + [UInt8](repeating: 0x20, count: Update.depth * 2)
    }

    private let context: ProcessingContext
    private var waiting = 0
    /// The memory of a document that is closed: a thousand updates are some hundred thousand bytes.
    private var spare: (pretty: [UInt8], compact: [UInt8]) = ([], [])
    private var order: [Target] = []
    private var open: [Target: Open] = [:]
    /// The one that took the last update; mostly it takes the next one too.
    private var latest: Open?
    /// The call of the last update of a company's own record.
    private var company: (entity: Entity, list: String?, target: Target)?

    init(_ context: ProcessingContext) {
        self.context = context
    }

    /// Tells Procore which QuickBooks element a record is tied to, as Procore's own connector does.
    func link(_ record: LedgerRecord) throws {
        guard record.procoreID != nil else { return }
        if record.entity == .costCodes { return try linkCode(record) }
        if record.entity == .commitments { return try linkContract(record) }
        guard listConverter(of: record.entity) != nil else { return }
        try add(record, fields: [])
    }

    /// Tells Procore a record's fields, or makes the record where Procore has none.
    func add(_ record: LedgerRecord, fields: [Content.Field]) throws {
        guard let update = Update(of: record, fields: fields) else { return }
        if record.entity == .standardCostCodes, record.identity.scope == nil {
            context.receipt.add(
                Note(
                    record: record.shown,
                    what:
                        "Procore is not told its item, since the file did not say which standard cost code list it stands in."
                ))
            return
        }
        try add(update, record.entity, list: record.identity.scope)
    }

    /// Adds what Procore is told of a company's own record.
    func add(_ update: Update, _ entity: Entity, list: String? = nil) throws {
        try put(update.pretty, compact: update.compact, in: target(of: entity, list: list))
    }

    private func target(of entity: Entity, list: String?) -> Target {
        if let company, company.entity == entity, company.list == list { return company.target }
        let target = Target.company(entity, context.settings.companyID, list: list)
        company = (entity, list, target)
        return target
    }

    /// Adds what Procore is told of a company's own record, as it was written elsewhere at ``Update/depth``.
    func add(_ update: ArraySlice<UInt8>, compact: ArraySlice<UInt8>, _ entity: Entity) throws {
        try put(update, compact: compact, in: target(of: entity, list: nil))
    }

    /// Tells Procore which job and item a project cost code is tied to.
    private func linkCode(_ record: LedgerRecord) throws {
        guard let id = record.procoreID, let origin = record.quickBooksID,
            let project = record.wanted?.references.first(where: { $0.entity == .projects })?.procoreID
        else { return }
        try put(
            .object([("id", .number(id)), ("origin_id", .string(origin))]),
            in: Target(entity: .costCodes, path: "/rest/v1.0/cost_codes/sync?project_id=\(project)"))
    }

    /// Tells Procore which purchase order a contract became.
    private func linkContract(_ record: LedgerRecord) throws {
        guard let id = record.procoreID, let origin = record.quickBooksID, let project = project(of: record) else {
            return
        }
        guard let contracts = record.identity.scope else {
            context.receipt.add(
                Note(
                    record: record.shown,
                    what:
                        "Procore is not told its purchase order, since the export did not say whether it is a purchase "
                        + "order contract or a work order contract."))
            return
        }
        var update: [(key: String, value: JSONValue)] = [("id", .number(id)), ("origin_id", .string(origin))]
        if let edit = record.tie.editSequence {
            update.append(("origin_data", .string("{\"edit_sequence\":\"\(edit)\"}")))
        }
        if let number = record.tie.fullName { update.append(("origin_code", .string(number))) }
        try put(
            .object(update),
            in: Target(entity: .commitments, path: "/rest/v1.0/\(contracts)/sync", scope: ["project_id", project]))
    }

    /// Tells Procore which lines of the purchase order the lines of a contract became.
    func linkLines(_ lines: [(id: String, txnLineID: String)], of record: LedgerRecord) throws {
        guard let id = record.procoreID, let origin = record.quickBooksID, let contracts = record.identity.scope,
            let project = project(of: record)
        else { return }
        let path = "/rest/v1.0/\(contracts)/\(id)/line_items/sync?project_id=\(project)"
        for line in lines where line.id.utf8.allSatisfy({ (48...57).contains($0) }) {
            try put(
                .object([("id", .number(line.id)), ("origin_id", .string("\(origin)|\(line.txnLineID)"))]),
                in: Target(entity: .commitments, path: path))
        }
    }

    private func project(of record: LedgerRecord) -> String? {
        record.wanted?.references.first { $0.entity == .projects }?.procoreID
    }

    /// Adds an update to the open document of a sync call.
    func put(_ update: JSONValue, in target: Target) throws {
        let update = Update(update)
        try put(update.pretty, compact: update.compact, in: target)
    }

    private func put(
        _ update: some Collection<UInt8>, compact: some Collection<UInt8>, in target: Target
    ) throws {
        let document = document(of: target)
        document.add(update, compact: compact)
        waiting += 1
        if document.count == Self.size { try close(target) }
        if waiting >= Self.mostWaiting, let first = order.first { try close(first) }
    }

    private func document(of target: Target) -> Open {
        if let latest, latest.target == target { return latest }
        let document: Open
        if let known = open[target] {
            document = known
        } else {
            document = Open(target, sequence: context.documents.takeSequence(), memory: spare)
            spare = ([], [])
            order.append(target)
            open[target] = document
        }
        latest = document
        return document
    }

    /// Closes every open document.
    func finish() throws {
        for target in order { try close(target) }
        order = []
    }

    private func close(_ target: Target) throws {
        guard let document = open.removeValue(forKey: target) else { return }
        latest = nil
        order.removeAll { $0 == target }
        waiting -= document.count
        let scope: [(key: String, value: JSONValue)] = stride(from: 0, to: target.scope.count, by: 2).map {
            (target.scope[$0], .number(target.scope[$0 + 1]))
        }
        var list = document.end()
        let capacity = list.pretty.count + 2_048
        func body(_ updates: [UInt8]) -> JSONValue { .object(scope + [("updates", .written(updates))]) }
        try write(
            document.sequence, "PATCH", target.path, target.entity, body(list.pretty), capacity: capacity,
            key: key(target.path, body(list.compact), capacity: capacity))
        list.pretty.removeAll(keepingCapacity: true)
        list.compact.removeAll(keepingCapacity: true)
        spare = list
    }

    /// Writes a call that is no sync call, in a document of its own.
    func send(_ method: String, _ path: String, entity: Entity, body: [(key: String, value: JSONValue)]) throws {
        let body = JSONValue.object(body)
        try write(context.documents.takeSequence(), method, path, entity, body, key: key(path, body))
    }

    /// What tells one call from another, for whoever carries it out.
    private func key(_ path: String, _ body: JSONValue, capacity: Int = 0) -> String {
        Digest(of: body.bytes(pretty: false, capacity: capacity, behind: Array(path.utf8))).hex(16)
    }

    private func write(
        _ sequence: Int, _ method: String, _ path: String, _ entity: Entity, _ body: JSONValue, capacity: Int = 0,
        key: String
    ) throws {
        let document = JSONValue.object([
            (
                "request",
                .object([("method", .string(method)), ("path", .string(path)), ("body", body)])
            ),
            ("entity", .string(entity.rawValue)), ("sequence", .number(String(sequence))),
            ("idempotency_key", .string(key)), ("source", .array([.string(context.source)])),
        ])
        var bytes = document.bytes(pretty: true, capacity: capacity)
        bytes.append(10)
        try context.documents.put(
            LedgerDocument(sequence: sequence, outbox: .procore, entity: entity),
            bytes: bytes, namedIn: &context.receipt)
    }
}
