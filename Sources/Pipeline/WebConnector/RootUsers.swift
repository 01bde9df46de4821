import Domain
import DropFolder
import SyncLedger
import WebConnector

/// Whose name belongs to which root.
///
/// Users may be added and removed while this process runs, so a root's are read again whenever its ledger was written
/// since: one login opens few of many ledgers, and each only for as long as it is read.
actor RootUsers {
    private struct Known {
        /// What was said of the ledger's files ahead of the reading; nil: that says too little.
        var stamp: Stamp?
        var users: [LedgerUser]
    }

    private struct Stamp: Hashable {
        var database: FileStamp?
        var journal: FileStamp?
    }

    private let places: [RootPlace]
    private var known: [Known]
    private nonisolated let queue = RootQueue("plumbline.passwords")

    /// A file's time is only so exact: a second write within it would not be seen. Nanoseconds.
    private static let doubt: Int64 = 1_000_000_000

    /// Reads the users of all roots.
    /// - Throws: what keeps a ledger from being read; a `Problem` where two roots have a user of one name.
    init(_ places: [RootPlace]) throws {
        self.places = places
        known = try places.map { try Self.read($0, at: Self.stamp($0)) }
        var owner: [String: String] = [:]
        for (place, known) in zip(places, known) {
            for user in known.users {
                if let other = owner[user.name] {
                    throw Problem(
                        what:
                            "\(other) and \(place.path) both have the Web Connector user \(user.name), whose name tells "
                            + "which root is meant.",
                        remedy:
                            "Remove it from one of them: plumbline webconnector remove-user \(user.name) --root DIR.")
                }
                owner[user.name] = place.path
            }
        }
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

    /// The number of the root that has the user, where the password is right; nil: it is not.
    /// - Throws: where nobody has the user, what keeps one of the ledgers from being read.
    func root(of user: String, password: String) throws -> Int? {
        let fault = refresh().fault
        let found = known.enumerated().compactMap { number, known in
            known.users.first { $0.name == user }.map { (number: number, user: $0) }
        }
        guard let one = found.first else {
            if let fault { throw fault }
            // As long as for a name that is known.
            _ = try PasswordHash(of: password)
            return nil
        }
        // Added to a second root while this one ran: nobody can tell which is meant.
        guard found.count == 1 else { return nil }
        let hash = PasswordHash(
            salt: one.user.salt, hash: one.user.hash, rounds: one.user.rounds, lanes: one.user.lanes)
        return hash.matches(password) ? one.number : nil
    }

    /// Reads what may have changed. Of a ledger that cannot be read the users stay as they were.
    /// - Returns: how many ledgers were read; why one of them could not be.
    @discardableResult func refresh() -> (read: Int, fault: (any Error)?) {
        var (read, fault): (Int, (any Error)?) = (0, nil)
        for (number, place) in places.enumerated() {
            do {
                let stamp = try Self.stamp(place)
                if let before = known[number].stamp, before == stamp { continue }
                known[number] = try Self.read(place, at: stamp)
                read += 1
            } catch {
                known[number].stamp = nil
                place.logger.error("Its users cannot be read: \(WebConnectorSessions.words(error))")
                fault = error
            }
        }
        return (read, fault)
    }

    private static func stamp(_ place: RootPlace) throws -> Stamp {
        Stamp(database: try FileStamp(of: place.ledgerPath), journal: try FileStamp(of: place.ledgerPath + "-wal"))
    }

    private static func read(_ place: RootPlace, at stamp: Stamp) throws -> Known {
        let written = max(stamp.database?.modified ?? 0, stamp.journal?.modified ?? 0)
        let isCertain = written / doubt < WallClock.system.now() - 1
        let users = try place.ledgerForReading().read { try $0.connectorUsers() }
        return Known(stamp: isCertain ? stamp : nil, users: users)
    }
}
