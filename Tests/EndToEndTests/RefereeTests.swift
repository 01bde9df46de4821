import Foundation
import Testing

/// The loop against an independent QuickBooks stand-in, which knows nothing of our code.
///
/// Needs ../shared with qbsim, and python3 with lxml; skipped, visibly, where they are absent.
@Suite(.enabled(if: Tool.hasReferee, "needs ../shared/qbsim and python3 with lxml"))
struct RefereeTests {
    /// A company of the stand-in's, beside the root.
    struct Referee {
        let root: TestRoot
        let program: String

        init(_ root: TestRoot) throws {
            self.root = root
            program = (Tool.shared ?? "") + "/qbsim/qbsim.py"
            let made = try Tool.run(
                "/usr/bin/env", ["python3", program, "init", "--company", root.path + "/c.qbs", "--seed", "7"])
            #expect(made.status == 0, "\(made.output)")
        }

        /// Has the stand-in answer everything in the outbox.
        func answer(_ faults: String...) throws {
            let answered = try Tool.run(
                "/usr/bin/env",
                [
                    "python3", program, "watch", "--in", root.path + "/outbox/quickbooks", "--out",
                    root.path + "/inbox/quickbooks", "--company", root.path + "/c.qbs", "--done", root.path + "/done",
                    "--once",
                ] + faults.flatMap { ["--fault", $0] })
            #expect(answered.status == 0, "\(answered.output)")
        }

        func isUnique() throws -> Bool {
            try Tool.run("/usr/bin/env", ["python3", program, "assert-unique", "--company", root.path + "/c.qbs"])
                .status == 0
        }

        /// Names of a list in the stand-in's books.
        func names(_ list: String) throws -> [String] {
            let dump = try Tool.run("/usr/bin/env", ["python3", program, "dump", "--company", root.path + "/c.qbs"])
            let json = try JSONSerialization.jsonObject(with: Data(dump.output.utf8)) as? [String: Any]
            let records = (json?["lists"] as? [String: Any])?[list] as? [[String: Any]]
            return (records ?? []).compactMap { $0["FullName"] as? String ?? $0["Name"] as? String }.sorted()
        }

        /// Every document that left validates against the official schema.
        func validate() throws {
            let schema = (Tool.shared ?? "") + "/qbxml/schema/us/qbxmlops130.xsd"
            for name in try FileManager.default.contentsOfDirectory(atPath: root.path + "/done")
            where name.hasSuffix(".xml") {
                let checked = try Tool.run(
                    "/usr/bin/env", ["xmllint", "--noout", "--nonet", "--schema", schema, "\(root.path)/done/\(name)"])
                #expect(checked.status == 0, "\(checked.output)")
            }
        }
    }

