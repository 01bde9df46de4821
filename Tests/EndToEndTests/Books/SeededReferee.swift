import Foundation
import Testing

/// A company of the stand-in's with a retainage item, beside a root.
struct SeededReferee {
    enum Edition: String { case us, ca }

    let root: TestRoot
    let edition: Edition
    private let program = (Tool.shared ?? "") + "/qbsim/qbsim.py"

    private static let seed = """
        {"items": [{"kind": "ItemService", "Name": "Retainage", "SalesAndPurchase": {
          "SalesPrice": "0.00", "IncomeAccountRef": {"FullName": "Construction Income"},
          "PurchaseCost": "0.00", "ExpenseAccountRef": {"FullName": "Job Expenses"}}}]}
        """

    init(_ root: TestRoot, edition: Edition) throws {
        self.root = root
        self.edition = edition
        try Self.seed.write(toFile: root.path + "/seed.json", atomically: true, encoding: .utf8)
        let made = try run(
            "init", ["--seed", "7", "--edition", edition.rawValue, "--seed-file", root.path + "/seed.json"])
        #expect(made.status == 0, "\(made.output)")
    }

    private func run(_ command: String, _ arguments: [String] = []) throws -> (status: Int32, output: String) {
        try Tool.run("/usr/bin/env", ["python3", program, command, "--company", root.path + "/c.qbs"] + arguments)
    }

    /// Has the stand-in answer everything in the outbox.
    func answer(reversed: Bool = false, faults: [String] = []) throws {
        let answered = try run(
            "watch",
            [
                "--edition", edition.rawValue, "--in", root.path + "/outbox/quickbooks", "--out",
                root.path + "/inbox/quickbooks", "--done", root.path + "/done", "--once",
            ] + (reversed ? ["--reverse"] : []) + faults.flatMap { ["--fault", $0] })
        #expect(answered.status == 0, "\(answered.output)")
    }

    func dump() throws -> DumpedBooks {
        try DumpedBooks(json: run("dump").output)
    }

    /// What was entered twice; empty where nothing was.
    func duplicates() throws -> String {
        let found = try run("assert-unique")
        return found.status == 0 ? "" : "status \(found.status): \(found.output)"
    }

    /// Every document that left validates against the official schema.
    func validate(version: String) throws {
        let file = edition == .us ? "us/qbxmlops" : "ca/QBCqbxmlops"
        let schema = "\(Tool.shared ?? "")/qbxml/schema/\(file)\(version).xsd"
        let documents = root.names("done").filter { $0.hasSuffix(".xml") }.map { "\(root.path)/done/\($0)" }
        #expect(!documents.isEmpty)
        let checked = try Tool.run("/usr/bin/env", ["xmllint", "--noout", "--nonet", "--schema", schema] + documents)
        #expect(checked.status == 0, "\(checked.output)")
    }
}
