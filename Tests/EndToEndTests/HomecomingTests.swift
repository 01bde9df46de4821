import Foundation
import Testing

/// Costs and payments of every kind, entered directly in an independent QuickBooks stand-in, come to Procore as exactly
/// the documents that the facts ask for; asking again changes nothing; voids and deletions come after.
///
/// Needs ../shared with qbsim, and python3 with lxml; skipped, visibly, where they are absent.
@Suite(.serialized, .enabled(if: Tool.hasReferee, "needs ../shared/qbsim and python3 with lxml"))
struct HomecomingTests {
    private static let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Samples").standardizedFileURL.path

    static let codes = """
        [{"id": 91006, "name": "Cast-in-Place Concrete", "full_code": "03-300", "code": "300", "origin_id": null,
          "standard_cost_code_id": 81006, "biller": "Foothills Library", "biller_id": 310001, "biller_type": "Project",
          "line_item_types": [{"id": 47, "name": "Other", "code": "O", "base_type": "other"}]},
         {"id": 91005, "name": "Reinforcing Steel", "full_code": "03-200", "code": "200", "origin_id": null,
          "standard_cost_code_id": 81005, "biller": "Foothills Library", "biller_id": 310001, "biller_type": "Project",
          "line_item_types": []}]
        """

    /// What a bookkeeper enters: amounts and days are found again below.
    static func entries(vendor: String, bill: String) -> String {
        func item(_ quantity: String, _ cost: String, _ name: String = "03:300") -> String {
            """
            <ItemLineAdd><ItemRef><FullName>\(name)</FullName></ItemRef><Desc>Grout</Desc><Quantity>\(quantity)</Quantity>
            <Cost>\(cost)</Cost><CustomerRef><FullName>Foothills Library</FullName></CustomerRef></ItemLineAdd>
            """
        }
        let payee = "<FullName>\(vendor)</FullName>"
        return """
            <?xml version="1.0" encoding="utf-8"?>
            <?qbxml version="13.0"?>
            <QBXML><QBXMLMsgsRq onError="stopOnError">
            <CheckAddRq requestID="1"><CheckAdd><AccountRef><FullName>Checking</FullName></AccountRef>
            <PayeeEntityRef>\(payee)</PayeeEntityRef><RefNumber>5001</RefNumber><TxnDate>2026-10-05</TxnDate>
            <Memo>Grout for the stairs</Memo>\(item("2", "100.25"))</CheckAdd></CheckAddRq>
            <BillAddRq requestID="2"><BillAdd><VendorRef>\(payee)</VendorRef><TxnDate>2026-10-06</TxnDate>
            <RefNumber>B-77</RefNumber>\(item("10", "100.00", "03:200"))</BillAdd></BillAddRq>
            <CreditCardChargeAddRq requestID="3"><CreditCardChargeAdd><AccountRef><FullName>Company Visa</FullName></AccountRef>
            <PayeeEntityRef>\(payee)</PayeeEntityRef><TxnDate>2026-10-07</TxnDate>\(item("1", "75.10"))</CreditCardChargeAdd>
            </CreditCardChargeAddRq>
            <CreditCardCreditAddRq requestID="4"><CreditCardCreditAdd><AccountRef><FullName>Company Visa</FullName></AccountRef>
            <PayeeEntityRef>\(payee)</PayeeEntityRef><TxnDate>2026-10-08</TxnDate>\(item("1", "25.05"))</CreditCardCreditAdd>
            </CreditCardCreditAddRq>
            <VendorCreditAddRq requestID="5"><VendorCreditAdd><VendorRef>\(payee)</VendorRef><TxnDate>2026-10-09</TxnDate>
            <RefNumber>VC-1</RefNumber>\(item("3", "20.00"))</VendorCreditAdd></VendorCreditAddRq>
            <JournalEntryAddRq requestID="6"><JournalEntryAdd><TxnDate>2026-10-10</TxnDate><RefNumber>J-9</RefNumber>
            <JournalDebitLine><AccountRef><FullName>Job Expenses</FullName></AccountRef><Amount>300.00</Amount>
            <Memo>Accrual</Memo><EntityRef><FullName>Foothills Library</FullName></EntityRef></JournalDebitLine>
            <JournalCreditLine><AccountRef><FullName>Checking</FullName></AccountRef><Amount>300.00</Amount></JournalCreditLine>
            </JournalEntryAdd></JournalEntryAddRq>
            <CheckAddRq requestID="7"><CheckAdd><AccountRef><FullName>Checking</FullName></AccountRef>
            <PayeeEntityRef>\(payee)</PayeeEntityRef><RefNumber>5002</RefNumber><TxnDate>2026-10-11</TxnDate>
            <ExpenseLineAdd><AccountRef><FullName>Job Expenses</FullName></AccountRef><Amount>9.99</Amount></ExpenseLineAdd>
            </CheckAdd></CheckAddRq>
            <BillPaymentCheckAddRq requestID="8"><BillPaymentCheckAdd><PayeeEntityRef><FullName>Larkspur Concrete &amp; Paving</FullName>
            </PayeeEntityRef><TxnDate>2026-10-12</TxnDate><BankAccountRef><FullName>Checking</FullName></BankAccountRef>
            <RefNumber>10432</RefNumber><Memo>Part of September</Memo><AppliedToTxnAdd><TxnID>\(bill)</TxnID>
            <PaymentAmount>20000.00</PaymentAmount></AppliedToTxnAdd></BillPaymentCheckAdd></BillPaymentCheckAddRq>
            </QBXMLMsgsRq></QBXML>
            """
    }

