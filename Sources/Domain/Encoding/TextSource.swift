/// Brings a file to UTF-8 on its way into a reader. Everything about encodings is decided here, before any parser sees a
/// byte.
///
/// What a file declares and what its bytes are, and what it is read as:
///
/// | Declared (XML only) | Its bytes outside ASCII | Read as | Note |
/// |---|---|---|---|
/// | nothing | UTF-8 | UTF-8 | |
/// | nothing | no UTF-8 | Windows-1252 | yes |
/// | nothing | UTF-16 | UTF-16 | |
/// | utf-8, us-ascii | UTF-8 | UTF-8 | |
/// | utf-8, us-ascii | no UTF-8 | Windows-1252 | yes |
/// | utf-8, us-ascii | UTF-16 | UTF-16 | |
/// | utf-16 | UTF-8 | UTF-8 | |
/// | utf-16 | no UTF-8 | Windows-1252 | yes |
/// | utf-16 | UTF-16 | UTF-16 | |
/// | windows-1252, iso-8859-1 | UTF-8 throughout | UTF-8 | yes |
/// | windows-1252, iso-8859-1 | no UTF-8 | Windows-1252 | |
/// | windows-1252, iso-8859-1 | UTF-16 | UTF-16 | |
///
/// - UTF-16 is told by its byte-order mark, in either order; without one by the zero byte beside the first character.
/// - A byte-order mark wins over everything: bytes that are no UTF-8 behind that of UTF-8 are left for the reader to
///   refuse. A mark is never handed on.
/// - Another encoding of one byte a character (iso-8859-15, koi8-r) is read where the file is ASCII or UTF-8 throughout,
///   else refused by its name. So is every other name.
/// - A file that is UTF-8 in one line and no UTF-8 in another is a mixture, whichever comes first, and is refused with the
///   line, unless it declares Windows-1252: either way of reading would garble some of its names without a word.
/// - Refused with their place: the five bytes that Windows-1252 does not use, half of a surrogate pair, half of a UTF-16
///   unit at the end.
///
/// ASCII passes in one pass over its bytes, in the buffer of the reader. What the first other character shows holds for
/// the rest of the file; only a declared encoding of one byte a character has the rest read through once more
/// (`ByteSource.peek`), in pieces, before it is read on.
///
/// Sources: RFC 3629 (UTF-8); the Unicode Standard, section 23.8 (byte-order mark); XML 1.0, appendix F; the WHATWG
/// Encoding Standard (iso-8859-1 means windows-1252).
public final class TextSource: ByteSource {
    private enum State: Equatable { case start, ascii, utf8, windows1252, utf16(bigEndian: Bool) }

    private var input: CountedInput
    private let isUTF8: Bool
    private var state = State.start
    private var declared = DeclaredEncoding.none
    /// Whether the file began with a byte-order mark.
    public private(set) var hadMark = false
    /// What is said in the receipt about the encoding; final once everything has been read.
    public private(set) var note: Note?
    /// Whether Windows-1252 is only what is left.
    private var isAssumed = false
    private var mixture = MixtureWatch()
    /// Lines of UTF-16 that were read.
    private var lines = 1
    /// Bytes as they stood in the file, not decoded yet.
    private var raw: [UInt8] = []
    /// Decoded bytes, handed out from `position` on.
    private var ready: [UInt8] = []
    private var position = 0

    private static let chunkSize = 65_536
    /// So much of the beginning is searched for a declaration.
    private static let beginning = 1_024

    /// - Parameter source: the bytes as they lie in the file.
    /// - Parameter isUTF8: true where the text came out of another document, so that it is UTF-8 whatever it says.
    public init(_ source: any ByteSource, isUTF8: Bool = false) {
        input = CountedInput(source)
        self.isUTF8 = isUTF8
    }

    /// A source whose text is UTF-8: the same, where it is one already.
    public static func of(_ source: any ByteSource) -> TextSource { source as? TextSource ?? TextSource(source) }

