import Domain

/// Looks inside requests: elements against their `RuleBook.Container`, texts against their types.
struct ElementCheck {
    var cursor: DocumentCursor
    var version = 13
    /// The `requestID` that problems are placed with.
    var record: String?
    private(set) var problems: [Problem] = []

    private let edition: Edition
    private let book = RuleBook.standard
    private var isMod = false
    /// The elements around, for placing problems.
    private var path: [Range<Int>] = []

    init(_ cursor: DocumentCursor, edition: Edition) {
        self.cursor = cursor
        self.edition = edition
    }

    mutating func report(_ what: String, field: String? = nil, remedy: String) {
        guard problems.count < MessageRules.mostProblems else { return }
        problems.append(Problem(record: record, field: field, what: what, remedy: remedy))
    }

    /// Checks what is inside a request; returns the names of the elements directly in it.
    mutating func request(_ request: RuleBook.Request, _ name: Range<Int>, isEmpty: Bool) throws(BadForm) -> [String] {
        isMod = request.isMod
        path.removeAll(keepingCapacity: true)
        let seen = try children(of: request.container, name, isEmpty: isEmpty).seen
        let slots = book.containers[request.container].slots
        return slots.indices.filter { seen & (1 << UInt64($0)) != 0 }.map { slots[$0].name }
    }

    /// What was met in a container, one bit a slot.
    private struct Met {
        var seen: UInt64 = 0
        /// Those that are more than an empty element.
        var filled: UInt64 = 0
    }

    private mutating func children(of index: Int, _ name: Range<Int>, isEmpty: Bool) throws(BadForm) -> Met {
        var met = Met()
        var last = 0
        var count = 0
        if !isEmpty {
            cursor.skipWhiteSpace()
            while try !cursor.close(name) {
                try cursor.expect("<")
                let child = try cursor.name()
                let isEmpty = try cursor.endOfTag()
                let id = book.names.id(cursor.slice(child))
                let slot = id < 0 ? 255 : Int(book.slotOfName[index * book.names.count + id])
                guard slot != 255 else {
                    problem(
                        child, "QuickBooks does not know this element inside \(cursor.string(name)).", RuleText.ours)
                    if !isEmpty { try cursor.skip(child) }
                    cursor.skipWhiteSpace()
                    continue
                }
                path.append(child)
                let bit = UInt64(1) << UInt64(slot)
                count = slot == last && met.seen != 0 ? count + 1 : 1
                checkPlace(index, slot, last, count, isRepeated: met.seen & bit != 0)
                last = max(last, slot)
                met.seen |= bit
                if try element(index, slot, child, isEmpty: isEmpty) { met.filled |= bit }
                path.removeLast()
                cursor.skipWhiteSpace()
            }
        }
        checkWhole(index, met)
        return met
    }

    private mutating func checkPlace(_ index: Int, _ slot: Int, _ last: Int, _ count: Int, isRepeated: Bool) {
        let most = book.containers[index].slots[slot].most
        if slot < last {
            let later = book.containers[index].slots[last].name
            problem(nil, "It stands after \(later), but QuickBooks wants it before.", RuleText.ours)
        } else if isRepeated, count > most {
            problem(nil, most == 1 ? "It stands twice." : "It stands more than \(most) times.", RuleText.ours)
        }
        let (first, only) = (
            book.containers[index].slots[slot].firstVersion, book.containers[index].slots[slot].edition
        )
        if first > version {
            problem(nil, "It exists only from qbXML \(first).0 on.", "Set quickbooks.qbxml to \(first).0 or higher.")
        }
        if let only, only != edition {
            problem(nil, "It exists only in the \(only == .us ? "US" : "Canadian") edition.", RuleText.edition)
        }
    }

    /// Checks one element that is in its place; true when it is more than empty.
    private mutating func element(
        _ index: Int, _ slot: Int, _ name: Range<Int>, isEmpty: Bool
    ) throws(BadForm) -> Bool {
        let container = book.containers[index].slots[slot].container
        if container >= 0 {
            let met = try children(of: container, name, isEmpty: isEmpty)
            guard met.seen == 0 else { return true }
            let rule = book.containers[index].slots[slot]
            let mayBeEmpty = isMod && !rule.isRequired && !rule.isNeverCleared
            if book.containers[container].isReference, !mayBeEmpty {
                problem(nil, "The reference is empty.", RuleText.ours)
            }
            return false
        }
        if isEmpty { return try text(index, slot, DocumentCursor.Text.none) }
        let found = try cursor.text(upTo: UInt8(ascii: "<"))
        guard try cursor.close(name) else {
            throw BadForm(what: "the element \(cursor.string(name)) holds another one at byte \(cursor.position)")
        }
        return try text(index, slot, found)
    }

