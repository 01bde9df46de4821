import Foundation
import Testing

/// What was refused, left out or held is told until it is mended, through the real program.
struct ExplainedTests {
    private static let long = String(repeating: "Riverton Masonry ", count: 3) + "Inc"

    /// Vendors 401001 to 401003, of which the second has a name that QuickBooks cannot hold until it is mended.
    private func vendors(mended: Bool = false) -> String {
        Exports.vendors(1...3).replacing("Fixture Söhne & Sons 2", with: mended ? "Riverton Masonry" : Self.long)
    }

    private func json(_ root: TestRoot, _ arguments: String...) throws -> [String: Any] {
        let output = try Tool.run(Tool.plumbline, arguments + ["--json", "--root", root.path]).output
        return try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }

    @Test func aRefusedRecordIsToldUntilItIsMended() throws {
        let root = try TestRoot()
        defer { root.remove() }
        try root.drop(vendors(), as: "procore/vendors.json")
        #expect(try root.run("once").status == 1)
        #expect(
            root.names("inbox/rejected/procore") == ["vendors.rejected.json", "vendors.rejected.json.problem.txt"])
        let problem = root.text("inbox/rejected/procore/vendors.rejected.json.problem.txt")
        #expect(problem.hasPrefix("vendors.json: vendor 401002: name\n  "), "\(problem)")

        let status = try json(root, "status")
        #expect(status["refused_count"] as? Int == 1)
        let refused = try #require((status["refused"] as? [[String: Any]])?.first)
        #expect(refused["record"] as? String == "vendor 401002" && refused["file"] as? String == "vendors.json")
        #expect((refused["remedy"] as? String)?.isEmpty == false && refused["since"] as? String != nil)
        let text = try root.run("status").output
        #expect(text.contains("Refused: vendor 401002 (\(Self.long)): "), "\(text)")

        for name in ["401002", "vendors/401002", Self.long, "masonry riv", "MASONRY RIV"] {
            let found = try root.run("trace", name)
            #expect(found.status == 0, "\(name): \(found.output)")
            #expect(found.output.contains("(vendors/401002): refused since "), "\(name): \(found.output)")
        }
        let file = try root.run("trace", "vendors.json").output
        #expect(file.contains("refused: vendor 401002"), "\(file)")
        let early = try root.run("retry", "vendors/401002")
        #expect(early.status == 1 && early.output.contains("was refused: "), "\(early.output)")

        // Taken back as it is, it is refused again, and told once.
        #expect(try root.run("retry", "--rejected").status == 0)
        #expect(root.names("inbox/procore") == ["vendors.json"] && root.tree("inbox/rejected").isEmpty)
        #expect(try root.run("once").status == 1)
        #expect(try json(root, "status")["refused_count"] as? Int == 1)
        // Mended in its copy, and taken back by the name of its file.
        let copy = "inbox/rejected/procore/vendors.rejected.json"
        try root.text(copy).replacing(Self.long, with: "Riverton Masonry").write(
            toFile: "\(root.path)/\(copy)", atomically: true, encoding: .utf8)
        #expect(try root.run("retry", "vendors.json").status == 0)
        #expect(try root.run("once").status == 0)
        #expect(root.tree("inbox/rejected").isEmpty)
        #expect(try json(root, "status")["refused_count"] as? Int == 0)
        #expect(try !root.run("status").output.contains("Refused"))
        #expect(try root.run("trace", "401002").output.contains("(vendors/401002): queued"))
    }

    @Test func aRefusedRecordIsForgottenByALaterExportOfAll() throws {
        let root = try TestRoot()
        defer { root.remove() }
        try root.drop(vendors(), as: "procore/vendors.json")
        try root.run("once")
        #expect(try json(root, "status")["refused_count"] as? Int == 1)
        try root.drop(vendors(mended: true), as: "procore/all vendors.json")
        #expect(try root.run("once").status == 0)
        #expect(try json(root, "status")["refused_count"] as? Int == 0)
    }

    private static let draft = """
        [{"id": 520001, "number": "2601-SC-01", "title": "Concrete", "status": "Draft", "vendor": {"id": 401001},
          "project": {"id": 225906}, "executed": false, "accounting_method": "amount", "grand_total": "10.00",
          "line_items": [{"id": 9001, "amount": "10.00", "quantity": "10.00", "unit_cost": "1.00",
            "cost_code": {"id": 71001, "full_code": "03-300"}, "description": "Slab"}]}]
        """

    @Test func whatWasLeftOutOrWaitsIsFoundByTheIdOfALine() throws {
        let root = try TestRoot()
        defer { root.remove() }
        try root.drop(Self.draft, as: "procore/commitments.json")
        #expect(try root.run("once").status == 0)
        let status = try json(root, "status")
        #expect(status["skipped_count"] as? Int == 1 && status["refused_count"] as? Int == 0)
        #expect((status["skipped_reasons"] as? [[String: Any]])?.first?["count"] as? Int == 1)
        let text = try root.run("status").output
        #expect(text.contains("Left out: commitment 520001 (2601-SC-01): "), "\(text)")
        for name in ["9001", "2601-SC-01", "sc-01", "520001"] {
            let found = try root.run("trace", name).output
            #expect(found.contains("(commitments/520001): skipped since "), "\(name): \(found)")
        }
        // Approved, it waits for its vendor, and says so.
        try root.drop(Self.draft.replacing("Draft", with: "Approved"), as: "procore/commitments.json")
        try root.run("once")
        #expect(try json(root, "status")["skipped_count"] as? Int == 0)
        for name in ["9001", "concr"] {
            let found = try root.run("trace", name).output
            #expect(found.contains("commitment 520001 (commitments/520001): held"), "\(name): \(found)")
            #expect(found.contains("Waits for "), "\(name): \(found)")
        }
        let receipt = root.receipt("00000002-commitments.json")
        #expect(receipt.contains("\"waits\"") && receipt.contains("\"for\": \"Waits for "), "\(receipt)")
    }

    @Test func aFileIsTakenAgainByItsNameAlone() throws {
        let root = try TestRoot()
        defer { root.remove() }
        for folder in ["project-1", "project-2"] {
            try FileManager.default.createDirectory(
                atPath: "\(root.path)/inbox/procore/\(folder)", withIntermediateDirectories: true)
            try root.drop("[", as: "procore/\(folder)/lines.json")
        }
        try root.drop("[", as: "procore/other.json")
        #expect(try root.run("once").status == 1)
        #expect(try root.run("retry", "other.json").status == 0)
        #expect(root.names("inbox/procore").contains("other.json"))
        let several = try root.run("retry", "lines.json")
        #expect(several.status == 1, "\(several.output)")
        #expect(several.output.contains("procore/project-1/lines.json, procore/project-2/lines.json"))
        #expect(try root.run("retry", "project-2/lines.json").status == 0)
        #expect(root.names("inbox/procore/project-2") == ["lines.json"])
        #expect(root.names("inbox/rejected/procore/project-1") == ["lines.json", "lines.json.problem.txt"])
    }
}
