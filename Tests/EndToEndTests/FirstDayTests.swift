import Foundation
import Testing

/// A contractor arrives with names on both sides: nothing is added to either before a person has decided which are the
/// same.
struct FirstDayTests {
    private static let yaml = """
        company_id: 8089
        match_first: [vendors, jobs, items]
        quickbooks:
          income_account: Construction Income
          expense_account: Job Expenses
        settle: 200ms
        """

    private func vendors(_ names: [(id: Int, name: String)]) -> String {
        "["
            + names.map {
                """
                {"id": \($0.id), "name": "\($0.name)", "city": "Tacoma", "state_code": "WA", "is_active": true,
                 "synced_to_erp": false, "updated_at": "2026-06-10T16:05:11Z", "origin_id": null}
                """
            }.joined(separator: ",") + "]"
    }

    /// Takes and has a company file answer, until nothing is left to answer.
    private func settle(_ root: TestRoot, _ company: String) throws {
        for _ in 0..<8 {
            try root.run("once")
            if root.names("outbox/quickbooks").isEmpty { return }
            try root.run("sandbox", "--once", "--company", company)
        }
        #expect(root.names("outbox/quickbooks").isEmpty)
    }

    private func company(_ root: TestRoot, _ company: String) throws -> [String] {
        try root.run("sandbox", "--list", "--company", company).output.split(separator: "\n")
            .filter { $0.hasPrefix("Vendor\t") }.map { String($0.split(separator: "\t")[2]) }.sorted()
    }

    @Test func nothingIsAddedBeforeAPersonHasDecided() throws {
        let before = try TestRoot()
        defer { before.remove() }
        let books = before.path + "/books.sqlite"
        try before.drop(
            vendors([(1, "Alder Concrete LLC"), (2, "Blue Heron Building Supply"), (3, "Dogwood Electric")]),
            as: "procore/vendors.json")
        try settle(before, books)

        let root = try TestRoot(Self.yaml)
        defer { root.remove() }
        try root.drop(
            vendors([(401, "ALDER CONCRETE LLC"), (402, "Blue Heron Building Supply, Inc."), (403, "=Cedar Paving")]),
            as: "procore/vendors.json")
        try settle(root, books)
        #expect(try root.run("status").output.contains("vendors: 3 held"))
        #expect(try root.run("pull", "vendors", "jobs", "items").status == 0)
        try settle(root, books)
        #expect(try company(root, books).count == 3, "nothing was added")
        #expect(root.names("outbox/procore").isEmpty, "nothing was brought over")

        let ids = try root.run("sandbox", "--list", "--company", books).output.split(separator: "\n")
            .filter { $0.hasPrefix("Vendor\t") }.map { String($0.split(separator: "\t")[1]) }
        let csv = try root.run("link", "--suggest").output
        let rows = csv.split(separator: "\r\n").map(String.init)
        #expect(rows.first == "list,match,procore_id,procore_name,quickbooks_id,quickbooks_name,decision")
        #expect(
            rows.filter { $0.hasPrefix("vendors,") } == [
                "vendors,exact,401,ALDER CONCRETE LLC,\(ids[0]),Alder Concrete LLC,link",
                "vendors,likely,402,\"Blue Heron Building Supply, Inc.\",\(ids[1]),Blue Heron Building Supply,",
                "vendors,missing in QuickBooks,403,'=Cedar Paving,,,",
                "vendors,missing in Procore,,,\(ids[2]),Dogwood Electric,",
            ])
        let file = root.path + "/names.csv"
        try csv.write(toFile: file, atomically: true, encoding: .utf8)
        let early = try root.run("link", "--from", file)
        #expect(early.status == 1 && early.output.contains("1 likely matches are not decided"), "\(early.output)")
        try settle(root, books)
        #expect(try company(root, books).count == 3)

        try csv.replacing("Blue Heron Building Supply,\r\n", with: "Blue Heron Building Supply,link\r\n")
            .write(toFile: file, atomically: true, encoding: .utf8)
        let decided = try root.run("link", "--from", file)
        #expect(decided.status == 0, "\(decided.output)")
        try settle(root, books)
        // Cedar is new in QuickBooks; Dogwood goes to Procore; the two others are tied, under Procore's names.
        #expect(
            try company(root, books) == [
                "=Cedar Paving", "ALDER CONCRETE LLC", "Blue Heron Building Supply, Inc.", "Dogwood Electric",
            ])
        let told = root.names("outbox/procore").map { root.text("outbox/procore/\($0)") }.joined()
        #expect(told.contains("\"name\": \"Dogwood Electric\""))
        for id in [401, 402, 403] { #expect(told.contains("\"id\": \(id)"), "\(id) is told its ListID") }
        #expect(try root.run("link", "--from", root.path + "/plumbline.yaml").status == 2, "no table")
    }
}
