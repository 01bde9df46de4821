import Domain
import DropFolder
import Foundation
import Procore
import SyncLedger
import Testing

@testable import Pipeline

/// What the last step of a case led to, in a real root of its own.
struct FixtureRun {
    /// The documents that came into `outbox/quickbooks`, in number order; nil where none came.
    private(set) var quickbooks: String?
    /// The same of `outbox/procore`.
    private(set) var procore: String?
    /// The problems as a problem file says them; nil where there is none.
    private(set) var problems: String?
    /// The parts of the receipt that a case may expect; nil after a wait.
    private(set) var receipt: FixtureReceipt?
    /// The problem file beside a rejected original.
    private(set) var problemFile: String?
    /// The copy of the refused records, ready to be mended.
    private(set) var rejectedRecords: String?
    /// The problem file beside that copy.
    private(set) var rejectedProblemFile: String?
    /// The kinds of record that records of a kind refer to, by what they should be on either side.
    private(set) var references: [Entity: Set<Entity>] = [:]

    /// In memory, where there is such a folder: what a case leads to does not depend on the disk, and waiting for thousands
    /// of syncs would take most of the time of all tests.
    private static let scratch =
        FileManager.default.isWritableFile(atPath: "/dev/shm")
        ? URL(fileURLWithPath: "/dev/shm") : FileManager.default.temporaryDirectory

