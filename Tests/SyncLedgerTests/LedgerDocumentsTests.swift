import Testing

@testable import SyncLedger

/// However documents come and go, they are the same ones in the same order.
@Suite struct LedgerDocumentsTests {
    private func document(_ sequence: Int, _ subject: String = "vendors", repeats: Int? = nil) -> LedgerDocument {
        LedgerDocument(sequence: sequence, outbox: .quickbooks, subject: subject, repeats: repeats)
    }

    private func names(_ documents: LedgerDocuments) -> [String] { documents.map(\.path) }

    @Test func neighboursOfOneKindAndAllOthersComeBackInTheirOrder() {
        let all = [
            document(1), document(2), document(3), document(5), document(6, "jobs"), document(7, repeats: 3),
            document(8, repeats: 4), LedgerDocument(sequence: 9, outbox: .procore, subject: "vendors"), document(10),
        ]
        let documents = LedgerDocuments(all)
        #expect(names(documents) == all.map(\.path))
        #expect(documents.map(\.repeats) == all.map(\.repeats))
        #expect(documents.count == 9)
        #expect(documents.last?.sequence == 10)
        #expect(LedgerDocuments().isEmpty && LedgerDocuments().last == nil)
    }

    @Test(arguments: 1...9) func oneCanBeTakenOutWhereverItStands(number: Int) {
        var documents = LedgerDocuments((1...9).map { document($0, $0 < 6 ? "vendors" : "jobs") })
        documents.remove(number)
        documents.remove(40)
        #expect(documents.map(\.sequence) == (1...9).filter { $0 != number })
        #expect(documents.map(\.subject) == (1...9).filter { $0 != number }.map { $0 < 6 ? "vendors" : "jobs" })
        documents.append(document(10, "jobs"))
        #expect(documents.removeLast()?.sequence == 10)
        var rest: [Int] = []
        while let last = documents.removeLast() { rest.append(last.sequence) }
        #expect(rest == (1...9).filter { $0 != number }.reversed())
        #expect(documents.isEmpty && documents.count == 0)
    }
}
