import Domain
import QBXML
import Testing

@Suite struct XMLWriterTests {
    @Test(arguments: [
        ("plain", "plain"), ("a & b < c > d", "a &amp; b &lt; c &gt; d"), ("say \"so\"", "say \"so\""),
        ("é ñ €", "&#233; &#241; &#8364;"), ("one\ntwo\tthree", "one\ntwo\tthree"), ("cr\r", "cr&#13;"),
        ("😀", "&#128512;"), ("中", "&#20013;"), ("", ""), ("a\u{1}b", "a&#65533;b"), ("]]>", "]]&gt;"),
        ("\u{7f}", "&#127;"), ("\u{ffff}", "&#65533;"),
    ])
    func textIsEscapedToASCII(_ text: String, _ expected: String) {
        var writer = XMLWriter()
        writer.leaf("Memo", text)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "<Memo>\(expected)</Memo>")
    }

    @Test func attributesEscapeQuotesAndLineBreaks() {
        var writer = XMLWriter()
        writer.empty("X", [("a", "\"1\"\n<é"), ("b", "2")])
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "<X a=\"&quot;1&quot;&#10;&lt;&#233;\" b=\"2\"/>")
    }

    @Test func fieldsShareTheirParents() {
        var writer = XMLWriter()
        writer.fields([
            ("Name", "A"), ("VendorAddress/Addr1", "1 Main St"), ("VendorAddress/City", "Casper"), ("Phone", "1"),
            ("TermsRef/FullName", "Net 30"),
        ])
        let expected =
            "<Name>A</Name><VendorAddress><Addr1>1 Main St</Addr1><City>Casper</City></VendorAddress>"
            + "<Phone>1</Phone><TermsRef><FullName>Net 30</FullName></TermsRef>"
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }

    @Test func aMessageSetIsWrittenTheSameEveryTime() {
        var body = XMLWriter()
        body.open("VendorAdd")
        body.leaf("Name", "Rocky Mtn Rebar LLC")
        body.close("VendorAdd")
        let set = MessageSet(
            version: .v13, onError: .stopOnError, newMessageSetID: "abc",
            requests: [
                .init("VendorAddRq", requestID: "r1", body: body.bytes),
                .init("CompanyQueryRq", requestID: "r2", body: []),
            ])
        let expected = """
            <?xml version="1.0" encoding="utf-8"?>
            <?qbxml version="13.0"?>
            <QBXML>
            <QBXMLMsgsRq newMessageSetID="abc" onError="stopOnError">
            <VendorAddRq requestID="r1"><VendorAdd><Name>Rocky Mtn Rebar LLC</Name></VendorAdd></VendorAddRq>
            <CompanyQueryRq requestID="r2"/>
            </QBXMLMsgsRq>
            </QBXML>

            """
        #expect(String(decoding: set.rendered(), as: UTF8.self) == expected)
        #expect(set.rendered() == set.rendered())
    }

    @Test func whatIsWrittenReadsBackTheSame() throws {
        let element = Element(
            "VendorRet", attributes: ["a": "\"<é>\n"],
            children: [
                Element("Name", text: "Łódź & Sons \"x\" 'y'\n\tz"), Element("Empty"),
                Element("VendorAddress", children: [Element("City", text: "  Québec ")]),
            ])
        var writer = XMLWriter()
        writer.element(element)
        #expect(writer.bytes.allSatisfy { $0 < 0x80 })
        let read = try Element.parse(writer.bytes)
        #expect(read == element)
        #expect(read["VendorAddress/City"] == "  Québec ")
        #expect(read["VendorAddress/State"] == nil)
        #expect(read["Empty"] == "")
        #expect(read.first("Name")?.text == "Łódź & Sons \"x\" 'y'\n\tz")
        #expect(read.all("Name").count == 1)
    }

    @Test func versionsAreReadFromText() {
        #expect(QBXMLVersion("13.0") == .v13)
        #expect(QBXMLVersion("12.0") == nil)
        #expect(QBXMLVersion.v13 < .v16)
    }
}
