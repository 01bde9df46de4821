import Domain
import QBXML
import Seeds
import Testing

/// An element that was read is, to everybody who asks, the element that was made and written.
@Suite struct ElementTests {
    private static let names = ["A", "B", "Name", "ListID", "VendorAddress", "IsVendorEligibleFor1099", "s:Body", "é"]

    /// An element with some in it. Its own text is empty where it only would indent others.
    private static func element(_ random: inout Seeded, depth: Int = 0) -> Element {
        let children =
            depth < 4 && Bool.random(using: &random)
            ? (0..<Int.random(in: 1...5, using: &random)).map { _ in element(&random, depth: depth + 1) } : []
        var text =
            ["", " ", "\n", "x", "Noë & Sons <1>", String(repeating: "y", count: 40)]
            .randomElement(using: &random) ?? ""
        if !children.isEmpty, text.utf8.allSatisfy({ $0 <= 0x20 }) { text = "" }
        let attributes = Bool.random(using: &random) ? [:] : ["value": "a & b", "rowNumber": "1"]
        return Element(
            names.randomElement(using: &random) ?? "A", text: text, attributes: attributes, children: children)
    }

    /// Writes an element as `XMLWriter` does, with its text in pieces: some before, some between and some behind the others.
    private static func write(_ element: Element, to bytes: inout [UInt8], _ random: inout Seeded) {
        var writer = XMLWriter()
        writer.open(element.name, element.attributes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        bytes += writer.bytes
        var rest = Array(element.text.unicodeScalars)
        func put(_ count: Int) {
            var writer = XMLWriter()
            writer.text(String(String.UnicodeScalarView(rest.prefix(count))))
            bytes += writer.bytes
            rest.removeFirst(count)
            if Int.random(in: 0..<4, using: &random) == 0 { bytes += Array("<!-- a -->".utf8) }
        }
        for child in element.children {
            if element.text.isEmpty { bytes += Array("\n  ".utf8) }
            put(Int.random(in: 0...rest.count, using: &random))
            write(child, to: &bytes, &random)
        }
        put(rest.count)
        bytes += Array("</\(element.name)>".utf8)
    }

    private static func paths(of element: Element) -> [String] {
        element.children.flatMap { child in [child.name] + paths(of: child).map { "\(child.name)/\($0)" } }
    }

    @Test(arguments: Seeded.seeds) func whatIsReadIsWhatWasMade(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        for _ in 0..<800 {
            let made = Self.element(&random)
            var bytes: [UInt8] = []
            Self.write(made, to: &bytes, &random)
            let read = try Element.parse(Array("<s:R xmlns:s='urn:x'>".utf8) + bytes + Array("</s:R>".utf8)).children[0]
            #expect(read == made)
            #expect(read.hashValue == made.hashValue)
            for path in Self.paths(of: made) + ["", "/", "C", "A/", "/A", "A//B", "ListID/C"] {
                #expect(read[path] == made[path], "\(path)")
                #expect(read.hasText(path) == (made[path]?.isEmpty == false), "\(path)")
                #expect(read.hasText(path) == made.hasText(path), "\(path)")
            }
            for name in Self.names {
                #expect(read.first(name) == made.first(name))
                #expect(read.all(name) == made.all(name))
            }
        }
    }

    @Test func whatWasReadCanBeChanged() throws {
        let read = try Element.parse(Array("<A x='1'>t<B>b</B><C/></A>".utf8))
        var changed = read
        changed.children.append(Element("D", text: "d"))
        changed.children[0].text = "other"
        changed.attributes["x"] = nil
        changed.name = "Z"
        #expect(
            changed
                == Element(
                    "Z", text: "t", children: [Element("B", text: "other"), Element("C"), Element("D", text: "d")]))
        #expect(
            read == Element("A", text: "t", attributes: ["x": "1"], children: [Element("B", text: "b"), Element("C")]))
    }

    /// Names are forgotten between objects when they are very many, never within one.
    @Test func manyNamesAreReadRightly() throws {
        let objects = (0..<6).map { object in
            (0..<700).map { "<N\(object * 400 + $0)>\($0)</N\(object * 400 + $0)>" }.joined()
        }
        let text =
            "<QBXML><QBXMLMsgsRs><XQueryRs statusCode='0'>"
            + objects.map { "<XRet>\($0)</XRet>" }.joined() + "</XQueryRs></QBXMLMsgsRs></QBXML>"
        for chunk in [100, Int.max] {
            let read = try events(Array(text.utf8), chunk: chunk).compactMap { event in
                if case .object(let ret) = event { ret } else { nil }
            }
            #expect(read.count == 6)
            for (object, ret) in read.enumerated() {
                #expect(ret.children.map(\.name) == (0..<700).map { "N\(object * 400 + $0)" })
                #expect((0..<700).allSatisfy { ret["N\(object * 400 + $0)"] == "\($0)" })
            }
        }
    }

    /// Wherever a document is cut into pieces, the same is read.
    @Test func piecesDoNotMatter() throws {
        let text =
            "<?xml version=\"1.0\"?>\n<QBXML>\n<QBXMLMsgsRs>\n<VendorQueryRs requestID=\"a&amp;b\" statusCode=\"0\">\n"
            + "<VendorRet>\n<Name>No&#235;field &lt;&amp;&gt; <![CDATA[<x>]]>é</Name>\n<Empty/>\n</VendorRet>\n"
            + "</VendorQueryRs>\n</QBXMLMsgsRs>\n</QBXML>\n"
        let whole = try events(text)
        #expect(
            whole.contains(
                .object(
                    Element("VendorRet", children: [Element("Name", text: "Noëfield <&> <x>é"), Element("Empty")]))))
        for chunk in 1...60 { #expect(try events(Array(text.utf8), chunk: chunk) == whole) }
    }
}
