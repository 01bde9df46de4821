import Domain

/// The part of a file that a reader looks at, as UTF-8: grows to hold one record, and forgets what was read.
struct ExportBuffer {
    private var storage: [UInt8]
    /// Behind the last byte that is there.
    private(set) var end = 0
    /// The next byte to be read.
    var position = 0
    private(set) var isEnd = false
    /// Where the text comes from, whatever it is written in.
    let source: TextSource
    private let mostBytes: Int
    /// So many bytes are read at once of a file that is longer than the first piece.
    private let chunk: Int
    /// Of most files the first piece is all: what is made for it is no larger.
    private static let first = 8_192
    /// Lines before the buffer's start, and bytes of the line that goes on in it.
    private var line = 1
    private var column = 0

    init(_ source: any ByteSource, limits: ReadingLimits, chunk: Int = 262_144) {
        self.source = TextSource.of(source)
        mostBytes = limits.fileBytes
        self.chunk = max(16, chunk)
        storage = [UInt8](repeating: 0, count: min(Self.first, self.chunk))
    }

    /// How many bytes are there to be read.
    var available: Int { end - position }

    subscript(index: Int) -> UInt8 { storage[index] }

    /// A copy of some of the bytes.
    func copy(_ range: Range<Int>) -> [UInt8] { Array(storage[range]) }

    /// Lends the bytes, from the buffer's start to the last one that is there.
    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.withUnsafeBufferPointer { bytes throws(Failure) in
            try body(UnsafeBufferPointer(rebasing: bytes[..<end]))
        }
    }

    /// Reads on; what was read before `position` is forgotten.
    ///
    /// What is there at least doubles, so that scanning a long record anew costs in proportion to its length.
    /// - Throws: a `Problem` where the file is longer than the limit.
    mutating func fill() throws {
        guard !isEnd else { return }
        forget()
        if storage.count < chunk, source.taken >= storage.count { grow(to: chunk) }
        let target = max(1, end * 2)
        while end < target {
            if end == storage.count { grow(to: storage.count * 2) }
            let (source, start) = (source, end)
            let got = try storage.withUnsafeMutableBytes { buffer in
                try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[start...]))
            }
            guard got > 0 else {
                isEnd = true
                return
            }
            end += got
            guard source.taken <= mostBytes else {
                throw Problem(
                    what: "The file is longer than \(mostBytes) bytes.",
                    remedy: "Export it in several parts, and drop each of them.")
            }
        }
    }

    private mutating func forget() {
        guard position > 0 else { return }
        (line, column) = place(of: position)
        let (start, count) = (position, available)
        storage.withUnsafeMutableBytes { bytes in
            bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]))
        }
        (position, end) = (0, count)
    }

    private mutating func grow(to count: Int) {
        var larger = [UInt8](repeating: 0, count: count)
        larger.withUnsafeMutableBytes { target in
            storage.withUnsafeBytes { target.copyMemory(from: $0) }
        }
        storage = larger
    }

    /// The next byte, read if need be; nil at the end.
    mutating func peek() throws -> UInt8? {
        while position >= end {
            if isEnd { return nil }
            try fill()
        }
        return storage[position]
    }

    /// Line and column, both from 1, of a position in the buffer; the column counts bytes.
    func lineAndColumn(at position: Int) -> (line: Int, column: Int) {
        let (line, column) = place(of: min(position, end))
        return (line, column + 1)
    }

    private static func lineEnds(in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var (ends, index) = (0, 0)
        while index < bytes.count {
            // Most records stand on one line, so there is mostly none among sixteen.
            if let next = bytes.sixteen(at: index), !(next .== Sixteen(repeating: 0x0a)).isAnySet {
                index += 16
                continue
            }
            for byte in bytes[index..<min(index + 16, bytes.count)] where byte == 0x0a { ends += 1 }
            index += 16
        }
        return ends
    }

    private func place(of position: Int) -> (Int, Int) {
        var (line, column) = (line, column)
        withBytes { bytes in
            let ends = Self.lineEnds(in: UnsafeBufferPointer(rebasing: bytes[..<position]))
            line += ends
            guard ends > 0 else { return column += position }
            var start = position
            while bytes[start - 1] != 0x0a { start -= 1 }
            column = position - start
        }
        return (line, column)
    }
}
