import Domain
import Seeds
import Testing

@testable import QBXML

/// Objects that are read where they lie are those that the parser reads, in the same order, and what is wrong with a response
/// is said in the same words.
@Suite struct PlainObjectsTests {
    private static let paths = ["ListID", "Name", "Address/City", "Address/Addr1", "Phone"]

    /// What was read of a response: its objects, as they would be written, and what is wrong with it.
    private struct Read: Equatable {
        var objects: [Element] = []
        var problem: String?
    }

    /// Reads a response, and objects without the parser where they are plain.
    /// - Parameters:
    ///   - piece: how many bytes the source gives at a time.
    ///   - plain: how many were plain.
    private func read(_ bytes: [UInt8], piece: Int, plain: inout Int, refusing: Int = 0) -> Read {
        var read = Read()
        let objects = PlainObjects("VendorRet", ElementLayout(Self.paths))
        do {
            var reader = try ResponseReader(Pieces(bytes, of: piece))
            var seen = 0
            while let event = try reader.next(
                objects,
                { fields, written in
                    seen += 1
                    if refusing > 0, seen % refusing == 0 { return false }
                    let element = try Element.parse(Array(written))
                    for (number, path) in Self.paths.enumerated() {
                        let found = fields[number].map {
                            String(decoding: UnsafeBufferPointer(rebasing: fields.bytes[$0]), as: UTF8.self)
                        }
                        #expect(found == element[path], "\(path) of \(String(decoding: written, as: UTF8.self))")
                    }
                    read.objects.append(element)
                    plain += 1
                    return true
                })
            {
                if case .object(let element) = event { read.objects.append(element) }
            }
        } catch {
            read.problem = "\(error)"
        }
        return read
    }

    private func readByParser(_ bytes: [UInt8], piece: Int = 100_000) -> Read {
        var read = Read()
        do {
            var reader = try ResponseReader(Pieces(bytes, of: piece))
            while let event = try reader.next() {
                if case .object(let element) = event { read.objects.append(element) }
            }
        } catch {
            read.problem = "\(error)"
        }
        return read
    }

    /// Whether problems name the same line; the parser may count an empty line at the end of a file that is cut short, or not.
    private func areNear(_ problem: String?, _ other: String) -> Bool {
        guard let problem else { return false }
        let lines = [problem, other].map { $0.firstMatch(of: /at line (\d+)/).flatMap { Int($0.1) } }
        guard let first = lines[0], let second = lines[1] else { return lines == [nil, nil] }
        return abs(first - second) <= (other.contains("The file ends") ? 1 : 0)
    }

    @Test(arguments: Seeded.seeds) func bothWaysReadTheSame(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        var (plain, all, problems) = (0, 0, 0)
        for _ in 0..<300 {
            var bytes = Array(Responses.response(&random).utf8)
            if random.oneIn(3) { Responses.damage(&bytes, &random) }
            let piece = random.oneIn(2) ? 100_000 : random.int(1...3_000)
            let expected = readByParser(bytes, piece: piece)
            let found = read(
                bytes, piece: piece, plain: &plain, refusing: random.oneIn(3) ? random.int(1...4) : 0)
            all += expected.objects.count
            guard let problem = expected.problem else {
                guard found == expected else {
                    Issue.record("\(String(decoding: bytes, as: UTF8.self))\n\(found)")
                    return
                }
                continue
            }
            problems += 1
            let common = min(found.objects.count, expected.objects.count)
            // In which words it is said depends on the pieces in which the parser is given the file.
            let isSame = found.objects.prefix(common) == expected.objects.prefix(common)
            guard isSame, areNear(found.problem, problem) else {
                Issue.record("\(problem)\n\(found)\n\(String(decoding: bytes, as: UTF8.self))")
                return
            }
        }
        #expect(plain > 500)
        #expect(plain < all)
        #expect(problems > 20)
    }

    private func isPlain(_ inside: String) -> Bool {
        var plain = 0
        let response =
            "<QBXML><QBXMLMsgsRs><VendorQueryRs statusCode=\"0\"><VendorRet>\(inside)</VendorRet>"
            + "</VendorQueryRs></QBXMLMsgsRs></QBXML>"
        let found = read(Array(response.utf8), piece: 100_000, plain: &plain)
        #expect(found == readByParser(Array(response.utf8)))
        return plain == 1
    }

