import Domain
import SyncLedger
import Testing

@testable import Pipeline

/// What a receipt and its summary say of the documents that a file led to.
@Suite struct ReceiptTests {
    private func receipt(_ documents: Int) -> Receipt {
        var receipt = Receipt(intake: 7, file: "orders.json", received: "2026-11-24T05:00:00Z")
        receipt.count(.commitments, .new)
        let outputs = (1...documents).map {
            LedgerDocument(sequence: $0, outbox: $0 == 1 ? .procore : .quickbooks, entity: .commitments)
        }
        receipt.outputs = LedgerDocuments(outputs)
        return receipt
    }

    @Test func theSentenceNamesTwentyDocumentsAndCountsTheRest() {
        let start = "2026-11-24T05:00:00Z #7 orders.json: accepted; commitments: 1 new; -> "
        let first = "outbox/procore/00000001-commitments.json"
        #expect(receipt(1).summary == start + first)
        #expect(receipt(2).summary == start + first + ", outbox/quickbooks/00000002-commitments.xml")
        let twenty = receipt(20).summary
        #expect(twenty.hasSuffix("outbox/quickbooks/00000020-commitments.xml"))
        #expect(receipt(22).summary == twenty + " (and 2 more)")
    }

    @Test func theReceiptNamesAllDocumentsInTheirOrder() throws {
        let paths = receipt(22).outputs.map(\.path)
        let shown = String(decoding: receipt(22).json.bytes(pretty: false), as: UTF8.self)
        #expect(shown.contains("\"outputs\":[\"" + paths.joined(separator: "\",\"") + "\"],"))
        #expect(paths.first == "outbox/procore/00000001-commitments.json")
        #expect(paths.last == "outbox/quickbooks/00000022-commitments.xml")
        #expect(Array(DocumentPaths(receipt(22).outputs)) == paths)
        #expect(Array(DocumentPaths(LedgerDocuments())) == [])
        // Across a run's end, and the number of digits.
        let numbers = [7, 8, 9, 11, 99_999_998, 99_999_999, 100_000_000, 3]
        let mixed = LedgerDocuments(
            numbers.map { LedgerDocument(sequence: $0, outbox: .quickbooks, entity: .commitments) })
        #expect(Array(DocumentPaths(mixed)) == mixed.map(\.path))
        let far = LedgerDocument(sequence: 123_456_789, outbox: .quickbooks, subject: "costs")
        #expect(far.name == "123456789-costs.xml")
    }
}
