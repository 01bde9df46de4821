import Domain
import DropFolder
import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// Commitments that are asked for as they are read, and those that must not be.
@Suite struct DocumentInsertPathTests {
    private typealias Exports = TotalsExports

    /// A root whose vendors, jobs and items are linked.
    private func linked(also: String = "", _ beforeStatement: Books.Probe? = nil) throws -> TotalsRoot {
        let root = try TotalsRoot(also: also, beforeStatement: beforeStatement)
        try root.drop(Exports.vendors, as: "vendors.json")
        try root.drop(Exports.projects, as: "projects.json")
        try root.drop(Exports.codes, as: "standard_cost_codes.json")
        try root.answer()
        return root
    }

    private func commitment(
        _ id: Int, _ number: String? = nil, vendor: Int = 401_201, amount: String = "10.00"
    ) -> String {
        Exports.commitment(
            id, number ?? "C-\(id)", project: 225_906, vendor: vendor, lines: [(id * 10, amount)], total: amount)
    }

    private func drop(_ commitments: [String], into root: TotalsRoot) throws {
        try root.drop(Exports.list(commitments), as: "work_order_contracts.json")
    }

    /// The ids of the commitments whose documents are published, in the order of their numbers.
    private func sent(_ root: TotalsRoot) throws -> [Int] {
        let folder = root.root.folders.outboxQuickBooks
        return try root.root.outbox(.quickbooks).publishedNames().filter { $0.hasSuffix("-commitments.xml") }.sorted()
            .compactMap { name in
                let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
                return text.firstMatch(of: /requestID="8089-commitments-([0-9]+)-add-1"/).flatMap { Int($0.1) }
            }
    }

