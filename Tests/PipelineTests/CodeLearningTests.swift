import Domain
import Foundation
import Procore
import SyncLedger
import Testing

@testable import Pipeline

/// What is remembered of the codes that documents show, where the outboxes do not tell.
@Suite struct CodeLearningTests {
    private static let budget = RecordKey(.budgets, "225906")
    private static let fence = SeenCode(.costCodes, id: "900101", code: "01-500", typeID: "47")

    /// A ledger, and what one file of it does.
    private func withWork(_ body: (ProcessingContext, Books) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("codes-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("company_id: 8089\n".utf8).write(to: folder.appendingPathComponent("plumbline.yaml"))
        let root = try OpenRoot(path: folder.path)
        defer { root.close() }
        try root.ledger.write { books in
            let context = try ProcessingContext(
                books: books, settings: root.configuration.settings, stage: OutboxStage(root),
                provenance: Provenance(now: 1_773_000_000, intake: 1, source: "a.json"))
            try body(context, books)
        }
    }

    private func learning(_ context: ProcessingContext, _ path: String = "a.json") -> CodeLearning {
        CodeLearning(context, ExportContext(path: path))
    }

    @Test func aCodeThatThisFileShowedIsNotLookedUpAgain() throws {
        try withWork { context, books in
            var learning = learning(context)
            try learning.see([Self.fence], in: Self.budget)
            let key = RecordKey(.costCodes, "900101")
            var row = try #require(try books.seenCode(key))
            #expect(row.project == "225906")
            #expect(row.code == "01-500")
            #expect(row.source == "budget of project 225906")
            // Somebody else's hand: if the ledger were asked again, it would say otherwise.
            row.code = "09-999"
            try books.setSeen(row)
            for _ in 0..<100 { try learning.see([Self.fence], in: Self.budget) }
            #expect(try books.seenCode(key)?.doubt == nil)
            #expect(context.receipt.notes.isEmpty)
            // Another file asks.
            var other = self.learning(context)
            try other.see([Self.fence], in: Self.budget)
            #expect(try books.seenCode(key)?.doubt != nil)
            #expect(context.receipt.notes.count == 1)
        }
    }

    @Test func costTypesThatDifferAreSeveral() throws {
        try withWork { context, books in
            let key = RecordKey(.costCodes, "900101")
            for (typeID, known) in [(nil, nil), ("47", "47"), (nil, "47"), ("48", ""), ("47", "")]
                as [(String?, String?)]
            {
                var learning = learning(context)
                try learning.see([SeenCode(.costCodes, id: "900101", code: "01-500", typeID: typeID)], in: Self.budget)
                #expect(try books.seenCode(key)?.typeID == known)
            }
            #expect(context.receipt.notes.isEmpty)
        }
    }

    @Test func letterCaseIsNoContradiction() throws {
        try withWork { context, books in
            for code in ["01-50a", "01-50A"] {
                var learning = learning(context)
                try learning.see([SeenCode(.costCodes, id: "1", code: code)], in: Self.budget)
            }
            #expect(context.receipt.notes.isEmpty)
            #expect(try books.seenCodes(.costCodes, project: "225906", code: "01-50a").count == 1)
        }
    }

    @Test func oneIdInTwoProjectsIsTold() throws {
        try withWork { context, _ in
            var learning = learning(context)
            try learning.see([Self.fence], in: Self.budget)
            try learning.see([Self.fence], in: RecordKey(.budgets, "225907"))
            #expect(
                context.receipt.notes.map(\.what) == [
                    "The project cost code 900101 is 01-500 of project 225906 by the budget of project 225906, and 01-500 of "
                        + "project 225907 by the budget of project 225907. Neither is used for imported costs until the export "
                        + "of the project's cost codes decides: drop it from Procore."
                ])
        }
    }

    @Test func ofTwoIdsNoneIsUsedUntilTheExportDecides() throws {
        try withWork { context, books in
            let code = RecordKey(.costCodes, code: "225906/01-500")
            func seen() throws -> CostCodes.Seen { try CostCodes(books: books).seen(code, project: "225906") }
            var learning = learning(context)
            guard case .unknown = try seen() else {
                Issue.record("nothing was seen")
                return
            }
            try learning.see([Self.fence], in: Self.budget)
            guard case .fields(let fields, let source) = try seen() else {
                Issue.record("one id was seen")
                return
            }
            #expect(fields == [.init("cost_code_id", "900101"), .init("line_item_type_id", "47")])
            #expect(source == "budget of project 225906")
            let other = SeenCode(.costCodes, id: "900999", code: "01-500")
            try learning.see(
                [other], in: RecordKey(.budgetChanges, "1045"), header: Content([.init("project_id", "225906")]))
            guard case .doubtful(let doubt) = try seen() else {
                Issue.record("two ids were seen")
                return
            }
            #expect(
                doubt
                    == "project cost code 01-500 of project 225906 has the id 900101 by the budget of project 225906, and the "
                    + "id 900999 by the budget change 1045")
            // The export names one of them: what was seen counts no more.
            var record = LedgerRecord(
                entity: .costCodes, procoreID: "900101", shown: "project cost code 900101", file: 1)
            record.identity.businessKey = "225906/01-500"
            try books.insert(&record)
            guard case .unknown = try seen() else {
                Issue.record("the export counts")
                return
            }
        }
    }

    @Test func aChangeOrdersProjectIsFoundThroughItsContract() throws {
        try withWork { context, books in
            let change = RecordKey(.commitmentChangeOrders, "1708957")
            let contract = RecordKey(.commitments, "786001")
            var learning = learning(context)
            try learning.see([Self.fence], in: change)
            #expect(try books.seenCodes(of: change).count == 1)
            try learning.take(header: Content([.init("contract_id", "786001")]), of: change)
            #expect(try books.seenCodes(of: change).isEmpty)
            #expect(try books.seenCodes(of: contract).count == 1)
            try learning.take(header: Content([.init("project.id", "225906")]), of: contract)
            #expect(try books.seenCodes(of: contract).isEmpty)
            #expect(
                try books.seenCodes(.costCodes, project: "225906", code: "01-500").map(\.key.procoreID) == ["900101"])
        }
    }

    @Test func theFolderTellsTheProjectWhereNothingElseDoes() throws {
        try withWork { context, books in
            var learning = learning(context, "project-225906/commitment-786001.json")
            try learning.see([Self.fence], in: RecordKey(.commitments, "786001"))
            #expect(try books.seenCode(RecordKey(.costCodes, "900101"))?.project == "225906")
        }
    }
}
