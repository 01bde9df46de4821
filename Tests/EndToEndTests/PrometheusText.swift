import Foundation

/// A strict reader of Prometheus' text format, version 0.0.4, with what `promtool check metrics` asks besides. It is stricter than
/// Prometheus itself where ours has no use for what that allows: no timestamps, no free comments, no blank lines.
///
/// Sources: Prometheus, "Exposition formats", Text format details; "Metric and label naming"; promtool's linter
/// (`client_golang`, `testutil/promlint`).
struct PrometheusText {
    /// What is wrong, a sentence each; none: it is well.
    private(set) var findings: [String] = []
    /// The values, by name and labels as they are written.
    private(set) var values: [String: Double] = [:]

    private var family: (name: String, type: String?, hasValues: Bool)?
    private var families: Set<String> = []

    init(_ text: String) {
        guard text.hasSuffix("\n") else {
            findings.append("The last line does not end.")
            return
        }
        for (number, line) in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            read(line, number + 1)
        }
        endFamily()
    }

    private mutating func find(_ what: String, _ number: Int) { findings.append("Line \(number): \(what).") }

    private mutating func read(_ line: Substring, _ number: Int) {
        if line.hasPrefix("# HELP ") { return help(line.dropFirst(7), number) }
        if line.hasPrefix("# TYPE ") { return type(line.dropFirst(7), number) }
        guard !line.isEmpty, line.first != "#", !line.contains("\r") else {
            return find("neither a value nor HELP nor TYPE", number)
        }
        sample(line, number)
    }

    private mutating func help(_ rest: Substring, _ number: Int) {
        endFamily()
        let parts = rest.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, Self.isName(parts[0], colons: true) else {
            return find("HELP without a name or a text", number)
        }
        if !families.insert(String(parts[0])).inserted { find("\(parts[0]) has two families", number) }
        if !Self.hasGoodEscapes(parts[1], quote: false) { find("HELP has another escape than \\\\ and \\n", number) }
        family = (String(parts[0]), nil, false)
    }

    private mutating func type(_ rest: Substring, _ number: Int) {
        let parts = rest.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let open = family, open.name == parts[0], open.type == nil, !open.hasValues else {
            return find("TYPE without HELP of the same name right above it", number)
        }
        if !["counter", "gauge", "untyped"].contains(String(parts[1])) {
            find("a type of no use here: \(parts[1])", number)
        }
        let isTotal = open.name.hasSuffix("_total")
        if isTotal != (parts[1] == "counter") { find("a counter's name, and no other, ends in _total", number) }
        if ["_count", "_sum", "_bucket"].contains(where: { open.name.hasSuffix($0) }) {
            find("a name that belongs to histograms: \(open.name)", number)
        }
        family?.type = String(parts[1])
    }

    private mutating func endFamily() {
        if let family, family.type == nil { findings.append("\(family.name) has no TYPE.") }
    }

    private mutating func sample(_ line: Substring, _ number: Int) {
        let name = line.prefix { $0 != "{" && $0 != " " }
        guard Self.isName(name, colons: true) else { return find("a name that is none: \(name)", number) }
        guard let open = family, open.name == name, open.type != nil else {
            return find("\(name) stands outside its family", number)
        }
        family?.hasValues = true
        var rest = line.dropFirst(name.count)
        if rest.first == "{" {
            guard let end = labels(rest.dropFirst(), number) else { return }
            rest = rest[end...]
        }
        let series = String(line[line.startIndex..<rest.startIndex])
        guard rest.first == " ", let value = Self.value(rest.dropFirst()) else {
            return find("a value that is no number: \(rest)", number)
        }
        if open.type == "counter", value < 0 || value.isNaN { find("a counter below nothing", number) }
        if values.updateValue(value, forKey: series) != nil { find("\(series) stands twice", number) }
    }

    /// Reads labels behind the brace.
    /// - Returns: where they end, behind the other brace; nil: they are wrong, which is told.
    private mutating func labels(_ text: Substring, _ number: Int) -> Substring.Index? {
        var rest = text
        var names: Set<Substring> = []
        while true {
            let name = rest.prefix { $0 != "=" }
            guard Self.isName(name, colons: false), !name.hasPrefix("__"), names.insert(name).inserted else {
                find("a label that is none, or stands twice: \(name)", number)
                return nil
            }
            rest = rest.dropFirst(name.count + 1)
            guard rest.first == "\"", let end = Self.endOfValue(rest.dropFirst()) else {
                find("a label's value without its quotes: \(name)", number)
                return nil
            }
            if !Self.hasGoodEscapes(rest.dropFirst()[..<end], quote: true) {
                find("a label's value with another escape than \\\\, \\\" and \\n", number)
            }
            rest = rest[rest.index(after: end)...]
            switch rest.first {
            case ",": rest = rest.dropFirst()
            case "}": return rest.index(after: rest.startIndex)
            default:
                find("neither a comma nor a brace behind a label", number)
                return nil
            }
        }
    }

    /// Where the quote is that ends a label's value.
    private static func endOfValue(_ text: Substring) -> Substring.Index? {
        var isEscaped = false
        for place in text.unicodeScalars.indices {
            let scalar = text.unicodeScalars[place]
            if isEscaped {
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar == "\"" {
                return place
            }
        }
        return nil
    }

    private static func hasGoodEscapes(_ text: Substring, quote: Bool) -> Bool {
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped, scalar != "\\", scalar != "n", !(quote && scalar == "\"") { return false }
            isEscaped = !isEscaped && scalar == "\\"
        }
        return !isEscaped
    }

    private static func isName(_ name: Substring, colons: Bool) -> Bool {
        guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
        return name.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: "_")
                || colons && $0 == UInt8(ascii: ":")
        }
    }

    /// As Go's `ParseFloat` takes it, without hexadecimal and underscores.
    private static func value(_ text: Substring) -> Double? {
        if ["+Inf", "-Inf", "NaN"].contains(String(text)) { return Double(text.lowercased()) }
        guard text.utf8.allSatisfy({ (48...57).contains($0) || "+-.eE".utf8.contains($0) }) else { return nil }
        return Double(text)
    }
}
