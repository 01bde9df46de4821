import DropFolder

/// The steps of a round, in their order.
enum RoundStep: String, CaseIterable {
    /// Every folder is the one it should be.
    case folders
    /// Those beside are told that the owner is alive.
    case heartbeat
    /// What an earlier process or a fault left is finished.
    case recovery
    /// Receipts and logs are made durable.
    case receipts
    /// Sending is paused, or goes on, as the file in the inbox says.
    case pause
    /// What people decided in review is done ahead of files: who rejects a document and drops its export again means it in
    /// that order.
    case decisions
    /// The inbox is scanned.
    case scan
    /// Complete files are taken.
    case files
    /// What stands in its own way is told.
    case faults
    /// Records whose time has come are tried again.
    case retry
    /// Queued commands are run.
    case command
    /// What waits for a person's word by now has its page.
    case review
    /// QuickBooks is asked for what is new.
    case pull
    /// It is told that the Web Connector stays away.
    case connector
    /// Receipts are told to people.
    case telling
    /// People are sent messages of what came up.
    case news
    /// What is old and not needed any more is taken out.
    case prune

    /// Whether nothing else builds on it, so that a mistake of ours in it is no other step's concern. No file brought
    /// what these do; a mistake about a file is met where the file is applied (`FileProcessor`).
    var standsAlone: Bool {
        switch self {
        case .folders, .heartbeat, .recovery, .receipts, .pause, .scan, .files, .faults: false
        case .decisions, .retry, .command, .review, .pull, .connector, .telling, .news, .prune: true
        }
    }
}

/// What becomes of a round in which a step threw an error. There is no third.
enum RoundFate {
    /// It goes on: a mistake of ours in one step, which is told once, in this sentence.
    case goesOn(String)
    /// It ends.
    case ends(RoundEnd)

    /// The fate of a round.
    init(_ error: any Error, in step: RoundStep) {
        if let owned = error as? OwnerLock.Owned {
            self = .ends(.ownerLost(owned))
        } else if step.standsAlone, case .file = FaultScope(error) {
            self = .goesOn(
                "Plumbline met an error of its own (\(step.rawValue)) and took back what it had begun: \(error)")
        } else {
            // Folders are checked quickly, and a share that came back should not have to wait.
            self = .ends(.paused(MachineFault(error), isShort: error is FoldersMissing))
        }
    }
}

/// Why a round ended before its last step.
enum RoundEnd: Error {
    /// Another machine took the root over: this process must not go on.
    case ownerLost(OwnerLock.Owned)
    /// What the next step would meet as well, or a mistake of ours in a step that the others build on: nothing is
    /// skipped, and after a pause the next round recovers first.
    case paused(MachineFault, isShort: Bool)
}
