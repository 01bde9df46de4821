import DropFolder
import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// Job costs where a case of one configuration and one receipt cannot show it.
@Suite struct CostTests {
    private static let check = """
        <CheckRet><TxnID>3A10-1772000000</TxnID><EditSequence>1</EditSequence><TxnDate>2026-03-05</TxnDate>
        <RefNumber>10398</RefNumber><Amount>75.00</Amount><ExpenseLineRet><TxnLineID>3A12-1772000000</TxnLineID>
        <AccountRef><ListID>1-1</ListID><FullName>Job Expenses:Freight</FullName></AccountRef><Amount>75.00</Amount>
        <CustomerRef><ListID>8021-1718000000</ListID><FullName>Northgate:Gym</FullName></CustomerRef></ExpenseLineRet></CheckRet>
        """

    private static func response(_ message: String, _ content: String) -> String {
        """
        <?xml version="1.0" ?><QBXML><QBXMLMsgsRs><\(message)Rs statusCode="0" statusSeverity="Info" statusMessage="OK">
        \(content)</\(message)Rs></QBXMLMsgsRs></QBXML>
        """
    }

    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("costs-\(UUID().uuidString)")

    private func configure(_ text: String) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("company_id: 8089\n\(text)".utf8).write(to: folder.appendingPathComponent("plumbline.yaml"))
    }

    private func drop(_ text: String, as name: String, intake: Int) throws {
        let root = try OpenRoot(path: folder.path)
        defer { root.close() }
        try Data(text.utf8).write(to: URL(fileURLWithPath: root.folders.inbox + "/quickbooks/" + name))
        let claim = try #require(try root.inbox.claim(RelativePath("quickbooks/" + name), intake: intake))
        _ = try FileProcessor(root, clock: WallClock { 1_773_000_000 }).process([claim])
    }

    private func records(_ state: LedgerRecord.State.Name) throws -> [LedgerRecord] {
        let root = try OpenRoot(path: folder.path)
        defer { root.close() }
        return try root.ledger.read { try $0.records(in: state, limit: 10) }
    }

    private func reason() throws -> String {
        let root = try OpenRoot(path: folder.path)
        defer { root.close() }
        return try root.ledger.read { books in
            let held = try #require(try books.records(in: .held, limit: 10).first)
            return try Waits(books: books).reason(of: held)
        }
    }

    @Test func aConfigurationThatChangedMakesTheSameResponseNews() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try configure("")
        try drop(Self.response("CheckQuery", Self.check), as: "a.xml", intake: 1)
        #expect(try records(.held).isEmpty)
        try configure("account_codes: {\"job expenses:freight\": 01-500}\n")
        try drop(Self.response("CheckQuery", Self.check), as: "b.xml", intake: 2)
        #expect(try records(.held).map(\.shown) == ["QuickBooks Check 10398 for job \"Northgate:Gym\""])
    }

    @Test func aWaitNamesWhatItWaitsForAsThingsStand() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try configure("account_codes: {\"Job Expenses:Freight\": 01-500}\n")
        try drop(Self.response("CheckQuery", Self.check), as: "a.xml", intake: 1)
        #expect(
            try reason()
                == "Waits for the Procore project of QuickBooks job \"Northgate:Gym\": none is tied to it yet.")
        let job = """
            <CustomerRet><ListID>8021-1718000000</ListID><EditSequence>1</EditSequence><Name>Gym</Name>
            <FullName>Northgate:Gym</FullName><IsActive>true</IsActive><ParentRef><ListID>8020-1718000000</ListID>
            <FullName>Northgate</FullName></ParentRef></CustomerRet>
            """
        try drop(Self.response("CustomerQuery", job), as: "b.xml", intake: 2)
        #expect(
            try reason()
                == "Waits for the Procore project of QuickBooks Customer \"Northgate:Gym\", whose id Procore has not told yet."
        )
    }

    @Test func aPullOfManyTransactionsStaysShort() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try configure("")
        let many = (1...5_000).map { number in
            "<CheckRet><TxnID>\(number)-1</TxnID><EditSequence>1</EditSequence><TxnDate>2026-03-05</TxnDate><Amount>1.00</Amount>"
                + "<ExpenseLineRet><TxnLineID>\(number)-2</TxnLineID><Amount>1.00</Amount></ExpenseLineRet></CheckRet>"
        }
        try drop(Self.response("CheckQuery", many.joined()), as: "a.xml", intake: 1)
        let receipt = Receipts.text("00000001-a.xml", below: folder.path)
        #expect(receipt.contains("5000 transactions without a job are no job costs."))
        #expect(receipt.utf8.count < 1_000)
    }
}
