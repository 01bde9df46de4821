import Foundation
import Testing

/// Two roots, each with its first documents out, and QuickBooks' answers to the one dropped into the other: nothing is
/// taken up, everything is told; with the right ones all goes well.
@Suite struct TwoRootsTests {
    /// An office with two roots: of two companies of Procore's, or of one with a key for each.
    static let pairs = [
        (["company_id: 8089", "company_id: 8090"]), (["company_id: 8089\ncompany_key: east", "company_id: 8089"]),
    ]

    private static func configuration(_ company: String) -> String {
        """
        \(company)
        quickbooks:
          income_account: Construction Income
          expense_account: Job Expenses
        settle: 200ms
        """
    }

    /// A root whose company in QuickBooks has a name of its own.
    private struct Company {
        let root: TestRoot
        let name: String

        init(_ configuration: String, _ name: String, vendor: String, id: Int) throws {
            root = try TestRoot(configuration)
            self.name = name
            try root.drop(
                """
                [{"id": \(id), "name": "\(vendor)", "business_phone": null, "authorized_bidder": true, "is_active": true,
                  "synced_to_erp": false, "origin_id": null, "origin_data": null, "updated_at": "2026-03-02T16:05:11Z"}]
                """, as: "procore/vendors.json")
            try root.run("pull", "vendors")
            try root.run("once")
        }

        /// QuickBooks' answers to everything that is out, by name, taken out of the inbox again.
        func answers() throws -> [(name: String, text: String)] {
            try root.run("sandbox", "--once")
            return try root.names("inbox/quickbooks").map { file in
                let text = root.text("inbox/quickbooks/\(file)").replacing("Sandbox Construction Company", with: name)
                try FileManager.default.removeItem(atPath: root.path + "/inbox/quickbooks/\(file)")
                return (file, text)
            }
        }

        func drop(_ answers: [(name: String, text: String)], from prefix: String = "") throws {
            for answer in answers { try root.drop(answer.text, as: "quickbooks/\(prefix)\(answer.name)") }
        }

        func receipts(_ part: String) throws -> [[String: Any]] {
            try root.receipts.filter { $0.contains(part) }.map { name in
                let json = try JSONSerialization.jsonObject(with: Data(root.text("outbox/results/\(name)").utf8))
                return json as? [String: Any] ?? [:]
            }
        }
    }

    @Test(arguments: pairs)
    func answersOfTheOtherRootDecideNothing(_ pair: [String]) throws {
        let east = try Company(
            Self.configuration(pair[0]), "Ridgeline Constructors, Inc.", vendor: "Alder Concrete LLC", id: 401_201)
        defer { east.root.remove() }
        // Both have a vendor of one number, as companies of Procore's may.
        let west = try Company(
            Self.configuration(pair[1]), "Foothills Builders LLC", vendor: "Beech Masonry LLC", id: 401_201)
        defer { west.root.remove() }
        let (ofEast, ofWest) = (try east.answers(), try west.answers())
        #expect(ofEast.count == 3 && ofWest.count == 3, "the company, the pull and the vendor")

        try east.drop(ofWest, from: "strange-")
        try west.drop(ofEast, from: "strange-")
        for company in [east, west] {
            #expect(try company.root.run("once").status == 1)
            let receipts = try company.receipts("strange-")
            #expect(receipts.count == 3)
            for receipt in receipts {
                let problems = receipt["problems"] as? [[String: Any]] ?? []
                #expect(receipt["outcome"] as? String == "rejected", "\(receipt)")
                let what = problems.first?["what"] as? String ?? ""
                #expect(what.hasPrefix("This answers a request of another Plumbline root"), "\(receipt)")
            }
            #expect(company.root.names("outbox/procore").isEmpty, "nothing is linked or imported")
            let findings = try company.root.run("doctor").output
            #expect(findings.contains("has not answered yet"), "\(findings)")
            #expect(!findings.contains("Ridgeline") && !findings.contains("Foothills"), "\(findings)")
        }

        try east.drop(ofEast)
        try west.drop(ofWest)
        for company in [east, west] {
            #expect(try company.root.run("once").status == 0)
            let said = try company.receipts("-company.response").flatMap { $0["notes"] as? [[String: Any]] ?? [] }
            #expect(
                said.contains { ($0["what"] as? String) == "This root belongs to it from now on." }, "\(company.name)")
            #expect(try company.root.run("doctor").output.contains(company.name))
            let sent = company.root.names("outbox/procore").map { company.root.text("outbox/procore/\($0)") }.joined()
            let (own, other) =
                company.name.hasPrefix("Ridgeline")
                ? ("Alder Concrete LLC", "Beech Masonry LLC") : ("Beech Masonry LLC", "Alder Concrete LLC")
            #expect(sent.contains(own) && !sent.contains(other), "\(sent)")
            let status = try company.root.run("status").output
            #expect(
                !status.contains("Held:") && !status.contains("Failed:") && !status.contains("Unanswered"), "\(status)")
        }
    }
}
