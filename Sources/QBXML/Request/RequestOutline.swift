import Domain

/// What a document of requests asks, without what stands in them: enough to tell whose answer a response is.
public struct RequestOutline: Sendable, Hashable {
    /// A request of it.
    public struct Request: Sendable, Hashable {
        /// `VendorAddRq`
        public let name: String
        /// What QuickBooks echoes; nil where it has none.
        public let requestID: String?
    }

    /// The id under which QuickBooks remembers the set; nil: it remembers nothing.
    public private(set) var messageSetID: String?
    /// The requests, in their order.
    public private(set) var requests: [Request] = []

    /// Whether nothing in it changes the books.
    public var asksOnly: Bool { requests.allSatisfy { $0.name.hasSuffix("QueryRq") } }

    /// Reads a document of the plainest kind.
    /// - Parameter bytes: all of it.
    /// - Returns: nil where it has to be read by the other way, since it is not of this kind, or malformed.
    public init?(plain bytes: [UInt8]) {
        let isPlain = bytes.withUnsafeBufferPointer { bytes in
            var document = PlainXML(bytes, deepest: Self.deepest)
            while true {
                switch document.next() {
                case .start where document.depth == 2 && document.isNamed("QBXMLMsgsRq"):
                    messageSetID = document.attribute("newMessageSetID")
                case .start where document.depth == 3:
                    requests.append(
                        Request(name: document.string(document.name), requestID: document.attribute("requestID")))
                case .finished: return true
                case .unsure: return false
                case .start, .text, .end: break
                }
            }
        }
        guard isPlain else { return nil }
    }

    /// No document of ours is deeper.
    private static let deepest = 24

    /// Reads a document to its end.
    /// - Throws: a `Problem` where it is no whole XML document, and what the source throws.
    public init(_ source: any ByteSource) throws {
        let document = try XMLDocumentReader(source)
        while try document.advance() {
            guard document.isStart else { continue }
            if document.depth == 1, document.name == "QBXMLMsgsRq" {
                messageSetID = document.attributes()["newMessageSetID"]
            } else if document.depth == 2 {
                requests.append(Request(name: document.name, requestID: document.attributes()["requestID"]))
            }
        }
    }
}
