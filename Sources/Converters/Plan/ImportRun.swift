import Domain
import QBXML

/// A plan at work on one element of a QuickBooks list.
struct ImportRun {
    /// The text of a step.
    struct Piece {
        var isThere = false
        /// Whether it lies in `spill`, rather than in the element.
        var isSpilled = false
        var range = 0..<0
    }

    private let plan: ImportPlan
    private let fields: ElementFields
    private let pieces: UnsafeMutableBufferPointer<Piece>
    /// Texts that do not lie in the element as they are written.
    private var spill: [UInt8] = []

    init(_ plan: ImportPlan, _ fields: ElementFields, _ pieces: UnsafeMutableBufferPointer<Piece>) {
        self.plan = plan
        self.fields = fields
        self.pieces = pieces
    }

    /// Whether texts can be copied into JSON, and into the sync ledger, as they are: nothing is there that JSON escapes.
    static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        while let here = bytes.sixteen(at: index) {
            let special =
                (here .< Sixteen(repeating: 0x20)) .| (here .== Sixteen(repeating: 0x22))
                .| (here .== Sixteen(repeating: 0x5c)) .| (here .== Sixteen(repeating: 0x7f))
            if special.isAnySet { return false }
            index += 16
        }
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x20 || byte == 0x22 || byte == 0x5c || byte == 0x7f { return false }
            index += 1
        }
        return true
    }

    // MARK: - Mapping

    /// Takes the element through the steps; false where it is for the converter.
    mutating func map() -> Bool {
        for number in 0..<pieces.count {
            switch plan.steps[number].taken {
            case .text(let field):
                if let range = fields[field], !range.isEmpty { pieces[number] = Piece(isThere: true, range: range) }
            case .street(let first): street(number, first)
            case .stateCode(let field):
                guard let range = fields[field], !range.isEmpty else { continue }
                if AddressPart.isStateCode(memory(range)) {
                    pieces[number] = Piece(isThere: true, range: range)
                } else {
                    // A state that Procore does not know is told about.
                    guard let code = AddressPart.stateCode(of: string(range)) else { return false }
                    put(number, code)
                }
            }
        }
        return true
    }

    private func memory(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: fields.bytes[range])
    }

    private func string(_ range: Range<Int>) -> String { String(decoding: memory(range), as: UTF8.self) }

    private mutating func put(_ number: Int, _ text: String) {
        let start = spill.count
        spill.append(contentsOf: text.utf8)
        pieces[number] = Piece(isThere: !text.isEmpty, isSpilled: true, range: start..<spill.count)
    }

    private mutating func street(_ number: Int, _ first: Int) {
        var isFirst = true
        var rest = Piece()
        for line in first..<first + AddressPart.streetLines.count {
            guard let range = fields[line], !range.isEmpty else { continue }
            defer { isFirst = false }
            if isFirst {
                guard let isName = isName(range) else {
                    let lines = (first..<first + AddressPart.streetLines.count).compactMap { fields[$0] }
                    let names = ImportPlan.Number.names.compactMap { fields[$0] }
                    return put(
                        number,
                        AddressPart.street(lines.filter { !$0.isEmpty }.map(string), names: names.map(string)) ?? "")
                }
                if isName { continue }
            }
            if !rest.isThere {
                rest = Piece(isThere: true, range: range)
                continue
            }
            if !rest.isSpilled {
                let start = spill.count
                spill.append(contentsOf: memory(rest.range))
                rest = Piece(isThere: true, isSpilled: true, range: start..<spill.count)
            }
            spill.append(0x20)
            spill.append(contentsOf: memory(range))
            rest.range = rest.range.lowerBound..<spill.count
        }
        pieces[number] = rest
    }

    /// Whether a line is one of the element's names; nil where that takes more than a look at ASCII.
    private func isName(_ line: Range<Int>) -> Bool? {
        let line = memory(line)
        var isSure = true
        for number in ImportPlan.Number.names {
            guard let range = fields[number] else { continue }
            let name = memory(range)
            if line.count == name.count, line.elementsEqual(name) { return true }
            guard isSure, Self.isTidy(line), Self.isTidy(name) else {
                isSure = false
                continue
            }
            if line.count == name.count, zip(line, name).allSatisfy({ Self.lowercased($0) == Self.lowercased($1) }) {
                return true
            }
        }
        return isSure ? false : nil
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// Whether a plain text is ASCII, with single spaces inside and none at the ends.
    private static func isTidy(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var last: UInt8 = 0x20
        for byte in text {
            if byte >= 0x80 || byte == 0x20 && last == 0x20 { return false }
            last = byte
        }
        return last != 0x20
    }

    // MARK: - Writing

    private func text(_ field: Int) -> UnsafeBufferPointer<UInt8> { memory(fields[field] ?? 0..<0) }

    /// What the sync ledger keeps of the element.
    /// - Parameters:
    ///   - ink: the plan's.
    ///   - bytes: what it is written behind.
    /// - Returns: where its texts lie among these.
    func pack(_ ink: UnsafeBufferPointer<UInt8>, onto bytes: inout ByteStore) -> PackedImports.Places {
        let name = text(ImportPlan.Number.name)
        let folded =
            Self.isTidy(name) ? nil : Array(QuickBooksText.comparisonKey(String(decoding: name, as: UTF8.self)).utf8)
        let (listID, edit) = (text(ImportPlan.Number.listID), text(ImportPlan.Number.editSequence))
        let words = plan.words
        var places = PackedImports.Places()
        let length = length() + words.nameSpace.count + (folded?.count ?? name.count)
        bytes.add(length) { cursor in
            let write = { (words: Range<Int>, cursor: inout ByteCursor) in
                cursor.put(UnsafeBufferPointer(rebasing: ink[words]))
            }
            places.entity = write(words.entity, &cursor)
            let list = write(words.list, &cursor)
            places.list = list.dropLast()
            places.listID = cursor.put(listID)
            places.detail = list.lowerBound..<cursor.count
            if !edit.isEmpty { places.editSequence = cursor.put(edit) }
            let shown = write(words.shown, &cursor).lowerBound
            places.fullName = cursor.put(name)
            cursor.put(0x22)
            places.shown = shown..<cursor.count
            let nameKey = write(words.nameSpace, &cursor).lowerBound
            places.key = folded.map { cursor.put($0) } ?? cursor.put(lowercased: name)
            places.nameKey = nameKey..<cursor.count
            places.confirmed = confirmed(ink, &cursor)
            places.imported = imported(ink, &cursor)
        }
        return places
    }

    /// The most bytes that are written, without the folded name.
    private func length() -> Int {
        let words = plan.words
        var length = words.entity.count + words.list.count + words.shown.count + 1
        for number in [ImportPlan.Number.listID, ImportPlan.Number.editSequence, ImportPlan.Number.name] {
            length += text(number).count
        }
        for held in plan.held { length += held.path.count + text(held.field).count + 1 }
        for number in 0..<pieces.count { length += plan.steps[number].path.count + pieces[number].range.count + 1 }
        return length
    }

    private func confirmed(_ ink: UnsafeBufferPointer<UInt8>, _ cursor: inout ByteCursor) -> Range<Int> {
        let start = cursor.count
        var first: UnsafeBufferPointer<UInt8>?
        for held in plan.held {
            let text = text(held.field)
            guard !text.isEmpty else { continue }
            cursor.put(UnsafeBufferPointer(rebasing: ink[held.path]))
            put(text, unlessSameAs: first, &cursor)
            first = first ?? text
        }
        return start..<cursor.count
    }

    private func imported(_ ink: UnsafeBufferPointer<UInt8>, _ cursor: inout ByteCursor) -> Range<Int> {
        let start = cursor.count
        spill.withUnsafeBufferPointer { spill in
            var first: UnsafeBufferPointer<UInt8>?
            for number in 0..<pieces.count where pieces[number].isThere {
                let text = text(of: pieces[number], spill)
                cursor.put(UnsafeBufferPointer(rebasing: ink[plan.steps[number].path]))
                put(text, unlessSameAs: first, &cursor)
                first = first ?? text
            }
        }
        return start..<cursor.count
    }

    private func text(of piece: Piece, _ spill: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        piece.isSpilled ? UnsafeBufferPointer(rebasing: spill[piece.range]) : memory(piece.range)
    }

    /// Writes the text of a field, and what ends it; as content is encoded, the text of the first field is not written again.
    private func put(
        _ text: UnsafeBufferPointer<UInt8>, unlessSameAs first: UnsafeBufferPointer<UInt8>?, _ cursor: inout ByteCursor
    ) {
        if let first, text.count >= Content.leastSame, first.count == text.count, first.elementsEqual(text) {
            cursor.put(Content.sameAsFirst)
        } else {
            cursor.put(text)
        }
        cursor.put(Content.fieldEnd)
    }

    /// What Procore is told of the element.
    /// - Parameters:
    ///   - ink: the plan's.
    ///   - isPretty: whether people can read it; else it is without white space.
    ///   - bytes: what it is written behind.
    func update(_ ink: UnsafeBufferPointer<UInt8>, isPretty: Bool, onto bytes: inout ByteStore) {
        let words = plan.words
        let (listID, edit) = (text(ImportPlan.Number.listID), text(ImportPlan.Number.editSequence))
        let length = length(ofUpdate: isPretty)
        bytes.add(length) { cursor in
            func add(_ member: ImportPlan.Member, _ text: UnsafeBufferPointer<UInt8>) {
                cursor.put(UnsafeBufferPointer(rebasing: ink[isPretty ? member.pretty : member.compact]))
                cursor.put(text)
                cursor.put(UnsafeBufferPointer(rebasing: ink[member.end]))
            }
            cursor.put(UInt8(ascii: "{"))
            add(words.origin, listID)
            if !edit.isEmpty { add(words.edit, edit) }
            add(words.code, text(ImportPlan.Number.name))
            spill.withUnsafeBufferPointer { spill in
                for number in 0..<pieces.count where pieces[number].isThere {
                    add(plan.steps[number].member, text(of: pieces[number], spill))
                }
            }
            add(words.end, UnsafeBufferPointer(start: nil, count: 0))
        }
    }

    /// The most bytes that are written of an update.
    private func length(ofUpdate isPretty: Bool) -> Int {
        let words = plan.words
        var sum = 1 + text(ImportPlan.Number.listID).count + text(ImportPlan.Number.editSequence).count
        sum += text(ImportPlan.Number.name).count
        for member in [words.origin, words.edit, words.code, words.end] { sum += length(of: member, isPretty) }
        for number in 0..<pieces.count where pieces[number].isThere {
            sum += length(of: plan.steps[number].member, isPretty) + pieces[number].range.count
        }
        return sum
    }

    private func length(of member: ImportPlan.Member, _ isPretty: Bool) -> Int {
        (isPretty ? member.pretty.count : member.compact.count) + member.end.count
    }
}
