import Foundation
import Testing

/// Commands that look at a root beside whoever serves it: what they end with, and what they print.
@Suite struct LookingOnTests {
    @Test func totalsEndWithOneWhereSomethingDiffersAndWithTwoWhereThereIsNothing() throws {
        let root = try TestRoot()
        defer { root.remove() }
        let nothing = try root.run("reconcile")
        #expect(nothing.status == 2 && nothing.output.contains("There is no sync ledger"))
        try root.drop(
            """
            {"id": 1, "number": "SC-1", "title": "Concrete", "status": "Approved", "accounting_method": "amount",
             "inclusions": "", "vendor": {"id": 9}, "project": {"id": 225906}, "line_items":
             [{"id": 1, "amount": "10.50", "description": "x", "cost_code": {"id": 2, "full_code": "03"}}]}
            """, as: "procore/commitments.json")
        try root.run("once")
        let differs = try root.run("reconcile", "225906")
        #expect(differs.status == 1)
        #expect(
            differs.output.contains(
                "  commitments: Procore 10.50 (1), QuickBooks 0.00 (0), difference 10.50: held 10.50 (1)\n"))
        #expect(root.text("outbox/results/status.totals.csv").contains(",10.50,0,0.00,10.50,0.00,10.50,"))
        #expect(try root.run("reconcile", "--day", "yesterday").status == 2)

        let bundle = try root.run("support-bundle")
        let path = try #require(bundle.output.split(separator: "\n").first.map(String.init))
        #expect(bundle.status == 0 && path.hasSuffix(".tar.gz") && path.hasPrefix(root.path))
        #expect(FileManager.default.fileExists(atPath: path))
        #expect(try root.run("support-bundle", "--output", root.path + "/nowhere").status == 2)
    }
}
