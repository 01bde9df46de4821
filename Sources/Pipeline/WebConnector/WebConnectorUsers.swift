import Domain
import DropFolder
import Foundation
import SyncLedger
import WebConnector

/// Who may log in to a root with the Web Connector.
public struct WebConnectorUsers {
    private let ledger: Ledger
    private let clock: WallClock

    /// The users of a root, whoever owns it.
    /// - Throws: a `ConfigurationError`, what keeps the root from being opened, or what SQLite says.
    public init(root: String, clock: WallClock = .system) throws {
        ledger = try Self.ledger(ofRoot: root)
        self.clock = clock
    }

    /// The ledger of a root, opened beside its owner; where nobody has made it yet, it is made.
    static func ledger(ofRoot root: String, patience: Double = Self.patience) throws -> Ledger {
        let root = URL(fileURLWithPath: root).path
        let path = OpenRoot.ledgerPath(try Configuration.load(root: root), root: root)
        try RootBeginning.complete(root, ledger: path)
        return try Ledger(besideOwnerOf: path, patience: patience)
    }

    /// For how many seconds a write of the owner is waited for: a call has at most two, and the Web Connector gives up
    /// after 100 s.
    static let patience = 25.0

    /// Adds a user, or gives one another password.
    /// - Throws: a `Problem` where name or password cannot be used, or what SQLite says.
    public func add(_ name: String, password: String) throws {
        try add(name, PasswordHash(of: Self.checked(name, password)))
    }

    func add(_ name: String, _ hash: PasswordHash) throws {
        let user = LedgerUser(
            name: name, salt: hash.salt, hash: hash.hash, rounds: hash.rounds, lanes: hash.lanes, since: clock.now())
        try ledger.write { try $0.set(user) }
    }

    private static func checked(_ name: String, _ password: String) throws -> String {
        let plain = name.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_.@".unicodeScalars.contains($0))
        }
        guard plain, (1...64).contains(name.count) else {
            throw Problem(
                what: "\"\(name)\" cannot be a user name.",
                remedy: "Use 1 to 64 letters and digits, with . - _ @ between them.")
        }
        guard password.count >= 10 else {
            throw Problem(
                what: "The password has fewer than 10 characters.",
                remedy: "Choose a longer one, or leave it to Plumbline.")
        }
        return password
    }

    /// Removes a user.
    /// - Returns: whether there was one.
    public func remove(_ name: String) throws -> Bool { try ledger.write { try $0.removeConnectorUser(name) } }

    /// The users, by name, each with the day since when.
    public func list() throws -> [(name: String, since: String)] {
        try ledger.read { try $0.connectorUsers() }.map { ($0.name, WallClock.text($0.since)) }
    }
}
