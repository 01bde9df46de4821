import Domain
import Procore

/// What Procore says where it refuses something, in the forms in which it says so.
enum ProcoreWords {
    /// Whether an object is the body of a refusal, and no record.
    static func isRefusal(_ json: JSONRecord) -> Bool {
        guard !json.has("id"), !json.has("origin_id") else { return false }
        return ["errors", "error", "message"].contains(where: json.has)
    }

    /// `name: has already been taken; id: Entity with this ID not found`
    static func said(_ json: JSONRecord) -> String {
        if let errors = (try? json.record("errors")) ?? nil {
            let said = errors.keys.map { key in
                let texts = (try? errors.strings(key)) ?? text(key, errors).map { [$0] }
                return "\(key): \(texts?.joined(separator: ", ") ?? "refused")"
            }
            if !said.isEmpty { return said.joined(separator: "; ") }
        }
        if let texts = (try? json.strings("errors")) ?? nil, !texts.isEmpty { return texts.joined(separator: "; ") }
        if let objects = (try? json.records("errors")) ?? nil, !objects.isEmpty {
            return objects.map { text("message", $0) ?? text("detail", $0) ?? "refused" }.joined(separator: "; ")
        }
        if let errors = text("errors", json) { return errors }
        let error = text("error", json) ?? ((try? json.record("error")) ?? nil).flatMap { text("message", $0) }
        let message = text("message", json) ?? text("error_description", json)
        var said: [String] = []
        for text in [error, message].compactMap({ $0 }) where !said.contains(text) { said.append(text) }
        return said.isEmpty ? "without a reason" : said.joined(separator: ": ")
    }

    private static func text(_ key: String, _ json: JSONRecord) -> String? {
        (try? json.filled(key)) ?? nil
    }
}
