import Domain
import QBXML
import Testing

@Suite struct ResponseReaderTests {
    static let small = """
        <?xml version="1.0" ?>
        <QBXML>
        <QBXMLMsgsRs newMessageSetID="m1" messageSetStatusCode="0">
        <VendorAddRs requestID="r1" statusCode="0" statusSeverity="Info" statusMessage="Status OK">
        <VendorRet><ListID>80000088-1</ListID><Name>Caf&#233; &amp; Co</Name>
        <VendorAddress><City>Casper</City></VendorAddress></VendorRet>
        </VendorAddRs>
        <VendorQueryRs requestID="r2" statusCode="1" statusSeverity="Info" statusMessage="No match" retCount="0"
          iteratorRemainingCount="3" iteratorID="{x}"/>
        </QBXMLMsgsRs>
        </QBXML>
        """

    static let expected: [ResponseEvent] = [
        .messageSet(newMessageSetID: "m1", statusCode: 0),
        .response(
            ResponseHead(
                name: "VendorAddRs", requestID: "r1", statusCode: 0, statusSeverity: "Info", statusMessage: "Status OK")
        ),
        .object(
            Element(
                "VendorRet",
                children: [
                    Element("ListID", text: "80000088-1"), Element("Name", text: "Café & Co"),
                    Element("VendorAddress", children: [Element("City", text: "Casper")]),
                ])),
        .endResponse,
        .response(
            ResponseHead(
                name: "VendorQueryRs", requestID: "r2", statusCode: 1, statusSeverity: "Info",
                statusMessage: "No match",
                retCount: 0, iteratorRemainingCount: 3, iteratorID: "{x}")),
        .endResponse,
    ]

    @Test(arguments: [1, 2, 3, 7, 4_096])
    func aResponseIsReadWhateverTheChunks(_ chunk: Int) throws {
        #expect(try events(Array(Self.small.utf8), chunk: chunk) == Self.expected)
    }

    @Test(arguments: [1, 7, 4_096])
    func aReportIsReadRowByRow(_ chunk: Int) throws {
        let report = """
            <QBXML><QBXMLMsgsRs><CustomDetailReportQueryRs requestID="r1" statusCode="0" statusSeverity="Info" statusMessage="OK">
            <ReportRet><ReportTitle>Payroll</ReportTitle><NumRows>2</NumRows>
            <ColDesc colID="1" dataType="STRTYPE"><ColTitle titleRow="1" value="Type"/><ColType>TxnType</ColType></ColDesc>
            <ReportData><TextRow rowNumber="1" value="All"/>
            <DataRow rowNumber="2"><RowData rowType="name" value="x"/><ColData colID="1" value="Paycheck"/></DataRow>
            <DataRow rowNumber="3"/><TotalRow rowNumber="4"><ColData colID="1" value="Total"/></TotalRow></ReportData>
            </ReportRet></CustomDetailReportQueryRs></QBXMLMsgsRs></QBXML>
            """
        let read = try events(Array(report.utf8), chunk: chunk)
        let rows = read.compactMap { if case .row(let row) = $0 { row } else { nil } }
        #expect(rows.map { $0.attributes["rowNumber"] } == ["2", "3"])
        #expect(rows.first?.first("ColData")?.attributes == ["colID": "1", "value": "Paycheck"])
        let columns = read.compactMap {
            if case .report(let columns) = $0 { columns.map { $0["ColType"] } } else { nil }
        }
        #expect(columns == [["TxnType"]])
        #expect(read.last == .endResponse)
    }

