import Domain

/// The part of a file that a reader looks at: grows to hold one record, and forgets what was read.
struct ExportBuffer {
    private(set) var bytes: [UInt8] = []
    /// The next byte to be read.
    var position = 0
    private(set) var isEnd = false
    private let source: any ByteSource
    private let chunk: Int
    /// Lines and bytes of the current line before the buffer's start.
    private var line = 1
    private var column = 0

    init(_ source: any ByteSource, chunk: Int = 262_144) {
        self.source = source
        self.chunk = chunk
    }

    /// How many bytes are there to be read.
    var available: Int { bytes.count - position }

    /// Reads on; what was read before `position` is forgotten.
    mutating func fill() throws {
        guard !isEnd else { return }
        if position > 0 {
            (line, column) = place(of: position)
            bytes.removeFirst(position)
            position = 0
        }
        // Doubling keeps the work of scanning a long record anew in proportion to its length.
        let want = max(chunk, bytes.count)
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: want))
        let got = try bytes.withUnsafeMutableBytes { buffer in
            try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[start...]))
        }
        bytes.removeLast(want - got)
        isEnd = got == 0
    }

    /// The next byte, read if need be; nil at the end.
    mutating func peek() throws -> UInt8? {
        while position >= bytes.count {
            if isEnd { return nil }
            try fill()
        }
        return bytes[position]
    }

    /// Line and column, both from 1, of a position in the buffer; the column counts bytes.
    func lineAndColumn(at position: Int) -> (line: Int, column: Int) {
        let (line, column) = place(of: min(position, bytes.count))
        return (line, column + 1)
    }

    private func place(of end: Int) -> (Int, Int) {
        var line = line
        var column = column
        for index in 0..<end {
            if bytes[index] == 0x0a {
                line += 1
                column = 0
            } else {
                column += 1
            }
        }
        return (line, column)
    }
}
