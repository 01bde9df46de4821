import DropFolder
import WebConnector

/// A response while it arrives, which is kept in the inbox of the root that it is meant for.
final class ResponseFile: ResponseSink {
    let arriving: IncomingAnswer
    /// The place of its root among those that are served.
    let root: Int
    private let disk: AnswerDisk

    init(_ arriving: IncomingAnswer, root: Int, _ disk: AnswerDisk) {
        self.arriving = arriving
        self.root = root
        self.disk = disk
    }

    func write(_ bytes: [UInt8]) async throws {
        if arriving.fitsInMemory(bytes.count) { return try arriving.append(bytes) }
        try await disk.append(bytes, to: arriving)
    }

    func abandon() async { await disk.discard(arriving) }

    /// The same in the inbox of another root: it began before the ticket was known.
    func moved(to folders: CarrierFolders) throws -> IncomingAnswer {
        let copy = folders.beginAnswer()
        let source = try arriving.source()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let got = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
            if got == 0 { break }
            try copy.append(Array(buffer[..<got]))
        }
        arriving.discard()
        return copy
    }
}

/// Writes large responses while they arrive: beside the root's own queue, which a busy ledger can hold up for many seconds,
/// and away from the thread that serves every connection.
actor AnswerDisk {
    private nonisolated let queue: RootQueue

    /// - Parameter path: of the root.
    init(_ path: String) { queue = RootQueue("plumbline.webconnector.answers.\(path)") }

    nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

    func append(_ bytes: [UInt8], to arriving: IncomingAnswer) throws { try arriving.append(bytes) }

    func discard(_ arriving: IncomingAnswer) { arriving.discard() }
}

/// Where the response of a session goes that nobody knows: nowhere.
struct NoResponse: ResponseSink {
    func write(_ bytes: [UInt8]) async throws {}
    func abandon() async {}
}
