import DropFolder
import Foundation
import Procore

/// How many files stand in the folders of a root, and how large they are: without their names.
struct FolderSurvey {
    private struct Tally {
        var files = 0
        var folders = 0
        var others = 0
        var bytes: Int64 = 0
        var largest: Int64 = 0
        var kinds: [String: Int] = [:]
        var modes: Set<String> = []
    }

    /// Endings that are no company's own.
    private static let endings: Set<String> = ["json", "ndjson", "csv", "xml", "txt", "html", "jsonl", "log"]
    /// So many files of a folder are looked at.
    private static let most = 200_000

    private let root: RootFolders

    init(_ root: RootFolders) {
        self.root = root
    }

    /// A line for each folder.
    var json: JSONValue {
        let places = [
            ("inbox", ["processed", "rejected", ".claimed"]), ("inbox/processed", []), ("inbox/rejected", []),
            ("inbox/.claimed", []), ("outbox/quickbooks", [".staging", ".collected"]),
            ("outbox/quickbooks/.staging", []), ("outbox/quickbooks/.collected", []), ("outbox/procore", [".staging"]),
            ("outbox/procore/.staging", []), ("outbox/review", []), ("outbox/results", []), ("logs", []),
        ]
        return .object(places.map { ($0, folder($0, except: $1)) })
    }

    private func folder(_ place: String, except: [String]) -> JSONValue {
        let path = "\(root.root)/\(place)"
        var tally = Tally()
        guard let found = FileManager.default.enumerator(atPath: path) else { return .string("is not there") }
        var isWhole = true
        while let name = found.nextObject() as? String {
            if except.contains(name) { found.skipDescendants() }
            add(found.fileAttributes ?? [:], name, to: &tally)
            if tally.files + tally.folders >= Self.most {
                isWhole = false
                break
            }
        }
        let (system, isPolled) = FileSystem.kind(of: path)
        func number(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }
        return .object([
            ("files", number(tally.files)), ("folders", number(tally.folders)), ("others", number(tally.others)),
            ("bytes", number(tally.bytes)), ("largest", number(tally.largest)),
            ("endings", .object(tally.kinds.sorted { $0.key < $1.key }.map { ($0.key, number($0.value)) })),
            ("modes", .strings(tally.modes.sorted())), ("file_system", .string(system)), ("polled", .bool(isPolled)),
            ("all_counted", .bool(isWhole)),
        ])
    }

    private func add(_ attributes: [FileAttributeKey: Any], _ name: String, to tally: inout Tally) {
        switch attributes[.type] as? FileAttributeType {
        case .typeRegular:
            let size = (attributes[.size] as? NSNumber)?.int64Value ?? 0
            tally.files += 1
            tally.bytes += size
            tally.largest = max(tally.largest, size)
            let ending =
                name.split(separator: "/").last?.split(separator: ".").last.map(String.init)?.lowercased() ?? ""
            tally.kinds[Self.endings.contains(ending) ? ending : "other", default: 0] += 1
        case .typeDirectory:
            tally.folders += 1
        default: tally.others += 1
        }
        if let mode = attributes[.posixPermissions] as? NSNumber { tally.modes.insert(String(mode.intValue, radix: 8)) }
    }
}
