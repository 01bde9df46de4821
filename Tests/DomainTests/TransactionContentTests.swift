import Domain
import Seeds
import Testing

@Suite struct TransactionContentTests {
    private let order = Content(
        [
            .init("VendorRef/ListID", idOf: RecordKey(.vendors, "401101")), .init("RefNumber", "SC-001"),
            .init("Memo", "two\nlines, \"quotes\" & é"),
        ],
        lines: [
            .init(
                "530001",
                [.init("ItemRef/ListID", idOf: RecordKey(.standardCostCodes, code: "03-300")), .init("Rate", "1")]),
            .init("row2+530002", []),
            .init("3", [.init("LinkToTxn/TxnLineID", .lineOf(RecordKey(.commitments, "786001"), line: "530001"))]),
        ])

    @Test func whatIsWrittenIsReadBack() {
        #expect(Content(decoding: order.encoded) == order)
        #expect(Content(decoding: Content().encoded) == Content())
    }

    @Test func anyTextComesBack() {
        var random = Seeded(seed: 5)
        let scalars = (0x20...0x2ff).compactMap { Unicode.Scalar($0) } + ["\n", "\t", "😀"]
        func text() -> String {
            String(
                String.UnicodeScalarView(
                    (0..<Int.random(in: 0...40, using: &random)).compactMap { _ in
                        scalars.randomElement(using: &random)
                    }))
        }
        for _ in 0..<500 {
            let content = Content(
                [.init("Memo", text()), .init("Desc", text())],
                lines: [.init("1", [.init("Desc", text())]), .init("=03-300.O", [.init("Rate", text())])])
            #expect(Content(decoding: content.encoded) == content)
        }
    }

    @Test func aLineIsFoundByEachOfItsIds() {
        #expect(order.line("530001")?["Rate"] == "1")
        #expect(order.line("row2")?.key == "row2+530002")
        #expect(order.line("530002")?.key == "row2+530002")
        #expect(order.line("53000") == nil)
    }

    @Test func referencesAreNamedOnce() {
        #expect(order.references == [RecordKey(.vendors, "401101"), RecordKey(.standardCostCodes, code: "03-300")])
        #expect(order.reference("VendorRef/ListID") == RecordKey(.vendors, "401101"))
        #expect(order.reference("RefNumber") == nil)
    }

    @Test func keysTellACodeFromAnId() {
        let key = RecordKey(.standardCostCodes, code: "03-300")
        #expect(RecordKey(key.description) == key)
        #expect(key.code == "03-300")
        #expect(key.shown == "cost code 03-300")
        #expect(RecordKey(.commitments, "786001").code == nil)
        #expect(RecordKey("nothing/1") == nil)
    }
}
