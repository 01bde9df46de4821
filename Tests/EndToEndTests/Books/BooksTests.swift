import Foundation
import Testing

/// A contractor's whole books, from Procore's exports to an independent QuickBooks stand-in, equal to the cent.
///
/// Needs ../shared with qbsim, python3 with lxml, and xmllint; skipped, visibly, where they are absent.
@Suite(
    .serialized,
    .enabled(if: Tool.hasReferee && Tool.hasXMLLint, "needs ../shared/qbsim, python3 with lxml, and xmllint"))
struct BooksTests {
    private static func yaml(edition: SeededReferee.Edition, version: String) -> String {
        """
        company_id: 8089
        quickbooks:
          edition: \(edition.rawValue)
          qbxml: "\(version)"
          income_account: Construction Income
          expense_account: Job Expenses
          payable_account: Accounts Payable
          bank_account: Checking
          retainage_item: Retainage
        settle: 200ms
        """
    }

    /// One root and its stand-in, with files on their way.
    private struct Run {
        let root: TestRoot
        let referee: SeededReferee
        let files: [ContractorExports.File]

        init(_ edition: SeededReferee.Edition, version: String, files: [ContractorExports.File]) throws {
            root = try TestRoot(BooksTests.yaml(edition: edition, version: version))
            referee = try SeededReferee(root, edition: edition)
            self.files = files
        }

        func take() throws {
            let before = Set(problems)
            let taken = try root.run("once")
            let new = problems.filter { !before.contains($0) }.prefix(10).map { root.text("inbox/rejected/\($0)") }
            #expect(taken.status == 0, "\(taken.output)\n\(new.joined(separator: "\n"))")
        }

        func drop(_ files: some Sequence<ContractorExports.File>) throws {
            for file in files {
                let folder = URL(fileURLWithPath: "\(root.path)/inbox/procore/\(file.name)").deletingLastPathComponent()
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try root.drop(file.text, as: "procore/\(file.name)")
            }
            try take()
        }

        /// Answers, late and badly, between small drops; then everything once more, and answers to the end.
        func play() throws {
            for (round, start) in stride(from: 0, to: files.count, by: 6).enumerated() {
                try drop(files[start..<min(start + 6, files.count)])
                // Two rounds of three go unanswered.
                guard round % 3 == 2 else { continue }
                try answer(reversed: round % 2 == 0)
                if round == 2 { try expectTotals(referee.dump().books) }
            }
            try drop(files)
            for round in 0..<40 where !root.names("outbox/quickbooks").isEmpty {
                try answer(reversed: round % 2 == 1)
            }
            #expect(root.names("outbox/quickbooks").isEmpty)
        }

        /// Everything is answered, in reverse and twice, and the answers are taken.
        private func answer(reversed: Bool) throws {
            try referee.answer(reversed: reversed, faults: ["match=*,action=reorder", "match=*,action=twice"])
            try take()
        }

        /// What `plumbline reconcile` says that QuickBooks accepted is what QuickBooks has, to the cent, and no record is
        /// missing from the differences.
        func expectTotals(_ books: Books, agree: Bool = false) throws {
            let found = try root.run("reconcile", "--json")
            #expect(found.status == 0 || !agree && found.status == 1)
            let json = try JSONSerialization.jsonObject(with: Data(found.output.utf8)) as? [String: Any] ?? [:]
            let totals = json["totals"] as? [[String: Any]] ?? []
            let records = json["records"] as? [[String: Any]] ?? []
            var accepted: [String: Int] = [:]
            for total in totals {
                let entity = total["entity"] as? String ?? ""
                let part = total["accepted"] as? [String: Any]
                accepted[entity, default: 0] += Books.cents(part?["amount"] as? String) ?? 0
                let differences = records.filter {
                    $0["entity"] as? String == entity && $0["project"] as? String == total["project"] as? String
                }.compactMap { Books.cents($0["difference"] as? String) }
                #expect(Books.cents(total["difference"] as? String) == differences.reduce(0, +), "\(entity)")
            }
            func sum(_ entities: String...) -> Int { entities.reduce(0) { $0 + accepted[$1, default: 0] } }
            #expect(
                sum("budgets", "budget_modifications", "budget_changes")
                    == books.estimates.reduce(0) { $0 + $1.total })
            #expect(sum("commitments", "commitment_change_orders") == books.orders.reduce(0) { $0 + $1.total })
            #expect(sum("requisitions") == books.bills.reduce(0) { $0 + $1.due })
            #expect(sum("contract_payments") == books.payments.reduce(0) { $0 + $1.cents })
            #expect(totals.contains { ($0["project"] as? String) != nil })
        }

