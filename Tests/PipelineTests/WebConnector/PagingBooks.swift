import Domain
import QBXML

/// A QuickBooks that knows lists and iterators, and nothing else: what stands in it never changes. An iterator lives as
/// long as the session.
final class PagingBooks {
    /// How many objects there are, by query.
    var counts: [String: Int]
    /// Whether it gives pages at all.
    var pages = true
    private var iterators: [String: (query: String, next: Int)] = [:]
    private var made = 0
    /// Every query that it was asked, with its iterator.
    private(set) var asked: [String] = []

    init(_ counts: [String: Int]) {
        self.counts = counts
    }

    func newSession() { iterators = [:] }

    /// Answers a document.
    func answer(_ document: [UInt8]?) throws -> String {
        let set = try Element.parse(document ?? []).first("QBXMLMsgsRq")
        var text = "<?xml version=\"1.0\" ?>\n<QBXML>\n<QBXMLMsgsRs>\n"
        for request in set?.children ?? [] { text += answer(request) }
        return text + "</QBXMLMsgsRs>\n</QBXML>\n"
    }

    private func answer(_ request: Element) -> String {
        let name = String(request.name.dropLast(2))
        let mode = request.attributes["iterator"]
        asked.append(mode.map { "\(name) \($0)" } ?? name)
        let count = counts[name] ?? 0
        guard let mode else { return response(request, 0..<count) }
        guard pages else { return refusal(request, 1_030, "This feature is not supported.") }
        let most = request["MaxReturned"].flatMap { Int($0) } ?? count
        var (id, first) = ("", 0)
        if mode == "Start" {
            made += 1
            id = "{7f0a4a9c-2c4e-4c55-8f39-\(String(100_000_000_000 + made))}"
        } else {
            id = request.attributes["iteratorID"] ?? ""
            guard let known = iterators[id], known.query == name else {
                return refusal(request, 3_391, "The iteratorID \"\(id)\" is not valid.")
            }
            first = known.next
        }
        let end = min(first + most, count)
        iterators[id] = end < count ? (name, end) : nil
        return response(request, first..<end, " iteratorRemainingCount=\"\(count - end)\" iteratorID=\"\(id)\"")
    }

    private func refusal(_ request: Element, _ status: Int, _ message: String) -> String {
        "<\(request.name.dropLast(2))Rs requestID=\"\(request.attributes["requestID"] ?? "")\" statusCode=\"\(status)\" "
            + "statusSeverity=\"Error\" statusMessage=\"\(message.replacing("\"", with: "&quot;"))\"/>\n"
    }

    private func response(_ request: Element, _ range: Range<Int>, _ more: String = "") -> String {
        let name = String(request.name.dropLast(2))
        let status = range.isEmpty ? "statusCode=\"1\" statusSeverity=\"Info\" statusMessage=\"Nothing.\"" : ""
        let head =
            "<\(name)Rs requestID=\"\(request.attributes["requestID"] ?? "")\" "
            + (status.isEmpty ? "statusCode=\"0\" statusSeverity=\"Info\" statusMessage=\"Status OK\"" : status) + more
        let objects = range.map { "<VendorRet>\(Self.vendor($0))</VendorRet>\n" }.joined()
        return "\(head)>\n\(name == "VendorQuery" ? objects : "")</\(name)Rs>\n"
    }

    private static func vendor(_ number: Int) -> String {
        """
        <ListID>80000\(100 + number)-1700000000</ListID><TimeCreated>2026-01-01T08:00:00-07:00</TimeCreated>\
        <TimeModified>2026-01-01T08:00:00-07:00</TimeModified><EditSequence>1700000000</EditSequence>\
        <Name>Riverton &amp; Sons &#233; \(number)</Name><IsActive>true</IsActive>
        """
    }
}
