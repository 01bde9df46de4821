import Domain

/// One pass over one document: the envelope and its requests. `ElementCheck` looks inside them.
struct DocumentCheck {
    private var check: ElementCheck
    private var requestIDs: Set<String> = []

    init(_ bytes: UnsafeBufferPointer<UInt8>, edition: Edition) {
        check = ElementCheck(DocumentCursor(bytes), edition: edition)
    }

    mutating func run() -> [Problem] {
        do throws(BadForm) {
            try document()
        } catch {
            check.report(
                "The request document is not in the form that QuickBooks takes: \(error.what).", remedy: RuleText.ours)
        }
        return check.problems
    }

    private mutating func document() throws(BadForm) {
        try check.cursor.expect("<?xml version=\"1.0\" encoding=\"utf-8\"?>")
        check.cursor.skipWhiteSpace()
        try check.cursor.expect("<?qbxml version=\"")
        let version = try check.cursor.text(upTo: UInt8(ascii: "\"")).range
        try check.cursor.expect("\"?>")
        guard let known = QBXMLVersion(check.cursor.string(version)) else {
            throw BadForm(what: "its version \(check.cursor.string(version)) is none from 13.0 to 16.0")
        }
        check.version = known.rawValue
        check.cursor.skipWhiteSpace()
        try check.cursor.expect("<QBXML>")
        check.cursor.skipWhiteSpace()
        try messageSet()
        check.cursor.skipWhiteSpace()
        try check.cursor.expect("</QBXML>")
        check.cursor.skipWhiteSpace()
        guard check.cursor.isAtEnd else { throw BadForm(what: "something follows after its end") }
    }

    private mutating func messageSet() throws(BadForm) {
        try check.cursor.expect("<")
        let name = try check.cursor.name()
        guard check.cursor.string(name) == "QBXMLMsgsRq" else { throw BadForm(what: "it holds no QBXMLMsgsRq") }
        var onError: String?
        for (name, value) in try attributes() {
            switch name {
            case "onError": onError = value
            case "newMessageSetID", "oldMessageSetID":
                if value.isEmpty || value.unicodeScalars.count > MessageRules.longestMessageSetID {
                    check.report(
                        "The \(name) has \(value.unicodeScalars.count) characters; QuickBooks takes 1 to "
                            + "\(MessageRules.longestMessageSetID).", remedy: RuleText.ours)
                }
            default: check.report("The attribute \(name) is not known on QBXMLMsgsRq.", remedy: RuleText.ours)
            }
        }
        if onError.flatMap(MessageSet.OnError.init) == nil {
            check.report("The onError attribute must be stopOnError or continueOnError.", remedy: RuleText.ours)
        }
        if try check.cursor.endOfTag() { return }
        check.cursor.skipWhiteSpace()
        while try !check.cursor.close(name) {
            try request()
            check.cursor.skipWhiteSpace()
        }
    }

    private mutating func request() throws(BadForm) {
        try check.cursor.expect("<")
        let name = try check.cursor.name()
        let attributes = try attributes()
        let requestID = attributes.first { $0.name == "requestID" }?.value
        check.record = requestID
        defer { check.record = nil }
        let isEmpty = try check.cursor.endOfTag()
        checkRequestID(requestID)
        guard let request = RuleBook.standard.requests[Array(check.cursor.slice(name))] else {
            check.report("The request \(check.cursor.string(name)) is not one that may be sent.", remedy: RuleText.ours)
            if !isEmpty { try check.cursor.skip(name) }
            return
        }
        let seen = try check.request(request, name, isEmpty: isEmpty)
        checkIterator(request, attributes, hasMaxReturned: seen.contains("MaxReturned"))
    }

    private mutating func checkRequestID(_ requestID: String?) {
        guard let requestID, !requestID.isEmpty else {
            return check.report("A request has no requestID, so its answer could not be found.", remedy: RuleText.ours)
        }
        if PlainText.isLonger(requestID, than: MessageRules.longestRequestID) {
            check.report(
                "The requestID has \(requestID.unicodeScalars.count) characters; QuickBooks takes at most "
                    + "\(MessageRules.longestRequestID).", remedy: RuleText.ours)
        }
        if !requestIDs.insert(requestID).inserted {
            check.report("Two requests have the same requestID.", remedy: RuleText.ours)
        }
    }

    private mutating func checkIterator(
        _ request: RuleBook.Request, _ attributes: [(name: String, value: String)], hasMaxReturned: Bool
    ) {
        var iterator: String?
        var hasID = false
        for (name, value) in attributes where name != "requestID" {
            switch name {
            case "metaData" where request.canIterate:
                if ["NoMetaData", "MetaDataOnly", "MetaDataAndResponseData"].contains(value) { continue }
            case "iterator" where request.canIterate:
                iterator = value
                if ["Start", "Continue", "Stop"].contains(value) { continue }
            case "iteratorID" where request.canIterate:
                hasID = true
                continue
            default: break
            }
            check.report("The attribute \(name)=\"\(value)\" is not known on \(request.name).", remedy: RuleText.ours)
        }
        if iterator == "Start" && !hasMaxReturned || (iterator == "Continue" || iterator == "Stop") && !hasID {
            check.report("An iterator needs MaxReturned to start, and its iteratorID to go on.", remedy: RuleText.ours)
        }
    }

    /// The attributes of the tag, up to its end. Their references stay unresolved.
    private mutating func attributes() throws(BadForm) -> [(name: String, value: String)] {
        var attributes: [(name: String, value: String)] = []
        while check.cursor.take(" ") {
            let name = check.cursor.string(try check.cursor.name())
            try check.cursor.expect("=\"")
            let text = try check.cursor.text(upTo: UInt8(ascii: "\""))
            try check.cursor.expect("\"")
            if let fault = text.fault { throw BadForm(what: "the attribute \(name) holds \(fault)") }
            if attributes.contains(where: { $0.name == name }) {
                throw BadForm(what: "the attribute \(name) stands twice")
            }
            attributes.append((name, check.cursor.string(text.range)))
        }
        return attributes
    }
}
