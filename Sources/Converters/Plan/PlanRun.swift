import Domain
import Procore
import QBXML

/// A plan at work on one record.
struct PlanRun {
    /// What a step makes: where its text lies, and where the same lies as XML has it.
    struct Piece {
        var isThere = false
        /// Whether they lie in `spill`, rather than in the record.
        var isTextSpilled = false
        var isXMLSpilled = false
        var text = 0..<0
        var xml = 0..<0
    }

    private let terms: BoundPlan
    private let found: FoundFields
    private let pieces: UnsafeMutableBufferPointer<Piece>
    private let id: Range<Int>
    /// Texts that are not in the record as they are written.
    private var spill: [UInt8] = []
    /// What was changed on the way.
    private(set) var notes: [Note] = []

    init(
        _ terms: BoundPlan, _ found: FoundFields, _ pieces: UnsafeMutableBufferPointer<Piece>, id: Range<Int>
    ) {
        self.terms = terms
        self.found = found
        self.pieces = pieces
        self.id = id
    }

    // MARK: - Mapping

    /// Takes the record through the steps; false where it is for the converter.
    mutating func map() -> Bool {
        for number in 0..<pieces.count { guard take(number) else { return false } }
        if notes.count > 1 { notes = notes.uniqued() }
        return true
    }

    private mutating func take(_ number: Int) -> Bool {
        let shape = terms.plan.steps[number].shape
        switch found.filled(terms.plan.steps[number].field, or: terms.plan.steps[number].instead) {
        case .unreadable: return false
        case .empty: return !terms.plan.steps[number].isRequired
        case .plain(let range, let look):
            if shape.isRepeated, !isAnyAround(number) { return true }
            guard shape.fits(look, range.count) else {
                if case .addressLine(let line, let most) = terms.plan.steps[number].rule {
                    return takeLine(line, of: most, number, range, look)
                }
                return apply(number, found.text(range))
            }
            if shape.isFurtherLine { return true }
            return take(number, range, look)
        case .special(let text):
            if shape.isRepeated, !isAnyAround(number) { return true }
            return apply(number, text)
        }
    }

    /// Takes a tidy text as it stands.
    private mutating func take(_ number: Int, _ range: Range<Int>, _ look: PlainText.Look) -> Bool {
        pieces[number] = Piece(isThere: true, text: range, xml: range)
        if look.hasMarks { spillXML(number, found.text(range)) }
        return true
    }

    /// Takes one of the lines of an address that is too long for one; false where it does not fit at all.
    private mutating func takeLine(
        _ line: Int, of most: Int, _ number: Int, _ range: Range<Int>, _ look: PlainText.Look
    ) -> Bool {
        var lines = 0
        var own: Range<Int>?
        var rest = found.bytes[range]
        while !rest.isEmpty {
            let end = PlainText.endOfLine(rest, width: addressWidth)
            guard end - rest.startIndex <= addressWidth else { return false }
            lines += 1
            if lines == line { own = rest.startIndex..<end }
            rest = rest[end...].dropFirst()
        }
        guard lines <= most else { return false }
        if lines > 1, line == 1 { note(Rule.addressNote(lines), terms.plan.steps[number].row) }
        return own.map { take(number, $0, look) } ?? true
    }

    private mutating func note(_ change: String, _ row: MappingPlan.Words) {
        let shown = String(decoding: terms.plan.shown, as: UTF8.self) + found.text(id)
        notes.append(Note(record: shown, field: row.source, what: change))
    }

    /// Whether anything stands in the fields around a name that is repeated.
    private func isAnyAround(_ number: Int) -> Bool {
        for field in terms.plan.steps[number].around {
            if case .empty = found.filled(field, or: terms.plan.layout.instead(of: field)) { continue }
            return true
        }
        return false
    }

    /// The way of texts about which something may have to be changed.
    private mutating func apply(_ number: Int, _ raw: String) -> Bool {
        let row = terms.plan.steps[number].row
        do throws(Problem) {
            let (text, changes) = try terms.plan.steps[number].rule.apply(
                raw, field: row.source, target: row.target, settings: terms.settings)
            for change in changes { note(change, row) }
            guard let text else { return true }
            pieces[number].isThere = true
            pieces[number].isTextSpilled = true
            pieces[number].text = spill.count..<spill.count + text.utf8.count
            spill.append(contentsOf: text.utf8)
            spillXML(number, text)
            return true
        } catch {
            return false
        }
    }

    private mutating func spillXML(_ number: Int, _ text: String) {
        var writer = XMLWriter()
        writer.text(text)
        pieces[number].isXMLSpilled = true
        pieces[number].xml = spill.count..<spill.count + writer.bytes.count
        spill.append(contentsOf: writer.bytes)
    }

    // MARK: - Writing

