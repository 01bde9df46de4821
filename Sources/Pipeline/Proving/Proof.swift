import DropFolder
import Foundation
import SyncLedger

/// Proves on the user's own machine what the program promises: `plumbline prove`.
///
/// The real program works in scratch roots and is killed at moments spread over its whole run; what it ends with after
/// a restart has to be the same bytes as without any kill.
public struct Proof {
    /// A line of the table.
    public struct Row: Sendable {
        /// What was tried.
        public var what: String
        /// How often.
        public var tried: Int
        /// What came of it.
        public var result: String
        /// Whether that is as promised.
        public var isKept: Bool
    }

    private let folder: String
    private let program: String
    private let kills: Int

    /// - Parameters:
    ///   - folder: in which it is tried; the file system below it is what is proven.
    ///   - program: the path of the program.
    ///   - kills: how often it is killed in each direction.
    public init(in folder: String, program: String, kills: Int) {
        self.folder = URL(fileURLWithPath: folder).path
        self.program = program
        self.kills = kills
    }

    /// Tries everything; `told` gets each row as soon as it is known.
    /// - Throws: what the machine says.
    public func run(_ show: (Row) -> Void) throws -> Bool {
        var isKept = true
        func report(_ row: Row) {
            isKept = isKept && row.isKept
            show(row)
        }
        report(try renames())
        report(try owners())
        // The first run has to read the program from the disk and would make the others seem quick.
        _ = try Run(on: ProofRoot(below: folder, program: program))
        let undisturbed = try Run(on: ProofRoot(below: folder, program: program))
        for direction in Direction.allCases { report(try killed(direction, undisturbed)) }
        return isKept
    }

    private enum Direction: String, CaseIterable {
        case toQuickBooks = "killed while exports become requests"
        case toProcore = "killed while answers become ties"
    }

    /// A run without kills: what it ends with, and how long each direction took.
    private struct Run {
        let documents: [String: Data]
        let times: [Direction: Duration]

        init(on root: ProofRoot) throws {
            defer { root.remove() }
            let clock = ContinuousClock()
            try root.dropExports()
            let toQuickBooks = try clock.measure { try root.run("once") }
            try root.run("sandbox", "--once")
            let toProcore = try clock.measure { try root.run("once") }
            documents = root.documents()
            times = [.toQuickBooks: toQuickBooks, .toProcore: toProcore]
        }
    }

    private func killed(_ direction: Direction, _ undisturbed: Run) throws -> Row {
        var (hits, differences, leftovers, damaged) = (0, 0, 0, 0)
        for number in 0..<kills {
            let root = try ProofRoot(below: folder, program: program)
            defer { root.remove() }
            // Spread over the whole run, a little beyond it.
            let time = (undisturbed.times[direction] ?? .zero) * (Double(number) + 0.5) / Double(kills) * 1.1
            try root.dropExports()
            if direction == .toQuickBooks, try root.run("once", killedAfter: time) { hits += 1 }
            try root.run("once")
            try root.run("sandbox", "--once")
            if direction == .toProcore, try root.run("once", killedAfter: time) { hits += 1 }
            try root.run("once")
            if root.documents() != undisturbed.documents { differences += 1 }
            leftovers += root.leftovers().count
            if try Ledger(readingFrom: root.path + "/plumbline.sqlite").integrityCheck() != "ok" { damaged += 1 }
        }
        return Row(
            what: direction.rawValue, tried: hits,
            result: "\(differences) with other documents, \(leftovers) files left over, \(damaged) damaged ledgers",
            isKept: hits > 0 && !undisturbed.documents.isEmpty && differences + leftovers + damaged == 0)
    }

    /// A second process has to end with 2, and change nothing.
    private func owners() throws -> Row {
        let root = try ProofRoot(below: folder, program: program)
        defer { root.remove() }
        let lock = try OwnerLock(root: root.path, ledger: root.path + "/plumbline.sqlite")
        defer { lock.release() }
        try root.dropExports()
        let status = try root.run("once")
        return Row(
            what: "a second process for one root", tried: 1, result: "it ended with \(status)",
            isKept: status == 2 && root.documents().isEmpty)
    }

    /// The file system must not rename over an existing name.
    private func renames() throws -> Row {
        let root = try ProofRoot(below: folder, program: program)
        defer { root.remove() }
        let outbox = Outbox(folder: RootFolders(root: root.path).outboxQuickBooks)
        try outbox.stage("1.xml", Array("new".utf8))
        try outbox.makeDurable(["1.xml"])
        let taken = root.path + "/outbox/quickbooks/1.xml"
        try writeAtomically(Array("old".utf8), to: taken)
        let isRefused = (try? outbox.publish(["1.xml"])) == nil
        let isKept = FileManager.default.contents(atPath: taken) == Data("old".utf8)
        return Row(
            what: "a rename onto a name that is taken, on \(FileSystem.kind(of: root.path).name)", tried: 1,
            result: isKept ? "refused" : "the older file is gone", isKept: isRefused && isKept)
    }
}