    @Test func everyCutShortResponseIsAProblem() throws {
        let bytes = Array(Self.small.utf8)
        for end in 0..<bytes.count {
            do {
                _ = try events(Array(bytes[..<end]))
                Issue.record("cut after \(end) bytes, and nobody noticed")
            } catch let problem as Problem {
                #expect(!problem.remedy.isEmpty)
                #expect(
                    problem.what.contains("before the XML is complete") || problem.what.contains("no XML"),
                    "\(end): \(problem.what)")
            }
        }
    }

    @Test func severalMessageSetsFollowEachOther() throws {
        let read = try events("<QBXML><QBXMLMsgsRs/><QBXMLMsgsRs messageSetStatusCode='600'></QBXMLMsgsRs></QBXML>")
        #expect(
            read == [
                .messageSet(newMessageSetID: nil, statusCode: nil), .messageSet(newMessageSetID: nil, statusCode: 600),
            ])
    }

    @Test(arguments: ["soap", "SOAP-ENV", ""])
    func anEnvelopeIsOpened(_ prefix: String) throws {
        var writer = XMLWriter()
        writer.text(Self.small)
        let colon = prefix.isEmpty ? "" : prefix + ":"
        let space = prefix.isEmpty ? "xmlns" : "xmlns:" + prefix
        let text = """
            <?xml version="1.0" encoding="utf-8"?>
            <\(colon)Envelope \(space)="http://schemas.xmlsoap.org/soap/envelope/"><\(colon)Body>
            <receiveResponseXML xmlns="http://developer.intuit.com/"><ticket>t</ticket>
            <response>\(String(decoding: writer.bytes, as: UTF8.self))</response><hresult /><message />
            </receiveResponseXML></\(colon)Body></\(colon)Envelope>
            """
        #expect(try events(text) == Self.expected)
    }

    @Test func anEnvelopeWithoutResponseIsARefusal() throws {
        let text = """
            <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
            <q:receiveResponseXML xmlns:q="http://developer.intuit.com/"><q:ticket>t</q:ticket><q:response/>
            <q:hresult>0x80040400</q:hresult><q:message>QuickBooks found an error when parsing the provided XML text stream.
            </q:message></q:receiveResponseXML></s:Body></s:Envelope>
            """
        #expect(
            try events(text) == [
                .refusal(
                    hresult: "0x80040400",
                    message: "QuickBooks found an error when parsing the provided XML text stream.")
            ])
    }

    @Test(arguments: [
        ("<QBXML><QBXMLMsgsRq onError='stopOnError'/></QBXML>", "This is a request to QuickBooks"),
        ("<html><body/></html>", "begins with the element html"), ("<QBXML/>", "is missing"), ("", "no XML"),
        ("  \n ", "no XML"), ("not xml", "else than XML"), ("{\"a\": 1}", "else than XML"),
        ("<QBXML><QBXMLMsgsRs><VendorRet/></QBXMLMsgsRs></QBXML>", "no QuickBooks answer"),
        ("<QBXML><QBXMLMsgsRs></QBXML></QBXMLMsgsRs>", "closed by the wrong name"),
        ("<QBXML><QBXMLMsgsRs/></QBXML><QBXML/>", "goes on after its end"),
        ("<QBXML><QBXMLMsgsRs>&who;</QBXMLMsgsRs></QBXML>", "stands for nothing"),
        ("<QBXML><QBXMLMsgsRs>\u{1}</QBXMLMsgsRs></QBXML>", "does not allow"),
        ("<?xml version='1.0' encoding='utf-7'?><QBXML/>", "written in utf-7"),
        ("<s:Envelope xmlns:s='x'><s:Body/></s:Envelope>", "no receiveResponseXML"),
    ])
    func whatIsNoResponseIsAProblem(_ text: String, _ words: String) throws {
        let problem = try #require(throws: Problem.self) { try events(text) }
        #expect(problem.what.contains(words), "\(problem.what)")
        #expect(!problem.remedy.isEmpty)
    }

    @Test(arguments: [
        "<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;&lol;&lol;&lol;&lol;\">]><QBXML>&lol2;</QBXML>",
        "<?xml version='1.0'?><!-- a --- b --><?x <!DOCTYPE?>\n<!DOCTYPE QBXML SYSTEM \"file:///etc/passwd\"><QBXML/>",
        "<!DOCTYPE QBXML [<!ENTITY x SYSTEM \"http://example.com/\">]><QBXML>&x;</QBXML>",
    ])
    func aDocumentTypeIsRefused(_ text: String) throws {
        for encoded in [Array(text.utf8), utf16(text)] {
            for chunk in [1, 100_000] {
                let problem = try #require(throws: Problem.self) { try events(encoded, chunk: chunk) }
                #expect(problem.what.contains("DOCTYPE"))
            }
        }
    }

    @Test func windowsFilesAreRead() throws {
        let text = Self.small.replacing("Caf&#233; &amp; Co", with: "Café & Co – €".replacing("&", with: "&amp;"))
        let utf8 = Array(text.utf8)
        let expected = try events(utf8)
        #expect(expected != Self.expected)
        #expect(try events([0xef, 0xbb, 0xbf] + utf8) == expected)
        #expect(try events(Array("\r\n \n".utf8) + utf8) == expected)
        for chunk in [1, 5, 100_000] {
            #expect(try events(utf16(text), chunk: chunk) == expected)
            #expect(try events(windows1252(text), chunk: chunk) == expected)
        }
        let declared = text.replacing("version=\"1.0\" ?", with: "version=\"1.0\" encoding=\"windows-1252\"?")
        #expect(try events(windows1252(declared)) == expected)
        let wide = text.replacing("version=\"1.0\" ?", with: "version=\"1.0\" encoding=\"utf-16\"?")
        // libxml2 itself refuses some of these in one version and reads them in another; it never sees what they say.
        for bytes in [
            utf16(wide), Array(utf16(wide).dropFirst(2)), Array(wide.utf8), [0xef, 0xbb, 0xbf] + Array(wide.utf8),
        ] {
            #expect(try events(bytes) == expected)
        }
        let latin = text.replacing("version=\"1.0\" ?", with: "version=\"1.0\" encoding=\"iso-8859-1\"?")
        #expect(try events(Array(latin.utf8), chunk: 7) == expected)
    }

    @Test func bytesThatAreNoTextAreAProblem() throws {
        var bytes = Array(Self.small.replacing("Casper", with: "Québec~").utf8)
        let mark = try #require(bytes.firstIndex(of: UInt8(ascii: "~")))
        bytes[mark] = 0xff
        let problem = try #require(throws: Problem.self) { try events(bytes) }
        #expect(problem.what.contains("not text"), "\(problem.what)")
    }

    @Test func depthAndTextAreLimited() throws {
        let deep = String(repeating: "<A>", count: 70) + String(repeating: "</A>", count: 70)
        let head = "<QBXML><QBXMLMsgsRs><XRs statusCode='0'>"
        let tail = "</XRs></QBXMLMsgsRs></QBXML>"
        #expect(try #require(throws: Problem.self) { try events(head + deep + tail) }.what.contains("deeper"))
        let long = "<A>" + String(repeating: "x", count: (1 << 20) + 1) + "</A>"
        #expect(try #require(throws: Problem.self) { try events(head + long + tail) }.what.contains("more text"))
    }

    @Test func whatTheSourceThrowsComesThrough() throws {
        final class Broken: ByteSource {
            func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
                throw SystemError("read", "x", errno: 5)
            }
        }
        #expect(throws: SystemError.self) {
            var reader = try ResponseReader(Broken())
            while try reader.next() != nil {}
        }
    }

    // needs ../shared
    @Test(
        .enabled(if: Shared.exists),
        arguments: Shared.samples { name in
            ["Rs.", "Rs-", "err-", "warn", "info", "recovery", "stopOnError"].contains { name.contains($0) }
        })
    func everySampleResponseIsRead(_ sample: String) throws {
        let read = try events(try Shared.bytes(sample))
        #expect(!read.isEmpty)
        #expect(read == (try events(try Shared.bytes(sample), chunk: 3)))
    }

    private func utf16(_ text: String) -> [UInt8] {
        [0xff, 0xfe] + text.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
    }

    private func windows1252(_ text: String) -> [UInt8] {
        text.unicodeScalars.map { $0 == "–" ? 0x96 : $0 == "€" ? 0x80 : UInt8($0.value) }
    }
}
