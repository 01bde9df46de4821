import Domain
import DropFolder
import Foundation
import GRDB
import SyncLedger
import Testing

@testable import Pipeline

/// An error at any statement of the sync ledger, while files of every kind are taken together, touches at most the file
/// that met it: all others arrive as if nothing had been, in the process that met it.
@Suite struct FaultInjectionTests {
    /// What became of the dropped files, by name: outcome, and what their records were counted as.
    private typealias Fates = [String: String]

    @Test func everyInnocentFileArrivesWhicheverStatementFails() async throws {
        let scratch = try ScratchRoots()
        defer { scratch.remove() }
        let (expected, statements) = try await run(scratch, at: Int.max, times: 0)
        #expect(expected.count == MixedDrop.files.count)
        #expect(expected.values.filter { $0.hasPrefix("rejected") }.count == 1, "only the malformed one: \(expected)")
        var setAside = 0
        var waited = 0
        for statement in 1...statements {
            // Twice in a row, so that setting the file aside fails as well, at every fifth.
            for times in statement.isMultiple(of: 5) ? [1, 2] : [1] {
                let (fates, _) = try await run(scratch, at: statement, times: times)
                #expect(fates.count == expected.count, "statement \(statement), \(times) times: all have a fate")
                let other = expected.filter { fates[$0.key] != $0.value }
                #expect(other.count <= 1, "statement \(statement), \(times) times: \(other.keys.sorted())")
                if let name = other.keys.first {
                    setAside += 1
                    // Met while the file set another record free, the error is that record's, and the file counts.
                    let isTold = ["rejected", "accepted-with-problems"].contains { fates[name]?.hasPrefix($0) == true }
                    #expect(isTold, "\(name): \(fates[name] ?? "")")
                } else {
                    waited += 1
                }
            }
        }
        #expect(setAside > statements / 4, "most statements are run for one file")
        print(
            "Injected errors at \(statements) statements, \(setAside + waited) runs: \(setAside) touched one file, "
                + "\(waited) were made up for; every innocent file arrived.")
    }

    /// Takes the mixed drop in a fresh copy of the root, with errors at some statements, until nothing is left.
    private func run(_ scratch: ScratchRoots, at statement: Int, times: Int) async throws -> (Fates, statements: Int) {
        let path = try scratch.copy()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let injector = StatementInjector()
        let root = try OpenRoot(path: path, isRight: false) { try injector.next() }
        defer { root.close() }
        let worker = RootWorker(root, clock: WallClock { 1_775_000_000 })
        injector.arm(at: statement, times: times)
        // What throws is a round that the daemon would begin again.
        _ = try? await worker.once()
        let statements = injector.count
        injector.disarm()
        _ = try await worker.once()
        #expect(try root.inbox.claims().isEmpty && root.inbox.scan().files.isEmpty, "statement \(statement): left over")
        #expect(root.faults.known.isEmpty, "statement \(statement): \(root.faults.known)")
        let fates = try root.ledger.read { books in
            try (1...MixedDrop.files.count).compactMap { try books.file(scratch.firstIntake + $0 - 1) }
        }
        return (
            Fates(uniqueKeysWithValues: fates.map { ($0.name, "\($0.outcome) \(Self.counts(in: $0.receipt ?? []))") }),
            statements
        )
    }

    /// The counters of a receipt, as text: `vendors: new 1`.
    private static func counts(in receipt: [UInt8]) -> String {
        let object = (try? JSONSerialization.jsonObject(with: Data(receipt))) as? [String: Any]
        let entities = object?["entities"] as? [String: [String: Int]] ?? [:]
        return entities.map { entity, counts in
            "\(entity): "
                + counts.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
                .joined(separator: " ")
        }.sorted().joined(separator: ", ")
    }

    // MARK: - A constraint that fails for one file alone, at every attempt

    @Test func aFileThatBreaksAConstraintOfTheLedgerIsSetAsideWithItsStory() async throws {
        let scratch = try ScratchRoots()
        defer { scratch.remove() }
        let path = try scratch.copy()
        try await DatabaseQueue(path: path + "/plumbline.sqlite").write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER poison BEFORE INSERT ON record WHEN NEW.procore_id = '786555'
                    BEGIN SELECT RAISE(ABORT, 'a constraint of this test'); END
                    """)
        }
        let root = try OpenRoot(path: path)
        defer { root.close() }
        let result = try await RootWorker(root, clock: WallClock { 1_775_000_000 }).once()
        #expect(result.summary.files == MixedDrop.files.count)
        #expect(result.summary.withProblems == 2, "the poisoned and the malformed one")
        let rejected = path + "/inbox/rejected/procore/"
        let problem = try String(contentsOfFile: rejected + "04-work_order_contracts.json.problem.txt", encoding: .utf8)
        #expect(problem.contains("Plumbline met an error of its own while it applied this file"))
        #expect(problem.contains("a constraint of this test"))
        #expect(problem.contains("plumbline retry"))
        #expect(FileManager.default.fileExists(atPath: rejected + "04-work_order_contracts.json"))
        #expect(try Status(root: path).text.contains("2 rejected"))
    }
}

/// A root with linked records, made once and copied for each run.
struct ScratchRoots {
    private let folder: URL
    private let base: URL
    /// The number of the first file of the mixed drop.
    let firstIntake: Int

    init() throws {
        let memory = URL(fileURLWithPath: "/dev/shm")
        let place =
            FileManager.default.isWritableFile(atPath: memory.path) ? memory : FileManager.default.temporaryDirectory
        folder = place.appendingPathComponent("injection-\(UUID().uuidString)")
        base = folder.appendingPathComponent("base")
        try FileManager.default.createDirectory(at: base, withIntermediateDirectories: true)
        let fixture = FixtureCase(
            converter: "bill-payment-to-contract-payment", name: "a-check-that-pays-a-bill-in-full-becomes-a-payment")
        try Data(fixture.configuration.utf8).write(to: base.appendingPathComponent("plumbline.yaml"))
        let root = try OpenRoot(path: base.path)
        defer { root.close() }
        try FixtureRun.answerCompany(root)
        let steps = try fixture.steps().dropLast()
        for (index, step) in steps.enumerated() {
            try step.bytes.write(to: URL(fileURLWithPath: root.folders.inbox + "/" + step.path))
            let claim = try #require(try root.inbox.claim(RelativePath(step.path), intake: index + 1))
            _ = try FileProcessor(root, clock: WallClock { 1_773_000_000 }).process([claim])
        }
        firstIntake = steps.count + 1
        for (path, text) in MixedDrop.files {
            try Data(text.utf8).write(to: URL(fileURLWithPath: root.folders.inbox + "/" + path))
        }
    }

    func copy() throws -> String {
        let copy = folder.appendingPathComponent(UUID().uuidString)
        try FileManager.default.copyItem(at: base, to: copy)
        return copy.path
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}
