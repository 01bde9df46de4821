/// A document of requests, as QuickBooks takes them: one message set.
///
/// The same requests give the same bytes, each request on a line of its own. That matters with a message-set id:
/// QuickBooks remembers a checksum, and refuses the same id with other bytes (9001).
public struct MessageSet: Sendable {
    /// What QuickBooks does with the later requests after one fails. Its `rollbackOnError` never worked.
    public enum OnError: String, Sendable, Hashable {
        /// The later ones come back unprocessed (3231); the earlier ones stay saved.
        case stopOnError
        /// Each request stands alone.
        case continueOnError
    }

    /// One request.
    public struct Request: Sendable {
        /// The message: `VendorAddRq`.
        public let name: String
        /// What QuickBooks echoes, so that the answer finds its request: at most 50 characters.
        public let requestID: String
        /// Further attributes, such as `iterator`, in writing order.
        public let attributes: [(name: String, value: String)]
        /// What stands inside, from an `XMLWriter`: `<VendorAdd>…</VendorAdd>`, or the filters of a query.
        public let body: [UInt8]

        /// A request of these parts.
        public init(
            _ name: String, requestID: String, attributes: [(name: String, value: String)] = [], body: [UInt8]
        ) {
            self.name = name
            self.requestID = requestID
            self.attributes = attributes
            self.body = body
        }
    }

    /// The version the document declares.
    public let version: QBXMLVersion
    /// What a failure does to the later requests.
    public let onError: OnError
    /// The id under which QuickBooks remembers the set and its answer: at most 23 characters. Nil for queries, and
    /// for sets whose lost answer is found again by name.
    public let newMessageSetID: String?
    /// The id of an earlier set that is asked after (the same as the new one) or forgotten.
    public let oldMessageSetID: String?
    /// The requests, in sending order.
    public var requests: [Request]

    /// A message set of these parts.
    public init(
        version: QBXMLVersion, onError: OnError, newMessageSetID: String? = nil, oldMessageSetID: String? = nil,
        requests: [Request] = []
    ) {
        self.version = version
        self.onError = onError
        self.newMessageSetID = newMessageSetID
        self.oldMessageSetID = oldMessageSetID
        self.requests = requests
    }

    /// The document's bytes.
    public func rendered() -> [UInt8] { renderedWithBodies().bytes }

    /// The document's bytes, and from which of them on the body of each request stands there.
    public func renderedWithBodies() -> (bytes: [UInt8], bodies: [Int]) {
        var writer = MessageSetWriter(
            version: version, onError: onError, newMessageSetID: newMessageSetID, oldMessageSetID: oldMessageSetID,
            capacity: requests.reduce(256) { $0 + $1.body.count + 120 })
        let bodies = requests.map { writer.add($0) }
        return (writer.finish(), bodies)
    }
}
