import Domain
import DropFolder

/// The answer to `sendRequestXML`: a document, read from its file while it is sent, so that none is ever held whole.
///
/// Its length is counted first, since the Web Connector is to know it before. The document goes as it lies there, with its
/// declaration and the line that names the version.
struct DocumentAnswer: Sendable {
    /// How much is read at a time.
    static let piece = 65_536

    private let source: FileSource
    private let documentSize: Int
    /// The whole answer's length, in bytes.
    let length: Int

    /// Opens a document and counts its answer.
    /// - Throws: a `SystemError` where it cannot be read.
    init(path: String) throws {
        source = try FileSource(path: path)
        var (size, growth) = (0, 0)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.piece, alignment: 16)
        defer { buffer.deallocate() }
        while let got = try source.peek(at: size, into: buffer), got > 0 {
            growth += Escaping.growth(UnsafeRawBufferPointer(rebasing: buffer[..<got]))
            size += got
        }
        documentSize = size
        let around = AnswerWriter.opening(.sendRequestXML).count + AnswerWriter.closing(.sendRequestXML).count
        length = around + size + growth
    }

    /// Hands out the answer's bytes, piece by piece.
    /// - Throws: a `Problem` where the document has become shorter; what the machine or `send` throws.
    func send(_ send: ([UInt8]) async throws -> Void) async throws {
        var pending = AnswerWriter.opening(.sendRequestXML)
        var (offset, sent) = (0, 0)
        while offset < documentSize {
            let (start, rest) = (offset, documentSize - offset)
            let bytes = try await away { try piece(at: start, atMost: rest) }
            guard !bytes.isEmpty else { throw changed }
            offset += bytes.count
            pending += Escaping.escaped(bytes)
            if pending.count >= Self.piece {
                sent += pending.count
                guard sent <= length else { throw changed }
                try await send(pending)
                pending = []
            }
        }
        pending += AnswerWriter.closing(.sendRequestXML)
        guard sent + pending.count == length else { throw changed }
        try await send(pending)
    }

    private func piece(at offset: Int, atMost most: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: min(most, Self.piece))
        let got = try bytes.withUnsafeMutableBytes { try source.peek(at: offset, into: $0) } ?? 0
        bytes.removeLast(bytes.count - got)
        return bytes
    }

    private var changed: Problem {
        Problem(
            what: "A document changed while it was sent.",
            remedy:
                "Nothing outside Plumbline may write to the outbox; the document is asked about in the next session.")
    }
}