    private func expect(_ ids: ClosedRange<Int>, are state: LedgerRecord.State.Name, _ root: TotalsRoot) throws {
        for id in ids { #expect(try root.record("commitments/\(id)").state.name == state) }
    }

    private func receipt(_ root: TotalsRoot) throws -> String {
        let last = try root.root.ledger.read { try $0.lastIntake() }
        return String(decoding: try root.root.ledger.read { try $0.file(last)?.receipt } ?? [], as: UTF8.self)
    }

    @Test func eachIsSentInTheOrderOfTheFile() throws {
        let root = try linked()
        try drop((1...40).map { commitment($0) }, into: root)
        #expect(try sent(root) == Array(1...40))
        let outbox = root.root.outbox(.quickbooks)
        #expect(try outbox.publishedCount() == outbox.publishedNames().count)
        try expect(1...40, are: .queued, root)
        let record = try root.record("commitments/7")
        #expect(record.contents.nameKey == "PurchaseOrder|c-7" && record.identity.project == "225906")
        #expect(record.money?.brought == Amount(cents: 1_000) && record.money?.accepted == nil)
        let events = try root.root.ledger.read { try $0.events(of: record.id) }
        #expect(events.map(\.kind) == ["read", "queued"])
        #expect(events.map(\.detail) == ["work_order_contracts.json", "add 8089-commitments-7-add-1"])
        let fragments = try root.root.ledger.read { try $0.fragments(of: record.id) }
        #expect(fragments.keys.sorted() == ["header", "lines"])
    }

    /// Is it new; two fragments, its request, its document; of 25 their rows; and later that they were published.
    @Test func sixStatementsAreEnoughForEach() throws {
        let injector = StatementInjector()
        let root = try linked { try injector.next() }
        var counts: [Int] = []
        for ids in [1...20, 21...60] {
            injector.disarm()
            try drop(ids.map { commitment($0) }, into: root)
            counts.append(injector.count)
        }
        #expect(counts[1] - counts[0] <= 20 * 6)
    }

    /// Two fragments and a request; their rows and their documents are written 25 in a statement, as long as nothing is asked
    /// of the ledger between them.
    @Test func inALongFileLittleMoreThanThreeAreEnough() throws {
        let injector = StatementInjector()
        var counts: [Int] = []
        for count in [2_500, 5_000] {
            let root = try linked { try injector.next() }
            let many = (1...count).map { commitment($0) }
            #expect(Exports.list(many).utf8.count > 1 << 20)
            injector.disarm()
            try drop(many, into: root)
            counts.append(injector.count)
            #expect(try sent(root).count == count)
            // Of more than 4,096 the first are marked while the others are renamed.
            #expect(try root.root.ledger.read { try $0.stagedDocuments(after: 0, limit: 1) }.isEmpty)
        }
        #expect(counts[1] - counts[0] < 2_500 * 13 / 4)
    }

    @Test func whatIsMissingHoldsOneAndTheOthersGo() throws {
        let root = try linked()
        try drop([commitment(1), commitment(2, vendor: 401_299), commitment(3)], into: root)
        #expect(try sent(root) == [1, 3])
        try expect(2...2, are: .held, root)
        #expect(try receipt(root).contains(#""new": 2"#))
    }

    @Test func twoOfOneNumberBothStopAlthoughTheFirstWasSentAlready() throws {
        let root = try linked()
        try drop([commitment(1), commitment(2, "SC-9"), commitment(3), commitment(4, "sc-9")], into: root)
        #expect(try sent(root) == [1, 3])
        try expect(2...2, are: .failed, root)
        try expect(4...4, are: .failed, root)
        let text = try receipt(root)
        #expect(text.contains(#""new": 2"#) && text.contains(#""rejected": 2"#))
        let record = try root.record("commitments/2").id
        #expect(try root.root.ledger.read { try $0.openRequest(of: record) } == nil)
    }

    @Test func oneThatStandsTwiceWithDifferentContentIsNotSent() throws {
        let root = try linked()
        try drop([commitment(1), commitment(2), commitment(1, amount: "11.00")], into: root)
        #expect(try sent(root) == [2])
        try expect(1...1, are: .failed, root)
    }

    @Test func oneThatStandsTwiceAsItIsIsSentOnce() throws {
        let root = try linked()
        try drop([commitment(1), commitment(2), commitment(1)], into: root)
        #expect(try sent(root) == [1, 2])
        #expect(try receipt(root).contains(#""unchanged": 1"#))
    }

    @Test func oneThatIsADraftBelowIsNotSent() throws {
        let root = try linked()
        let draft = Exports.commitment(
            1, "C-1", project: 225_906, status: "Draft", lines: [(10, "10.00")], total: "10.00")
        try drop([commitment(1), commitment(2), draft], into: root)
        #expect(try sent(root) == [2])
        try expect(1...1, are: .held, root)
    }

    @Test func aNumberThatAnotherOneHasStopsTheNewcomer() throws {
        let root = try linked()
        try drop([commitment(1, "SC-9")], into: root)
        try root.answer()
        try drop([commitment(2, "SC-9"), commitment(3)], into: root)
        #expect(try sent(root) == [3])
        try expect(1...1, are: .linked, root)
        try expect(2...2, are: .failed, root)
    }

    @Test func inALongFileWhatWasWrittenLongAgoIsTakenBack() throws {
        let root = try linked()
        let many = (1...2_200).map { commitment($0) } + [commitment(5_000, "C-3")]
        #expect(Exports.list(many).utf8.count > 1 << 20)
        try drop(many, into: root)
        #expect(try sent(root) == [1, 2] + Array(4...2_200))
        try expect(3...3, are: .failed, root)
        #expect(try root.root.outbox(.quickbooks).stagedNames().isEmpty)
    }

    // MARK: - What stands in the way of all of them

    @Test func whileSendingIsPausedTheyWait() throws {
        let root = try linked()
        _ = try root.run(.pause(by: "Ann"))
        try drop([commitment(1), commitment(2)], into: root)
        #expect(try sent(root) == [])
        #expect(try receipt(root).contains("paused"))
        _ = try root.run(.resume)
        #expect(try sent(root) == [1, 2])
    }

    @Test func whatAPersonIsToApproveGoesToReview() throws {
        let root = try linked(also: "review: [purchase_orders]")
        try drop([commitment(1), commitment(2)], into: root)
        #expect(try sent(root) == [])
        let names = try FileManager.default.contentsOfDirectory(atPath: root.path + "/outbox/review")
        #expect(names.filter { $0.hasSuffix("-commitments.xml") }.count == 2)
    }

    /// The contracts are of 2 March.
    @Test(arguments: [("2026-03-02", [1]), ("2026-03-03", [])])
    func inAClosedPeriodTheyAreRefused(_ open: String, _ ids: [Int]) throws {
        let root = try linked(also: "closed_before: \(open)")
        try drop([commitment(1)], into: root)
        #expect(try sent(root) == ids)
        try expect(1...1, are: ids.isEmpty ? .failed : .queued, root)
    }

    /// A restored ledger may not know an order that QuickBooks has.
    @Test func afterARecoveryEachIsAskedAfterFirst() throws {
        let root = try linked()
        let now = root.now
        try root.root.ledger.write { try Restoration(books: $0).begin(at: now) }
        try drop([commitment(1)], into: root)
        #expect(try sent(root) == [])
        let record = try root.record("commitments/1").id
        #expect(try root.root.ledger.read { try $0.openRequest(of: record)?.operation } == .lookup)
    }

    @Test func oneThatNamesItsOrderIsTiedAndNotAdded() throws {
        let root = try linked()
        let known = commitment(1).replacing(#""id": 1,"#, with: #""id": 1, "origin_id": "1A-1796000000","#)
        try drop([known, commitment(2)], into: root)
        #expect(try sent(root) == [2])
        let record = try root.record("commitments/1").id
        #expect(try root.root.ledger.read { try $0.openRequest(of: record)?.operation } == .confirm)
    }

    @Test func aVendorThatQuickBooksIsAskedAboutIsWaitedFor() throws {
        let root = try linked()
        var vendor = try root.record("vendors/401201")
        vendor.attempts.question = .refresh
        vendor.release()
        let asked = vendor
        try root.root.ledger.write { try $0.update(asked) }
        try drop([commitment(1)], into: root)
        #expect(try sent(root) == [])
    }
}
