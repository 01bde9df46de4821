/// The tables of `RequestTables` and `QueryTables`, laid out for checking documents fast.
///
/// Each kind of element with children is a `Container`; its children are `Slot`s in their binding order. Which slots
/// were seen is kept as one bit each, so that choices and required elements are a few operations when it closes.
struct RuleBook: Sendable {
    struct Slot: Sendable {
        let name: String
        let most: Int
        let longest: Int
        let type: ValueType
        let words: [[UInt8]]
        /// The container of its children, or -1 for text.
        let container: Int
        let firstVersion: Int
        let edition: Edition?
        /// Whether an empty element is a mistake even in a Mod.
        let isNeverCleared: Bool
        let isRequired: Bool
    }

    struct Choice: Sendable {
        let isRequired: Bool
        /// The alternative of an outer choice in which this one stands, as bits; 0: none.
        let within: UInt64
        let alternatives: [UInt64]
        let required: [UInt64]
    }

    struct Container: Sendable {
        var slots: [Slot] = []
        var required: UInt64 = 0
        var choices: [Choice] = []
        var notBoth: [UInt64] = []
        var anyOf: [UInt64] = []
        var isReference = false
        /// Bits of the address lines; 0 where this is no address.
        var addressLines: UInt64 = 0
        var placeLine: UInt64 = 0
        var country: UInt64 = 0
    }

    /// A request by its name.
    struct Request: Sendable {
        let name: String
        let container: Int
        let isMod: Bool
        let canIterate: Bool
    }

    static let standard = RuleBook()

    private(set) var containers: [Container] = []
    private(set) var requests: [[UInt8]: Request] = [:]
    private(set) var names: NameTable
    /// For each container, the slot of each name, or 255.
    private(set) var slotOfName: [UInt8] = []

    private init() {
        names = NameTable()
        var blocks = RequestTables.blocks
        blocks.merge(QueryTables.blocks) { first, _ in first }
        for (name, text) in RequestTables.lists.merging(
            RequestTables.transactions, uniquingKeysWith: { first, _ in first })
        {
            let inner = RuleNotation.ElementRule(
                name: name, isRequired: true, children: RuleNotation.particles(text, blocks: blocks))
            let ret = RuleNotation.ElementRule(name: "IncludeRetElement", most: .max, longest: 50, type: "text")
            add(name, [.element(inner), .element(ret)])
        }
        for (name, text) in QueryTables.queries.merging(QueryTables.removals, uniquingKeysWith: { first, _ in first }) {
            add(name, RuleNotation.particles(text, blocks: blocks))
        }
        slotOfName = [UInt8](repeating: 255, count: containers.count * names.count)
        for (index, container) in containers.enumerated() {
            for (slot, rule) in container.slots.enumerated() {
                slotOfName[index * names.count + names.id(rule.name)] = UInt8(slot)
            }
        }
    }

    private mutating func add(_ name: String, _ particles: [RuleNotation.Particle]) {
        let request = Request(
            name: name + "Rq", container: container(particles), isMod: name.hasSuffix("Mod"),

            canIterate: name.hasSuffix("Query") && !name.hasSuffix("DeletedQuery") && !QueryTables.single.contains(name)
        )
        requests[Array(request.name.utf8)] = request
    }

    /// Lays out a container and everything below it; returns its number.
    private mutating func container(_ particles: [RuleNotation.Particle], isReference: Bool = false) -> Int {
        var container = Container(isReference: isReference)
        _ = place(particles, in: &container, within: 0)
        for case .notBoth(let left, let right) in particles {
            container.notBoth.append(bit(left, container) | bit(right, container))
        }
        for case .anyOf(let names) in particles {
            container.anyOf.append(names.reduce(0) { $0 | bit($1, container) })
        }
        for name in ["Addr1", "Addr2", "Addr3", "Addr4", "Addr5"] { container.addressLines |= bit(name, container) }
        if container.addressLines != 0 {
            container.placeLine = ["City", "State", "PostalCode"].reduce(0) { $0 | bit($1, container) }
            container.country = bit("Country", container)
        }
        containers.append(container)
        return containers.count - 1
    }

