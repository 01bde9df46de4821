import Domain
import Seeds
import Testing

@testable import QBXML

/// What is gone over in one pass says what libxml2 says, or nothing.
@Suite struct PlainXMLTests {
    /// What the reader of responses says that keeps no objects; nil: it refuses the document.
    private func slowly(_ bytes: [UInt8]) -> [ResponseEvent]? {
        guard var reader = try? ResponseReader(MemorySource(bytes), keepsObjects: false) else { return nil }
        var events: [ResponseEvent] = []
        do {
            while let event = try reader.next() { events.append(event) }
            return events
        } catch {
            return nil
        }
    }

    /// Both ways of reading a document; the quick one may only be silent.
    /// - Returns: whether it was not.
    private func compare(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let (plain, outline) = (PlainResponse.events(of: bytes), RequestOutline(plain: bytes))
        if let plain { #expect(plain == slowly(bytes), "\(text)") }
        if let outline { #expect(outline == (try? RequestOutline(MemorySource(bytes))), "\(text)") }
        return plain != nil || outline != nil
    }

    private static let response = """
        <?xml version="1.0" ?>
        <QBXML>
        <QBXMLMsgsRs newMessageSetID="1d5d0a" messageSetStatusCode="0">
        <PurchaseOrderAddRs requestID="8089-a-add-1" statusCode="0" statusSeverity="Info" statusMessage="Status OK">
        <PurchaseOrderRet><TxnID>24-17</TxnID><Memo>Curb &amp; gutter &#233; ]] &gt;</Memo><Other/><Last /></PurchaseOrderRet>
        </PurchaseOrderAddRs>
        <VendorQueryRs statusCode="1" statusSeverity="Info" statusMessage="" retCount="2" iteratorRemainingCount="7" \
        iteratorID="{8}"/>
        </QBXMLMsgsRs>
        </QBXML>

        """

    @Test func whatQuickBooksWritesIsPlain() throws {
        let events = try #require(PlainResponse.events(of: Array(Self.response.utf8)))
        #expect(events == slowly(Array(Self.response.utf8)))
        #expect(events.count == 6)
    }

    @Test func whatIsWrittenToQuickBooksIsPlain() throws {
        let document = """
            <?xml version="1.0" encoding="utf-8"?>
            <?qbxml version="13.0"?>
            <QBXML>
            <QBXMLMsgsRq newMessageSetID="86de" onError="stopOnError">
            <BillAddRq requestID="1"><BillAdd><Memo>a&#8364;b</Memo></BillAdd></BillAddRq>
            <VendorQueryRq/>
            </QBXMLMsgsRq>
            </QBXML>

            """
        let outline = try #require(RequestOutline(plain: Array(document.utf8)))
        #expect(outline == (try RequestOutline(MemorySource(Array(document.utf8)))))
        #expect(outline.messageSetID == "86de")
        #expect(outline.requests.map(\.requestID) == ["1", nil])
    }

    /// Of these, nothing is said quickly.
    @Test(arguments: [
        "", " ", "a", "<", "<QBXML>", "<QBXML/>", "<QBXML><QBXMLMsgsRs></QBXML></QBXMLMsgsRs>",
        "<QBXML><QBXMLMsgsRs/></QBXML>x", "<QBXML><QBXMLMsgsRs/></QBXML><a/>", "<!DOCTYPE a><QBXML/>",
        "<QBXML><!-- --><QBXMLMsgsRs/></QBXML>", "<QBXML><QBXMLMsgsRs a='1'/></QBXML>",
        "<QBXML><QBXMLMsgsRs a=\"1\" a=\"2\"/></QBXML>", "<QBXML><QBXMLMsgsRs a=\"<\"/></QBXML>",
        "<QBXML><QBXMLMsgsRs a=\"&amp;\"/></QBXML>", "<QBXML><QBXMLMsgsRs/>]]></QBXML>",
        "<QBXML><QBXMLMsgsRs/>&b;</QBXML>", "<QBXML><QBXMLMsgsRs/>&#0;</QBXML>",
        "<QBXML><QBXMLMsgsRs/>&#55296;</QBXML>", "<QBXML><QBXMLMsgsRs/>&#x41;</QBXML>",
        "<QBXML><QBXMLMsgsRs/>\r\n</QBXML>", "<QBXML><QBXMLMsgsRs/>\u{1}</QBXML>",
        "<QBXML><QBXMLMsgsRs/>é</QBXML>", "<QBXML><QBXMLMsgsRs xmlns=\"a\"/></QBXML>",
        "<QBXML><QBXMLMsgsRs><a:b statusCode=\"0\"/></QBXMLMsgsRs></QBXML>",
        "<QBXML><QBXMLMsgsRs><ARs/></QBXMLMsgsRs></QBXML>", "<QBXML><SignonMsgsRs/><QBXMLMsgsRs/></QBXML>",
        "<?xml version=\"1.0\" encoding=\"windows-1252\"?><QBXML><QBXMLMsgsRs/></QBXML>",
        "<QBXML><QBXMLMsgsRs><ARs statusCode=\"0\"><ReportRet></ReportRet></ARs></QBXMLMsgsRs></QBXML>",
    ]) func unsure(text: String) {
        #expect(PlainResponse.events(of: Array(text.utf8)) == nil)
        _ = compare(text)
    }

    /// However long a document is, and however deep: nothing is said of one that is beyond the limits.
    @Test func limits() {
        func nested(_ count: Int) -> String {
            "<QBXML><QBXMLMsgsRs><ARs statusCode=\"0\">" + String(repeating: "<A>", count: count)
                + String(repeating: "</A>", count: count) + "</ARs></QBXMLMsgsRs></QBXML>"
        }
        #expect(compare(nested(21)))
        #expect(!compare(nested(22)))
        let long = Self.response.replacing("24-17", with: String(repeating: "1", count: PlainXML.longest))
        #expect(!compare(long))
        let attributes = (0..<17).map { " a\($0)=\"\"" }.joined()
        #expect(!compare("<QBXML><QBXMLMsgsRs\(attributes)/></QBXML>"))
    }

    /// A document, and the same with a piece left out, doubled, or put in: whatever the quick way says, the other says too.
    @Test(arguments: Seeded.seeds) func bothWaysSayTheSame(_ seed: UInt64) {
        var random = Seeded(seed: seed)
        var (told, silent) = (0, 0)
        let parts = [
            "<", ">", "/", "/>", "</", "\"", "'", "&", "&amp;", "&#65;", "&#1;", "&#xe9;", "]]>", "]", "=", " ", "\n",
            "\t",
            "\r", "é", "\u{0}", "\u{7f}", "<a/>", "<a>", "</a>", "<!-- -->", "<![CDATA[", "<?a b?>", "a=\"b\"",
            " xmlns=\"b\"",
            "Rs", "statusCode=\"0\"", "<ReportRet>", "<QBXMLMsgsRs>", "</QBXML>", ":", "-", ".", "1", "_",
        ]
        for _ in 0..<600 {
            var bytes = Array(Self.response.utf8)
            for _ in 0..<random.int(0...2) {
                let place = random.int(0...bytes.count)
                switch random.int(0...3) {
                case 0: bytes.insert(contentsOf: parts[random.int(0...parts.count - 1)].utf8, at: place)
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + random.int(1...3)))
                case 2: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + random.int(1...40))], at: place)
                default: bytes.removeLast(random.oneIn(8) ? random.int(0...40) : 0)
                }
            }
            if compare(String(decoding: bytes, as: UTF8.self)) { told += 1 } else { silent += 1 }
        }
        #expect(told > 200 && silent > 50)
    }

    /// References are resolved as libxml2 resolves them.
    @Test(arguments: Seeded.seeds) func textsAreTheSame(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        let parts = [
            "&lt;", "&gt;", "&amp;", "&quot;", "&apos;", "&#9;", "&#13;", "&#233;", "&#8364;", "&#128512;", "a", " ",
            "\n",
            ">", ";", "#",
        ]
        for _ in 0..<400 {
            let text = (0..<random.int(0...12)).map { _ in parts[random.int(0...parts.count - 1)] }.joined()
            let bytes = Array("<a>\(text)</a>".utf8)
            let read = bytes.withUnsafeBufferPointer { bytes -> [UInt8]? in
                var (document, out) = (PlainXML(bytes, deepest: 1), [UInt8]())
                while true {
                    switch document.next() {
                    case .text(let range): out += document.resolved(range)
                    case .finished: return out
                    case .unsure: return nil
                    case .start, .end: break
                    }
                }
            }
            #expect(read == Array(try Element.parse(bytes).text.utf8), "\(text)")
        }
    }
}
