import DropFolder
import WebConnector

/// A response while it arrives, as a hidden file in the inbox of the root that it is meant for.
final class ResponseFile: ResponseSink {
    let arriving: IncomingAnswer
    /// The place of its root among those that are served.
    let root: Int

    init(_ arriving: IncomingAnswer, root: Int) {
        self.arriving = arriving
        self.root = root
    }

    func write(_ bytes: [UInt8]) async throws { try arriving.append(bytes) }

    func abandon() async { arriving.discard() }

    /// The same in the inbox of another root: it began before the ticket was known.
    func moved(to folders: CarrierFolders) throws -> IncomingAnswer {
        let copy = try folders.beginAnswer()
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

/// Where the response of a session goes that nobody knows: nowhere.
struct NoResponse: ResponseSink {
    func write(_ bytes: [UInt8]) async throws {}
    func abandon() async {}
}
