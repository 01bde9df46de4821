import Domain
import QBXML

/// What reading a response came to.
private struct Response: Equatable {
    var events: [ResponseEvent] = []
    var isRead = false

    init(_ bytes: [UInt8], chunk: Int) {
        do {
            var reader = try ResponseReader(MemorySource(bytes, chunk: chunk))
            while let event = try reader.next() { events.append(event) }
            isRead = true
        } catch is Problem {
            // Nothing of a file counts that cannot be read to its end.
            events = []
        } catch {
            fatalError("The response reader threw what is no problem: \(error)")
        }
    }
}

/// qbXML: the pieces in which a file arrives change nothing, the limits hold, and what is read can be written again.
func checkResponse(_ bytes: [UInt8]) {
    let responses = chunks.map { Response(bytes, chunk: $0) }
    requireSame(responses, "The pieces change what the response reader says")
    for event in responses[0].events {
        switch event {
        case .object(let element), .row(let element): checkElement(element)
        case .report(let columns): columns.forEach(checkElement)
        case .messageSet, .response, .endResponse, .refusal: continue
        }
    }
}

private func checkElement(_ element: Element) {
    checkLimits(element, depth: 4)
    guard hasPlainNames(element) else { return }
    var writer = XMLWriter()
    writer.element(element)
    require(writer.bytes.allSatisfy { $0 < 0x80 }, "What is written is not ASCII")
    do {
        let again = try Element.parse(writer.bytes)
        require(again == element, "What is written is read as something else: \(element)")
    } catch {
        fatalError("What was written cannot be read: \(error) \(element)")
    }
}

private func checkLimits(_ element: Element, depth: Int) {
    require(depth <= 64, "The nesting has no limit")
    require(element.text.utf8.count <= 1 << 20, "The text has no limit")
    require(element.attributes.count <= 64, "The attributes have no limit")
    for child in element.children { checkLimits(child, depth: depth + 1) }
}

/// Whether the names are such as the code writes: ASCII, without a prefix that is declared further out.
private func hasPlainNames(_ element: Element) -> Bool {
    func isPlain(_ name: String) -> Bool { name.utf8.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: ":") } }
    return isPlain(element.name) && element.attributes.keys.allSatisfy(isPlain)
        && element.children.allSatisfy(hasPlainNames)
}
