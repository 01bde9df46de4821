import Domain
import Foundation
import Procore

/// The last lines of `logs/plumbline.jsonl`: of each only when and how grave it was, its event, counts, and marks in place of
/// names and sentences.
struct MaskedLog {
    /// So many bytes from the end of the log are read.
    private static let most = 4 * 1_024 * 1_024

    private static let counts: Set<String> = ["intake", "count", "answered", "waiting", "files", "status"]
    private static let words: Set<String> = ["level", "outcome", "subject", "decision"]
    private static let marks: Set<String> = ["file", "object", "document", "what", "why", "list", "folder", "command"]
    private static let times: Set<String> = ["time", "since", "until"]
    private static let lists: Set<String> = ["outputs", "done", "problems", "documents"]

    private let mask: BundleMask

    init(_ mask: BundleMask) {
        self.mask = mask
    }

    /// The masked lines; nothing where there is no log.
    /// - Parameter path: of the log.
    func lines(_ path: String) -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: path) else { return [] }
        defer { try? handle.close() }
        let size = (try? handle.seekToEnd()) ?? 0
        let start = size > UInt64(Self.most) ? size - UInt64(Self.most) : 0
        try? handle.seek(toOffset: start)
        let data = (try? handle.read(upToCount: Self.most)) ?? Data()
        var lines = data.split(separator: 0x0a)
        // The first one may be cut.
        if start > 0, !lines.isEmpty { lines.removeFirst() }
        return lines.flatMap { line -> [UInt8] in
            let text = masked(Array(line)) ?? .object([("event", .string("(cannot be read)"))])
            return text.bytes(pretty: false) + [0x0a]
        }
    }

    private func masked(_ line: [UInt8]) -> JSONValue? {
        guard let object = (try? JSONSerialization.jsonObject(with: Data(line))) as? [String: Any] else { return nil }
        var fields: [(key: String, value: JSONValue)] = []
        for (key, value) in object.sorted(by: { $0.key < $1.key }) {
            if let masked = masked(key, value) { fields.append((key, masked)) }
        }
        return .object(fields)
    }

    private func masked(_ key: String, _ value: Any) -> JSONValue? {
        switch value {
        case let list as [Any] where Self.lists.contains(key): return .number(String(list.count))
        case let number as NSNumber where Self.counts.contains(key): return .number(String(number.int64Value))
        case let text as String where key == "event":
            // Events are words of ours, in small letters.
            return .string(text.wholeMatch(of: /[a-z ]{1,30}/) != nil ? text : mask.mark(text))
        case let text as String where Self.words.contains(key): return .string(mask.word(text))
        case let text as String where Self.times.contains(key):
            return .string(text.wholeMatch(of: /[0-9TZ:.-]{10,30}/) != nil ? text : mask.mark(text))
        case let text as String where Self.marks.contains(key): return .string(mask.mark(text))
        default: return nil
        }
    }
}
