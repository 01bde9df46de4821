/// Passes on what it is given in pieces, but for an end in whose place something else is to stand.
struct ReplacedEnd {
    private let end: [UInt8]
    /// What may yet be the end.
    private var held: [UInt8] = []

    /// - Parameter end: what is replaced.
    init(_ end: [UInt8]) {
        self.end = end
    }

    /// Takes a piece.
    /// - Parameter put: takes what is no end.
    mutating func take(_ piece: UnsafeRawBufferPointer, _ put: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        let passed = max(0, piece.count - end.count)
        let isLonger = held.count + piece.count - end.count
        if isLonger > 0 {
            let some = min(held.count, isLonger)
            try held[..<some].withUnsafeBytes(put)
            held.removeFirst(some)
            if passed > 0 { try put(UnsafeRawBufferPointer(rebasing: piece[..<passed])) }
        }
        held.append(contentsOf: piece[passed...])
    }

    /// Puts something in the place of the end; where that is another one, it stays as it is.
    /// - Parameters:
    ///   - other: what stands there.
    ///   - put: takes what is left.
    func finish(_ other: [UInt8], _ put: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        try (held == end ? other : held).withUnsafeBytes(put)
    }
}
