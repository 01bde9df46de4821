import DropFolder
import Foundation
import SyncLedger

/// Takes a command's command to whoever owns the root: this process where nobody does, else the daemon, through the
/// sync ledger that both can open.
public struct CommandQueue {
    private let root: String
    /// How long the owner is waited for.
    private static let patience = Duration.seconds(60)
    /// A root that nobody has for so long is not being restarted.
    private static let absence = Duration.seconds(1)

    /// The desk of a root.
    public init(root: String) {
        self.root = URL(fileURLWithPath: root).path
    }

    /// The owner did not take the command.
    public struct Unanswered: Error, CustomStringConvertible {
        /// What happened, and what to do.
        public let description: String
    }

    /// Has a command done.
    /// - Throws: a `Problem` when it makes no sense, `OwnerLock.Owned` when another machine owns the root, `Unanswered`,
    ///   or what the machine says.
    public func run(_ command: QueuedCommand) async throws -> CommandOutcome {
        while true {
            let owner: OwnerLock.Owned
            do {
                return try takeAndRun(command)
            } catch let owned as OwnerLock.Owned where owned.isHere {
                owner = owned
            }
            if let outcome = try await leave(command, for: owner) { return outcome }
        }
    }

    private func takeAndRun(_ command: QueuedCommand) throws -> CommandOutcome {
        try asOwner { try $0.run(command) }
    }

    /// Does something as the process that has the root.
    private func asOwner<Result>(_ body: (FileProcessor) throws -> Result) throws -> Result {
        let open = try OpenRoot(path: root)
        defer { open.close() }
        try open.requireReady()
        let processor = FileProcessor(open)
        _ = try processor.recover()
        let result = try body(processor)
        // Pages of what waits for approval now; a folder that cannot be used is told by whoever serves the root.
        var reviews = ReviewWatch()
        while (try? processor.tendReviews(&reviews, at: .zero)) == true {}
        return result
    }

    /// Leaves a command for whoever has the root, and waits until it is done; where nobody has it any more, this process does
    /// what was left.
    /// - Returns: nil: nobody has the root, and nothing could be left there.
    func leave(_ command: QueuedCommand, for owner: OwnerLock.Owned) async throws -> CommandOutcome? {
        let path = OpenRoot.ledgerPath(try Configuration.load(root: root), root: root)
        do {
            try RootBeginning.waitForOwner(ofLedger: path)
        } catch let fault as LedgerFault where fault.kind == .unfinished {
            return nil
        }
        let ledger = try Ledger(besideOwnerOf: path)
        let command = Array(try JSONEncoder().encode(command))
        let id = try ledger.write { try $0.enqueue(command, at: WallClock.text(WallClock.system.now())) }
        let start = ContinuousClock.now
        var seen = start
        while true {
            if let outcome = try ledger.read({ try $0.outcome(ofCommand: id) }) {
                return try JSONDecoder().decode(CommandOutcome.self, from: Data(outcome))
            }
            if OwnerLock.heartbeat(ofOwnerOf: path) != nil { seen = .now }
            if ContinuousClock.now - seen > Self.absence {
                do {
                    try asOwner { try $0.runCommands() }
                } catch let owned as OwnerLock.Owned where owned.isHere {
                    // The next one came in this moment.
                }
                continue
            }
            if ContinuousClock.now - start > Self.patience, try ledger.write({ try $0.withdrawCommand(id) }) {
                throw Unanswered(
                    description: "\(owner) It did not take the command within a minute: see logs/plumbline.jsonl.")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