    private func linked(_ root: TestRoot) throws -> [String: Int] {
        let status = try root.run("status", "--json")
        let json = try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any]
        let records = json?["records"] as? [String: [String: Int]] ?? [:]
        return records.mapValues { $0["linked"] ?? 0 }
    }

    @Test func everythingDroppedTwiceAndAnsweredTwiceIsThereOnce() throws {
        let root = try TestRoot()
        defer { root.remove() }
        let referee = try Referee(root)
        func dropAll() throws {
            try root.drop(Exports.costCodes(1...40), as: "procore/cost_codes.json")
            try root.drop(Exports.projects(1...30), as: "procore/projects.json")
            try root.drop(Exports.vendors(1...250), as: "procore/vendors.json")
        }
        try dropAll()
        #expect(try root.run("once").status == 0)
        // Dropped again before any answer: nothing new leaves.
        let first = root.names("outbox/quickbooks")
        #expect(first.count == 6, "the question what company is open, and five documents of records")
        try dropAll()
        #expect(try root.run("once").status == 0)
        #expect(root.names("outbox/quickbooks") == first)
        try referee.answer()
        let answers = root.names("inbox/quickbooks")
        #expect(answers.count == 6)
        let kept = try answers.map {
            ($0, try String(contentsOfFile: "\(root.path)/inbox/quickbooks/\($0)", encoding: .utf8))
        }
        #expect(try root.run("once").status == 0)
        for (name, text) in kept { try root.drop(text, as: "quickbooks/\(name)") }
        try dropAll()
        #expect(try root.run("once").status == 0)
        #expect(root.names("outbox/quickbooks").isEmpty)
        #expect(try linked(root) == ["vendors": 250, "projects": 30, "standard_cost_codes": 40])
        #expect(try referee.isUnique())
        #expect(try referee.names("Vendor").count == 250)
        #expect(try referee.names("ItemService").filter { $0.hasPrefix("C") }.count == 40)
        try referee.validate()
        // Every link was told to Procore, once: 320 updates.
        let updates = root.names("outbox/procore").reduce(0) { count, name in
            count + root.text("outbox/procore/\(name)").components(separatedBy: "\"origin_id\"").count - 1
        }
        #expect(updates == 320)
    }

    @Test func namesThatAreThereAlreadyAreFoundAndLinked() throws {
        let root = try TestRoot()
        defer { root.remove() }
        let referee = try Referee(root)
        // The same vendors were entered from another root before.
        let other = try TestRoot()
        defer { other.remove() }
        try other.drop(Exports.vendors(1...3), as: "procore/vendors.json")
        #expect(try other.run("once").status == 0)
        for name in other.names("outbox/quickbooks") {
            try FileManager.default.moveItem(
                atPath: "\(other.path)/outbox/quickbooks/\(name)", toPath: "\(root.path)/outbox/quickbooks/\(name)")
        }
        try referee.answer()
        for name in root.names("inbox/quickbooks") {
            try FileManager.default.removeItem(atPath: "\(root.path)/inbox/quickbooks/\(name)")
        }
        try root.drop(Exports.vendors(1...5, phone: "253-555-0199"), as: "procore/vendors.json")
        #expect(try root.run("once").status == 0)
        for _ in 0..<4 {
            try referee.answer()
            #expect(try root.run("once").status == 0)
        }
        #expect(try linked(root) == ["vendors": 5])
        #expect(try referee.isUnique())
        #expect(try referee.names("Vendor").count == 5)
        try referee.validate()
    }

    @Test(arguments: [
        "match=VendorMod,status=3200,times=1", "match=VendorAdd,status=3231,times=2",
        "match=VendorAdd,status=1000,times=1",
    ])
    func refusalsThatHealAreHealed(_ fault: String) throws {
        let root = try TestRoot()
        defer { root.remove() }
        let referee = try Referee(root)
        try root.drop(Exports.vendors(1...4), as: "procore/vendors.json")
        #expect(try root.run("once").status == 0)
        for _ in 0..<4 {
            try referee.answer(fault)
            #expect(try root.run("once").status == 0)
        }
        if !fault.contains("1000") {
            let changed = Exports.vendors(1...4, phone: "253-555-0142").replacing("2026-06-10", with: "2026-07-10")
            try root.drop(changed, as: "procore/vendors.json")
            #expect(try root.run("once").status == 0)
            for _ in 0..<5 {
                try referee.answer(fault)
                #expect(try root.run("once").status == 0)
            }
            #expect(try linked(root) == ["vendors": 4])
        }
        #expect(try referee.isUnique())
        #expect(try referee.names("Vendor").count == (fault.contains("1000") ? 3 : 4))
    }

    @Test func aReversedAndRepeatedAnswerChangesNothing() throws {
        let root = try TestRoot()
        defer { root.remove() }
        let referee = try Referee(root)
        try root.drop(Exports.vendors(1...120), as: "procore/vendors.json")
        #expect(try root.run("once").status == 0)
        try referee.answer("match=*,action=reorder", "match=*,action=twice")
        #expect(try root.run("once").status == 0)
        #expect(try linked(root) == ["vendors": 120])
        #expect(try referee.isUnique())
    }
}
