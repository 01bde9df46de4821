import Domain

/// Our own rules for what may leave: a request document is checked as the bytes that QuickBooks would get.
///
/// QuickBooks answers a malformed document with a bare 0x80040400 that names nothing, so everything is checked here:
/// known requests, order, required and repeated elements, lengths in characters, types of values, words, versions,
/// editions, names without colon, addresses that fit five printed lines, ids of requests and message sets, and that
/// all of it is ASCII. Beyond Intuit's schema, which lets several of these pass; it is not used here.
///
/// Only what `XMLWriter` and `MessageSet` write is understood: no comments, no CDATA, attributes on messages alone.
/// Source: Intuit's qbXML reference, "Modify, delete and void requests and responses", and 3205 for addresses.
public enum MessageRules {
    /// The longest `requestID`; Intuit, status code 1060.
    public static let longestRequestID = 50
    /// The longest `newMessageSetID`; Intuit, "Error recovery".
    public static let longestMessageSetID = 23
    /// The most problems told of one document.
    public static let mostProblems = 200

    /// Checks a whole document. Empty: it may leave. Each problem is placed by `requestID` and element.
    public static func check(_ document: [UInt8], edition: Edition) -> [Problem] {
        document.withUnsafeBufferPointer { bytes in
            var check = DocumentCheck(bytes, edition: edition)
            return check.run()
        }
    }
}
