import Domain
import Procore
import SyncLedger

/// A receipt as scripts read it.
extension Receipt {
    /// The receipt as JSON; the same receipt gives the same bytes.
    var json: JSONValue {
        var fields: [(key: String, value: JSONValue)] = [
            ("file", .string(file.name)), ("intake", Self.number(file.intake)), ("sha256", .string(file.sha256)),
            ("received", .string(file.received)), ("direction", .string(direction.rawValue)),
            ("outcome", .string(outcome.rawValue)), ("entities", entities),
            ("outputs", .strings(DocumentPaths(outputs))),
            ("problems", .array(problems.map { Self.json($0) })), ("notes", .array(notes.map { Self.json($0) })),
        ]
        if !released.isEmpty { fields.append(("released", .array(released.map(JSONValue.string)))) }
        if !waits.isEmpty { fields.append(("waits", .array(waits.map { Self.json($0) }))) }
        if waits.unlisted > 0 { fields.append(("waits_not_listed", Self.number(waits.unlisted))) }
        if problems.unlisted > 0 { fields.append(("problems_not_listed", Self.number(problems.unlisted))) }
        if notes.unlisted > 0 { fields.append(("notes_not_listed", Self.number(notes.unlisted))) }
        return .object(fields)
    }

    private static func number(_ value: Int) -> JSONValue { .number(String(value)) }

    /// The counters of each entity; those that are always there, and the others where they count anything.
    private var entities: JSONValue {
        let always: [Count] = [.new, .changed, .unchanged, .held, .rejected]
        return .object(
            counts.sorted { $0.key < $1.key }.map { entity, counts in
                let shown = Count.allCases.compactMap { count -> (String, JSONValue)? in
                    let number = counts[count, default: 0]
                    guard number > 0 || always.contains(count) else { return nil }
                    return (count.rawValue, Self.number(number))
                }
                return (entity.rawValue, .object(shown))
            })
    }

    private static func json(_ problem: Problem) -> JSONValue {
        .object(
            [
                ("record", problem.record.map(JSONValue.string) ?? .null),
                ("field", problem.field.map(JSONValue.string) ?? .null),
                ("what", .string(problem.what)), ("remedy", .string(problem.remedy)),
            ] + (problem.file.map { [("file", .string($0))] } ?? []))
    }

    private static func json(_ note: Note) -> JSONValue {
        .object([
            ("record", note.record.map(JSONValue.string) ?? .null),
            ("field", note.field.map(JSONValue.string) ?? .null), ("what", .string(note.what)),
        ])
    }

    private static func json(_ wait: Wait) -> JSONValue {
        .object([("record", .string(wait.record)), ("for", .string(wait.reason))])
    }

    /// The receipt's JSON with the end of its last line, as it stands in its file.
    var written: [UInt8] {
        var bytes = json.bytes(pretty: true, capacity: outputs.count * 64)
        bytes.append(0x0a)
        return bytes
    }
}
