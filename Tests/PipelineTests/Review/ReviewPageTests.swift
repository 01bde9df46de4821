import Converters
import Domain
import DropFolder
import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// The page shows what is new and what changes from what into what, to the cent, and nothing of what it shows can act.
@Suite struct ReviewPageTests {
    /// The page of what the last file of a case leads to.
    private func page(_ converter: String, _ name: String, review: String = "all") throws -> String {
        let fixture = FixtureCase(converter: converter, name: name)
        let folder = ReviewRoot.scratch.appendingPathComponent("review-page-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let yaml = folder.appendingPathComponent("plumbline.yaml")
        let steps = try fixture.steps()
        var text = ""
        for (number, step) in steps.enumerated() {
            let isLast = number == steps.count - 1
            try Data((fixture.configuration + (isLast ? "review: \(review)\n" : "")).utf8).write(to: yaml)
            let root = try OpenRoot(path: folder.path)
            defer { root.close() }
            if number == 0 { try FixtureRun.answerCompany(root) }
            try step.bytes.write(to: URL(fileURLWithPath: root.folders.inbox + "/" + step.path))
            let claim = try #require(try root.inbox.claim(RelativePath(step.path), intake: number + 1))
            let processor = FileProcessor(root, clock: WallClock { 1_773_000_000 })
            _ = try processor.process([claim])
            var watch = ReviewWatch()
            try processor.tendReviews(&watch, at: .zero)
            let names = (try? FileManager.default.contentsOfDirectory(atPath: root.folders.review)) ?? []
            let pages = names.filter { $0.hasSuffix(".html") }.sorted()
            text = try pages.map { try String(contentsOfFile: root.folders.review + "/" + $0, encoding: .utf8) }
                .joined()
        }
        return text
    }

    @Test func aNewBillShowsItsLinesItsTotalAndWhoseItIs() throws {
        let page = try page("requisition-to-bill", "an-invoice-becomes-a-bill-linked-to-its-order")
        for words in [
            "<title>10: Subcontractor invoice 1280646: a new bill CCM-2026-118</title>",
            "It comes to <strong>43,750.00</strong>",
            "<td>Alder Concrete LLC</td>", "Harbor Pointe Medical Office", "Slab on grade", "-4,750.00",
            "<strong>43,750.00</strong></td></tr></tfoot>", "<h2>By Vendor</h2>", "<h2>By Job</h2>",
            ".json, file number", "it waits since 2026-03-08 20:00 UTC",
            "<code>00000010-requisitions.xml</code>",
        ] { #expect(page.localizedStandardContains(words), "\(words) in\n\(page)") }
        #expect(!page.contains("becomes"), "nothing changes")
    }

    @Test func aChangeShowsFromWhatIntoWhat() throws {
        let page = try page("commitment-to-purchase-order", "a-changed-line-is-a-mod-that-lists-all-lines")
        for words in [
            "Commitment 786001: a change of the purchase order SC-001", "<ins>(changed)</ins>",
            "<del>45,000.00</del> becomes 46,000.75", "<del>165,000.50</del> becomes <strong>166,001.25</strong>",
            "The change comes to <strong>1,000.75</strong>",
        ] { #expect(page.contains(words), "\(words) in\n\(page)") }
    }

    @Test func onlyWhatIsOfMoreMoneyWaits() throws {
        let name = "an-invoice-becomes-a-bill-linked-to-its-order"
        #expect(try page("requisition-to-bill", name, review: "{bills: {above: 43750}}").isEmpty)
        #expect(try page("requisition-to-bill", name, review: "{bills: {above: 43749.99}}").contains("43,750.00"))
        #expect(try page("requisition-to-bill", name, review: "[payments]").isEmpty)
        // Less than what QuickBooks has is a change of money too.
        let change = "a-changed-line-is-a-mod-that-lists-all-lines"
        let orders = "commitment-to-purchase-order"
        #expect(try page(orders, change, review: "{purchase_orders: {above: 166001.25}}").isEmpty)
        #expect(try page(orders, change, review: "{purchase_orders: {above: 165000.50}}").contains("a change of"))
    }

    @Test func namesCannotAct() throws {
        let office = try ReviewRoot()
        let names = [
            "<script>alert(1)</script>", "\"><img src=x onerror=y>", "{{mark}}{{{style}}}", "& Sons 'Ltd'",
            "</title></main>",
        ]
        let list = names.enumerated().map { ["id": 401_000 + $0, "name": $1, "is_active": true] as [String: Any] }
        try office.drop(
            String(decoding: JSONSerialization.data(withJSONObject: list), as: UTF8.self), as: "vendors <b>&.json")
        let page = office.text("outbox/review/00000001-vendors.html")
        #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(page.contains("{{mark}}{{{style}}}"), "what a name says is not taken for a template")
        #expect(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>"))
        #expect(
            page.components(separatedBy: "</title>").count == 2 && page.components(separatedBy: "</main>").count == 2)
        #expect(page.contains("Vendors: 5 records"))
        for outside in ["http:", "https:", "src=", "url(", "@import"] {
            #expect(!page.contains(outside) || outside == "src=")
        }
        // The one style is the one that the policy allows.
        let start = try #require(page.range(of: "<style>")?.upperBound)
        let end = try #require(page.range(of: "</style>")?.lowerBound)
        let digest = Data(Digest(of: page[start..<end].utf8).bytes).base64EncodedString()
        #expect(page.contains("default-src 'none'; style-src 'sha256-\(digest)'"))
        let bytes = Array(office.text("outbox/review/00000001-vendors.xml").utf8)
        #expect(page.prefix(4_096).contains(ReviewPage.mark(of: bytes)))
    }

    @Test func moneyIsGroupedForPeople() {
        let amounts = [
            "0": "0.00", "-1": "-1.00", "999.5": "999.50", "1000": "1,000.00", "-1234567.891": "-1,234,567.891",
        ]
        for (text, grouped) in amounts { #expect(Amount(text)?.inGroups == grouped) }
        #expect(ReviewWords.label("VendorAddress/PostalCode") == "Vendor Address, Postal Code")
        #expect(ReviewWords.label("PayeeEntityRef/ListID") == "Vendor")
        #expect(ReviewWords.label("TxnDate") == "Date")
        #expect(ReviewWords.label("APAccountRef/FullName") == "Payable Account")
    }

    // MARK: - Configuration

    @Test(arguments: [
        ("all", 10), ("none", 0), ("bills", 1), ("[bills, payments]", 2), ("{bills: {above: 5000}, payments: all}", 2),
        ("[purchase_orders]", 2), ("[estimates, vendors]", 4), ("{bills: none}", 0),
    ])
    func whatWaitsIsConfigured(_ text: String, _ kinds: Int) throws {
        let settings = try Configuration(yaml: "company_id: 8089\nreview: \(text)\n").settings
        #expect(settings.documents.review.rules.count == kinds)
        #expect(settings.documents.review.isOn == (kinds > 0))
    }

    @Test(arguments: [
        ("[bill]", "review has \"bill\", which is no kind of document; did you mean bills?"),
        ("{invoices: all}", "which is no kind of document; did you mean"),
        ("{bills: {over: 5}}", "review.bills can be all, none, or {above: 5000}."),
        ("{bills: {above: much}}", "review.bills.above is \"much\"; it is an amount in dollars"),
        ("{bills: {above: -5}}", "review.bills.above is \"-5\""),
        ("{vendors: {above: 5}}", "there is no money in vendors"),
    ])
    func whatCannotBeConfiguredIsSaid(_ text: String, _ finding: String) throws {
        let error = try #require(throws: ConfigurationError.self) {
            try Configuration(yaml: "company_id: 8089\nreview: \(text)\n")
        }
        #expect(error.findings.contains { $0.contains(finding) }, "\(error)")
    }
}
