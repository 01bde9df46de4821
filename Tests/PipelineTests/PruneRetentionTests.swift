import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// When a prune begins by itself, and what is said of one ahead of it.
@Suite struct PruneRetentionTests {
    private let office = PruneRoot()

    /// A large ledger is not gone over each day: only where enough has become old, and after a week.
    @Test func aLargeLedgerIsGoneOverWhereEnoughHasBecomeOld() throws {
        defer { office.removeAll() }
        try office.withRoot { root, _ in
            try office.dropExample(1...4, root)
            try root.ledger.write { books in
                let events = { (count: Int, at: String) in
                    for _ in 0..<count { try books.addEvent("held", record: 1, file: nil, at: at) }
                }
                try events(120_000, "2026-03-08T21:00:00Z")
                try books.noteFates(most: 1_000_000)
                try books.setPrune(ended(1, "2026-03-09", books))
                try events(1_000, "2026-03-09T21:00:00Z")
                try books.noteFates(most: 1_000_000)
                #expect(try !books.isWorthwhile(prune(2, "2026-03-10"), after: books.prune()), "less than a fiftieth")
                try events(2_001, "2026-03-10T21:00:00Z")
                try books.noteFates(most: 1_000_000)
                #expect(try books.isWorthwhile(prune(2, "2026-03-11"), after: books.prune()), "3,000 of 123,000")
                #expect(try !books.isWorthwhile(prune(2, "2026-03-10"), after: books.prune()))
                #expect(try books.isWorthwhile(prune(1, "2026-03-09"), after: nil), "the first")
            }
        }
    }

    private func prune(_ id: Int, _ day: String) throws -> LedgerPrune {
        try PruneDay(day, zone: .gmt).prune(id: id, archive: nil, isSlow: true)
    }

    private func ended(_ id: Int, _ day: String, _ books: Books) throws -> LedgerPrune {
        var prune = try prune(id, day)
        prune.bounds = try books.bounds(of: prune)
        prune.stage = .ended
        return prune
    }

    @Test func retentionBeginsOnceADay() throws {
        defer { office.removeAll() }
        try office.withRoot(more: "retention: {keep: 30d}") { root, processor in
            try office.dropExample(1...4, root)
            while try processor.tellReceipts() {}
            try processor.syncReceipts()
            // 31 days later.
            let later = office.now + 32 * 86_400
            var work = PruneWork(root, clock: WallClock { later })
            repeat { try work.goOn() } while work.state != .idle
            let first = try #require(try root.ledger.read { try $0.prune() })
            #expect(first.day == "2026-03-10")
            #expect(first.counts.files == 4)
            var another = PruneWork(root, clock: WallClock { later })
            repeat { try another.goOn() } while another.state != .idle
            #expect(try root.ledger.read { try $0.prune()?.id } == first.id)
            // By hand, up to a later day; then nothing more becomes old, and a week after the first it is looked for what has
            // been settled since.
            try Pruned.all(of: root, at: later)
            for (days, id) in [(1, first.id + 1), (6, first.id + 1), (7, first.id + 2), (8, first.id + 2)] {
                var work = PruneWork(root, clock: WallClock { later + Int64(days) * 86_400 })
                repeat { try work.goOn() } while work.state != .idle
                #expect(try root.ledger.read { try $0.prune()?.id } == id, "\(days) days later")
            }
        }
    }

    @Test(arguments: [
        ("2y", "2024-11-29"), ("18mo", "2025-05-29"), ("400d", "2025-10-25"), ("forever", nil), ("29d", nil),
        ("2", nil),
    ])
    func howLongThingsAreKept(_ keep: String, _ day: String?) {
        let yaml = "company_id: 8089\nretention: {keep: \(keep)}"
        let retention = (try? Configuration(yaml: yaml))?.retention
        #expect(retention?.day(before: "2026-11-29") == day)
    }

    @Test func whatWouldGoIsSaidWithoutChangingAnything() throws {
        defer { office.removeAll() }
        try office.withRoot { root, processor in
            try office.dropExample(1...7, root)
            while try processor.tellReceipts() {}
            try processor.syncReceipts()
            let before = office.tree("inbox") + office.tree("outbox")
            let report = try Prune(root: office.folder.path, before: Pruned.day).preview()
            #expect(report.text.contains("5 dropped files with their receipts"), "\(report.text)")
            #expect(report.text.contains("1 records that belong to purchase orders"), "\(report.text)")
            #expect(office.tree("inbox") + office.tree("outbox") == before)
            #expect(try root.ledger.read { try $0.prune() } == nil)
        }
    }
}
