import QBXML

/// What stands around the body of a request in its document, where requests differ by the id of their record.
public struct RequestFrame: Sendable {
    /// Up to the record's id, from there to the end of the tag, and behind the body.
    let head: [UInt8]
    let middle: [UInt8]
    let close: [UInt8]
    /// Where the `requestID` begins, and what follows on it.
    let idStart: Int
    let idEnd: Int
    /// Characters that are left for the record's id.
    let mostOfID: Int

    /// The frame of a message.
    /// - Parameters:
    ///   - message: its name, such as `VendorAddRq`.
    ///   - start: what stands in the `requestID` ahead of the record's id.
    ///   - end: what stands there behind it.
    ///   - longest: so many characters a `requestID` has at most.
    /// - Returns: nil where XML would write it otherwise than it is.
    public init?(_ message: String, requestID start: String, _ end: String, longest: Int) {
        let tag = "<\(message) requestID=\""
        var writer = XMLWriter()
        writer.open(message, [(name: "requestID", value: start + end)])
        guard writer.bytes == Array("\(tag)\(start)\(end)\">".utf8) else { return nil }
        head = Array("\(tag)\(start)".utf8)
        middle = Array("\(end)\">".utf8)
        close = Array("</\(message)>".utf8)
        idStart = tag.utf8.count
        idEnd = end.utf8.count
        mostOfID = longest - start.utf8.count - idEnd
    }
}