        /// The files that say why another was not taken.
        private var problems: [String] {
            root.tree("inbox/rejected").filter { $0.hasSuffix(".problem.txt") }
        }

        /// Nothing failed, nothing waits, nothing was entered twice, and nothing more leaves.
        func expectAtRest() throws {
            let text = try root.run("status", "--json").output
            let status = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
            for key in ["failed", "held", "unanswered"] {
                let left = status[key] as? [Any]
                #expect(left?.isEmpty == true, "\(key): \(left ?? ["absent"])")
            }
            #expect((status["files"] as? [String: Int])?["rejected", default: 0] == 0)
            for (entity, states) in status["records"] as? [String: [String: Int]] ?? [:] {
                #expect(states["failed", default: 0] == 0, "\(entity)")
                #expect(states["held", default: 0] == 0, "\(entity)")
            }
            #expect(try referee.duplicates() == "")
            try drop(files)
            #expect(root.names("outbox/quickbooks").isEmpty)
        }
    }

    @Test func inAnyOrderTheBooksAreWhatTheExportsSay() throws {
        let contractor = CompanyGenerator.contractor(seed: 20_261_122)
        let files = ContractorExports(contractor: contractor).files
        let expected = ExpectedBooks(contractor: contractor).books
        var random = SeededRandom(seed: 3)
        var first: [String]?
        for (name, ordered) in [
            ("in order of need", files), ("backwards", files.reversed()), ("mixed", random.shuffled(files)),
        ] {
            let run = try Run(.us, version: "13.0", files: ordered)
            defer { run.root.remove() }
            try run.play()
            try run.expectAtRest()
            let dump = try run.referee.dump()
            let differences = dump.books.differences(from: expected)
            #expect(differences.isEmpty, "\(name):\n\(differences.joined(separator: "\n"))")
            try run.expectTotals(dump.books, agree: true)
            #expect(dump.kinds == ["Estimate", "PurchaseOrder", "Bill", "BillPaymentCheck"], "\(name)")
            #expect(dump.openOrders == expected.orders.map(\.number), "\(name)")
            // Words, dates and addresses are the same too, whatever came first.
            let everything = dump.everything
            if let first {
                let other = Set(everything).symmetricDifference(first).sorted()
                #expect(everything == first, "\(name):\n\(other.prefix(10).joined(separator: "\n"))")
            }
            first = first ?? everything
            try run.referee.validate(version: "130")
        }
    }

    /// Payments are left out: which of them a Canadian QuickBooks gets, the facts leave open.
    @Test func aCanadianCompanyGetsTheSameBooks() throws {
        var contractor = CompanyGenerator.contractor(seed: 77, projects: 1, currency: "CAD")
        for index in contractor.projects[0].commitments.indices {
            contractor.projects[0].commitments[index].payments = []
        }
        let files = ContractorExports(contractor: contractor).files.filter { !$0.name.contains("payments") }
        let run = try Run(.ca, version: "16.0", files: files)
        defer { run.root.remove() }
        try run.play()
        try run.expectAtRest()
        let differences = try run.referee.dump().books
            .differences(from: ExpectedBooks(contractor: contractor, withPayments: false).books)
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
        try run.referee.validate(version: "160")
    }
}
