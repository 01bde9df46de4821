/// A document of requests that is written as they come: what `MessageSet` writes of all of them.
public struct MessageSetWriter: Sendable {
    private var writer: XMLWriter
    /// Where each request begins.
    private var starts: [Int] = []

    /// A document without a request yet.
    /// - Parameters:
    ///   - version: the version that it declares.
    ///   - onError: what a failure does to the later requests.
    ///   - newMessageSetID: the id under which QuickBooks remembers the set and its answer; nil: none.
    ///   - oldMessageSetID: the id of an earlier set that is asked after or forgotten; nil: none.
    ///   - capacity: how many bytes are expected.
    public init(
        version: QBXMLVersion, onError: MessageSet.OnError, newMessageSetID: String? = nil,
        oldMessageSetID: String? = nil, capacity: Int = 0
    ) {
        writer = XMLWriter(capacity: capacity)
        writer.declaration(version)
        writer.open("QBXML")
        writer.newline()
        var attributes: [(name: String, value: String)] = []
        if let newMessageSetID { attributes.append(("newMessageSetID", newMessageSetID)) }
        if let oldMessageSetID { attributes.append(("oldMessageSetID", oldMessageSetID)) }
        attributes.append(("onError", onError.rawValue))
        writer.open("QBXMLMsgsRq", attributes)
        writer.newline()
    }

    /// How many requests have been written.
    public var count: Int { starts.count }

    /// Writes a request.
    /// - Returns: from which byte of the document on its body stands there.
    @discardableResult public mutating func add(_ request: MessageSet.Request) -> Int {
        starts.append(writer.bytes.count)
        let body = writer.request(request)
        writer.newline()
        return body
    }

    /// Writes a request that stands somewhere in memory as it is to stand in the document.
    public mutating func add(_ request: UnsafeRawBufferPointer) {
        starts.append(writer.bytes.count)
        writer.append(request)
        writer.newline()
    }

    /// Takes a request out again.
    /// - Parameters:
    ///   - message: its message: `VendorAddRq`.
    ///   - requestID: its id, by which it is found.
    public mutating func remove(_ message: String, requestID: String) {
        var tag = XMLWriter()
        tag.open(message, [(name: "requestID", value: requestID)])
        // Whatever follows the id.
        let beginning = tag.bytes.dropLast()
        guard let number = starts.firstIndex(where: { writer.bytes[$0...].starts(with: beginning) }) else { return }
        let start = starts.remove(at: number)
        let end = number < starts.count ? starts[number] : writer.bytes.count
        writer.remove(start..<end)
        for later in number..<starts.count { starts[later] -= end - start }
    }

    /// Ends the document, to which nothing is added any more, and gives its bytes.
    public mutating func finish() -> [UInt8] {
        writer.close("QBXMLMsgsRq")
        writer.newline()
        writer.close("QBXML")
        writer.newline()
        return writer.bytes
    }
}

extension MessageSet.Request {
    /// The request as it stands in a document.
    public var written: [UInt8] {
        var writer = XMLWriter(capacity: body.count + 120)
        writer.request(self)
        return writer.bytes
    }
}

extension XMLWriter {
    /// Writes a request.
    /// - Returns: from which byte on its body stands there.
    @discardableResult fileprivate mutating func request(_ request: MessageSet.Request) -> Int {
        let attributes = [(name: "requestID", value: request.requestID)] + request.attributes
        guard !request.body.isEmpty else {
            empty(request.name, attributes)
            return bytes.count
        }
        open(request.name, attributes)
        let start = bytes.count
        append(request.body)
        close(request.name)
        return start
    }
}
