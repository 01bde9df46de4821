/// Reads the notation of `RequestTables` into a tree.
struct RuleNotation {
    /// What may stand at one place.
    indirect enum Particle {
        case element(ElementRule)
        case choice(isRequired: Bool, [[Particle]])
        case notBoth(String, String)
        case anyOf([String])
    }

    /// One element.
    struct ElementRule {
        var name: String
        var isRequired = false
        var most = 1
        var longest = Int.max
        var type = ""
        var words: [String] = []
        var firstVersion = 0
        var edition: Edition?
        var children: [Particle]?
    }

    private let blocks: [String: String]
    private var text: Substring

    static func particles(_ text: String, blocks: [String: String]) -> [Particle] {
        var notation = RuleNotation(blocks: blocks, text: text[...])
        return notation.sequence()
    }

    private mutating func sequence() -> [Particle] {
        var particles: [Particle] = []
        while true {
            text = text.drop { $0 == " " || $0 == "\n" }
            guard let next = text.first, next != "}", next != ")", next != "|" else { return particles }
            switch next {
            case "(": particles.append(choice())
            case "$": particles += Self.particles(block(), blocks: blocks)
            default: particles.append(particle())
            }
        }
    }

    private mutating func choice() -> Particle {
        text.removeFirst()
        let isRequired = !take("?")
        var alternatives = [sequence()]
        while take("|") { alternatives.append(sequence()) }
        _ = take(")")
        return .choice(isRequired: isRequired, alternatives)
    }

    private mutating func particle() -> Particle {
        let name = word()
        if text.first == "×" {
            text.removeFirst()
            return .notBoth(name, word())
        }
        if text.first == "∨" {
            var names = [name]
            while take("∨") { names.append(word()) }
            return .anyOf(names)
        }
        return .element(element(name))
    }

    private mutating func element(_ name: String) -> ElementRule {
        var rule = ElementRule(name: name)
        while let mark = text.first {
            switch mark {
            case "!":
                text.removeFirst()
                rule.isRequired = true
            case "+", "*":
                text.removeFirst()
                rule.isRequired = mark == "+"
                rule.most = number() ?? Int.max
            case "≤":
                text.removeFirst()
                rule.longest = number() ?? rule.longest
            case "@":
                text.removeFirst()
                rule.firstVersion = number() ?? 0
            case ":":
                text.removeFirst()
                rule.type = word()
            case "(":
                text.removeFirst()
                let words = text.first == "$" ? block() : String(text.prefix { $0 != ")" })
                text = text.drop { $0 != ")" }.dropFirst()
                rule.words = words.split { $0 == "," || $0.isWhitespace }.map(String.init)
                rule.type = "word"
            case "[":
                rule.edition = text.hasPrefix("[US]") ? .us : .ca
                text = text.drop { $0 != "]" }.dropFirst()
            case "{":
                text.removeFirst()
                rule.children = sequence()
                _ = take("}")
            default:
                return rule.named
            }
        }
        return rule.named
    }

    private mutating func block() -> String {
        text.removeFirst()
        return blocks[word()] ?? ""
    }

    private mutating func word() -> String {
        let word = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
        text = text.dropFirst(word.count)
        return String(word)
    }

    private mutating func number() -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        text = text.dropFirst(digits.count)
        return Int(digits)
    }

    private mutating func take(_ mark: Character) -> Bool {
        text = text.drop { $0 == " " || $0 == "\n" }
        guard text.first == mark else { return false }
        text.removeFirst()
        return true
    }
}

extension RuleNotation.ElementRule {
    /// With the type that the name tells, where none is written.
    fileprivate var named: Self {
        guard type.isEmpty, children == nil else { return self }
        var rule = self
        if name.hasSuffix("Ref") {
            var fullName = Self(name: "FullName")
            fullName.longest = longest
            fullName.isRequired = true
            let listID = Self(name: "ListID", isRequired: true, type: "id")
            rule.type = "reference"
            rule.children = [.choice(isRequired: true, [[.element(listID)], [.element(fullName)]])]
        } else if name.hasPrefix("Is") {
            rule.type = "bool"
        } else if name.hasSuffix("Date") {
            rule.type = "date"
        } else {
            rule.type = "text"
        }
        return rule
    }
}
