import Domain
import Foundation
import GRDB

/// A document that left or is about to.
public struct LedgerDocument: Sendable {
    /// Which outbox folder it belongs to.
    public enum Outbox: String, Sendable, CaseIterable {
        /// qbXML requests.
        case quickbooks
        /// Procore JSON.
        case procore
        /// qbXML requests that a person decides about before they go to QuickBooks; nothing carries them.
        case review
    }

    /// Its number; both outboxes share one counter.
    public var sequence: Int
    /// Which outbox it belongs to.
    public var outbox: Outbox
    /// What it is about: the kind of records it carries, or what a pull asks for.
    public var subject: String
    /// The number of the document whose bytes it has, sent once more.
    public var repeats: Int?

    /// The kind of records it carries; nil for a pull.
    public var entity: Entity? { Entity(rawValue: subject) }

    /// A document of records.
    public init(sequence: Int, outbox: Outbox, entity: Entity) {
        self.init(sequence: sequence, outbox: outbox, subject: entity.rawValue)
    }

    /// A document about something.
    public init(sequence: Int, outbox: Outbox, subject: String, repeats: Int? = nil) {
        self.sequence = sequence
        self.outbox = outbox
        self.subject = subject
        self.repeats = repeats
    }

    /// Its file name, `00000012-vendors.xml`. It is not kept: a file may lead to very many documents.
    public var name: String {
        let number = String(sequence)
        let ending = outbox == .procore ? "json" : "xml"
        return String(repeating: "0", count: max(0, 8 - number.count)) + number + "-\(subject).\(ending)"
    }

    /// `outbox/quickbooks/00000012-vendors.xml`
    public var path: String { "outbox/\(outbox.rawValue)/\(name)" }
}

extension Books {
    /// The number of the next document, whichever outbox it belongs to.
    public func nextSequence() throws -> Int {
        let highest =
            try first("SELECT max(sequence) FROM document") { _ in
            } _: { row in
                row.int(0) ?? 0
            } ?? 0
        return try max(highest, lowestDocument()) + 1
    }

    /// The highest numbers of documents and of files so far.
    public func highestNumbers() throws -> (document: Int, file: Int) {
        try first(
            """
            SELECT (SELECT max(sequence) FROM document), (SELECT max(intake) FROM file),
                (SELECT value FROM fact WHERE name = ?), (SELECT value FROM fact WHERE name = ?)
            """
        ) { bind in
            bind(Self.documentFloor)
            bind(Self.fileFloor)
        } _: { row in
            let lowest = (document: row.text(2).flatMap { Int($0) } ?? 0, file: row.text(3).flatMap { Int($0) } ?? 0)
            return (max(row.int(0) ?? 0, lowest.document), max(row.int(1) ?? 0, lowest.file))
        } ?? (0, 0)
    }

    /// Remembers a staged document with its exact bytes.
    /// - Parameters:
    ///   - document: its number, place and name.
    ///   - bytes: as it was staged, packed.
    ///   - source: the intake number of the file that led to it.
    ///   - now: when, in seconds since 1970.
    public func insert(_ document: LedgerDocument, bytes: PackedDocument, source: Int?, at now: Int64) throws {
        try insert([(document, bytes)], source: source, at: now)
    }

    private static let documentRows = RowsStatement(
        into: "document (sequence, outbox, name, entity, bytes, source, published, at, repeats)",
        row: "(?, ?, ?, ?, ?, ?, 0, ?, ?)")

    /// Remembers staged documents with their exact bytes: `rowsTogether` in a statement, and each of the rest in its own.
    /// Rows that wait to be written stay as they are, since none of them is about a document.
    /// - Parameters:
    ///   - documents: the number, place and name of each, and its bytes as it was staged, packed.
    ///   - source: the intake number of the file that led to them.
    ///   - now: when, in seconds since 1970.
    public func insert(_ documents: [(LedgerDocument, PackedDocument)], source: Int?, at now: Int64) throws {
        for some in PendingInserts.portions(documents) {
            let bytes = some.map { PackedValues($0.1.kept) }
            try PackedValues.lend(bytes) { lent in
                try run(Self.documentRows, count: some.count) { bind in
                    for ((document, _), bytes) in zip(some, lent) {
                        bind(document.sequence)
                        bind(document.outbox.rawValue)
                        bind(document.name)
                        bind(document.subject)
                        bind(lentBytes: bytes.all)
                        bind(source)
                        bind(now)
                        bind(document.repeats)
                    }
                }
            }
        }
        for (document, _) in documents where document.outbox == .review { try beginReview(of: document.sequence) }
    }