    private mutating func text(_ index: Int, _ slot: Int, _ text: DocumentCursor.Text) throws(BadForm) -> Bool {
        if let fault = text.fault { problem(nil, "It holds \(fault).", RuleText.characters) }
        let type = book.containers[index].slots[slot].type
        if type == .text, text.isFilled, text.characters <= book.containers[index].slots[slot].longest { return true }
        let rule = book.containers[index].slots[slot]
        if !text.isFilled {
            checkEmpty(rule, text)
            return false
        }
        if text.characters > rule.longest {
            problem(
                nil, "It has \(text.characters) characters; QuickBooks takes at most \(rule.longest).",
                type.isText ? "Shorten it in Procore, and export again." : RuleText.ours)
        }
        if type == .name, text.hasColon {
            problem(
                nil, "A QuickBooks name cannot hold a colon, because colons separate the levels of a full name.",
                "Change the name in Procore, and export again.")
        }
        if !type.accepts(cursor.slice(text.range), words: rule.words) {
            let shown = cursor.string(text.range.prefix(40))
            let words = rule.words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ", ")
            problem(
                nil, "“\(shown)” is not what QuickBooks takes here: \(words.isEmpty ? type.shape : "one of \(words)").",
                RuleText.ours)
        }
        return true
    }

    private mutating func checkEmpty(_ rule: RuleBook.Slot, _ text: DocumentCursor.Text) {
        switch rule.type {
        case .name:
            problem(nil, "The name is empty.", "Give it a name in Procore, and export again.")
        case _ where rule.isRequired || isMod && rule.isNeverCleared:
            problem(nil, "It is empty, but QuickBooks needs it.", RuleText.ours)
        case .id, .guid, .bool, .word, .integer, .count, .reference:
            problem(nil, "It is empty.", RuleText.ours)
        case .amount, .price, .quantity, .percent, .float, .date, .datetime:
            if !isMod || !text.range.isEmpty { problem(nil, "It is empty.", RuleText.ours) }
        case .text:
            if text.characters > rule.longest {
                problem(nil, "It has more than \(rule.longest) characters.", RuleText.ours)
            }
        }
    }

    /// Checks what can be known only when all children were met.
    private mutating func checkWhole(_ index: Int, _ met: Met) {
        let required = book.containers[index].required
        if required & ~met.seen != 0 { missing(index, required & ~met.seen) }
        if !book.containers[index].choices.isEmpty { checkChoices(index, met) }
        for bits in book.containers[index].notBoth where met.filled & bits == bits {
            problem(nil, "\(names(index, bits, " and ")) cannot stand together.", RuleText.address(bits, book, index))
        }
        for bits in book.containers[index].anyOf where met.filled & bits == 0 {
            problem(nil, "One of \(names(index, bits, ", ")) is needed.", RuleText.ours)
        }
        let address = book.containers[index].addressLines
        if address != 0 {
            let lines =
                (met.filled & address).nonzeroBitCount
                + (met.filled & book.containers[index].placeLine == 0 ? 0 : 1)
                + (met.filled & book.containers[index].country == 0 ? 0 : 1)
            if lines > 5 {
                problem(nil, "The address has \(lines) printed lines; QuickBooks prints five.", RuleText.shortenAddress)
            }
        }
    }

    private mutating func checkChoices(_ index: Int, _ met: Met) {
        // An empty reference is judged by the element around it.
        if book.containers[index].isReference, met.seen == 0 { return }
        for choice in book.containers[index].choices where choice.within == 0 || choice.within & met.seen != 0 {
            var chosen = 0
            for (bits, required) in zip(choice.alternatives, choice.required) where bits & met.seen != 0 {
                chosen += 1
                if required & ~met.seen != 0 { missing(index, required & ~met.seen) }
            }
            let all = choice.alternatives.reduce(0, |)
            if chosen > 1 {
                problem(nil, "Only one of \(names(index, all & met.seen, ", ")) can stand.", RuleText.ours)
            } else if chosen == 0, choice.isRequired {
                problem(nil, "One of \(names(index, all, ", ")) is needed.", RuleText.ours)
            }
        }
    }

    private mutating func missing(_ index: Int, _ bits: UInt64) {
        problem(nil, "\(names(index, bits, ", ")) is missing.", RuleText.ours)
    }

    private func names(_ index: Int, _ bits: UInt64, _ separator: String) -> String {
        let slots = book.containers[index].slots
        return slots.indices.filter { bits & (1 << UInt64($0)) != 0 }.map { slots[$0].name }.joined(
            separator: separator)
    }

    private mutating func problem(_ child: Range<Int>?, _ what: String, _ remedy: String) {
        let around = (path + (child.map { [$0] } ?? [])).map { cursor.string($0) }
        report(what, field: around.isEmpty ? nil : around.joined(separator: "/"), remedy: remedy)
    }
}

extension DocumentCursor.Text {
    /// The text of an element written `<like-this/>`.
    static let none = Self(range: 0..<0, characters: 0, fault: nil, isFilled: false, hasColon: false)
}

/// What to do, where the rules say no.
enum RuleText {
    static let ours = "Nothing was sent. Report this as a fault of the converter, with the record."
    static let edition = "Check quickbooks.edition in the configuration."
    static let characters = "Write it in characters that QuickBooks has, and export again."
    static let shortenAddress = "Shorten the address in Procore to fit, and export again."

    static func address(_ bits: UInt64, _ book: RuleBook, _ index: Int) -> String {
        book.containers[index].addressLines & bits != 0 ? shortenAddress : ours
    }
}
