import Procore

/// What Procore's answer to a document is in the inbox.
enum ProcoreAnswer {
    /// The statuses by which Procore refuses what a call says ("Error Codes"). Others are about who calls, how often, or
    /// what stands in between, and no record failed by them.
    private static let refusals: Set<Int> = [400, 405, 406, 409, 413, 415, 422]

    /// The file; nil where the answer is none that the records could be told by: whoever asked may not, or something else
    /// than Procore answered.
    ///
    /// A refusal gets its HTTP status as a key, where its body has none: by the words alone, `not found` about a record in
    /// it would be taken for a call that never reached Procore.
    static func bytes(_ reply: ProcoreClient.Reply) -> [UInt8]? {
        if reply.isGood {
            let isEmpty = !reply.body.contains { $0 > 0x20 }
            // A change of a record need not show it.
            if isEmpty, reply.status == 204 { return Array("[]".utf8) }
            return isJSON(reply.body) ? reply.body : nil
        }
        guard refusals.contains(reply.status) else { return nil }
        guard let record = object(reply.body) else {
            return refusal(reply.status, String(decoding: reply.body.prefix(200), as: UTF8.self))
        }
        guard let error = ErrorBody(record) else { return reply.body }
        return error.status == nil ? withStatus(reply.status, record) : reply.body
    }

    /// Whether a body shows the record that was made: an object with an id, perhaps in `data`.
    static func showsRecord(_ body: [UInt8]) -> Bool {
        guard let json = object(body) else { return false }
        let ids = [try? json.text("id"), try? json.record("data")?.text("id")]
        return ids.contains { $0.flatMap { $0 } != nil }
    }

    /// Why a call was not done, for whoever can put it right.
    static func reason(_ status: Int) -> String {
        switch status {
        case 403: "the account may not do this; have a Procore administrator give it the permission"
        case 404, 410: "Procore does not have what it names, or hides it from the account"
        case 407: "a proxy in between wants a login, and plumbline procore uses no proxy"
        case 429: "Procore was asked too often; it is tried again later"
        default: "something in between answers in Procore's place; check procore.base_url"
        }
    }

    /// One JSON object, whatever white space stands around it; nil where it is none.
    static func object(_ bytes: [UInt8]) -> JSONRecord? {
        guard let first = bytes.firstIndex(where: { $0 > 0x20 }), let last = bytes.lastIndex(where: { $0 > 0x20 })
        else {
            return nil
        }
        return try? JSONRecord(parsing: Array(bytes[first...last]))
    }

    private static func isJSON(_ body: [UInt8]) -> Bool {
        guard let first = body.first(where: { $0 > 0x20 }) else { return false }
        if first == UInt8(ascii: "[") { return body.last { $0 > 0x20 } == UInt8(ascii: "]") }
        return object(body) != nil
    }

    private static func withStatus(_ status: Int, _ record: JSONRecord) -> [UInt8] {
        let start = record.raw.firstIndex(of: UInt8(ascii: "{")) ?? 0
        return Array("{\"status\": \(status), ".utf8) + record.raw[(start + 1)...]
    }

    private static func refusal(_ status: Int, _ words: String) -> [UInt8] {
        JSONValue.object([("status", .number(String(status))), ("message", .string(words))]).bytes(pretty: false)
    }
}
