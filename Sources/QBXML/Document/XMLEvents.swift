import CLibXML2

/// What libxml2's callbacks told of a piece of a document, in its order: elements that open and close, and text.
struct XMLEvents {
    enum Kind { case start, end, text }

    /// One of them.
    struct Event {
        let kind: Kind
        /// Whether an element is written `<like-this/>`, and so nothing closes it.
        var isEmpty = false
        /// How many elements are around it.
        let depth: Int32
        /// The place of an element's name among the names.
        var name: Int32 = 0
        /// The place of an element's attributes; nil: it has none.
        var attributes: Int32?
        /// A text among the bytes.
        var text: Range<Int32> = 0..<0
        /// The line on which it ends, counted from 1.
        let line: Int32
    }

    private(set) var events: [Event] = []
    /// Texts, references resolved.
    private(set) var bytes: [UInt8] = []
    private(set) var attributes: [[String: String]] = []
    private(set) var names = ElementTree.Names()
    private var table: ElementTree.NameTable?
    /// What libxml2 said first; what follows it is only its consequence.
    private(set) var complaint: XMLProblem.Complaint?

    private var depth: Int32 = 0
    /// Whether the element that opened last is written as empty.
    private var isEmpty = false
    private var known = KnownNames()
    /// From so many names on they are forgotten between two objects.
    private static let mostNames = 1_024

    /// Forgets what was told, for the next piece.
    /// - Parameter isBetween: whether nothing refers to the names.
    mutating func clear(isBetween: Bool) {
        events.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        attributes.removeAll(keepingCapacity: true)
        guard isBetween, names.texts.count > Self.mostNames else { return }
        names = ElementTree.Names()
        table = nil
        known = KnownNames()
    }

    /// The names so far.
    mutating func nameTable() -> ElementTree.NameTable {
        if let table { return table }
        let made = ElementTree.NameTable(names)
        table = made
        return made
    }

    mutating func start(_ element: XMLStart, _ place: XMLPlace) {
        let name = name(element.name, element.prefix)
        var given: Int32?
        if element.hasAttributes {
            given = Int32(attributes.count)
            attributes.append(element.attributes())
        }
        isEmpty = place.isBeforeEmptyEnd
        events.append(
            Event(kind: .start, isEmpty: isEmpty, depth: depth, name: name, attributes: given, line: place.line))
        depth += 1
    }

    mutating func end(_ place: XMLPlace) {
        depth -= 1
        if isEmpty {
            isEmpty = false
        } else {
            events.append(Event(kind: .end, depth: depth, line: place.line))
        }
    }

    mutating func text(_ text: UnsafeBufferPointer<UInt8>, _ place: XMLPlace) {
        let start = Int32(bytes.count)
        bytes.append(contentsOf: text)
        let end = Int32(bytes.count)
        // Text comes in pieces, such as before and behind a reference.
        if let last = events.last, last.kind == .text, last.text.upperBound == start {
            events[events.count - 1] = Event(
                kind: .text, depth: depth, text: last.text.lowerBound..<end, line: place.line)
        } else {
            events.append(Event(kind: .text, depth: depth, text: start..<end, line: place.line))
        }
    }

    mutating func complain(_ error: xmlError, isAtEnd: Bool) {
        guard complaint == nil, error.level.rawValue >= XML_ERR_ERROR.rawValue else { return }
        complaint = XMLProblem.Complaint(
            code: UInt32(bitPattern: error.code), line: Int(error.line),
            message: error.message.map { String(cString: $0) } ?? "", atEnd: isAtEnd)
    }

    /// The place of a name, prefix and all.
    private mutating func name(_ local: UnsafePointer<UInt8>, _ prefix: UnsafePointer<UInt8>?) -> Int32 {
        if let place = known[local, prefix] { return place }
        table = nil
        let place = names.add(XMLStart.name(local, prefix))
        known[local, prefix] = place
        return place
    }
}

/// The names that are known by their addresses: libxml2 keeps each name once for the whole document.
private struct KnownNames {
    private struct Key: Hashable {
        let local: UnsafePointer<UInt8>
        let prefix: UnsafePointer<UInt8>?
    }

    private var places: [Key: Int32] = [:]
    /// Those that were asked for last, by some bits of their addresses.
    private var latest: [(key: Key, place: Int32)?] = Array(repeating: nil, count: 256)

    subscript(local: UnsafePointer<UInt8>, prefix: UnsafePointer<UInt8>?) -> Int32? {
        mutating get {
            let key = Key(local: local, prefix: prefix)
            if let latest = latest[Self.slot(local)], latest.key == key { return latest.place }
            guard let place = places[key] else { return nil }
            latest[Self.slot(local)] = (key, place)
            return place
        }
        set {
            places[Key(local: local, prefix: prefix)] = newValue
        }
    }

    private static func slot(_ name: UnsafePointer<UInt8>) -> Int {
        let bits = UInt(bitPattern: name)
        return Int((bits >> 2 ^ bits >> 9) & 0xff)
    }
}
