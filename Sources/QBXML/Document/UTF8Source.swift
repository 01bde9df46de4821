import Domain

/// Hands an XML document to the parser as UTF-8 that declares nothing else, and refuses a document type, or a tag beyond
/// the limits, before the parser sees it.
///
/// What the document is written in was decided by `TextSource`. White space before the declaration is dropped: it comes
/// from copying out of a log.
final class UTF8Source: ByteSource {
    private let source: TextSource
    private let mostBytes: Int
    private var hasBegun = false
    private var sourceEnded = false
    private var prolog = Prolog()
    private var tags = TagLimits()
    /// Checked bytes, handed out from `position` on.
    private var ready: [UInt8] = []
    private var position = 0
    /// Small enough that most documents, which are small, cost no more than they have to.
    private var chunk = [UInt8](repeating: 0, count: 16_384)

    init(_ source: any ByteSource, isDecoded: Bool = false, mostBytes: Int = XMLDocumentReader.longestFile) {
        self.source = isDecoded ? TextSource(source, isUTF8: true) : TextSource.of(source)
        self.mostBytes = mostBytes
    }

    /// Whether everything has been handed out.
    var isAtEnd: Bool { sourceEnded && position == ready.count }

    /// Hands out checked bytes.
    /// - Throws: what the source throws; a `Problem` for a document type, a long tag, or a long file.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while position == ready.count {
            if sourceEnded { return 0 }
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
        ready.removeAll(keepingCapacity: true)
        position = 0
        try readText()
        if !hasBegun { try begin() }
        try prolog.check(ready)
        try tags.check(ready)
    }

    private func readText() throws {
        guard !sourceEnded else { return }
        let count = try chunk.withUnsafeMutableBytes { try source.read(into: $0) }
        if count == 0 { sourceEnded = true }
        guard source.taken <= mostBytes else { throw XMLProblem.longFile(mostBytes) }
        ready.append(contentsOf: chunk[..<count])
    }

    private func begin() throws {
        hasBegun = true
        // The beginning is read whole: white space, declaration.
        while !sourceEnded, ready.count < 512 { try readText() }
        ready.removeFirst(ready.prefix { $0 == 0x20 || $0 == 0x0a || $0 == 0x0d || $0 == 0x09 }.count)
        guard let first = ready.first else { throw XMLProblem.empty }
        guard first == UInt8(ascii: "<") else { throw XMLProblem.notXML }
        if sourceEnded, !ready.contains(UInt8(ascii: ">")) { throw XMLProblem.cutShort(line: 1, said: "") }
    }
}

/// Walks over what stands before the root element, looking for a document type.
struct Prolog {
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
                guard byte == UInt8(ascii: "-") else { throw XMLProblem.documentType }
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
