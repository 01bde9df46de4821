import Testing

@testable import Domain

/// How content stands in the ledger, where it must be understood for ever.
@Suite struct ContentEncodingTests {
    @Test func aPathIsANumberAndAKnownTextIsNotRepeated() {
        let content = Content([
            .init("Name", "Riverton"), .init("VendorAddress/Addr1", "Riverton"), .init("Fax", "12"),
            .init("Memo", "Riverton"), .init("ParentRef/ListID", idOf: RecordKey(.vendors, "7")),
        ])
        let expected: [UInt8] =
            [0x80] + Array("Riverton".utf8) + [0x1e, 0x82, 0x01, 0x40, 0x1e, 0x8a] + Array("12".utf8)
            + [0x1e, 0x97, 0x01, 0x40, 0x1e, 0x90, 0x1d] + Array("vendors/7".utf8) + [0x1e]
        #expect(content.encoded == expected)
        #expect(Content(decoding: expected) == content)
    }

    @Test func aPathThatHasNoNumberIsWrittenOut() {
        let content = Content([.init("own_field", "Riverton"), .init("über", "x"), .init("own_field", "Riverton")])
        let expected =
            Array("own_field\u{1f}Riverton\u{1e}über\u{1f}x\u{1e}own_field".utf8) + [0x01, 0x40, 0x1e] as [UInt8]
        #expect(content.encoded == expected)
        #expect(Content(decoding: expected) == content)
    }

    @Test func contentOfEarlierVersionsIsRead() {
        let old =
            "Name\u{1f}Riverton\u{1e}ParentRef/ListID\u{1d}vendors/7\u{1e}\u{1c}53\u{1e}Desc\u{1f}\u{1e}"
            + "LinkToTxn/TxnLineID\u{03}9 commitments/8\u{1e}"
        let content = Content(
            [.init("Name", "Riverton"), .init("ParentRef/ListID", idOf: RecordKey(.vendors, "7"))],
            lines: [
                .init(
                    "53",
                    [
                        .init("Desc", ""),
                        .init("LinkToTxn/TxnLineID", .lineOf(RecordKey(.commitments, "8"), line: "9")),
                    ])
            ])
        #expect(Content(decoding: Array(old.utf8)) == content)
        #expect(Content(decoding: content.encoded) == content)
    }

    /// Two ways to write an accent are equal to Swift, and must both come back as they were.
    @Test func textsAreComparedByteForByte() {
        let content = Content([.init("Name", "Caf\u{e9}"), .init("CompanyName", "Cafe\u{301}")])
        let back = Content(decoding: content.encoded)
        #expect(back["Name"].map { Array($0.utf8) } == Array("Caf\u{e9}".utf8))
        #expect(back["CompanyName"].map { Array($0.utf8) } == Array("Cafe\u{301}".utf8))
    }

    @Test func textThatBeginsLikeAMarkComesBack() {
        for text in ["\u{01}@", "\u{1d}vendors/7", "\u{03}9 vendors/7", "\u{1f}", ""] {
            let content = Content([.init("Name", text), .init("own_field", text)])
            #expect(Content(decoding: content.encoded) == content, "\(text.utf8.map { $0 })")
        }
    }

    /// Behind a reference that may not be understood, places could differ: nothing points there.
    @Test func nothingPointsPastAReference() {
        let content = Content([
            .init("ParentRef/ListID", idOf: RecordKey(.vendors, "7")), .init("Name", "Riverton"),
            .init("CompanyName", "Riverton"),
        ])
        #expect(content.encoded.suffix(9) == Array("Riverton\u{1e}".utf8)[...])
        #expect(Content(decoding: content.encoded) == content)
    }

    @Test func aFieldThatSQLSearchesIsNeverAPointer() {
        let content = Content([.init("code", "03-300"), .init("budget_line_item_id", "03-300")])
        let encoded = content.encoded
        let searched = Content.encodings(of: "budget_line_item_id", "03-300")
        #expect(encoded.suffix(searched[0].count) == searched[0][...])
        #expect(searched[1] == Array("budget_line_item_id\u{1f}03-300\u{1e}".utf8))
    }

    /// Every number is read as its path, and no path of the list has changed its place.
    @Test func noNumberEverMeansAnotherPath() {
        let names = ContentPaths.names
        #expect(Set(names).count == names.count)
        for name in names {
            let content = Content([.init(name, "x")])
            #expect(content.encoded.count <= 4)
            #expect(Content(decoding: content.encoded) == content)
        }
        // FNV-1a of the names that were shipped. What is new goes behind them.
        let shipped = names.prefix(160).joined(separator: " ")
        let digest = shipped.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        #expect(digest == 0x4eca_edb1_ddae_6471)
    }

    @Test func damagedContentIsReadAsFarAsItGoes() {
        for bytes: [UInt8] in [
            [0x80], [0xff, 0xff, 0x1e], [0x82, 0x01, 0x1e], [0x82, 0x01, 0x44, 0x1e], [0xf8, 0x1e],
        ] {
            #expect(Content(decoding: bytes).fields.count <= 1)
        }
    }
}
