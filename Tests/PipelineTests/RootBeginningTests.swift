import DropFolder
import Foundation
import InMemoryLogging
import Logging
import Synchronization
import Testing

@testable import Pipeline
@testable import SyncLedger

/// Who comes while a root is being made, or given back, waits for that rather than meet half of it.
@Suite struct RootBeginningTests {
    /// What somebody who waits says.
    private let said = InMemoryLogHandler()

    private var logger: Logger { Logger(label: "test") { _ in said } }

    private var lines: [String] { said.entries.map(\.message.description) }

    /// A folder with a configuration, in which nothing was made yet.
    private final class NewRoot: Sendable {
        let path: String

        init() throws {
            path = ReviewRoot.scratch.appendingPathComponent("beginning-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Data("company_id: 8089\n".utf8).write(to: URL(fileURLWithPath: path + "/plumbline.yaml"))
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        var ledger: String { path + "/plumbline.sqlite" }
    }

    /// What those who come at each statement of the making met.
    private final class Visits: Sendable {
        private let met = Mutex<[String]>([])

        func note(_ word: String) { met.withLock { $0.append(word) } }

        var all: [String] { met.withLock { $0 } }
    }

    /// What somebody meets who does not wait: only that the root is being opened.
    private static func visit(_ root: NewRoot, _ visits: Visits) {
        for visit in [
            { try RootBeginning.complete(root.path, ledger: root.ledger, patience: .zero) },
            { try RootBeginning.waitForOwner(ofLedger: root.ledger, patience: .zero) },
            { _ = try RootBeginning.ledgerToRead(root.ledger, patience: .zero) },
        ] {
            do {
                try visit()
                visits.note("went on")
            } catch let making as LedgerInTheMaking {
                visits.note("waits: \(making.shape)")
            } catch {
                visits.note("\(error)")
            }
        }
    }

    @Test func atEveryStatementOfTheMakingAnotherWaits() throws {
        let root = try NewRoot()
        let visits = Visits()
        let open = try OpenRoot(path: root.path, isRight: false) { Self.visit(root, visits) }
        defer { open.close() }
        let met = visits.all
        #expect(met.count >= 3 * 8, "the making has at least so many statements")
        #expect(Set(met) == ["waits: current"])
        // As soon as it is made everybody goes on, and nobody needs it for that.
        try RootBeginning.complete(root.path, ledger: root.ledger, patience: .zero)
        try RootBeginning.waitForOwner(ofLedger: root.ledger, patience: .zero)
        #expect(try RootBeginning.ledgerToRead(root.ledger, patience: .zero).read { try $0.recordCounts() }.isEmpty)
        try WebConnectorUsers(root: root.path).add("office", password: "a long password")
    }

    @Test func aRootThatNobodyMadeIsMadeByWhoeverNeedsIt() throws {
        let root = try NewRoot()
        try RootBeginning.complete(root.path, ledger: root.ledger)
        #expect(try Ledger.shape(at: root.ledger) == .current)
        #expect(FileManager.default.fileExists(atPath: root.path + "/inbox/procore/.plumbline"))
        #expect(OwnerLock.heartbeat(ofOwnerOf: root.ledger) == nil, "it was given back")
    }

    @Test func aRootLeftAheadOfItsMarksIsMadeWhole() throws {
        struct Ended: Error {}
        for number in 1..<100 {
            let root = try NewRoot()
            let count = Mutex(0)
            do {
                try OpenRoot(path: root.path, isRight: false) {
                    let isTheOne = count.withLock { count in
                        count += 1
                        return count == number
                    }
                    if isTheOne { throw Ended() }
                }.close()
                #expect(number > 8, "the making has at least so many statements")
                return
            } catch is Ended {
                try RootBeginning.complete(root.path, ledger: root.ledger, patience: .zero)
                #expect(FileManager.default.fileExists(atPath: root.path + "/inbox/procore/.plumbline"), "\(number)")
                let open = try OpenRoot(path: root.path)
                defer { open.close() }
                try open.requireReady()
            }
        }
    }

    // MARK: - Daemons

    @Test func aDaemonWaitsForAnothersLastMoments() async throws {
        let root = try NewRoot()
        let first = try OpenRoot(path: root.path)
        var looks = 0
        let taken = try await RootBeginning.take(root.path, logger: logger) {
            looks += 1
            if looks == 3 { first.close() }
            return false
        }
        #expect(looks == 3)
        #expect(OwnerLock.heartbeat(ofOwnerOf: root.ledger) != nil)
        #expect(lines == ["Another process has \(root.path): waiting a moment for its end."], "once")
        taken?.close()
    }

    @Test func aDaemonWaitsForAsLongAsAnotherIsOnlyBeginning() async throws {
        let root = try NewRoot()
        let owner = try OwnerLock(root: root.path, ledger: root.ledger)
        var looks = 0
        let taken = try await RootBeginning.take(root.path, logger: logger, patience: .zero) {
            looks += 1
            if looks == 3 { owner.release() }
            return false
        }
        #expect(looks == 3)
        #expect(lines == ["Another process is just opening \(root.path): waiting until it has. Nothing is wrong."])
        taken?.close()
    }

    @Test func aDaemonThatIsToldToEndWaitsNoMore() async throws {
        let root = try NewRoot()
        let first = try OpenRoot(path: root.path)
        defer { first.close() }
        var looks = 0
        let taken = try await RootBeginning.take(root.path, logger: logger) {
            looks += 1
            return looks == 3
        }
        #expect(taken == nil)
    }

    @Test func aServiceWaitsForAnOwnerThatIsOnlyBeginning() async throws {
        let root = try NewRoot()
        let owner = try OwnerLock(root: root.path, ledger: root.ledger)
        defer { owner.release() }
        let waiting = Task { [path = root.path, logger] in
            try await RootBeginning.waitForOwners(of: [path], logger: logger)
        }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(lines == ["Another process is just opening \(root.path): waiting until it has. Nothing is wrong."])
        owner.heartbeat.isBeginning = nil
        try await RootBeginning.waitForOwners(of: [root.path], logger: logger)
    }

    // MARK: - Commands

    @Test func aCommandThatWasLeftForAnOwnerThatWentIsDoneAllTheSame() async throws {
        let root = try NewRoot()
        let owner = try OpenRoot(path: root.path)
        let outcome = Task { [path = root.path] in try await CommandQueue(root: path).run(.pause(by: "the office")) }
        while try owner.ledger.read({ try $0.queuedCommands() }).isEmpty { await Task.yield() }
        owner.close()
        #expect(try await outcome.value.problems.isEmpty)
        let next = try OpenRoot(path: root.path)
        defer { next.close() }
        #expect(try next.ledger.read { try $0.queuedCommands() }.isEmpty)
        #expect(try next.ledger.read { try Pause($0).reason() }?.contains("the office") == true)
    }
}
