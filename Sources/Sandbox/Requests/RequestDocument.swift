import Domain
import QBXML

/// A request document as QuickBooks reads it: its message set, and what is wrong with single requests.
struct RequestDocument {
    /// One request of the set.
    struct Request {
        let element: Element
        let kind: String
        let verb: Messages.Verb
        /// The status with which it fails whatever stands in the company: a text too long, a bad amount.
        let fault: Status?

        var requestID: String? { element.attributes["requestID"] }

        /// Its name without `Rq`.
        var name: String { kind + verb.rawValue }
    }

    let requests: [Request]
    /// Whether requests after a failed one are still processed.
    let continuesOnError: Bool
    let newMessageSetID: String?
    let oldMessageSetID: String?
    /// Whether the answer gives the statuses only.
    let statusOnly: Bool

    /// Reads a document.
    /// - Throws: `Unreadable` for what QuickBooks refuses whole.
    init(_ document: [UInt8], messages: Messages) throws {
        let content = try Prolog.strip(document)
        let root: Element
        do {
            root = Windows1252.storable(try Element.parse(content))
        } catch let problem as Problem {
            throw Unreadable(detail: problem.what)
        }
        guard root.name == "QBXML", root.attributes.isEmpty, root.text.isEmpty, root.children.count == 1,
            let set = root.first("QBXMLMsgsRq")
        else { throw Unreadable(detail: "The document is not one QBXML with one QBXMLMsgsRq.") }
        try Self.checkAttributes(set)
        continuesOnError = set.attributes["onError"] == "continueOnError"
        newMessageSetID = set.attributes["newMessageSetID"]
        oldMessageSetID = set.attributes["oldMessageSetID"]
        statusOnly = set.attributes["responseData"] == "includeNone"
        requests = try set.children.map { try Self.request($0, messages) }
    }

    private static func checkAttributes(_ set: Element) throws {
        let allowed: Set = ["onError", "newMessageSetID", "oldMessageSetID", "responseData"]
        guard set.text.isEmpty, allowed.isSuperset(of: set.attributes.keys) else {
            throw Unreadable(detail: "QBXMLMsgsRq holds text or an attribute that does not exist.")
        }
        switch set.attributes["onError"] {
        case "stopOnError", "continueOnError": break
        case "rollbackOnError": throw Unreadable(detail: "onError=\"rollbackOnError\" is not supported by QuickBooks.")
        default: throw Unreadable(detail: "QBXMLMsgsRq has no valid onError.")
        }
        guard ["includeAll", "includeNone", nil].contains(set.attributes["responseData"]) else {
            throw Unreadable(detail: "QBXMLMsgsRq has no valid responseData.")
        }
    }

    private static func request(_ element: Element, _ messages: Messages) throws -> Request {
        guard let (kind, verb) = Messages.split(element.name) else {
            throw Unreadable(detail: "\(element.name) is no request that QuickBooks knows.")
        }
        var allowed: Set = ["requestID"]
        if verb == .query { allowed.insert("metaData") }
        if verb == .query, !kind.hasSuffix("Deleted") { allowed.formUnion(["iterator", "iteratorID"]) }
        guard allowed.isSuperset(of: element.attributes.keys) else {
            throw Unreadable(detail: "\(element.name) has an attribute that does not exist.")
        }
        var check = LayoutCheck()
        if let layout = messages.query(kind), verb == .query || verb == .other {
            var bare = element
            bare.attributes = [:]
            try check.check(bare, layout)
        } else if let layout = messages.body(kind, verb) {
            try checkBody(element, kind + verb.rawValue, layout, &check)
        }
        return Request(element: element, kind: kind, verb: verb, fault: check.status)
    }

    private static func checkBody(
        _ element: Element, _ name: String, _ layout: Layout, _ check: inout LayoutCheck
    ) throws {
        guard element.text.isEmpty, let body = element.children.first, body.name == name,
            element.children.dropFirst().allSatisfy({ $0.name == "IncludeRetElement" && $0.children.isEmpty })
        else { throw Unreadable(detail: "\(element.name) holds something else than one \(name).") }
        guard body.attributes.keys.allSatisfy({ $0 == "defMacro" }) else {
            throw Unreadable(detail: "\(name) has an attribute that does not exist.")
        }
        try check.check(body, layout)
    }
}

/// What stands before the root element.
enum Prolog {
    /// The versions of qbXML up to QuickBooks 2023 and later, oldest first.
    static let versions = [
        "1.0", "1.1", "2.0", "2.1", "3.0", "4.0", "4.1", "5.0", "6.0", "7.0", "8.0", "9.0", "10.0", "11.0", "12.0",
        "13.0", "14.0", "15.0", "16.0",
    ]

    /// Checks that a document is ASCII, declares a known version, and declares no document type; returns what follows.
    /// - Throws: `Unreadable`.
    static func strip(_ document: [UInt8]) throws -> [UInt8] {
        guard document.allSatisfy({ $0 < 0x80 }) else {
            throw Unreadable(detail: "A letter stands as raw bytes instead of a reference such as &#233;.")
        }
        var rest = document[...]
        var version: String?
        while true {
            rest = rest.drop { $0 <= 0x20 }
            if rest.starts(with: "<?".utf8) {
                let instruction = take(&rest, to: "?>")
                if instruction.hasPrefix("<?qbxml ") { version = quoted(instruction, after: "version") }
            } else if rest.starts(with: "<!--".utf8) {
                _ = take(&rest, to: "-->")
            } else {
                break
            }
        }
        if rest.starts(with: "<!".utf8) { throw Unreadable(detail: "The document declares a document type.") }
        guard let version else { throw Unreadable(detail: "The document has no <?qbxml version=\"13.0\"?>.") }
        guard versions.contains(version) else {
            throw Unreadable(detail: "The document declares qbXML \(version), which this QuickBooks does not know.")
        }
        return Array(rest)
    }

    private static func take(_ rest: inout ArraySlice<UInt8>, to end: String) -> String {
        let mark = Array(end.utf8)
        var stop = rest.startIndex
        while stop < rest.endIndex, !rest[stop...].starts(with: mark) { stop += 1 }
        stop = min(stop + mark.count, rest.endIndex)
        defer { rest = rest[stop...] }
        return String(decoding: rest[..<stop], as: UTF8.self)
    }

    private static func quoted(_ instruction: String, after name: String) -> String? {
        let parts = instruction.split(omittingEmptySubsequences: false) { $0 == "\"" || $0 == "'" }
        guard parts.count >= 3 else { return nil }
        let before = parts[0].drop { $0 != " " }.filter { $0 != " " }
        guard before == name + "=" else { return nil }
        return String(parts[1])
    }
}
