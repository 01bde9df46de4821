import QBXML

/// The elements that may stand inside one element, in their binding order.
struct Layout: Sendable {
    /// The three shapes of one record: as it is added, as it is changed, as QuickBooks gives it.
    enum Form: Character, Sendable, CaseIterable {
        case add = "A"
        case mod = "M"
        case ret = "R"
    }

    /// One element and what it may hold.
    struct Slot: Sendable {
        let name: String
        let value: ValueKind
        /// The longest text, in characters.
        let longest: Int
        /// The words of an enumeration; empty: any text.
        let words: [String]
        let isRequired: Bool
        let repeats: Bool
        /// Of the slots of one group, only those of one alternative may stand together.
        let group: Character?
        let alternative: Character?
        /// Whether it may stand before and after its neighbours of the same sort: lines and groups of lines.
        let isMixed: Bool
        /// What stands inside; nil for text.
        let children: Layout?
    }

    let slots: [Slot]
    private let positions: [String: Int]

    init(slots: [Slot]) {
        self.slots = slots
        positions = Dictionary(slots.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Where an element stands; nil where it may not stand at all.
    func position(_ name: String) -> Int? { positions[name] }

    /// Where an element stands in an answer: elements that may be mixed share one place, so that they keep their order.
    func rank(_ name: String) -> Int? {
        guard var place = position(name) else { return nil }
        while slots[place].isMixed, place > 0, slots[place - 1].isMixed { place -= 1 }
        return place
    }

    /// The slot of an element; nil where it may not stand at all.
    func slot(_ name: String) -> Slot? { positions[name].map { slots[$0] } }

    /// The other elements that an element rules out.
    func excluded(by name: String) -> [String] {
        guard let slot = slot(name), let group = slot.group else { return [] }
        return slots.filter { $0.group == group && $0.alternative != slot.alternative }.map(\.name)
    }
}

/// Reads the notation of the tables into layouts.
///
/// A word of it is `forms.Name` and marks, in any order: `!` required, `*` repeats, `≤41` longest text, `:amount` kind
/// of value, `(A,B)` the words allowed, `{address}` the block that stands inside, `|a1` alternative 1 of group a, `/US`
/// or `/CA` the edition that has it, `~` in any order with its neighbours that have it too. The forms are the letters of `Layout.Form`; without them all. `Name…Ref` without
/// a kind holds a `ListID` or a `FullName`, `Is…` is true or false, `…Date` a date. `$person` is another block, in place.
struct LayoutNotation {
    let blocks: [String: String]
    let edition: Edition
    let form: Layout.Form

    func layout(_ text: String) -> Layout {
        Layout(slots: slots(text))
    }

    private func slots(_ text: String) -> [Layout.Slot] {
        text.split { $0.isWhitespace }.flatMap { word -> [Layout.Slot] in
            if word.first == "$" { return slots(blocks[String(word.dropFirst())] ?? "") }
            return slot(word).map { [$0] } ?? []
        }
    }

    private func slot(_ word: Substring) -> Layout.Slot? {
        var marks = word
        if let point = word.firstIndex(of: "."), word[..<point].allSatisfy({ Layout.Form(rawValue: $0) != nil }) {
            guard word[..<point].contains(form.rawValue) else { return nil }
            marks = word[word.index(after: point)...]
        }
        let name = String(marks.prefix { $0.isLetter || $0.isNumber })
        marks = marks.dropFirst(name.count)
        var kind: ValueKind?
        var longest = Int.max
        var words: [String] = []
        var isRequired = false
        var repeats = false
        var group: Character?
        var alternative: Character?
        var isMixed = false
        var block: String?
        while let mark = marks.popFirst() {
            switch mark {
            case "!": isRequired = true
            case "*": repeats = true
            case "~": isMixed = true
            case "≤": longest = Int(Self.take(&marks)) ?? longest
            case ":": kind = ValueKind(rawValue: Self.take(&marks))
            case "/": if Self.take(&marks) != edition.rawValue.uppercased() { return nil }
            case "|":
                group = marks.popFirst()
                alternative = marks.popFirst()
            case "(":
                words = marks.prefix { $0 != ")" }.split(separator: ",").map(String.init)
                marks = marks.drop { $0 != ")" }.dropFirst()
            case "{":
                block = String(marks.prefix { $0 != "}" })
                marks = marks.drop { $0 != "}" }.dropFirst()
            default: break
            }
        }
        if kind == nil, block == nil, name.hasSuffix("Ref"), name != "AdditionalContactRef" { block = "reference" }
        return Layout.Slot(
            name: name, value: kind ?? ValueKind(named: name), longest: longest, words: words, isRequired: isRequired,
            repeats: repeats, group: group, alternative: alternative, isMixed: isMixed,
            children: block.map { layout(blocks[$0] ?? "") })
    }

    private static func take(_ marks: inout Substring) -> String {
        let taken = marks.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
        marks = marks.dropFirst(taken.count)
        return String(taken)
    }
}
