import Domain
import DropFolder
import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// What is remembered of records that a file brings and that are not taken.
@Suite struct TurningAwayTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("away-\(UUID().uuidString)")

    private func withRoot(_ body: (OpenRoot) throws -> Void) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("company_id: 8089\nquickbooks:\n  income_account: Sales\n  expense_account: Costs\n".utf8).write(
            to: folder.appendingPathComponent("plumbline.yaml"))
        let root = try OpenRoot(path: folder.path)
        defer { root.close() }
        try body(root)
    }

    private func take(_ text: String, as path: String, _ intake: Int, _ root: OpenRoot) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: root.folders.inbox + "/" + path))
        let claim = try #require(try root.inbox.claim(RelativePath(path), intake: intake))
        _ = try FileProcessor(root, clock: WallClock { 1_773_000_000 }).process([claim])
    }

    /// Companies, of which those that a condition names have a colon in their name, which QuickBooks cannot hold.
    private func companies(_ numbers: ClosedRange<Int>, refused: (Int) -> Bool = { _ in false }) -> String {
        let records = numbers.map { number in
            #"{"id": \#(number), "name": "Vendor\#(refused(number) ? ":" : "") \#(number)", "is_active": true}"#
        }
        return "[\(records.joined(separator: ",\n"))]"
    }

    private func refusals(_ root: OpenRoot) throws -> Int { try root.ledger.read { try $0.refusals() } }

    private func names(_ path: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + path)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }

    @Test func eachIsForgottenOnceItIsTaken() throws {
        try withRoot { root in
            // More than are asked about one by one.
            try take(companies(1...300) { $0 % 3 == 0 }, as: "procore/vendors.json", 1, root)
            #expect(try refusals(root) == 100)
            try take(companies(101...300), as: "procore/vendors.json", 2, root)
            #expect(try refusals(root) == 33, "those up to 99 were not in the second file")
            try take(companies(1...300) { $0 == 300 }, as: "procore/vendors.json", 3, root)
            let left = try root.ledger.read { try $0.turnedAway(isRefusal: true, limit: 9) }
            #expect(left.map(\.procoreID) == ["300"] && left.map(\.file) == [3])
            #expect(left.first?.names == ["Vendor: 300"])
        }
    }

    @Test func aFileThatIsRejectedWholeChangesNothing() throws {
        try withRoot { root in
            try take(companies(1...2) { $0 == 1 }, as: "procore/vendors.json", 1, root)
            let cut = String(companies(1...3) { $0 == 2 }.dropLast(3))
            try take(cut, as: "procore/vendors.json", 2, root)
            let left = try root.ledger.read { try $0.turnedAway(isRefusal: true, limit: 9) }
            #expect(left.map(\.procoreID) == ["1"])
        }
    }

    @Test func rowsWithoutIdAndNameAreForgottenWithTheirFile() throws {
        try withRoot { root in
            let headers = "Code,Description\n"
            try take(headers + ",Concrete\n01,General\n", as: "procore/cost codes.csv", 1, root)
            let first = try refusals(root)
            try take(headers + "03,Concrete\n01,General\n", as: "procore/cost codes~2.csv", 2, root)
            #expect(first == 1)
            #expect(try refusals(root) == 0)
        }
    }

    @Test func onePageOfLinesDoesNotMakeUpForAnother() throws {
        try withRoot { root in
            func line(_ id: Int, code: String = #"{"id": 71102, "full_code": "03-300"}"#) -> String {
                """
                [{"id": \(id), "original_budget_amount": "10.00", "cost_code": \(code), "project_id": 225906,
                  "wbs_code": null, "uom": null}]
                """
            }
            try take(line(1, code: "null"), as: "procore/page 1.json", 1, root)
            #expect(try refusals(root) == 1)
            try take(line(2), as: "procore/page 2.json", 2, root)
            #expect(try refusals(root) == 1, "the first page is not there yet")
            try take(line(1), as: "procore/page 1.json", 3, root)
            #expect(try refusals(root) == 0)
        }
    }

    @Test func theProblemFileOfACopyIsFiledAfterACrash() throws {
        try withRoot { root in
            let results = root.folders.results
            try FileManager.default.moveItem(atPath: results, toPath: folder.path + "/gone")
            // Committed, and then the machine fails: no receipt, nothing filed.
            #expect(throws: (any Error).self) {
                try take(companies(1...2) { $0 == 1 }, as: "procore/vendors.json", 1, root)
            }
            #expect(names("inbox/rejected/procore").isEmpty)
            try FileManager.default.moveItem(atPath: folder.path + "/gone", toPath: results)
            _ = try FileProcessor(root, clock: WallClock { 1_773_000_000 }).recover()
            let filed = ["vendors.rejected.json", "vendors.rejected.json.problem.txt"]
            #expect(names("inbox/rejected/procore") == filed)
            // Once more is once.
            _ = try FileProcessor(root, clock: WallClock { 1_773_000_000 }).recover()
            #expect(names("inbox/rejected/procore") == filed)
            #expect(names("inbox/processed/2026-03-08/procore") == ["vendors.json"])
        }
    }

    @Test func whatQuickBooksShowsAndNobodyTakesIsRememberedToo() throws {
        try withRoot { root in
            func vendor(active: Bool) -> String {
                """
                <?xml version="1.0" ?>
                <QBXML><QBXMLMsgsRs>
                <VendorQueryRs requestID="7" statusCode="0" statusSeverity="Info" statusMessage="Status OK">
                <VendorRet><ListID>80000AC9-1720500000</ListID><EditSequence>1</EditSequence><Name>Fuller Roofing</Name>
                <IsActive>\(active)</IsActive></VendorRet></VendorQueryRs></QBXMLMsgsRs></QBXML>
                """
            }
            try FixtureRun.answerCompany(root)
            try take(vendor(active: false), as: "quickbooks/vendors.xml", 1, root)
            let found = try root.ledger.read { try $0.turnedAway(named: "fuller", limit: 5).partial }
            #expect(found.map(\.reason) == ["The vendor is not active in QuickBooks."])
            #expect(found.map(\.isRefusal) == [false])
            try take(vendor(active: true), as: "quickbooks/vendors.xml", 2, root)
            #expect(try root.ledger.read { try $0.skipReasons(limit: 5).total } == 0)
        }
    }
}