    /// Hands out UTF-8.
    /// - Throws: what the source throws; a `Problem` where the bytes are no text.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while position == ready.count {
            ready.removeAll(keepingCapacity: true)
            position = 0
            switch state {
            case .start: try begin()
            case .utf8: return input.hasEnded ? 0 : try input.take(into: buffer)
            case .ascii:
                if input.hasEnded { return 0 }
                let count = try takeASCII(into: buffer)
                if count > 0 { return count }
            case .windows1252, .utf16:
                if input.hasEnded, raw.isEmpty { return 0 }
                try input.take(onto: &raw)
                try decode()
            }
        }
        let count = min(buffer.count, ready.count - position)
        ready.withUnsafeBytes { bytes in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
        }
        position += count
        return count
    }

    /// Reads the text's first bytes, for files that are short or refused.
    public func start(atMost most: Int) throws -> [UInt8] {
        var text = [UInt8](repeating: 0, count: most)
        var count = 0
        while count < most {
            let got = try text.withUnsafeMutableBytes {
                try read(into: UnsafeMutableRawBufferPointer(rebasing: $0[count...]))
            }
            guard got > 0 else { break }
            count += got
        }
        return Array(text[..<count])
    }

    // MARK: - Taking bytes

    /// Takes ASCII straight into the reader's buffer; the first other character decides.
    private func takeASCII(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try input.take(into: buffer)
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        guard let first = firstBeyondASCII(bytes) else { return count }
        raw.append(contentsOf: bytes[first...])
        try decide()
        try decode()
        return first
    }

    // MARK: - Deciding

    /// Decides as far as the beginning of the file tells: mark, zero bytes, declaration.
    private func begin() throws {
        while !input.hasEnded, raw.count < Self.beginning { try input.take(onto: &raw) }
        if isUTF8 {
            state = .utf8
        } else if let mark = Mark(raw) {
            hadMark = mark.length > 0
            raw.removeFirst(mark.length)
            state = mark.encoding == .utf8 ? .utf8 : .utf16(bigEndian: mark.encoding == .utf16(bigEndian: true))
        } else {
            declared = DeclaredEncoding(in: raw)
            if case .unknown(let name) = declared { throw TextProblem.encoding(name) }
            state = .ascii
        }
        if state == .ascii {
            let first = raw.withUnsafeBytes { firstBeyondASCII($0) }
            ready.append(contentsOf: raw[..<(first ?? raw.count)])
            raw.removeFirst(first ?? raw.count)
            if first != nil { try decide() }
        }
        try decode()
        DeclaredEncoding.blank(in: &ready)
    }

    /// Decides by the first character outside ASCII, which stands at the start of `raw`.
    private func decide() throws {
        // One that is cut by the end of a chunk is decided with the next one.
        while raw.count < 4, !input.hasEnded { try input.take(onto: &raw) }
        let isWide = UTF8Survey.beginsWithCharacter(raw)
        switch declared {
        case .windows1252(let name), .singleByte(let name):
            if try isWide && isUTF8(from: taken - raw.count) {
                state = .utf8
                note = TextProblem.overruled(name)
            } else if case .singleByte = declared {
                throw TextProblem.encoding(name, try place(of: taken - raw.count))
            } else {
                state = .windows1252
            }
        case .none, .utf8, .utf16, .unknown:
            state = isWide ? .utf8 : .windows1252
            isAssumed = !isWide
            if isAssumed { note = TextProblem.assumed(declared) }
        }
    }

    /// Whether the file is UTF-8 from an offset to its end. A source that cannot be read again is taken at its word.
    private func isUTF8(from offset: Int) throws -> Bool {
        var survey = UTF8Survey()
        let isUTF8 = try peek(from: offset) { survey.take($0) }
        return isUTF8 && survey.isWhole
    }

    /// Looks through the file from an offset on, as long as `goesOn` says so.
    /// - Returns: what `goesOn` said last; true also where the source cannot be read again.
    private func peek(from offset: Int, _ goesOn: (UnsafeRawBufferPointer) -> Bool) throws -> Bool {
        var offset = offset
        var piece = [UInt8](repeating: 0, count: Self.chunkSize)
        while true {
            let got = try piece.withUnsafeMutableBytes { try input.source.peek(at: offset, into: $0) }
            guard let got, got > 0 else { return true }
            guard piece.withUnsafeBytes({ goesOn(UnsafeRawBufferPointer(rebasing: $0[..<got])) }) else { return false }
            offset += got
        }
    }

    /// Where a byte of the file stands, in words.
    private func place(of offset: Int) throws -> String {
        var (left, line) = (offset, 1)
        _ = try peek(from: 0) { bytes in
            for byte in bytes.prefix(left) where byte == 0x0a { line += 1 }
            left -= min(left, bytes.count)
            return left > 0
        }
        return left == 0 ? "line \(line)" : "byte \(offset + 1)"
    }

    // MARK: - Decoding

    private func decode() throws {
        switch state {
        case .windows1252: try decodeWindows1252()
        case .utf16(let bigEndian): try decodeUTF16(bigEndian)
        case .start, .ascii, .utf8:
            ready.append(contentsOf: raw)
            raw.removeAll(keepingCapacity: true)
        }
    }

    private func decodeWindows1252() throws {
        let start = taken - raw.count
        var index = 0
        while index < raw.count {
            let next = raw.withUnsafeBytes { firstBeyondASCII($0, from: index) } ?? raw.count
            if next > index {
                if isAssumed {
                    let end = raw[index..<next].firstIndex(of: 0x0a)
                    if mixture.takesASCII(endingLine: end != nil) {
                        throw TextProblem.mixture(try place(of: start + (end ?? index)))
                    }
                }
                ready.append(contentsOf: raw[index..<next])
                index = next
                continue
            }
            guard !Windows1252.isUnused(raw[index]) else {
                throw TextProblem.unusedByte(raw[index], try place(of: start + index))
            }
            mixture.take(raw[index])
            Windows1252.decode(raw[index...index], into: &ready)
            index += 1
        }
        raw.removeAll(keepingCapacity: true)
        if input.hasEnded, isAssumed, mixture.isUTF8Line { throw TextProblem.mixture(try place(of: taken)) }
    }

    private func decodeUTF16(_ bigEndian: Bool) throws {
        var index = 0
        while index + 1 < raw.count {
            let unit = self.unit(at: index, bigEndian)
            if unit & 0xf800 == 0xd800 {
                // Half a pair waits for its other half.
                if unit < 0xdc00, index + 3 >= raw.count, !input.hasEnded { break }
                guard unit < 0xdc00, index + 3 < raw.count, self.unit(at: index + 2, bigEndian) & 0xfc00 == 0xdc00
                else {
                    throw TextProblem.halfPair(line: lines)
                }
                let low = self.unit(at: index + 2, bigEndian)
                ready.append(utf8: 0x10000 + (unit & 0x3ff) << 10 + low & 0x3ff)
                index += 4
            } else {
                if unit == 0x0a { lines += 1 }
                ready.append(utf8: unit)
                index += 2
            }
        }
        raw.removeFirst(index)
        if input.hasEnded, !raw.isEmpty { throw TextProblem.halfUnit(line: lines) }
    }

    private func unit(at index: Int, _ bigEndian: Bool) -> UInt32 {
        let (first, second) = (UInt32(raw[index]), UInt32(raw[index + 1]))
        return bigEndian ? first << 8 | second : second << 8 | first
    }
}

extension TextSource {
    /// How many bytes came from the source so far, as they stood in the file.
    public var taken: Int { input.taken }

    /// Whether the file is read as Windows-1252.
    public var isWindows1252: Bool { state == .windows1252 }

    /// Whether the file is read as UTF-16.
    public var isUTF16: Bool { if case .utf16 = state { true } else { false } }
}
