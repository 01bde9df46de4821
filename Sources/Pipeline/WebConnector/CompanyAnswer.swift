import Domain
import QBXML

/// What the first `sendRequestXML` of a session brings: Host, Company and Preferences of the QuickBooks that is open.
///
/// The Web Connector asks for them itself, under request ids of its own (0, 1, 2), so that the question a root asks about
/// its company can be answered without asking QuickBooks once more.
/// Source: Intuit, "QuickBooks Web Connector Programmer's Guide", chapter 8.
struct CompanyAnswer {
    /// The answers, by the names of their elements: `HostQueryRs`.
    private var answers: [String: (head: ResponseHead, objects: [Element])] = [:]

    /// The company that is open; nil: it is not told.
    var company: String? { answers["CompanyQueryRs"]?.objects.first?["CompanyName"] }

    /// What is set in that company; nil: it is not told.
    var preferences: CompanyPreferences? {
        answers["PreferencesQueryRs"]?.objects.first.map { CompanyPreferences($0) }
    }

    /// Reads what came.
    /// - Throws: a `Problem` where it is no whole response.
    init(_ text: String) throws {
        var reader = try ResponseReader(TextSource(MemorySource(Array(text.utf8)), isUTF8: true))
        var head: ResponseHead?
        while let event = try reader.next() {
            switch event {
            case .response(let next):
                head = next
                answers[next.name] = (next, [])
            case .object(let object):
                if let head { answers[head.name]?.objects.append(object) }
            default: break
            }
        }
    }

    /// The answer to a document that asks nothing else; nil: it asks for more, or QuickBooks did not say.
    func response(to outline: RequestOutline) -> [UInt8]? {
        guard !outline.requests.isEmpty else { return nil }
        var writer = XMLWriter()
        writer.open("QBXML")
        writer.newline()
        writer.open("QBXMLMsgsRs")
        writer.newline()
        for request in outline.requests {
            guard let requestID = request.requestID, request.name.hasSuffix("Rq"),
                let answer = answers[request.name.dropLast(2) + "Rs"], answer.head.statusCode == 0,
                !answer.objects.isEmpty
            else { return nil }
            writer.open(
                answer.head.name,
                [
                    ("requestID", requestID), ("statusCode", "0"), ("statusSeverity", answer.head.statusSeverity),
                    ("statusMessage", answer.head.statusMessage),
                ])
            for object in answer.objects { writer.element(object) }
            writer.close(answer.head.name)
            writer.newline()
        }
        writer.close("QBXMLMsgsRs")
        writer.newline()
        writer.close("QBXML")
        writer.newline()
        return Array("<?xml version=\"1.0\"?>\n".utf8) + writer.bytes
    }
}
