import Domain
import DropFolder
import Procore
import SyncLedger

/// The logs of one root: `plumbline.jsonl`, an object a line for scripts, and `results.log`, a sentence a line for
/// people.
final class Journal {
    private let events: AppendLog
    private let results: AppendLog

    init(_ folders: RootFolders) throws {
        events = try AppendLog(path: folders.logs + "/plumbline.jsonl")
        results = try AppendLog(path: folders.logs + "/results.log")
    }

    /// Opens both anew, after somebody rotated them.
    func reopen() throws {
        try events.reopen()
        try results.reopen()
    }

    /// Something that happened to the process rather than to a file.
    func event(_ name: String, at: String, level: String = "info", _ fields: [(key: String, value: JSONValue)] = [])
        throws
    {
        let object = JSONValue.object(
            [("time", .string(at)), ("level", .string(level)), ("event", .string(name))] + fields)
        try events.append(object.bytes(pretty: false))
    }

    /// A file or folder that stands in its own way, in both logs.
    func fault(_ fault: InboxFault, at: String) throws {
        try event(
            "waits", at: at, level: "warning",
            [
                ("object", .string(fault.object.shown)), ("what", .string(fault.what)),
                ("remedy", .string(fault.remedy)),
            ])
        try results.append("\(at) \(fault.object.shown): waits; \(fault.what) \(fault.remedy)")
    }

    /// It does not any more.
    func faultIsOver(_ fault: InboxFault, at: String) throws {
        try event("goes on", at: at, [("object", .string(fault.object.shown))])
        try results.append("\(at) \(fault.object.shown): goes on")
    }

    /// What became of a file, in both logs.
    /// - Parameter isRedelivery: whether an earlier process may have written it already; then the log is searched first.
    func file(_ result: FinishedFile, isRedelivery: Bool) throws {
        let mark = "\"intake\":\(result.intake),"
        if try !isRedelivery || !events.tail().contains(mark) {
            let object = JSONValue.object([
                ("time", .string(result.received)), ("level", .string(result.level)), ("event", .string("file")),
                ("intake", .number(String(result.intake))), ("file", .string(result.name)),
                ("outcome", .string(result.outcome)), ("receipt", .string(result.receiptPath)),
                ("outputs", .strings(result.outputs)),
            ])
            try events.append(object.bytes(pretty: false, capacity: result.outputs.count * 56))
        }
        if try !isRedelivery || !results.tail().contains(" #\(result.intake) ") {
            try results.append(result.summary)
        }
    }
}

/// What the logs say of a file.
struct FinishedFile {
    var intake: Int
    var name: String
    var received: String
    var outcome: String
    var outputs: DocumentPaths
    var receiptPath: String
    var summary: String

    var level: String { outcome == "accepted" || outcome == "duplicate" ? "info" : "warning" }
}
