import DropFolder
import Foundation
import GRDB
import Testing

@testable import Pipeline
@testable import SyncLedger

/// Who looks at a ledger that is being made or brought to a new version says so in words, and who meets one that was left half
/// made says what to do.
@Suite struct LedgerReadingTests {
    /// A root whose ledger was brought to a step and no further.
    private func withRoot(upTo step: String?, _ body: (_ root: String, _ ledger: String) throws -> Void) throws {
        let root = ReviewRoot.scratch.appendingPathComponent("reading-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: root) }
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        try Data("company_id: 8089\n".utf8).write(to: URL(fileURLWithPath: root + "/plumbline.yaml"))
        let ledger = root + "/plumbline.sqlite"
        if let step {
            let queue = try DatabaseQueue(path: ledger)
            try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
            try Migrations.all.migrate(queue, upTo: step)
            try queue.close()
        } else {
            #expect(FileManager.default.createFile(atPath: ledger, contents: nil))
        }
        try body(root, ledger)
    }

    @Test(arguments: [
        (nil, LedgerShape.unfinished), ("2 transactions: parts, lines, owners", .unfinished),
        ("9 codes of projects as documents show them", .unfinished), ("10 the glossary's names", .earlier),
        ("15 review", .earlier),
    ])
    func howFarItIs(step: String?, shape: LedgerShape) throws {
        try withRoot(upTo: step) { root, ledger in
            #expect(try Ledger.shape(at: ledger) == shape)
            let words = "The sync ledger: its making was cut short"
            if shape == .unfinished {
                for look in [
                    { _ = try Status(root: root) }, { _ = try Trace("x", root: root) },
                    { try Backup(root: root).write(to: root + "/copy") }, { _ = try Suggestions(root: root) },
                    { _ = try Reconciliation(root: root).write(as: .text) { _ in } },
                    { _ = try Prune(root: root, before: "2020-01-01").preview() },
                ] {
                    let fault = #expect(throws: LedgerFault.self) { try look() }
                    #expect("\(fault, default: "")" == words)
                }
                #expect(Health(root: root).grade == .failing)
                #expect(explanation(of: LedgerFault.unfinished).contains("plumbline run"))
            } else {
                #expect(try Status(root: root).records.isEmpty)
            }
            // Whoever opens it goes on with the making.
            try OpenRoot(path: root).close()
            #expect(try Ledger.shape(at: ledger) == .current)
            #expect(try Status(root: root).records.isEmpty)
        }
    }

    @Test func whoLooksWhileItIsBroughtToThisVersionSaysSo() throws {
        try withRoot(upTo: "10 the glossary's names") { root, ledger in
            let owner = try OwnerLock(root: root, ledger: ledger)
            defer { owner.release() }
            let making = #expect(throws: LedgerInTheMaking.self) {
                try RootBeginning.ledgerToRead(ledger, patience: .zero)
            }
            #expect(
                "\(making, default: "")"
                    == "The sync ledger \(ledger) is just being brought to this version of Plumbline, which takes minutes where "
                    + "it is large. Nothing is wrong: try again in a while.")
            #expect(throws: LedgerInTheMaking.self) {
                try RootBeginning.waitForOwner(ofLedger: ledger, patience: .zero)
            }
            // It is served, and goes on by itself.
            let health = Health(root: root)
            #expect(health.grade == .degraded)
            #expect(health.reasons.first?.contains("just being brought") == true)
            // An owner that is done with beginning, and has another shape, is of another version.
            owner.heartbeat.isBeginning = nil
            #expect(throws: LedgerOfAnotherVersion.self) {
                try RootBeginning.waitForOwner(ofLedger: ledger, patience: .zero)
            }
            #expect(try RootBeginning.ledgerToRead(ledger, patience: .zero).read { try $0.recordCounts() }.isEmpty)
        }
    }
}
