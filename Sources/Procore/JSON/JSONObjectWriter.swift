/// Writes an object of texts and numbers member by member, readable and compact at once: of very many small ones, a value
/// for each member would take longer than what is written.
public struct JSONObjectWriter {
    /// As `JSONValue.bytes` writes it when it is pretty.
    public private(set) var pretty: [UInt8] = []
    /// As it writes it otherwise.
    public private(set) var compact: [UInt8] = []
    private let depth: Int
    private var isEmpty = true

    /// - Parameters:
    ///   - depth: how many objects and lists are around it.
    ///   - capacity: how many bytes are expected.
    public init(depth: Int, capacity: Int = 512) {
        self.depth = depth
        pretty.reserveCapacity(capacity)
        compact.reserveCapacity(capacity)
        pretty.append(UInt8(ascii: "{"))
        compact.append(UInt8(ascii: "{"))
    }

    /// Adds a text.
    public mutating func add(_ key: String, _ text: String) {
        begin(key)
        let start = pretty.count
        JSONValue.quote(text, &pretty)
        compact.append(contentsOf: pretty[start...])
    }

    /// Adds a number, exactly as it is to be written.
    public mutating func add(_ key: String, number: String) {
        begin(key)
        pretty.append(contentsOf: number.utf8)
        compact.append(contentsOf: number.utf8)
    }

    /// Ends the object.
    public mutating func end() {
        if !isEmpty { JSONValue.newLine(&pretty, depth) }
        pretty.append(UInt8(ascii: "}"))
        compact.append(UInt8(ascii: "}"))
    }

    private mutating func begin(_ key: String) {
        if !isEmpty {
            pretty.append(UInt8(ascii: ","))
            compact.append(UInt8(ascii: ","))
        }
        isEmpty = false
        JSONValue.newLine(&pretty, depth + 1)
        let start = pretty.count
        JSONValue.quote(key, &pretty)
        pretty.append(UInt8(ascii: ":"))
        compact.append(contentsOf: pretty[start...])
        pretty.append(UInt8(ascii: " "))
    }
}
