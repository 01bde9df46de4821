/// A small response of the plainest kind, looked through in one pass over its bytes.
public enum PlainResponse {
    /// No response of QuickBooks' is deeper.
    private static let deepest = 24

    /// What `ResponseReader` says of a response where it keeps no objects; nil: it has to be asked, since this is not of the
    /// plainest kind, or no whole response.
    /// - Parameter bytes: all of it.
    public static func events(of bytes: [UInt8]) -> [ResponseEvent]? {
        bytes.withUnsafeBufferPointer { bytes in
            var document = PlainXML(bytes, deepest: deepest)
            var events: [ResponseEvent] = []
            while true {
                switch document.next() {
                case .start:
                    guard let event = opened(document) else { return nil }
                    if let event = event.told { events.append(event) }
                case .end: if document.depth == 2 { events.append(.endResponse) }
                case .text: break
                case .finished: return events.isEmpty ? nil : events
                case .unsure: return nil
                }
            }
        }
    }

    /// What is told of an element that opens; nil: `ResponseReader` has to be asked.
    private static func opened(_ document: PlainXML) -> (told: ResponseEvent?, Void)? {
        switch document.depth {
        case 1: return document.isNamed("QBXML") ? (nil, ()) : nil
        case 2:
            guard document.isNamed("QBXMLMsgsRs") else { return nil }
            let status = document.attribute("messageSetStatusCode").flatMap { Int($0.trimmed) }
            return (
                .messageSet(newMessageSetID: document.attribute("newMessageSetID"), statusCode: status), ()
            )
        case 3: return head(document).map { (.response($0), ()) }
        // The rows of a report are told one by one.
        case 4: return document.isNamed("ReportRet") ? nil : (.object(Element(document.string(document.name))), ())
        default: return (nil, ())
        }
    }

    private static func head(_ document: PlainXML) -> ResponseHead? {
        let name = document.string(document.name)
        guard name.hasSuffix("Rs"), let code = document.attribute("statusCode").flatMap({ Int($0.trimmed) })
        else { return nil }
        return ResponseHead(
            name: name, requestID: document.attribute("requestID"), statusCode: code,
            statusSeverity: document.attribute("statusSeverity") ?? "",
            statusMessage: document.attribute("statusMessage") ?? "",
            retCount: document.attribute("retCount").flatMap { Int($0) },
            iteratorRemainingCount: document.attribute("iteratorRemainingCount").flatMap { Int($0) },
            iteratorID: document.attribute("iteratorID"))
    }
}