    /// Takes a case through the whole flow, file by file.
    /// - Parameter prunes: whether everything that can go is taken out before the last step.
    init(_ fixture: FixtureCase, prunes: Bool = false) throws {
        let folder = Self.scratch.appendingPathComponent("fixture-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(fixture.configuration.utf8).write(to: folder.appendingPathComponent("plumbline.yaml"))
        let root = try OpenRoot(path: folder.path)
        defer { root.close() }
        var now: Int64 = 1_773_000_000
        if fixture.converter != "company-check" { try Self.answerCompany(root) }
        var seen: Set<String> = []
        let steps = try fixture.steps()
        for (index, step) in steps.enumerated() {
            if prunes, index == steps.count - 1 { try Pruned.all(of: root, at: now) }
            seen = Set(try Self.documents(root).map(\.path))
            problems = nil
            receipt = nil
            if let seconds = step.seconds {
                now += seconds
                let time = now
                let processor = FileProcessor(root, clock: WallClock { time })
                _ = try processor.retryDue()
                try processor.pullDue()
            } else if let command = try step.command {
                let time = now
                let outcome = try FileProcessor(root, clock: WallClock { time }).run(command)
                problems = outcome.problems.isEmpty ? nil : outcome.problems.joined(separator: "\n") + "\n"
            } else {
                try drop(step, root, intake: index + 1, at: now)
            }
        }
        quickbooks = try Self.text(of: Self.documents(root).filter { !seen.contains($0.path) }, in: "/quickbooks/")
        procore = try Self.text(of: Self.documents(root).filter { !seen.contains($0.path) }, in: "/procore/")
        references = try root.ledger.read { try Self.references($0, files: fixture.steps().count) }
    }

    private static func references(_ books: Books, files: Int) throws -> [Entity: Set<Entity>] {
        var references: [Entity: Set<Entity>] = [:]
        for intake in 1...max(files, 1) {
            for record in try books.records(touchedBy: intake, limit: 100) {
                let contents = [record.wanted, record.imported].compactMap { $0 }
                references[record.entity, default: []].formUnion(contents.flatMap(\.references).map(\.entity))
            }
        }
        return references
    }

    /// What company is open has been asked and answered, so that the documents of a case are its own.
    static func answerCompany(_ root: OpenRoot) throws {
        try root.ledger.write { books in
            let farAhead: Int64 = 4_000_000_000
            try books.insert(
                LedgerPull(
                    requestID: "company", subject: PullSubject.company.rawValue, document: 0, since: nil,
                    until: farAhead,
                    askedAt: farAhead))
            if let pull = try books.pull("company") { try books.answer(pull, status: 0, file: 0) }
        }
    }

    private mutating func drop(_ step: FixtureStep, _ root: OpenRoot, intake: Int, at now: Int64) throws {
        try step.bytes.write(to: URL(fileURLWithPath: root.folders.inbox + "/" + step.path))
        let claim = try #require(try root.inbox.claim(RelativePath(step.path), intake: intake))
        _ = try FileProcessor(root, clock: WallClock { now }).process([claim])
        let result = try #require(Receipts.paths(below: root.folders.root).last)
        let text = try String(contentsOfFile: root.folders.results + "/" + result, encoding: .utf8)
        let json = try JSONRecord(parsing: Array(text.trimmingCharacters(in: .newlines).utf8))
        let found = try (json.records("problems") ?? []).map { problem in
            var told = Problem(
                record: try problem.text("record"), field: try problem.text("field"),
                what: try problem.text("what") ?? "", remedy: try problem.text("remedy") ?? "")
            told.file = try problem.text("file")
            return told
        }
        problems = found.isEmpty ? nil : Receipt.problemText(file: step.name, problems: found)
        receipt = try FixtureReceipt(json)
        let rejected = URL(fileURLWithPath: root.folders.rejected)
        let path = String(step.path.dropLast(step.name.count))
        let names = FixtureCase.names(in: rejected.appendingPathComponent(path))
        problemFile = try names.first { $0 == step.name + ".problem.txt" }.map {
            try String(contentsOf: rejected.appendingPathComponent(path + $0), encoding: .utf8)
        }
        let stem = step.name.prefix(upTo: step.name.lastIndex(of: ".") ?? step.name.endIndex)
        let copy = names.first { $0.hasPrefix(stem + ".rejected.") && !$0.hasSuffix(".problem.txt") }
        rejectedRecords = try copy.map {
            try String(contentsOf: rejected.appendingPathComponent(path + $0), encoding: .utf8)
        }
        rejectedProblemFile = copy.flatMap {
            try? String(contentsOf: rejected.appendingPathComponent(path + $0 + ".problem.txt"), encoding: .utf8)
        }
    }

    /// Both outboxes' documents; one counter numbers both.
    private static func documents(_ root: OpenRoot) throws -> [URL] {
        [root.folders.outboxQuickBooks, root.folders.outboxProcore].flatMap { folder in
            let url = URL(fileURLWithPath: folder)
            return FixtureCase.names(in: url).map(url.appendingPathComponent)
        }
    }

    private static func text(of documents: [URL], in outbox: String) throws -> String? {
        let mine = documents.filter { $0.path.contains("/outbox" + outbox) }
        return mine.isEmpty ? nil : try mine.map { try String(contentsOf: $0, encoding: .utf8) }.joined()
    }
}

/// The parts of a receipt that `expected.receipt.json` may name; what it does not name is not compared.
struct FixtureReceipt: Codable, Equatable {
    var outcome: String?
    /// Counts by entity; those of 0 are left out.
    var entities: [String: [String: Int]]?
    /// What each note says.
    var notes: [String]?
    /// What earlier records became that this file set free.
    var released: [String]?
    /// What each held record waits for, as `record: for`.
    var waits: [String]?

    init(_ json: JSONRecord) throws {
        outcome = try json.text("outcome")
        var entities: [String: [String: Int]] = [:]
        for entity in try json.record("entities")?.keys ?? [] {
            let counts = try json.record("entities")?.record(entity)
            for count in counts?.keys ?? [] {
                let number = try counts?.text(count).flatMap { Int($0) } ?? 0
                if number > 0 { entities[entity, default: [:]][count] = number }
            }
        }
        self.entities = entities
        notes = try (json.records("notes") ?? []).map { try $0.text("what") ?? "" }
        released = try json.strings("released") ?? []
        waits = try (json.records("waits") ?? []).map { try "\($0.text("record") ?? ""): \($0.text("for") ?? "")" }
    }

    /// This receipt, with only the parts that another one has.
    func reduced(to other: FixtureReceipt) -> FixtureReceipt {
        var copy = self
        if other.outcome == nil { copy.outcome = nil }
        if other.entities == nil { copy.entities = nil }
        if other.notes == nil { copy.notes = nil }
        if other.released == nil { copy.released = nil }
        if other.waits == nil { copy.waits = nil }
        return copy
    }
}