    /// Takes back a document that has not left.
    public func remove(_ document: LedgerDocument) throws {
        try run("DELETE FROM document WHERE sequence = ?") { $0(document.sequence) }
        if document.outbox == .review { try removeReview(of: document.sequence) }
    }

    /// The documents that repeat another one.
    public func repeats(of sequence: Int) throws -> [LedgerDocument] {
        try documents("repeats = ? ORDER BY sequence") { $0(sequence) }
    }

    /// The documents that are staged and not yet published, in number order.
    /// - Parameters:
    ///   - sequence: only those of a higher number.
    ///   - limit: at most so many.
    public func stagedDocuments(after sequence: Int = 0, limit: Int = .max) throws -> [LedgerDocument] {
        try documents("published = 0 AND sequence > ? ORDER BY sequence LIMIT ?") { bind in
            bind(sequence)
            bind(limit)
        }
    }

    /// The document with a number.
    public func document(_ sequence: Int) throws -> LedgerDocument? {
        try documents("sequence = ?") { $0(sequence) }.first
    }

    /// The documents that carry records of a file, or what a file led to.
    public func documents(from intake: Int) throws -> [LedgerDocument] {
        try documents("source = ? ORDER BY sequence") { $0(intake) }
    }

    /// The exact bytes of a document.
    public func bytes(ofDocument sequence: Int) throws -> [UInt8]? {
        try first("SELECT bytes FROM document WHERE sequence = ?") {
            $0(sequence)
        } _: { row in
            try row.bytes(0) { bytes in Result { try PackedDocument.unpack(bytes) } }?.get()
        } ?? nil
    }

    /// Remembers that documents stand in their outbox.
    public func markPublished(_ sequences: [Int]) throws {
        var place = 0
        while place < sequences.count {
            let first = sequences[place]
            // Of a long file they follow each other.
            var last = first
            place += 1
            while place < sequences.count, sequences[place] == last + 1 { (last, place) = (last + 1, place + 1) }
            // Not by the index of those that are staged: as it changes meanwhile, all its rows would be noted first. And
            // who fails takes nothing back: pages would be kept for that, and the transaction ends in any case.
            try run("UPDATE OR FAIL document NOT INDEXED SET published = 1 WHERE sequence BETWEEN ? AND ?") { bind in
                bind(first)
                bind(last)
            }
        }
    }

    /// Takes documents for staged again, whose hidden names are still there.
    public func markUnpublished(_ names: [String], in outbox: LedgerDocument.Outbox) throws {
        for name in names {
            // Every name begins with the document's number.
            guard let sequence = Int(name.prefix { $0.isNumber }) else { continue }
            try db.execute(
                literal: """
                    UPDATE document SET published = 0
                    WHERE sequence = \(sequence) AND name = \(name) AND outbox = \(outbox.rawValue) AND published = 1
                    """)
        }
    }

    /// Remembers which file answered a document.
    public func markAnswered(_ sequence: Int, by intake: Int) throws {
        try run("UPDATE document SET answered_by = ? WHERE sequence = ?") { bind in
            bind(intake)
            bind(sequence)
        }
    }

    /// Whether an answer to a document was taken before.
    public func isAnswered(_ sequence: Int) throws -> Bool {
        try first("SELECT answered_by FROM document WHERE sequence = ?") {
            $0(sequence)
        } _: { row in
            row.int(0)
        } ?? nil != nil
    }

    private func documents(_ condition: StaticString, _ bind: (inout Binding) -> Void) throws -> [LedgerDocument] {
        try all(.document, "SELECT sequence, outbox, entity, repeats FROM document WHERE ", condition, bind) {
            row in
            guard let outbox = row.text(1).flatMap(LedgerDocument.Outbox.init) else {
                throw LedgerDamage("Document \(row.int(0) ?? 0) has an unknown outbox.")
            }
            return LedgerDocument(
                sequence: row.int(0) ?? 0, outbox: outbox, subject: row.text(2) ?? "", repeats: row.int(3))
        }
    }
}
