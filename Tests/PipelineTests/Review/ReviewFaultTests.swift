import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// An error at any statement of the sync ledger while a decision is taken, and a new start after it: decided once.
@Suite struct ReviewFaultTests {
    @Test func whicheverStatementIsTheLastOneItIsDecidedOnce() throws {
        let base = try ReviewRoot()
        try base.drop(401_001, "Alder Concrete")
        try base.drop(401_002, "Birch Roofing")
        let shown = base.text("outbox/review/00000001-vendors.xml")
        try base.move("00000001-vendors.html", to: "approved")
        try base.move("00000002-vendors.xml", to: "rejected")
        base.root.close()
        var statement = 0
        var isOver = false
        while !isOver {
            statement += 1
            let path = ReviewRoot.scratch.appendingPathComponent("review-fault-\(UUID().uuidString)").path
            try FileManager.default.copyItem(atPath: base.path, toPath: path)
            defer { try? FileManager.default.removeItem(atPath: path) }
            isOver = try interrupted(at: statement, path, base.clock)
            let documents = try settled(path, base.clock)
            #expect(documents == [shown], "statement \(statement)")
        }
        #expect(statement > 20, "there are that many in it")
    }

    /// Takes the decisions with an error at a statement.
    /// - Returns: whether it was not reached.
    private func interrupted(at statement: Int, _ path: String, _ clock: WallClock) throws -> Bool {
        let injector = StatementInjector()
        let root = try OpenRoot(path: path, isRight: false) { try injector.next() }
        defer { root.close() }
        injector.arm(at: statement)
        var watch = ReviewWatch()
        _ = try? FileProcessor(root, clock: clock).tendReviews(&watch, at: .zero)
        let isOver = injector.count < statement
        injector.disarm()
        return isOver
    }

    /// What another process finds and does.
    /// - Returns: what was sent.
    private func settled(_ path: String, _ clock: WallClock) throws -> [String] {
        let root = try OpenRoot(path: path)
        defer { root.close() }
        let processor = FileProcessor(root, clock: clock)
        _ = try processor.recover()
        var watch = ReviewWatch()
        for _ in 0..<2 { try processor.tendReviews(&watch, at: .zero) }
        let reviews = try root.ledger.read { books in try [1, 2].map { try books.review(of: $0)?.verdict } }
        #expect(reviews == [.approved, .rejected])
        #expect(try root.ledger.read { try $0.waitingReviews().isEmpty })
        for folder in ["review", "review/approved", "review/rejected"] {
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(path)/outbox/\(folder)")
            #expect(!names.contains { $0.hasPrefix("0000") }, "\(folder): \(names)")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(path)/outbox/quickbooks")
        return names.filter { $0.hasPrefix("0000") }.map {
            String(
                decoding: FileManager.default.contents(atPath: "\(path)/outbox/quickbooks/\($0)") ?? Data(),
                as: UTF8.self)
        }
    }
}