    @Test(arguments: [
        ("<Name>Ash &amp; Sons</Name>", true), ("<Name>Mu&#241;oz &#x4e2d;</Name>", true), ("<Name>Muñoz</Name>", true),
        ("<Notes>two\nlines</Notes><Other/>", false), ("<Notes>two\r\nlines</Notes>", true),
        ("<Name>two\r\nlines</Name>", false), ("<Name>a > b</Name>", false), ("<Name at=\"1\">Ash</Name>", false),
        ("<Name><![CDATA[Ash]]></Name>", false), ("<!-- none --><Name>Ash</Name>", false), ("", true),
        ("<Name>Ash</Name><Name>Birch</Name>", false), ("<Name>Ash<Old>Elm</Old></Name>", false), ("Ash", true),
        ("Ash<Name>Elm</Name>", false), ("<Name>&#8;</Name>", false), ("<Name>&ash;</Name>", false),
        ("<Name>Ash</Nam>", false), ("<q:Name>Ash</q:Name>", false), ("<1Name>Ash</1Name>", false),
    ]) func whatIsPlain(_ inside: String, _ expected: Bool) { #expect(isPlain(inside) == expected) }

    /// Longer ones are for the parser.
    @Test func aLongObjectIsNotPlain() {
        #expect(isPlain("<Notes>\(String(repeating: "x", count: 30_000))</Notes>"))
        #expect(!isPlain("<Notes>\(String(repeating: "x", count: 40_000))</Notes>"))
    }
}

/// Bytes that come some at a time.
private final class Pieces: ByteSource {
    private var rest: ArraySlice<UInt8>
    private let size: Int

    init(_ bytes: [UInt8], of size: Int) {
        rest = bytes[...]
        self.size = size
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let some = rest.prefix(min(size, buffer.count))
        buffer.copyBytes(from: some)
        rest = rest.dropFirst(some.count)
        return some.count
    }
}

/// Responses that QuickBooks might give, and such as it never would.
private enum Responses {
    private static let texts = [
        "Ash Masonry", "Ash &amp; Sons", "Mu&#241;oz", "Muñoz Söhne", "&lt;b&gt;", "a\nb", "a\r\nb", " ", "", "a > b",
        "<![CDATA[x]]>", "李建筑", "x<!-- c -->y", "&#xE9;", "]]", "\t", "e\u{301}", "\u{fffd}",
    ]

    private static func pick(_ some: [String], _ random: inout Seeded) -> String {
        some[random.int(0...some.count - 1)]
    }

    private static func vendor(_ number: Int, _ random: inout Seeded) -> String {
        var parts = ["<ListID>8-\(number)</ListID>"]
        for name in ["Name", "Phone", "Notes", "Balance"] where !random.oneIn(4) {
            parts.append("<\(name)>\(random.oneIn(3) ? pick(texts, &random) : "text \(number)")</\(name)>")
        }
        if !random.oneIn(3) {
            let lines = ["Addr1", "City", "State"].filter { _ in !random.oneIn(3) }
            parts.append("<Address>" + lines.map { "\n<\($0)>\(number)</\($0)>" }.joined() + "</Address>")
        }
        if random.oneIn(12) { parts.append("<Empty/>") }
        if random.oneIn(20) { parts.append("<Phone use=\"none\">1</Phone>") }
        if random.oneIn(30) {
            parts.append(String(repeating: "<a>", count: 9) + "x" + String(repeating: "</a>", count: 9))
        }
        if random.oneIn(30) {
            parts.append(String(repeating: "<b>", count: 3) + String(repeating: "</b>", count: 3))
        }
        let between = pick(["\n", "", "\r\n", "  "], &random)
        let name = random.oneIn(15) ? "CustomerRet" : "VendorRet"
        return "<\(name)>\(between)\(parts.joined(separator: between))\(between)</\(name)>"
            + pick(["\n", "", "\r\n", "\n<!-- <VendorRet> -->\n", "\n\n"], &random)
    }

    static func response(_ random: inout Seeded) -> String {
        let vendors = (0..<random.int(0...40)).map { vendor($0, &random) }
        return pick(["", "<?xml version=\"1.0\" ?>\n"], &random)
            + "<QBXML>\n<QBXMLMsgsRs>\n<VendorQueryRs statusCode=\"0\">\n" + vendors.joined()
            + "</VendorQueryRs>\n</QBXMLMsgsRs>\n</QBXML>\n"
    }

    /// Changes a byte, takes some out, or cuts the end off.
    static func damage(_ bytes: inout [UInt8], _ random: inout Seeded) {
        // Ahead of the objects it is a question of the pieces what is seen first.
        let start = bytes.indices.dropFirst(90).first ?? bytes.count - 1
        let place = random.int(start...bytes.count - 1)
        switch random.int(0...3) {
        case 0: bytes[place] = UInt8(random.int(0...0x7f))
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + random.int(1...9)))
        case 2: bytes.removeLast(bytes.count - place)
        default: bytes.insert(contentsOf: Array("<&>\"/".utf8).prefix(random.int(1...5)), at: place)
        }
        // Half a character would have the file taken for another encoding.
        bytes = Array(String(decoding: bytes, as: UTF8.self).utf8)
    }
}