    private func withMemory<Result>(
        _ isSpilled: Bool, _ range: Range<Int>, _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        guard isSpilled else { return body(UnsafeBufferPointer(rebasing: found.bytes[range])) }
        return spill.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    private func text(of piece: Piece) -> String {
        withMemory(piece.isTextSpilled, piece.text) { String(decoding: $0, as: UTF8.self) }
    }

    /// Writes what the sync ledger keeps of it.
    /// - Returns: where it lies; nil where it has no name.
    func pack(into store: inout ByteStore) -> PackedElement.Places? {
        let name = pieces[terms.plan.name]
        guard name.isThere else { return nil }
        switch found.filled(terms.plan.layout.title, or: terms.plan.layout.instead(of: terms.plan.layout.title)) {
        case .empty, .unreadable: return nil
        case .plain(let title, _) where !name.isTextSpilled && name.text == title:
            return pack(into: &store, title: title.count, key: title.count, nameKey: title.count) { cursor, places in
                let text = UnsafeBufferPointer(rebasing: found.bytes[title])
                places.title = cursor.put(text)
                let start = cursor.put(terms.plan.nameSpace).lowerBound
                places.key = cursor.put(lowercased: text)
                places.nameKey = start..<places.key.upperBound
            }
        case .plain(let range, _): return pack(into: &store, title: found.text(range), name: text(of: name))
        case .special(let title): return pack(into: &store, title: title, name: text(of: name))
        }
    }

    private func pack(into store: inout ByteStore, title: String, name: String) -> PackedElement.Places {
        let key = Array(QuickBooksText.comparisonKey(title).utf8)
        let nameKey = Array(QuickBooksText.comparisonKey(name).utf8)
        return pack(into: &store, title: title.utf8.count, key: key.count, nameKey: nameKey.count) { cursor, places in
            places.title = cursor.put(Array(title.utf8))
            places.key = cursor.put(key)
            let start = cursor.put(terms.plan.nameSpace).lowerBound
            places.nameKey = start..<cursor.put(nameKey).upperBound
        }
    }

    /// - Parameters: the lengths of what `names` writes, beside the name space.
    private func pack(
        into store: inout ByteStore, title: Int, key: Int, nameKey: Int,
        _ names: (inout ByteCursor, inout PackedElement.Places) -> Void
    ) -> PackedElement.Places {
        var length = terms.plan.shown.count + id.count + title + key + terms.plan.nameSpace.count + nameKey
        for number in 0..<pieces.count where pieces[number].isThere {
            length += terms.plan.steps[number].path.count + pieces[number].text.count + 1
        }
        return store.add(length) { cursor in
            var places = PackedElement.Places()
            let start = cursor.put(terms.plan.shown).lowerBound
            places.id = cursor.put(UnsafeBufferPointer(rebasing: found.bytes[id]))
            places.shown = start..<cursor.count
            names(&cursor, &places)
            let content = cursor.count
            for number in 0..<pieces.count where pieces[number].isThere {
                cursor.put(terms.plan.steps[number].path)
                if isTextOfFirst(number) {
                    cursor.put(Content.sameAsFirst)
                } else {
                    withMemory(pieces[number].isTextSpilled, pieces[number].text) { _ = cursor.put($0) }
                }
                cursor.put(Content.fieldEnd)
            }
            places.content = content..<cursor.count
            return places
        }
    }

    /// Whether the first field has just this text, so that the sync ledger does not keep it once more.
    private func isTextOfFirst(_ number: Int) -> Bool {
        guard let first = pieces.first(where: \.isThere), pieces[number].text.count >= Content.leastSame,
            pieces[..<number].contains(where: \.isThere), first.text.count == pieces[number].text.count
        else { return false }
        return withMemory(first.isTextSpilled, first.text) { first in
            withMemory(pieces[number].isTextSpilled, pieces[number].text) { first.elementsEqual($0) }
        }
    }

    /// Writes the request that adds it, as it stands in a document.
    /// - Returns: where it lies, and where its `requestID` does.
    func request(into store: inout ByteStore) -> (all: Range<Int>, id: Range<Int>) {
        let frame = terms.frame
        var length = terms.plan.head.count + terms.plan.guid.count + NameBasedGUIDs.length + terms.plan.end.count
        length += frame.head.count + id.count + frame.middle.count + frame.close.count
        var open = 0
        for number in 0..<pieces.count where pieces[number].isThere {
            let group = terms.plan.steps[number].group
            length += terms.plan.moves[open * terms.plan.groups + group].count + terms.plan.steps[number].open.count
            length += pieces[number].xml.count + terms.plan.steps[number].close.count
            open = group
        }
        length += terms.plan.moves[open * terms.plan.groups].count
        let id = UnsafeBufferPointer(rebasing: found.bytes[self.id])
        return store.add(length) { cursor in
            let start = cursor.put(frame.head).lowerBound
            let idEnd = cursor.put(id).upperBound + frame.idEnd
            cursor.put(frame.middle)
            writeBody(id, &cursor)
            cursor.put(frame.close)
            return (all: start..<cursor.count, id: start + frame.idStart..<idEnd)
        }
    }

    private func writeBody(_ id: UnsafeBufferPointer<UInt8>, _ cursor: inout ByteCursor) {
        cursor.put(terms.plan.head)
        var open = 0
        for number in 0..<pieces.count where pieces[number].isThere {
            let group = terms.plan.steps[number].group
            if group != open { cursor.put(terms.plan.moves[open * terms.plan.groups + group]) }
            open = group
            cursor.put(terms.plan.steps[number].open)
            withMemory(pieces[number].isXMLSpilled, pieces[number].xml) { _ = cursor.put($0) }
            cursor.put(terms.plan.steps[number].close)
        }
        cursor.put(terms.plan.moves[open * terms.plan.groups])
        cursor.put(terms.plan.guid)
        cursor.put(NameBasedGUIDs.length) { terms.guids.write(id, to: $0) }
        cursor.put(terms.plan.end)
    }
}

/// What stands in a field, as a plan looks at it.
enum FilledText {
    /// Nothing, or nothing but white space.
    case empty
    /// A tidy text in the record itself.
    case plain(Range<Int>, PlainText.Look)
    /// Any other text.
    case special(String)
    /// No text.
    case unreadable
}

extension FoundFields {
    /// What stands in a field, or, where it is empty, in another one.
    func filled(_ field: Int, or instead: Int?) -> FilledText {
        switch self[field] {
        case .empty: break
        case .text(let range):
            let look = PlainText.look(at: range, of: bytes)
            if look.isTidy { return .plain(range, look) }
            if let text = filled(range) { return .special(text) }
        case .yes, .other: return .unreadable
        }
        return instead.map { filled($0, or: nil) } ?? .empty
    }

    /// A tidy text.
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