    private struct Home {
        let root: TestRoot
        let referee: SeededReferee
        private let program = (Tool.shared ?? "") + "/qbsim/qbsim.py"

        init() throws {
            // The stand-in's chart of accounts has no account for concrete of its own.
            let yaml = try String(contentsOfFile: HomecomingTests.samples + "/plumbline.yaml", encoding: .utf8)
                .replacing("Job Expenses:Concrete", with: "Job Expenses")
            root = try TestRoot(yaml + "\naccount_codes: {\"Job Expenses\": \"03-300\"}\n")
            referee = try SeededReferee(root, edition: .us)
            try FileManager.default.removeItem(atPath: root.path + "/inbox/procore")
            try FileManager.default.copyItem(atPath: samples + "/inbox", toPath: root.path + "/inbox/procore")
            try FileManager.default.removeItem(atPath: root.path + "/inbox/procore/project-310001/payments.json")
            try root.drop(codes, as: "procore/project-310001/cost_codes.json")
        }

        /// Takes and has QuickBooks answer until nothing is left to answer.
        func settle() throws {
            for _ in 0..<14 {
                try root.run("once")
                if root.names("outbox/quickbooks").isEmpty { return }
                try referee.answer()
            }
            #expect(root.names("outbox/quickbooks").isEmpty)
        }

        /// Enters something directly in QuickBooks.
        func enter(_ document: String) throws -> String {
            try document.write(toFile: root.path + "/entries.xml", atomically: true, encoding: .utf8)
            let said = try Tool.run(
                "/usr/bin/env",
                [
                    "python3", program, "process", root.path + "/entries.xml", "-o", root.path + "/entered.xml",
                    "--company", root.path + "/c.qbs",
                ])
            #expect(said.status == 0, "\(said.output)")
            let answer = root.text("entered.xml")
            #expect(!answer.contains("statusSeverity=\"Error\""), "\(answer)")
            return answer
        }

        /// The documents for Procore that are not answered yet, by name.
        func documents() throws -> [(name: String, request: [String: Any], entity: String)] {
            try root.names("outbox/procore").map { name in
                let text = root.text("outbox/procore/\(name)")
                let json = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
                return (name, json["request"] as? [String: Any] ?? [:], json["entity"] as? String ?? "")
            }
        }

        /// Answers every document as Procore would: with ids for what is new.
        func answerForProcore(_ ids: inout Int) throws {
            for (name, request, entity) in try documents() {
                let body = request["body"] as? [String: Any] ?? [:]
                var answer: Any = [:]
                if let updates = body["updates"] as? [[String: Any]] {
                    let entities = updates.map { update in
                        ids += 1
                        var made: [String: Any] = ["id": update["id"] ?? ids]
                        made["origin_id"] = update["origin_id"]
                        return made
                    }
                    answer = ["entities": entities, "errors": [Any]()]
                } else if let payment = body["contract_payment"] as? [String: Any] {
                    ids += 1
                    answer = [
                        "id": ids, "amount": payment["amount"] ?? "0.0", "contract_id": body["contract_id"] ?? 0,
                        "check_number": payment["check_number"] ?? NSNull(), "project_id": body["project_id"] ?? 0,
                        "origin_id": payment["origin_id"] ?? NSNull(),
                        "requisition_id": payment["requisition_id"] ?? NSNull(), "date": payment["date"] ?? NSNull(),
                        "external_payment_id": NSNull(), "status": NSNull(),
                    ]
                }
                let text = String(decoding: try JSONSerialization.data(withJSONObject: answer), as: UTF8.self)
                try FileManager.default.removeItem(atPath: "\(root.path)/outbox/procore/\(name)")
                try root.drop(text, as: "procore/\(name.prefix(8))-\(entity)-answer.json")
            }
            try root.run("once")
        }

        /// Every update of one path's documents.
        func updates(_ path: String) throws -> [[String: Any]] {
            try documents().filter { ($0.request["path"] as? String)?.hasSuffix(path) == true }.flatMap {
                ($0.request["body"] as? [String: Any])?["updates"] as? [[String: Any]] ?? []
            }
        }
    }

    /// `<TxnID>` of the answer to a request.
    private func txnID(_ request: String, in answer: String) throws -> String {
        let start = try #require(answer.range(of: "requestID=\"\(request)\""))
        let open = try #require(answer[start.upperBound...].range(of: "<TxnID>"))
        return String(answer[open.upperBound...].prefix { $0 != "<" })
    }

