/// The body of a call that failed, which a script saved where an export should be.
///
/// Procore has no single form for it: `{"errors": "…"}`, with a text, a list or an object of fields; `{"code", "message"}`
/// from the gateway in front of it; `{"error", "error_description"}` where the login failed; `{"error": {…}}`,
/// `{"message"}`, `{"status", "error"}` and `{"type", "title", "status", "detail"}`. What they have in common is that all
/// their keys are those of an error and none is a record's, so a record that has a field `message` or `code` is not one.
/// Nor is the answer to a sync call, whose `errors` are records with their own `errors`.
///
/// Sources: Procore's developer documentation, "Error codes", "Rate limiting" and "Using sync actions"; RFC 6749,
/// section 5.2 (`error`, `error_description`); RFC 9457 (`type`, `title`, `status`, `detail`).
public struct ErrorBody: Sendable, Hashable {
    /// The HTTP status, where the body names one.
    public let status: Int?
    /// What it says, in its own words; empty where it says nothing.
    public let said: String

    /// Nil where the object is something else.
    public init?(_ record: JSONRecord) {
        let keys = record.keys
        guard keys.allSatisfy({ Self.known.contains($0.lowercased()) }),
            keys.contains(where: { Self.telling.contains($0.lowercased()) && Self.holdsSomething($0, record) }),
            !Self.isSyncAnswer(record), !Self.isPage(record)
        else { return nil }
        let said = Self.texts(in: record)
        let named = said.lazy.filter { Self.statusKeys.contains($0.key) }.compactMap { Self.status($0.text) }.first
        status = named ?? said.lazy.compactMap { Self.status($0.text) }.first
        var texts: [String] = []
        for (key, text) in said where !Self.statusKeys.contains(key) || Self.status(text) == nil {
            guard !Self.silent.contains(key), !text.isEmpty, !texts.contains(text) else { continue }
            texts.append(Self.known.contains(key) || key == "base" ? text : "\(key): \(text)")
        }
        self.said = texts.joined(separator: "; ")
    }

    // MARK: - Keys

    /// Without one of these an object is no error.
    private static let telling: Set<String> = [
        "error", "errors", "error_description", "error_message", "errormessage", "message", "messages", "fault",
        "detail",
        "details",
    ]
    private static let statusKeys: Set<String> = [
        "code", "status", "statuscode", "status_code", "http_status", "error_code", "errorcode",
    ]
    /// What is of no use to a reader.
    private static let silent: Set<String> = [
        "type", "instance", "path", "timestamp", "request_id", "requestid", "trace_id", "traceid", "correlation_id",
        "documentation_url", "error_uri", "help", "success", "ok",
    ]
    private static let known = telling.union(statusKeys).union(silent).union(["title", "reason", "data", "msg"])

    private static func isSyncAnswer(_ record: JSONRecord) -> Bool {
        guard !record.has("entities") else { return true }
        guard let errors = try? record.records("errors") else { return false }
        let words = ["message", "detail", "title", "error", "error_message", "code"]
        return errors.isEmpty
            || errors.contains { $0.has("errors") || $0.has("origin_id") || !words.contains(where: $0.has) }
    }

    /// Whether it has `data` and says nothing of an error: a page of a list, perhaps an empty one.
    private static func isPage(_ record: JSONRecord) -> Bool {
        record.has("data")
            && (holdsSomething("data", record) || !["error", "errors"].contains { holdsSomething($0, record) })
    }

    private static func holdsSomething(_ key: String, _ record: JSONRecord) -> Bool {
        if let object = try? record.record(key) { return !object.keys.isEmpty }
        if let list = try? record.records(key) { return !list.isEmpty }
        do { return try record.text(key) != nil } catch { return true }
    }

    // MARK: - Words

    /// All texts in the body with their keys, those of lists and objects in it too.
    private static func texts(in record: JSONRecord, depth: Int = 0) -> [(key: String, text: String)] {
        guard depth < 4 else { return [] }
        return record.keys.prefix(32).flatMap { written -> [(key: String, text: String)] in
            let key = written.lowercased()
            if let text = try? record.text(written) { return [(key, text)] }
            if let object = try? record.record(written) { return texts(in: object, depth: depth + 1) }
            let list = (try? record.records(written)) ?? []
            if !list.isEmpty { return list.prefix(32).flatMap { texts(in: $0, depth: depth + 1) } }
            return ((try? record.strings(written)) ?? []).map { (key, $0) }
        }
    }

    /// The status that a text begins with: `429`, `404 Not Found`.
    private static func status(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard digits.count == 3, let status = Int(digits), (400..<600).contains(status) else { return nil }
        return status
    }
}
