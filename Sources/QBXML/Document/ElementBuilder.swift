import Domain

/// Puts an element together from what is told of it, one piece of the document after the other.
struct ElementBuilder {
    /// An element that is open.
    private struct Opened {
        let place: Int
        let name: Int32
        /// How many bytes of text it has so far, those that only indent too.
        var length = 0
        var hasChildren = false
    }

    private var nodes: [ElementTree.Node] = []
    private var bytes: [UInt8] = []
    private var attributes: [[String: String]] = []
    private var opened: [Opened] = []
    /// The texts of elements that have children, by how many are open: they come in pieces.
    private var scattered: [[UInt8]] = []
    private var longestText = 0
    /// How many bytes of text the object may still hold.
    private var room = 0

    /// Begins with the next element.
    mutating func begin(longestText: Int, longestObject: Int) {
        nodes.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        attributes.removeAll(keepingCapacity: true)
        opened.removeAll(keepingCapacity: true)
        self.longestText = longestText
        room = longestObject
    }

    /// Takes nodes as long as there are any, until the element is complete.
    /// - Parameter index: the first of them; then the one that completes it, or the one behind the last.
    /// - Returns: whether it is complete.
    /// - Throws: a `Problem` where it goes beyond the limits.
    mutating func take(_ events: borrowing XMLEvents, from index: inout Int) throws -> Bool {
        while index < events.events.count {
            if try take(events.events[index], events) { return true }
            index += 1
        }
        return false
    }

    private mutating func take(_ event: XMLEvents.Event, _ events: borrowing XMLEvents) throws -> Bool {
        switch event.kind {
        case .start:
            if event.depth > XMLDocumentReader.deepest { throw XMLProblem.tooDeep(line: Int(event.line)) }
            guard nodes.count < XMLDocumentReader.mostElements else { throw tooLarge(events, event) }
            open(event, events)
            if !event.isEmpty { return false }
        case .text:
            if event.depth > XMLDocumentReader.deepest { throw XMLProblem.tooDeep(line: Int(event.line)) }
            try add(event, events)
            return false
        case .end: break
        }
        close()
        return opened.isEmpty
    }

    /// The element that was put together.
    func finish(_ names: ElementTree.NameTable) -> ElementTree { ElementTree(nodes, bytes, attributes, names) }

    private mutating func open(_ event: XMLEvents.Event, _ events: borrowing XMLEvents) {
        if let last = opened.indices.last, !opened[last].hasChildren {
            opened[last].hasChildren = true
            // What came so far is only the first piece.
            let start = bytes.count - opened[last].length
            while scattered.count <= last { scattered.append([]) }
            scattered[last].removeAll(keepingCapacity: true)
            scattered[last].append(contentsOf: bytes[start...])
            bytes.removeLast(opened[last].length)
        }
        var place: Int32?
        if let given = event.attributes {
            place = Int32(attributes.count)
            attributes.append(events.attributes[Int(given)])
        }
        opened.append(Opened(place: nodes.count, name: event.name))
        nodes.append(
            ElementTree.Node(name: event.name, hash: events.names.hashes[Int(event.name)], attributes: place))
    }

    private mutating func add(_ event: XMLEvents.Event, _ events: borrowing XMLEvents) throws {
        let last = opened.count - 1
        opened[last].length += event.text.count
        if opened[last].length > longestText {
            throw XMLProblem.tooLong(events.names.texts[Int(opened[last].name)], line: Int(event.line))
        }
        room -= event.text.count
        guard room >= 0 else { throw tooLarge(events, event) }
        let hasChildren = opened[last].hasChildren
        events.bytes.withUnsafeBufferPointer { all in
            let text = UnsafeBufferPointer(rebasing: all[Int(event.text.lowerBound)..<Int(event.text.upperBound)])
            if hasChildren {
                scattered[last].append(contentsOf: text)
            } else {
                bytes.append(contentsOf: text)
            }
        }
    }

    private mutating func close() {
        guard let element = opened.popLast() else { return }
        if element.hasChildren {
            let text = scattered[opened.count]
            // White space that only indents its children is no text of its own.
            if !text.allSatisfy({ $0 <= 0x20 }) { add(text, to: element.place) }
        } else if element.length > 0 {
            nodes[element.place].text = Int32(bytes.count - element.length)..<Int32(bytes.count)
        }
        nodes[element.place].next = Int32(nodes.count)
    }

    private mutating func add(_ text: [UInt8], to place: Int) {
        nodes[place].text = Int32(bytes.count)..<Int32(bytes.count + text.count)
        bytes.append(contentsOf: text)
    }

    private func tooLarge(_ events: borrowing XMLEvents, _ event: XMLEvents.Event) -> Problem {
        XMLProblem.largeObject(nodes.first.map { events.names.texts[Int($0.name)] } ?? "", line: Int(event.line))
    }
}
