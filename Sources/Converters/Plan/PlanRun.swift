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

    private let plan: MappingPlan
    private let found: FoundFields
    private let settings: Settings
    private let pieces: UnsafeMutableBufferPointer<Piece>
    private let id: Range<Int>
    /// Texts that are not in the record as they are written.
    private var spill: [UInt8] = []
    /// What was changed on the way.
    private(set) var notes: [Note] = []

    init(
        _ plan: MappingPlan, _ found: FoundFields, _ settings: Settings, _ pieces: UnsafeMutableBufferPointer<Piece>,
        id: Range<Int>
    ) {
        self.plan = plan
        self.found = found
        self.settings = settings
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
        let shape = plan.steps[number].shape
        switch found.filled(plan.steps[number].field, or: plan.steps[number].instead) {
        case .unreadable: return false
        case .empty: return !plan.steps[number].isRequired
        case .plain(let range, let look):
            if shape.isRepeated, !isAnyAround(number) { return true }
            guard shape.fits(look, range.count) else { return apply(number, found.text(range)) }
            if shape.isFurtherLine { return true }
            pieces[number] = Piece(isThere: true, text: range, xml: range)
            if look.hasMarks { spillXML(number, found.text(range)) }
            return true
        case .special(let text):
            if shape.isRepeated, !isAnyAround(number) { return true }
            return apply(number, text)
        }
    }

    /// Whether anything stands in the fields around a name that is repeated.
    private func isAnyAround(_ number: Int) -> Bool {
        for field in plan.steps[number].around {
            if case .empty = found.filled(field, or: plan.layout.instead(of: field)) { continue }
            return true
        }
        return false
    }

    /// The way of texts about which something may have to be changed.
    private mutating func apply(_ number: Int, _ raw: String) -> Bool {
        let row = plan.steps[number].row
        do throws(Problem) {
            let (text, changes) = try plan.steps[number].rule.apply(
                raw, field: row.source, target: row.target, settings: settings)
            for change in changes {
                let shown = String(decoding: plan.shown, as: UTF8.self) + found.text(id)
                notes.append(Note(record: shown, field: row.source, what: change))
            }
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

    /// What the sync ledger keeps of it; nil where it has no name.
    func pack() -> PackedElement? {
        let name = pieces[plan.name]
        guard name.isThere else { return nil }
        switch found.filled(plan.layout.title, or: plan.layout.instead(of: plan.layout.title)) {
        case .empty, .unreadable: return nil
        case .plain(let title, _) where !name.isTextSpilled && name.text == title:
            return pack(title: title.count, key: title.count, nameKey: title.count) { cursor, places in
                let text = UnsafeBufferPointer(rebasing: found.bytes[title])
                places.title = cursor.put(text)
                let start = cursor.put(plan.nameSpace).lowerBound
                places.key = cursor.put(lowercased: text)
                places.nameKey = start..<places.key.upperBound
            }
        case .plain(let range, _): return pack(title: found.text(range), name: text(of: name))
        case .special(let title): return pack(title: title, name: text(of: name))
        }
    }

    private func pack(title: String, name: String) -> PackedElement {
        let key = Array(QuickBooksText.comparisonKey(title).utf8)
        let nameKey = Array(QuickBooksText.comparisonKey(name).utf8)
        return pack(title: title.utf8.count, key: key.count, nameKey: nameKey.count) { cursor, places in
            places.title = cursor.put(Array(title.utf8))
            places.key = cursor.put(key)
            let start = cursor.put(plan.nameSpace).lowerBound
            places.nameKey = start..<cursor.put(nameKey).upperBound
        }
    }

    /// - Parameters: the lengths of what `names` writes, beside the name space.
    private func pack(
        title: Int, key: Int, nameKey: Int, _ names: (inout ByteCursor, inout PackedElement.Places) -> Void
    ) -> PackedElement {
        var length = plan.shown.count + id.count + title + key + plan.nameSpace.count + nameKey
        for number in 0..<pieces.count where pieces[number].isThere {
            length += plan.steps[number].path.count + pieces[number].text.count + 1
        }
        var places = PackedElement.Places()
        let bytes = [UInt8](unsafeUninitializedCapacity: length) { memory, count in
            var cursor = ByteCursor(memory)
            let start = cursor.put(plan.shown).lowerBound
            places.id = cursor.put(UnsafeBufferPointer(rebasing: found.bytes[id]))
            places.shown = start..<cursor.count
            names(&cursor, &places)
            let content = cursor.count
            for number in 0..<pieces.count where pieces[number].isThere {
                cursor.put(plan.steps[number].path)
                withMemory(pieces[number].isTextSpilled, pieces[number].text) { _ = cursor.put($0) }
                cursor.put(Content.fieldEnd)
            }
            places.content = content..<cursor.count
            count = cursor.count
        }
        return PackedElement(bytes: bytes, places: places)
    }

    /// The body of the Add request.
    func body(_ guids: NameBasedGUIDs) -> [UInt8] {
        var length = plan.head.count + plan.guid.count + NameBasedGUIDs.length + plan.end.count
        var open = 0
        for number in 0..<pieces.count where pieces[number].isThere {
            let group = plan.steps[number].group
            length += plan.moves[open * plan.groups + group].count + plan.steps[number].open.count
            length += pieces[number].xml.count + plan.steps[number].close.count
            open = group
        }
        length += plan.moves[open * plan.groups].count
        return [UInt8](unsafeUninitializedCapacity: length) { memory, count in
            var cursor = ByteCursor(memory)
            cursor.put(plan.head)
            var open = 0
            for number in 0..<pieces.count where pieces[number].isThere {
                let group = plan.steps[number].group
                if group != open { cursor.put(plan.moves[open * plan.groups + group]) }
                open = group
                cursor.put(plan.steps[number].open)
                withMemory(pieces[number].isXMLSpilled, pieces[number].xml) { _ = cursor.put($0) }
                cursor.put(plan.steps[number].close)
            }
            cursor.put(plan.moves[open * plan.groups])
            cursor.put(plan.guid)
            let id = UnsafeBufferPointer(rebasing: found.bytes[self.id])
            cursor.put(NameBasedGUIDs.length) { guids.write(id, to: $0) }
            cursor.put(plan.end)
            count = cursor.count
        }
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
