import Domain

/// Brings a document to UTF-8 on its way in, and refuses a document type before an XML parser sees it.
///
/// - A byte-order mark decides for UTF-8 or UTF-16, as Windows tools write them; else the declaration decides.
/// - Without either the document is UTF-8, as QuickBooks means it. When the first byte outside ASCII is not UTF-8,
///   the file was written by a tool in Windows-1252, and is read as that from there to its end. A file that was good
///   UTF-8 before that byte is a mixture, and is left for the parser to refuse.
/// - White space before the declaration is dropped: it comes from copying out of a log.
final class UTF8Source: ByteSource {
    private enum Encoding { case undecided, utf8, windows1252, utf16(bigEndian: Bool) }

    private let source: any ByteSource
    private let isDecoded: Bool
    private let mostBytes: Int
    /// How many bytes came from the source so far.
    private var taken = 0
    private var encoding = Encoding.undecided
    private var hasBegun = false
    private var sourceEnded = false
    private var prolog = Prolog()
    private var tags = TagLimits()
    /// Raw bytes that are not decoded yet.
    private var raw: [UInt8] = []
    /// Decoded bytes, handed out from `position` on.
    private var ready: [UInt8] = []
    private var position = 0
    private var chunk = [UInt8](repeating: 0, count: 65_536)

    init(_ source: any ByteSource, isDecoded: Bool = false, mostBytes: Int = XMLDocumentReader.longestFile) {
        self.source = source
        self.isDecoded = isDecoded
        self.mostBytes = mostBytes
    }

    /// Whether everything has been handed out.
    var isAtEnd: Bool { sourceEnded && raw.isEmpty && position == ready.count }

