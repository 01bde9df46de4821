import DropFolder
import SyncLedger

/// Takes files out of the inbox, each with the next number.
struct Claims {
    private let root: OpenRoot
    private var nextIntake = 1

    init(_ root: OpenRoot) {
        self.root = root
    }

    /// Has files numbered on from those that are known and those that are claimed.
    mutating func numberOn() throws {
        let claimed = try root.inbox.claims().map(\.intake).max() ?? 0
        nextIntake = try max(nextIntake, root.ledger.read { try $0.lastIntake() } + 1, claimed + 1)
    }

    /// Takes a file; nil where it is gone, or cannot be taken and so waits.
    mutating func claim(_ path: RelativePath, in opened: OpenInbox?) throws -> ClaimedFile? {
        do {
            guard let claim = try root.inbox.claim(path, intake: nextIntake, in: opened) else { return nil }
            nextIntake += 1
            root.faults.clear(.dropped(path))
            return claim
        } catch let fault as InboxFault {
            root.faults.report(.dropped(path), fault)
            return nil
        }
    }
}
