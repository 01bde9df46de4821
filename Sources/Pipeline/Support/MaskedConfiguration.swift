import Domain
import Foundation
import Procore
import Yams

/// `plumbline.yaml` without anything that is the company's own: the keys that Plumbline knows, and the values of those whose
/// values are switches, choices, intervals or versions.
struct MaskedConfiguration {
    /// The form that the value of a key has where it says nothing of the company; nil: it is masked, whatever it is.
    private static func form(of path: String) -> Regex<Substring>? {
        switch path {
        case "items": /flat|hierarchical/
        case "lump_sum": /dollars|one/
        case "retainage_lines": /bill|line/
        case "purchase_tax": /recoverable|cost/
        case "quickbooks.edition": /us|ca/
        case "quickbooks.qbxml": /[0-9]{1,2}\.[0-9]/
        case "quickbooks.time_zone": /[A-Za-z_]{2,20}(?:\/[A-Za-z_]{2,30}){0,2}/
        case "webconnector.port": /[0-9]{1,5}/
        case "settle", "webconnector.interval", "procore.interval", "procore.timeout": interval
        case "link_same_name", "short_forms", "update_addresses", "webconnector.serve": /true|false|yes|no/
        case "match_first", "share_commands", "procore.fetch": /[a-z_]{1,40}/
        case _ where path.hasPrefix("pull.") && PullSubject(rawValue: String(path.dropFirst(5))) != nil: interval
        default: nil
        }
    }

    private static var interval: Regex<Substring> { /never|[0-9]{1,6}(?:ms|s|m|h)/ }

    /// Words that a list of choices may hold.
    private static let choices: Set<String> = Set(Entity.allCases.map(\.rawValue)).union([
        "vendors", "jobs", "items", "retry", "link", "resend", "pause", "all",
    ])

    /// What stands in the file, masked; nil where there is no file.
    let json: JSONValue

    /// - Parameter text: the file as it stands; nil where it cannot be read.
    init(_ text: String?) {
        guard let text else {
            json = .object([("plumbline.yaml", .string("cannot be read"))])
            return
        }
        guard let node = try? Yams.compose(yaml: text) else {
            json = .object([
                ("plumbline.yaml", .string("is not valid YAML")), ("bytes", .number(String(text.utf8.count))),
            ])
            return
        }
        json = Self.masked(node, at: "")
    }

    private static func masked(_ node: Node, at path: String) -> JSONValue {
        switch node {
        case .mapping(let mapping):
            var own = 0
            return .object(
                mapping.map { key, value in
                    let name = key.scalar?.string ?? ""
                    let inner = path.isEmpty ? name : "\(path).\(name)"
                    if ConfigurationReader.known.contains(inner) { return (name, masked(value, at: inner)) }
                    // What stands below such a key is the company's own too.
                    own += 1
                    return ("(key \(own))", masked(value, at: "\(path).\u{0}"))
                })
        case .sequence(let sequence): return .array(sequence.map { masked($0, at: path) })
        case .scalar(let scalar): return .string(masked(scalar.string, at: path))
        default: return .string("(alias)")
        }
    }

    private static func masked(_ text: String, at path: String) -> String {
        guard let form = form(of: path), text.wholeMatch(of: form) != nil else { return "(\(kind(of: text)))" }
        if ["match_first", "share_commands", "procore.fetch"].contains(path), !choices.contains(text) {
            return "(text)"
        }
        if path == "quickbooks.time_zone", !TimeZone.knownTimeZoneIdentifiers.contains(text), text != "UTC" {
            return "(text)"
        }
        return text
    }

    private static func kind(of text: String) -> String {
        switch text {
        case "", "~", "null", "Null", "NULL": "nothing"
        case _ where Amount(text) != nil: "number"
        default: "text"
        }
    }
}