    /// Puts parts in order into the container; returns their bits, and the bits of those that are required.
    private mutating func place(
        _ particles: [RuleNotation.Particle], in container: inout Container, within: UInt64
    ) -> (all: UInt64, required: UInt64) {
        var all: UInt64 = 0
        var required: UInt64 = 0
        for particle in particles {
            switch particle {
            case .element(let rule):
                let bit = UInt64(1) << UInt64(container.slots.count)
                let slot = slot(rule)
                names.insert(rule.name)
                container.slots.append(slot)
                all |= bit
                if rule.isRequired { required |= bit }
            case .choice(let isRequired, let alternatives):
                var bits: [UInt64] = []
                var needs: [UInt64] = []
                let position = container.choices.count
                for alternative in alternatives {
                    // The bits an alternative will take are those of the slots it appends.
                    let placed = place(alternative, in: &container, within: 1)
                    bits.append(placed.all)
                    needs.append(placed.required)
                }
                let inner = container.choices[position...].map { choice in
                    let outer = bits.first { $0 & (choice.alternatives.reduce(0, |)) != 0 } ?? 0
                    return Choice(
                        isRequired: choice.isRequired, within: choice.within == 1 ? outer : choice.within,
                        alternatives: choice.alternatives, required: choice.required)
                }
                container.choices.replaceSubrange(position..., with: inner)
                container.choices.append(
                    Choice(isRequired: isRequired, within: within, alternatives: bits, required: needs))
                all |= bits.reduce(0, |)
            case .notBoth, .anyOf:
                continue
            }
        }
        if within == 0 { container.required |= required }
        return (all, required)
    }

    private mutating func slot(_ rule: RuleNotation.ElementRule) -> Slot {
        let child = rule.children.map { container($0, isReference: rule.type == "reference") } ?? -1
        return Slot(
            name: rule.name, most: rule.most, longest: rule.longest, type: ValueType(rawValue: rule.type) ?? .text,
            words: rule.words.map { Array($0.utf8) }, container: child, firstVersion: rule.firstVersion,
            edition: rule.edition, isNeverCleared: Self.neverCleared.contains(rule.name), isRequired: rule.isRequired)
    }

    private func bit(_ name: String, _ container: Container) -> UInt64 {
        container.slots.firstIndex { $0.name == name }.map { 1 << UInt64($0) } ?? 0
    }

    /// What an empty element does not clear, according to Intuit's rules for modify requests: QuickBooks refuses it.
    private static let neverCleared: Set<String> = [
        "Name", "ItemRef", "Quantity", "Rate", "Amount", "OverrideItemAccountRef", "VendorRef", "TemplateRef",
        "APAccountRef", "AccountRef", "IncomeAccountRef", "ExpenseAccountRef", "TxnDate",
    ]
}

/// Element names, found by their bytes.
struct NameTable: Sendable {
    private var ids: [String: Int] = [:]
    private var entries: [[UInt8]] = []
    private var buckets = [Int16](repeating: -1, count: 2_048)

    var count: Int { entries.count }

    mutating func insert(_ name: String) {
        guard ids[name] == nil else { return }
        ids[name] = entries.count
        let bytes = Array(name.utf8)
        var bucket = bytes.withUnsafeBufferPointer { Self.hash($0) }
        while buckets[bucket] >= 0 { bucket = (bucket + 1) & (buckets.count - 1) }
        buckets[bucket] = Int16(entries.count)
        entries.append(bytes)
    }

    func id(_ name: String) -> Int { ids[name] ?? 0 }

    /// The number of a name; -1 where it is in no table.
    func id(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        var bucket = Self.hash(name)
        while buckets[bucket] >= 0 {
            let id = Int(buckets[bucket])
            let found = entries[id].withUnsafeBufferPointer { $0.count == name.count && zip($0, name).allSatisfy(==) }
            if found { return id }
            bucket = (bucket + 1) & (buckets.count - 1)
        }
        return -1
    }

    private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in name { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int((hash ^ hash >> 15) & 2_047)
    }
}
