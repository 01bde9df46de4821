import Testing

@testable import Domain

/// Which encoding a file is read in, whatever it says: the twelve rows of `TextSource`'s table, and what lies beside them.
@Suite struct TextSourceTests {
    /// Characters of one, two and three bytes of UTF-8, all of them in Windows-1252.
    private static let words = "5€ – Peña & Ÿ"

    enum Bytes: CaseIterable { case utf8, windows1252, utf16 }

    struct Row: CustomTestStringConvertible {
        let declared: String?
        let bytes: Bytes
        /// The name of what it says and is not followed in.
        let note: String?
        var testDescription: String { "\(declared ?? "nothing") declared, \(bytes) written" }
    }

    private static let assumed = "so it was read as Windows-1252"

    private static let rows: [Row] = [
        Row(declared: nil, bytes: .utf8, note: nil),
        Row(declared: nil, bytes: .windows1252, note: "is not written in UTF-8, \(assumed)"),
        Row(declared: nil, bytes: .utf16, note: nil),
        Row(declared: "utf-8", bytes: .utf8, note: nil),
        Row(declared: "utf-8", bytes: .windows1252, note: "written in utf-8, but it is not, \(assumed)"),
        Row(declared: "utf-8", bytes: .utf16, note: nil),
        Row(declared: "utf-16", bytes: .utf8, note: nil),
        Row(declared: "utf-16", bytes: .windows1252, note: "written in utf-16, but it is not, \(assumed)"),
        Row(declared: "utf-16", bytes: .utf16, note: nil),
        Row(declared: "iso-8859-1", bytes: .utf8, note: "written in iso-8859-1, but all of it is UTF-8"),
        Row(declared: "iso-8859-1", bytes: .windows1252, note: nil),
        Row(declared: "iso-8859-1", bytes: .utf16, note: nil),
    ]

    @Test(arguments: rows) func theTable(_ row: Row) throws {
        let declaration =
            row.declared.map { "<?xml version=\"1.0\" encoding=\"\($0)\" ?>" } ?? "<?xml version=\"1.0\" ?>"
        let text = declaration + "\r\n<A>\(Self.words)</A>\r\n"
        // Of a declaration only the encoding is gone, so that lines and columns stay.
        let blank = String(repeating: " ", count: row.declared.map { "encoding=\"\($0)\"".count } ?? 0)
        let expected =
            "<?xml version=\"1.0\" " + (row.declared == nil ? "" : blank + " ") + "?>\r\n<A>\(Self.words)</A>\r\n"
        for bytes in encoded(text, row.bytes) {
            for chunk in [1, 2, 3, 5, 40, 1_000, .max] {
                let read = try read(bytes, chunk: chunk)
                #expect(read.text == expected)
                #expect(read.note?.contains(row.note ?? "\0") ?? (row.note == nil), "\(read.note ?? "no note")")
            }
        }
    }

    /// Every way in which the text can be written; UTF-16 in both orders, with a mark and without.
    private func encoded(_ text: String, _ bytes: Bytes) -> [[UInt8]] {
        switch bytes {
        case .utf8: [Array(text.utf8)]
        case .windows1252: [Windows1252.encode(Array(text.utf8))]
        case .utf16:
            [[0xff, 0xfe] + little(text), little(text), [0xfe, 0xff] + big(text), big(text)]
        }
    }

