import Foundation
import SyncLedger

@testable import Pipeline

/// Prunes of roots under test.
enum Pruned {
    /// A day behind everything that tests do.
    static let day = "2035-01-01"

    /// Takes everything out of a root that can go. Documents are collected meanwhile, as if they had been carried.
    /// - Parameters:
    ///   - root: opened by the test.
    ///   - now: the time, in seconds since 1970.
    ///   - archive: where what goes is packed first.
    /// - Returns: what came of it.
    @discardableResult
    static func all(of root: OpenRoot, at now: Int64, archive: String? = nil) throws -> LedgerPrune? {
        let processor = FileProcessor(root, clock: WallClock { now })
        while try processor.tellReceipts() {}
        try processor.syncReceipts()
        let manager = FileManager.default
        let outboxes = [root.folders.outboxQuickBooks, root.folders.outboxProcore]
        var aside: [(from: String, to: String)] = []
        for outbox in outboxes {
            for name in try manager.contentsOfDirectory(atPath: outbox) where !name.hasPrefix(".") {
                aside.append(("\(outbox)/\(name)", "\(root.folders.root)/collected-\(name)"))
            }
        }
        for file in aside { try manager.moveItem(atPath: file.from, toPath: file.to) }
        defer { for file in aside { try? manager.moveItem(atPath: file.to, toPath: file.from) } }
        _ = try processor.run(.prune(before: day, archive: archive))
        try finish(root, at: now)
        return try root.ledger.read { try $0.prune() }
    }

    /// Goes on with the prune that is under way until it ends.
    static func finish(_ root: OpenRoot, at now: Int64) throws {
        var work = PruneWork(root, clock: WallClock { now }, isDaily: false)
        repeat { try work.goOn() } while work.state != .idle
    }
}