    /// Hands out decoded bytes.
    /// - Throws: what the source throws; a `Problem` for a document type, an unknown encoding, or what is too long.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while position == ready.count {
            if sourceEnded && raw.isEmpty { return 0 }
            try refill()
        }
        let count = min(buffer.count, ready.count - position)
        ready.withUnsafeBytes { bytes in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
        }
        position += count
        return count
    }

    private func refill() throws {
        try readRaw()
        // The beginning is looked at whole: mark, white space, declaration.
        while !hasBegun, !sourceEnded, raw.count < 512 { try readRaw() }
        if !hasBegun { try begin() }
        ready.removeAll(keepingCapacity: true)
        position = 0
        try decode()
        try prolog.check(ready)
        try tags.check(ready)
    }

    private func readRaw() throws {
        guard !sourceEnded else { return }
        let count = try chunk.withUnsafeMutableBytes { try source.read(into: $0) }
        if count == 0 { sourceEnded = true }
        taken += count
        guard taken <= mostBytes else { throw XMLTrouble.longFile(mostBytes) }
        raw.append(contentsOf: chunk[..<count])
    }

    private func begin() throws {
        hasBegun = true
        if raw.starts(with: [0xef, 0xbb, 0xbf]) {
            raw.removeFirst(3)
            encoding = .utf8
        } else if raw.starts(with: [0xff, 0xfe]) {
            raw.removeFirst(2)
            encoding = .utf16(bigEndian: false)
            return
        } else if raw.starts(with: [0xfe, 0xff]) {
            raw.removeFirst(2)
            encoding = .utf16(bigEndian: true)
            return
        }
        raw.removeFirst(raw.prefix { $0 == 0x20 || $0 == 0x0a || $0 == 0x0d || $0 == 0x09 }.count)
        guard let first = raw.first else { throw XMLTrouble.empty }
        guard first == UInt8(ascii: "<") else { throw XMLTrouble.notXML }
        if sourceEnded, !raw.contains(UInt8(ascii: ">")) { throw XMLTrouble.cutShort(line: 1, said: "") }
        if isDecoded { encoding = .utf8 }
        guard case .undecided = encoding, let name = Self.declaredEncoding(raw) else { return }
        switch name.lowercased() {
        case "utf-8", "utf8": encoding = .utf8
        case "us-ascii", "ascii": break
        case "windows-1252", "cp1252", "iso-8859-1", "latin1": encoding = .windows1252
        default: throw XMLTrouble.encoding(name)
        }
    }

    /// What the XML declaration says after `encoding=`; nil where it says nothing.
    private static func declaredEncoding(_ bytes: [UInt8]) -> String? {
        guard bytes.starts(with: "<?xml".utf8), let end = bytes.firstIndex(of: UInt8(ascii: ">")) else { return nil }
        let declaration = String(decoding: bytes[..<end], as: UTF8.self)
        let parts = declaration.split(separator: "encoding", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let value = parts[1].split(maxSplits: 1, omittingEmptySubsequences: true) { $0 == "\"" || $0 == "'" }
        guard value.count == 2 || value.first?.contains("=") == true, let last = value.last else { return nil }
        return String(last.prefix { $0 != "\"" && $0 != "'" && $0 != " " && $0 != "?" })
    }

    private func decode() throws(Problem) {
        switch encoding {
        case .utf8:
            swap(&raw, &ready)
            raw.removeAll(keepingCapacity: true)
        case .windows1252:
            Windows1252.decode(raw[...], into: &ready)
            raw.removeAll(keepingCapacity: true)
        case .utf16(let bigEndian):
            try decodeUTF16(bigEndian)
        case .undecided:
            decodeUndecided()
        }
    }

    /// Passes ASCII on; the first other character decides.
    private func decodeUndecided() {
        guard let first = raw.firstIndex(where: { $0 >= 0x80 }) else {
            swap(&raw, &ready)
            raw.removeAll(keepingCapacity: true)
            return
        }
        // A character cut by the end of the chunk is decided with the next one.
        if raw.count - first < 4, !sourceEnded {
            ready.append(contentsOf: raw[..<first])
            raw.removeFirst(first)
            return
        }
        var decoder = UTF8()
        var bytes = raw[first...].prefix(4).makeIterator()
        if case .scalarValue = decoder.decode(&bytes) { encoding = .utf8 } else { encoding = .windows1252 }
        ready.append(contentsOf: raw[..<first])
        raw.removeFirst(first)
        var rest: [UInt8] = []
        swap(&rest, &raw)
        if case .utf8 = encoding { ready.append(contentsOf: rest) } else { Windows1252.decode(rest[...], into: &ready) }
    }

    private func decodeUTF16(_ bigEndian: Bool) throws(Problem) {
        var units: [UInt16] = []
        units.reserveCapacity(raw.count / 2)
        var index = 0
        while index + 1 < raw.count {
            let (first, second) = (UInt16(raw[index]), UInt16(raw[index + 1]))
            units.append(bigEndian ? first << 8 | second : second << 8 | first)
            index += 2
        }
        // Half a pair waits for its other half.
        if let last = units.last, last & 0xfc00 == 0xd800, !sourceEnded {
            units.removeLast()
            index -= 2
        }
        guard let text = String(validating: units, as: UTF16.self) else { throw XMLTrouble.halfPair }
        ready.append(contentsOf: text.utf8)
        raw.removeFirst(sourceEnded ? raw.count : index)
    }
}

/// Walks over what stands before the root element, looking for a document type.
private struct Prolog {
    private enum Place { case between, opened, bang, instruction, comment, done }
    private var place = Place.between
    private var run = 0
    private var previous: UInt8 = 0

    mutating func check(_ bytes: [UInt8]) throws {
        if place == .done { return }
        for byte in bytes {
            switch place {
            case .between:
                if byte == UInt8(ascii: "<") { place = .opened }
            case .opened:
                switch byte {
                case UInt8(ascii: "?"): place = .instruction
                case UInt8(ascii: "!"): (place, run) = (.bang, 0)
                default: place = .done
                }
            case .bang:
                // Before the root only comments may begin with "<!", so everything else is a document type.
                guard byte == UInt8(ascii: "-") else { throw XMLTrouble.documentType }
                run += 1
                if run == 2 { (place, run) = (.comment, 0) }
            case .instruction:
                if byte == UInt8(ascii: ">"), previous == UInt8(ascii: "?") { place = .between }
            case .comment:
                if byte == UInt8(ascii: ">"), run >= 2 { place = .between }
                run = byte == UInt8(ascii: "-") ? run + 1 : 0
            case .done:
                return
            }
            previous = byte
        }
    }
}