    private func little(_ text: String) -> [UInt8] { text.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] } }
    private func big(_ text: String) -> [UInt8] { text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] } }

    private func read(_ bytes: [UInt8], chunk: Int = .max, room: Int = 700) throws -> (text: String?, note: String?) {
        try read(TextSource(MemorySource(bytes, chunk: chunk)), room: room)
    }

    private func read(_ source: TextSource, room: Int = 700) throws -> (text: String?, note: String?) {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: room)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
            guard count > 0 else { break }
            text += buffer[..<count]
        }
        return (String(validating: text, as: UTF8.self), source.note?.what)
    }

    private func what(_ bytes: [UInt8], chunk: Int) -> String? {
        do {
            _ = try read(bytes, chunk: chunk)
            return nil
        } catch {
            return (error as? Problem)?.what ?? "\(error)"
        }
    }

    private func expect(_ bytes: [UInt8], _ problem: String, sourceLocation: SourceLocation = #_sourceLocation) {
        for chunk in [1, 2, 3, 1_000, .max] {
            #expect(what(bytes, chunk: chunk) == problem, sourceLocation: sourceLocation)
        }
    }

    // MARK: - Beside the table

    @Test(arguments: ["utf-16", "windows-1252", "koi8-r", "x-nobodys"]) func aMarkWinsOverTheDeclaration(_ name: String)
        throws
    {
        let text = "<?xml version='1.0' encoding='\(name)'?><A>\(Self.words)</A>"
        for bytes in [[0xef, 0xbb, 0xbf] + Array(text.utf8), [0xff, 0xfe] + little(text), [0xfe, 0xff] + big(text)] {
            for chunk in [1, 2, 1_000] {
                let read = try read(bytes, chunk: chunk)
                #expect(read.text?.hasSuffix("?><A>\(Self.words)</A>") == true)
                #expect(read.text?.contains(name) == false)
                #expect(read.note == nil)
            }
        }
    }

    @Test func filesWithoutADeclarationAreDecidedTheSameWay() throws {
        for text in ["[{\"name\": \"\(Self.words)\"}]", "Name;City\r\n\(Self.words);Yakima\r\n", "x", "\n\n{}"] {
            for bytes in Bytes.allCases.flatMap({ encoded(text, $0) }) {
                #expect(try read(bytes, chunk: 3, room: 1).text == text)
            }
        }
        #expect(try read([]).text == "")
        #expect(try read([0xff, 0xfe]).text == "")
        #expect(try read([0xef, 0xbb, 0xbf]).text == "")
    }

    @Test func otherEncodingsOfOneByteAreReadWhereTheyCannotMatter() throws {
        let head = "<?xml version=\"1.0\" encoding=\"iso-8859-15\"?>\n"
        for text in ["<A/>", "<A>€</A>"] {
            let read = try read(Array((head + text).utf8))
            #expect(read.text?.hasSuffix(text) == true)
        }
        expect(
            Array((head + "<A>").utf8) + [0xa4],
            "The file says that it is written in iso-8859-15, and from line 2 on it is not UTF-8; "
                + "what can be read is UTF-8, UTF-16 and Windows-1252.")
        expect(
            Array("<?xml version='1.0' encoding='utf-7'?><A/>".utf8),
            "The file says that it is written in utf-7; what can be read is UTF-8, UTF-16 and Windows-1252.")
    }

    /// A capital letter before a curly quote looks like UTF-8 by chance.
    @Test func whatLooksLikeUTF8ByChanceIsNot() throws {
        let text = "<?xml version=\"1.0\" encoding=\"windows-1252\"?><A>QUALITÉ™</A>\n<B>Peña</B>\n"
        for chunk in [1, 7, 1_000] {
            let read = try read(Windows1252.encode(Array(text.utf8)), chunk: chunk)
            #expect(read.text?.contains("QUALITÉ™") == true)
        }
        let line = "Peña\n“CAFÉ”,x\n"
        #expect(try read(Windows1252.encode(Array(line.utf8)), chunk: 2).text == line)
    }

    @Test func aMixtureIsRefused() {
        let windows = Windows1252.encode(Array("a,b\nPeña,1\n".utf8))
        for end in ["\n", ""] {
            expect(
                windows + Array("x,é\(end)".utf8),
                "The file is written partly in Windows-1252 and partly in UTF-8: line 3 is UTF-8, and text before it is not."
            )
        }
    }

    @Test(arguments: [0x81, 0x8d, 0x8f, 0x90, 0x9d] as [UInt8]) func aByteThatWindowsDoesNotUse(_ byte: UInt8) {
        let hex = String(byte, radix: 16, uppercase: true)
        let what =
            "The byte 0x\(hex) in line 3 stands for no character: the file is written neither in UTF-8 nor in Windows-1252."
        expect(Array("a\n\n".utf8) + [byte, 0x20], what)
        expect(Array("a\n".utf8) + [0xe9, 0x0a, 0x20, byte], what)
        expect(Array("<?xml version='1.0' encoding='latin1'?>\n\n".utf8) + [0xe9, byte], what)
    }

    @Test func halfOfWhatUTF16Needs() throws {
        for half: UInt16 in [0xd800, 0xdc00] {
            let bytes = [0xff, 0xfe] + little("[\n\"") + [UInt8(half & 0xff), UInt8(half >> 8)] + little("\"]")
            expect(
                bytes,
                "The file, which is written in UTF-16, holds half of a surrogate pair alone in line 2: that is no text."
            )
        }
        expect(
            [0xfe, 0xff] + big("[]\n").dropLast(),
            "The file, which is written in UTF-16, ends in the middle of a character, in line 1: "
                + "it was probably not copied completely.")
        let clef = "\u{1d11e}"
        for chunk in [1, 2, 3, 1_000] { #expect(try read([0xff, 0xfe] + little(clef), chunk: chunk).text == clef) }
    }

    // MARK: - Long files

    /// Makes its bytes as they are asked for, and counts those that were looked at once more.
    private final class LongSource: ByteSource {
        let head: [UInt8]
        let ascii: Int
        let tail: [UInt8]
        private var position = 0
        private(set) var peeked = 0
        private(set) var firstPeek: Int?

        init(_ head: String, ascii: Int, _ tail: [UInt8]) {
            (self.head, self.ascii, self.tail) = (Array(head.utf8), ascii, tail)
        }

        private func fill(_ buffer: UnsafeMutableRawBufferPointer, from offset: Int) -> Int {
            let count = max(0, min(buffer.count, head.count + ascii + tail.count - offset))
            for index in 0..<count {
                let at = offset + index
                buffer[index] =
                    at < head.count
                    ? head[at] : at < head.count + ascii ? 0x20 : tail[at - head.count - ascii]
            }
            return count
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
            defer { position += min(buffer.count, head.count + ascii + tail.count - position) }
            return fill(buffer, from: position)
        }

        func peek(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int? {
            firstPeek = firstPeek ?? offset
            let count = fill(buffer, from: offset)
            peeked += count
            return count
        }
    }

    /// Only a declared encoding of one byte a character has the rest looked through, and only from there on.
    @Test func onlyWhatMayContradictIsLookedThrough() throws {
        for (name, looks) in [("utf-8", false), ("utf-16", false), ("windows-1252", true)] {
            let head = "<?xml version='1.0' encoding='\(name)'?>"
            let source = LongSource(head, ascii: 300_000, Array("é<A/>ü".utf8))
            let read = try read(TextSource(source), room: 4_096)
            #expect(read.text?.hasSuffix(" é<A/>ü") == true)
            #expect(source.firstPeek == (looks ? head.utf8.count + 300_000 : nil))
            #expect(source.peeked == (looks ? 8 : 0))
        }
        let ascii = LongSource("<?xml version='1.0' encoding='windows-1252'?>", ascii: 300_000, [])
        _ = try read(TextSource(ascii))
        #expect(ascii.firstPeek == nil)
    }

    @Test func aStrayByteFarBehindTheFirstCharacterDecides() throws {
        let head = "<?xml version='1.0' encoding='windows-1252'?>é"
        let source = LongSource(head, ascii: 300_000, [0xe9])
        let read = try read(TextSource(source), room: 4_096)
        #expect(source.peeked > 300_000)
        #expect(read.text?.hasSuffix(" é") == true)
        #expect(read.text?.contains("Ã©") == true)
    }

    @Test func theBeginningIsShownInAnyEncoding() {
        for bytes in encoded("<A>", .utf16) + [[0xef, 0xbb, 0xbf] + Array("<A>".utf8), Array("<A>".utf8)] {
            #expect(TextSource.beginning(of: bytes) == Array("<A>".utf8))
        }
        // A ZIP file, UTF-32, and nothing.
        for bytes: [UInt8] in [[0x50, 0x4b, 3, 4], [0x3c, 0, 0, 0, 0x41, 0, 0, 0], []] {
            #expect(TextSource.beginning(of: bytes) == bytes)
        }
    }
}
