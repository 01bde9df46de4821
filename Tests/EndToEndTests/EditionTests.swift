import Foundation
import Testing

/// Every document validates against the official schema of its edition and version.
///
/// Needs ../shared and xmllint; skipped, visibly, where they are absent.
@Suite(.enabled(if: Tool.shared != nil && Tool.hasXMLLint, "needs ../shared/qbxml and xmllint"))
struct EditionTests {
    @Test(arguments: ["us", "ca"], ["13.0", "14.0", "15.0", "16.0"])
    func documentsAreValid(_ edition: String, _ version: String) throws {
        let root = try TestRoot(
            """
            company_id: 8089
            quickbooks:
              edition: \(edition)
              qbxml: "\(version)"
              income_account: Construction Income
              expense_account: Job Expenses
              customers: {225001: "Northgate LLC"}
            settle: 200ms
            """)
        defer { root.remove() }
        func take() throws {
            try root.drop(Exports.costCodes(1...3), as: "procore/cost_codes.json")
            try root.drop(Exports.projects(1...3), as: "procore/projects.json")
            try root.drop(Exports.vendors(1...3), as: "procore/vendors.json")
            #expect(try root.run("once").status == 0)
            try root.run("sandbox", "--once")
            #expect(try root.run("once").status == (root.text("logs/results.log").contains("Northgate") ? 1 : 0))
        }
        try take()
        // Changes become Mods, in this edition and version too.
        try root.drop(
            Exports.vendors(1...3, phone: "253-555-0188").replacing("2026-06-10", with: "2026-07-10"),
            as: "procore/vendors.json")
        #expect(try root.run("once").status == 0)
        try root.run("sandbox", "--once")

        let file = edition == "us" ? "us/qbxmlops" : "ca/QBCqbxmlops"
        let schema = "\(Tool.shared ?? "")/qbxml/schema/\(file)\(version.replacing(".", with: "")).xsd"
        let names = root.names("outbox/quickbooks/.collected")
        // Three lists, the change of one, and the question what company is open.
        #expect(names.count == 5)
        for name in names {
            let path = "\(root.path)/outbox/quickbooks/.collected/\(name)"
            #expect(root.text("outbox/quickbooks/.collected/\(name)").contains("<?qbxml version=\"\(version)\"?>"))
            let checked = try Tool.run("/usr/bin/env", ["xmllint", "--noout", "--nonet", "--schema", schema, path])
            #expect(checked.status == 0, "\(checked.output)")
        }
    }
}
