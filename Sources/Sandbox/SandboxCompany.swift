import Domain
import GRDB
import QBXML

/// A small QuickBooks company, for trying everything without Windows and for tests.
///
/// It answers qbXML documents as QuickBooks Desktop does: the same refusals, the same wording where a recorded answer
/// shows it, the same layout.
/// - Entered, changed and queried: vendors, customers and jobs, service items; estimates, purchase orders, bills,
///   vendors' credits, checks, charges and credits of credit cards, times worked. Journal entries and payments of bills
///   are entered and queried.
/// - Queried only: accounts, employees, other names, non-inventory items, classes, terms, sales tax codes, the company,
///   its preferences and the host.
/// - Deleted, and what was deleted queried: everything that it keeps. Voided: everything that posts.
/// - Message sets under an id are remembered, as QuickBooks' error recovery does.
///
/// Requests that QuickBooks knows and the sandbox does not are answered with status 1030. What it cannot do is shown in
/// its answers, never passed over.
///
/// The company is one SQLite file. The same documents in the same order give the same file: ids and times come from a
/// counter in it, never from clock or chance.
public final class SandboxCompany: Sendable {
    /// The edition that the company belongs to.
    public let edition: Edition
    private let queue: DatabaseQueue

    /// Opens a company, or makes a new one with a small chart of accounts.
    /// - Parameter path: of the company's file.
    /// - Parameter edition: of the QuickBooks that it stands for.
    /// - Parameter name: the name of a company that is made; one that is there keeps its own.
    /// - Throws: a `Problem` when the file holds something else, or a company of the other edition; what SQLite says
    ///   when the machine is unwell.
    public init(path: String, edition: Edition, name: String = "Sandbox Construction Company") throws {
        self.edition = edition
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try CompanyTables.migrations.migrate(queue)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            throw Problem(
                what: "\(path) is no sandbox company: it holds something else than a database.",
                remedy: "Name another file for the sandbox company; a new one is made where there is none.")
        }
        let found = try queue.write { db in
            if let edition = try String.fetchOne(db, sql: "SELECT edition FROM company") { return edition }
            try db.execute(
                sql: "INSERT INTO company (only, edition, clock, name) VALUES (1, ?, ?, ?)",
                arguments: [edition.rawValue, CompanyFile.beginning, name])
            try NewCompany.fill(CompanyFile(db: db))
            return edition.rawValue
        }
        guard found == edition.rawValue else {
            throw Problem(
                what: "\(path) is a sandbox company of the edition \(found), but \(edition.rawValue) is configured.",
                remedy: "Put quickbooks.edition right, or delete the file: a new sandbox company is made.")
        }
    }

    /// Answers a request document.
    ///
    /// Everything that the document changes is saved when this returns, or nothing when it throws. Faults that happen on
    /// the way wait for `deliver`.
    /// - Throws: what SQLite says; only when the machine is unwell.
    public func answer(_ document: [UInt8]) throws -> SandboxAnswer {
        let request: RequestDocument
        do {
            request = try RequestDocument(document, messages: Messages.of(edition))
        } catch let unreadable as Unreadable {
            return Self.refused(unreadable)
        }
        return try queue.write { db in try answer(request, document, FaultPlan(file: CompanyFile(db: db))) }
    }

    /// Answers a request document as `answer` does, and tells what arrives of the answer.
    /// - Parameter document: qbXML, as it stands in the outbox.
    /// - Parameter faults: what goes wrong, beside what was provoked. How often each has happened is kept in the company's
    ///   file, so that the same fault may be given again and again. An unreadable document is refused without them.
    /// - Throws: what SQLite says; only when the machine is unwell.
    public func deliver(_ document: [UInt8], faults: [SandboxFault] = []) throws -> SandboxDelivery {
        let request: RequestDocument
        do {
            request = try RequestDocument(document, messages: Messages.of(edition))
        } catch let unreadable as Unreadable {
            return SandboxDelivery(Self.refused(unreadable), [])
        }
        return try queue.write { db in
            let plan = FaultPlan(
                file: CompanyFile(db: db), given: faults.reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
            let onTheWay = try plan.all(for: request.requests.map(\.name)) { $0.isAboutDelivery }
            if onTheWay.contains(where: { $0.effect == .lose }) { return .lost }
            return SandboxDelivery(try answer(request, document, plan), onTheWay)
        }
    }

    private func answer(_ request: RequestDocument, _ document: [UInt8], _ plan: FaultPlan) throws -> SandboxAnswer {
        let names = request.requests.map(\.name)
        if let fault = try plan.first(for: names, { $0.isRefusal }), case .refuse(let hresult) = fault.effect {
            let message = fault.message ?? "The sandbox was told to refuse the document."
            return .refused(hresult: hresult, message: message)
        }
        return .response(
            try Recovery(file: plan.file, edition: edition, plan: plan).response(to: request, bytes: document))
    }

    private static func refused(_ unreadable: Unreadable) -> SandboxAnswer {
        .refused(
            hresult: "0x80040400",
            message: "QuickBooks found an error when parsing the provided XML text stream. "
                + "(Sandbox: \(unreadable.detail))")
    }

    /// Lets something go wrong. It is kept in the company's file until it has happened as often as it is to.
    /// - Throws: a `Problem` for a status that is no error; what SQLite says when the machine is unwell.
    public func provoke(_ fault: SandboxFault) throws {
        try fault.check()
        try queue.write { db in try FaultPlan(file: CompanyFile(db: db)).keep(fault) }
    }

    /// Everything in the company: the lists, then the transactions, each in the order of creation.
    /// - Throws: what SQLite says; only when the machine is unwell.
    public func contents() throws -> [SandboxRecord] {
        try queue.read { db in
            let file = CompanyFile(db: db)
            let ret = Ret(file: file, messages: Messages.of(edition))
            let records = try file.records().map { record in
                var fields: [String: String] = [:]
                Self.flatten(try ret.element(record), "", &fields)
                return SandboxRecord(
                    type: record.kind, listID: record.listID, fullName: try file.fullName(record),
                    editSequence: String(record.editSequence), isActive: record.isActive, fields: fields)
            }
            let txns = try file.txns().map { txn in
                var fields: [String: String] = [:]
                Self.flatten(try ret.element(txn, links: true), "", &fields)
                return SandboxRecord(
                    type: txn.kind, listID: txn.txnID, fullName: txn.fields["RefNumber"] ?? "",
                    editSequence: String(txn.editSequence), isActive: txn.fields["IsActive"] != "false", fields: fields)
            }
            return records + txns
        }
    }

    private static func flatten(_ element: Element, _ path: String, _ fields: inout [String: String]) {
        for child in element.children {
            let path = path.isEmpty ? child.name : "\(path)/\(child.name)"
            if child.children.isEmpty, fields[path] == nil { fields[path] = child.text }
            flatten(child, path, &fields)
        }
    }
}
