import Domain
import GRDB
import QBXML

/// A small QuickBooks company, for trying everything without Windows and for tests.
///
/// It answers qbXML documents about vendors, customers and jobs, service items, estimates, purchase orders, bills and
/// their payments, and queries of these and of accounts, as QuickBooks Desktop does: the same refusals, the same wording where a recorded answer shows it, the same layout.
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
    /// - Throws: a `Problem` when the file holds something else, or a company of the other edition; what SQLite says
    ///   when the machine is unwell.
    public init(path: String, edition: Edition) throws {
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
                sql: "INSERT INTO company VALUES (1, ?, ?)", arguments: [edition.rawValue, CompanyFile.beginning])
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
    /// Everything that the document changes is saved when this returns, or nothing when it throws.
    /// - Throws: what SQLite says; only when the machine is unwell.
    public func answer(_ document: [UInt8]) throws -> SandboxAnswer {
        let request: RequestDocument
        do {
            request = try RequestDocument(document, messages: Messages.of(edition))
        } catch let unreadable as Unreadable {
            return .refused(
                hresult: "0x80040400",
                message: "QuickBooks found an error when parsing the provided XML text stream. "
                    + "(Sandbox: \(unreadable.detail))")
        }
        return .response(
            try queue.write { db in
                try Recovery(file: CompanyFile(db: db), edition: edition).response(to: request, bytes: document)
            })
    }

    /// Lets something go wrong once. It is kept in the company's file until it has happened.
    /// - Throws: a `Problem` for a status that is no error; what SQLite says when the machine is unwell.
    public func provoke(_ fault: SandboxFault) throws {
        guard (1_000...9_999).contains(fault.code) else {
            throw Problem(
                what: "Status \(fault.code) is no refusal, so it cannot be provoked.",
                remedy: "Name a status code from 1000 to 9999, such as 3175.")
        }
        try queue.write { db in try CompanyFile(db: db).provoke(fault) }
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
