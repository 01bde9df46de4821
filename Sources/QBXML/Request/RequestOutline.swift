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
