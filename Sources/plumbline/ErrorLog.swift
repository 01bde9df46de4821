import Foundation
import Logging
import Synchronization

/// The process's own log on standard error, in the lines that swift-log's own handler writes: time, level, what is known,
/// where it comes from, what is said.
///
/// The Web Connector has four lines for each document. So the time is put into words once a second, and what is known of a
/// root only where a line is written.
struct ErrorLog: LogHandler {
    let label: String
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var known = metadata
        if let more = event.metadata { known = known.isEmpty ? more : known.merging(more) { $1 } }
        if let error = event.error {
            known["error.message"] = "\(error)"
            known["error.type"] = "\(String(reflecting: type(of: error)))"
        }
        var line = Self.time()
        line += " "
        line += event.level.rawValue
        line += " "
        line += label
        line += ":"
        for (key, value) in known.count > 1 ? known.sorted(by: { $0.key < $1.key }) : Array(known) {
            line += " "
            line += key
            line += "="
            if case .string(let text) = value { line += text } else { line += value.description }
        }
        line += " ["
        line += event.source
        line += "] "
        line += event.message.description
        line += "\n"
        // One write, so that lines of several threads never mix.
        try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
    }

    private static let last = Mutex<(second: time_t, words: String)>((0, ""))

    /// Now, in local time and as ISO 8601 has it.
    private static func time() -> String {
        let now = Foundation.time(nil)
        return last.withLock { last in
            if last.second == now { return last.words }
            var (moment, local) = (now, tm())
            localtime_r(&moment, &local)
            var buffer = [CChar](repeating: 0, count: 64)
            let count = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S%z", &local)
            last = (now, String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self))
            return last.words
        }
    }
}
