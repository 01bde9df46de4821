import Domain
import Seeds
import Testing

@testable import QBXML

/// Each limit of the response reader has a sentence of its own.
@Suite struct ReaderLimitsTests {
    private static let head = "<QBXML>\n<QBXMLMsgsRs><XRs statusCode='0'>"
    private static let tail = "</XRs></QBXMLMsgsRs></QBXML>"

    private func expect(_ content: String, _ what: String?) {
        for chunk in [1_000, .max] { #expect(problem(Array((Self.head + content + Self.tail).utf8), chunk) == what) }
    }

    private func problem(_ bytes: [UInt8], _ chunk: Int = .max) -> String? {
        do {
            _ = try events(bytes, chunk: chunk)
            return nil
        } catch {
            return (error as? Problem)?.what ?? "\(error)"
        }
    }

    @Test func nesting() {
        let (open, close) = (String(repeating: "<A>", count: 62), String(repeating: "</A>", count: 62))
        expect(open + close, nil)
        expect(
            "<A>" + open + "<A></A>" + close + "</A>",
            "The XML nests deeper than 64 elements at line 2, which no QuickBooks response does.")
    }

    @Test(arguments: ["\"", "'"]) func attributes(_ quote: String) {
        func element(_ count: Int) -> String {
            "<A" + (0..<count).map { " a\($0) = \(quote)<=>\(quote)" }.joined().replacing("<", with: "&lt;") + "/>"
        }
        expect(element(TagLimits.mostAttributes), nil)
        let what = "The element at line 2 has more than 64 attributes, which no QuickBooks response does."
        expect(element(TagLimits.mostAttributes + 1), what)
        // What a library would compare with one another for minutes is not even begun.
        expect(element(200_000), what)
    }

    /// What only looks like a tag is none.
    @Test func whatIsNoTagHasNoAttributes() {
        let signs = "<A " + String(repeating: "x='1' = ", count: 100) + ">"
        expect("<A><!-- \(signs) -- ><?x \(signs) ?><![CDATA[\(signs) ]] > ]]></A>".replacing("-- >", with: "-->"), nil)
        expect("<A>" + String(repeating: "= \" ' ", count: 100) + "</A>", nil)
    }

    /// What is gone over quickly, and what is gone over byte by byte, leads to the same.
    @Test(arguments: Seeded.seeds) func tagsAreJudgedAlikeInAnyPieces(_ seed: UInt64) {
        let parts = [
            "<", "</", "/", ">", "=", String(repeating: "=", count: 40), "'", "\"", "a", "Name", "1", "é", " ", "\n",
            "<Name>", "</Name>", "<A ",
            "<!--", "-->", "<?", "?>", "<![CDATA[", "]]>", "<!", "-",
        ]
        func said(_ pieces: [ArraySlice<UInt8>]) -> String? {
            var limits = TagLimits()
            do throws(Problem) {
                for piece in pieces { try limits.check(Array(piece)) }
                return nil
            } catch {
                return error.what
            }
        }
        var random = Seeded(seed: seed)
        var refused = 0
        for _ in 0..<400 {
            let text = (0..<random.int(1...120)).map { _ in parts[random.int(0...parts.count - 1)] }.joined()
            let bytes = Array(text.utf8)
            let whole = said([bytes[...]])
            let cut = random.int(0...bytes.count)
            #expect(said(bytes.indices.map { bytes[$0...$0] }) == whole, "\(text)")
            #expect(said([bytes[..<cut], bytes[cut...]]) == whole, "\(text)")
            if whole != nil { refused += 1 }
        }
        #expect(refused > 0 && refused < 400)
    }

    @Test func aLongTag() {
        let long = String(repeating: "x", count: TagLimits.longestTag)
        let what = "The tag at line 2 is longer than 1048576 bytes, which no QuickBooks response has."
        expect("<A a='\(long)'/>", what)
        expect("<A\(long)/>", what)
    }

    @Test func aLongText() {
        func memo(_ count: Int) -> String { "<Memo>" + String(repeating: "x", count: count) + "</Memo>" }
        expect(memo(1 << 20), nil)
        for count in [(1 << 20) + 1, 11_000_000] {
            expect(memo(count), "The element Memo that ends at line 2 holds more text than any QuickBooks field can.")
        }
    }

    @Test func aLargeObject() {
        let what =
            "The object BillRet has more than 262144 elements, or more than 4194304 bytes of text, at line 2, "
            + "which no QuickBooks object does."
        expect("<BillRet>" + String(repeating: "<A/>", count: XMLDocumentReader.mostElements - 1) + "</BillRet>", nil)
        expect("<BillRet>" + String(repeating: "<A/>", count: XMLDocumentReader.mostElements) + "</BillRet>", what)
        let text = "<A>" + String(repeating: "x", count: 1 << 20) + "</A>"
        expect("<BillRet>" + String(repeating: text, count: 4) + "</BillRet>", nil)
        expect("<BillRet>" + String(repeating: text, count: 4) + "<A>x</A></BillRet>", what)
    }

    @Test func manyColumns() {
        let column = "<ColDesc colID='1'/>"
        let most = String(repeating: column, count: ResponseReader.mostColumns)
        expect("<ReportRet>\(most)<ReportData/></ReportRet>", nil)
        expect(
            "<ReportRet>\(most)\(column)<ReportData/></ReportRet>", "The report at line 2 has more than 1024 columns.")
    }

    @Test func aLongFile() throws {
        let bytes = Array("<QBXML/>".utf8)
        var buffer = [UInt8](repeating: 0, count: 100)
        for (most, what) in [(8, nil), (7, "The file is longer than 7 bytes.")] {
            let source = UTF8Source(MemorySource(bytes, chunk: 3), mostBytes: most)
            do {
                while try buffer.withUnsafeMutableBytes({ try source.read(into: $0) }) > 0 {}
                #expect(what == nil)
            } catch {
                #expect((error as? Problem)?.what == what)
            }
        }
    }

    @Test func charactersThatAreNone() throws {
        for reference in ["&#xD800;", "&#0;", "&#xFFFF;"] {
            let said = try #require(problem(Array((Self.head + "<A>\(reference)</A>" + Self.tail).utf8)))
            #expect(
                said.hasPrefix("The XML cannot be read at line 2, where a character stands that XML does not allow"))
        }
        // Overlong forms and surrogates, written as if they were UTF-8, behind a mark that says it is.
        for (bytes, what) in [
            ([0xc0, 0xaf], "bytes stand that are not text"), ([0xff], "bytes stand that are not text"),
            ([0xed, 0xa0, 0x80], "a character stands that XML does not allow"),
        ] as [([UInt8], String)] {
            let text = [0xef, 0xbb, 0xbf] + Array((Self.head + "<A>").utf8) + bytes + Array(("</A>" + Self.tail).utf8)
            let said = try #require(problem(text))
            #expect(said.hasPrefix("The XML cannot be read at line 2, where \(what)"), "\(said)")
        }
        var units = [0xfeff] + Array((Self.head + "<A>x</A>" + Self.tail).utf16)
        let place = try #require(units.firstIndex(of: 0x78))
        for half: UInt16 in [0xd800, 0xdc00] {
            units[place] = half
            let bytes = units.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
            for chunk in [1, .max] {
                #expect(
                    problem(bytes, chunk)
                        == "The file, which is written in UTF-16, holds half of a surrogate pair alone in line 2: "
                        + "that is no text.")
            }
        }
    }
}