    private func text(_ value: Any?) -> String {
        guard let value else { return "" }
        return value is NSNull ? "null" : "\(value)"
    }

    @Test func costsAndPaymentsComeHomeOnce() throws {
        let home = try Home()
        defer { home.root.remove() }
        try home.settle()
        var ids = 900_000
        try home.answerForProcore(&ids)
        let listed = try home.root.run("trace", "requisitions/560001").output
        let bill = try #require(listed.range(of: "QuickBooks Bill ")).upperBound
        let billID = String(listed[bill...].prefix { $0 != " " && $0 != "\n" })
        let entered = try home.enter(Self.entries(vendor: "Ponderosa Survey Co.", bill: billID))

        #expect(try home.root.run("pull", "costs", "payments", "--since", "2023-11-01").status == 0)
        try home.settle()
        let headers = try home.updates("/projects/310001/direct_costs/sync").map {
            [
                text($0["direct_cost_type"]), text($0["direct_cost_date"]), text($0["invoice_number"]),
                text($0["description"]),
            ]
            .joined(separator: "|")
        }
        #expect(
            headers.sorted() == [
                "expense|2026-10-05||Grout for the stairs", "expense|2026-10-07||", "expense|2026-10-08||",
                "expense|2026-10-10||", "invoice|2026-10-06|B-77|", "invoice|2026-10-09|VC-1|",
            ])
        let payments = try home.documents().filter { $0.request["path"] as? String == "/rest/v1.0/contract_payments" }
        let payment = try #require(payments.first?.request["body"] as? [String: Any])
        #expect(payments.count == 1)
        let details = payment["contract_payment"] as? [String: Any] ?? [:]
        #expect(text(details["amount"]) == "20000.00" && text(details["check_number"]) == "10432")
        #expect(text(details["requisition_id"]) == "560001" && text(payment["contract_id"]) == "520001")
        #expect(text(details["origin_id"]) == "\(try txnID("8", in: entered))|\(billID)")

        // Procore's answers bring the ids, and the lines follow them.
        try home.answerForProcore(&ids)
        let lines = try home.updates("/projects/310001/direct_costs/line_items/sync")
        let amounts = lines.map { "\(text($0["cost_code_id"])) \(text($0["amount"]))" }.sorted()
        #expect(
            amounts == ["91005 1000.0", "91006 -25.05", "91006 -60.0", "91006 200.5", "91006 300.0", "91006 75.1"],
            "exact decimal numbers, one for each line on the job")
        #expect(lines.allSatisfy { Int(text($0["direct_cost_id"])) ?? 0 > 900_000 })
        try home.answerForProcore(&ids)

        // Asked for again, whole: nothing is news.
        let quiet = try home.root.run("status", "--json").output
        #expect(try home.root.run("pull", "costs", "payments", "--since", "2023-11-01").status == 0)
        try home.settle()
        #expect(home.root.names("outbox/procore").isEmpty)
        func records(_ status: String) throws -> NSDictionary? {
            let json = try JSONSerialization.jsonObject(with: Data(status.utf8)) as? [String: Any]
            return json?["records"] as? NSDictionary
        }
        #expect(try records(home.root.run("status", "--json").output) == records(quiet))

        // A void and two deletions: the cost goes to zero, the payment is reversed.
        _ = try home.enter(
            """
            <?xml version="1.0" encoding="utf-8"?>
            <?qbxml version="13.0"?>
            <QBXML><QBXMLMsgsRq onError="stopOnError">
            <TxnVoidRq requestID="1"><TxnVoidType>Check</TxnVoidType><TxnID>\(try txnID("1", in: entered))</TxnID></TxnVoidRq>
            <TxnDelRq requestID="2"><TxnDelType>CreditCardCharge</TxnDelType><TxnID>\(try txnID("3", in: entered))</TxnID></TxnDelRq>
            <TxnDelRq requestID="3"><TxnDelType>BillPaymentCheck</TxnDelType><TxnID>\(try txnID("8", in: entered))</TxnID></TxnDelRq>
            </QBXMLMsgsRq></QBXML>
            """)
        #expect(try home.root.run("pull", "costs", "payments", "--since", "2023-11-01").status == 0)
        try home.settle()
        let zeros = try home.updates("/direct_costs/line_items/sync").map { text($0["amount"]) }
        #expect(zeros == ["0.0", "0.0"])
        let reversals = try home.documents().filter { $0.entity == "contract_payments" }
        #expect(reversals.count == 1)
        #expect(reversals.first?.request["method"] as? String == "PATCH")
        let reversed = (reversals.first?.request["body"] as? [String: Any])?["contract_payment"] as? [String: Any]
        #expect(text(reversed?["amount"]) == "0.0")
        #expect(try home.referee.duplicates() == "")
    }
}
