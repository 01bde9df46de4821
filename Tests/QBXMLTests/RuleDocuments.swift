import Foundation
import Seeds

@testable import QBXML

/// Makes documents up from the tables themselves, to hold them against Intuit's schema.
struct DocumentMaker {
    var random: Seeded
    let edition: Edition
    let version: QBXMLVersion
    var isFull = false

    static var blocks: [String: String] { RequestTables.blocks.merging(QueryTables.blocks) { first, _ in first } }

    static var messages: [String: String] {
        RequestTables.lists.merging(RequestTables.transactions) { first, _ in first }
            .merging(QueryTables.queries) { first, _ in first }
    }

    mutating func document(rounds: Int) -> [UInt8] {
        var requests: [MessageSet.Request] = []
        for round in 0..<rounds {
            isFull = round == 0
            for (name, text) in Self.messages.sorted(by: { $0.key < $1.key }) {
                let particles = RuleNotation.particles(text, blocks: Self.blocks)
                var body = XMLWriter()
                if name.hasSuffix("Query") {
                    for child in children(particles) { body.element(child) }
                } else {
                    body.element(Element(name, children: children(particles)))
                }
                requests.append(.init(name + "Rq", requestID: "\(name)-\(round)", body: body.bytes))
            }
        }
        return MessageSet(version: version, onError: .continueOnError, requests: requests).rendered()
    }

    private mutating func children(_ particles: [RuleNotation.Particle]) -> [Element] {
        var children: [Element] = []
        for particle in particles {
            switch particle {
            case .element(let rule):
                let isKnown = rule.edition == nil || rule.edition == edition
                guard isKnown, rule.firstVersion <= version.rawValue, rule.isRequired || isFull || chance(3) else {
                    continue
                }
                for _ in 0..<(rule.most > 1 && chance(2) ? min(rule.most, 3) : 1) { children.append(element(rule)) }
            case .choice(let isRequired, let alternatives):
                guard isRequired || isFull || chance(2), let one = alternatives.randomElement(using: &random) else {
                    continue
                }
                var chosen = self.children(one)
                if chosen.isEmpty, isRequired, case .element(let rule)? = one.first { chosen = [element(rule)] }
                children += chosen
            case .notBoth(let left, let right):
                if children.contains(where: { $0.name == right }) { children.removeAll { $0.name == left } }
            case .anyOf(let names):
                if !children.contains(where: { names.contains($0.name) }) {
                    children.insert(Element("PaymentAmount", text: "1.00"), at: 1)
                }
            }
        }
        // Five printed lines, of which the country is one and the place is one.
        func isLine(_ child: Element) -> Bool { child.name.hasPrefix("Addr") && child.children.isEmpty }
        func isPlace(_ child: Element) -> Bool { ["City", "State", "PostalCode"].contains(child.name) }
        var printed: Int {
            children.filter(isLine).count + (children.contains(where: isPlace) ? 1 : 0)
                + (children.contains { $0.name == "Country" } ? 1 : 0)
        }
        if children.contains(where: isLine), printed > 5 { children.removeAll { $0.name == "Country" } }
        if children.contains(where: isLine), printed > 5 { children.removeAll(where: isPlace) }
        return children
    }

    private mutating func element(_ rule: RuleNotation.ElementRule) -> Element {
        if let particles = rule.children { return Element(rule.name, children: children(particles)) }
        return Element(rule.name, text: value(rule))
    }

    private mutating func value(_ rule: RuleNotation.ElementRule) -> String {
        let sign = chance(3) ? "-" : ""
        switch ValueType(rawValue: rule.type) ?? .text {
        case .text, .name, .reference:
            let length = isFull ? min(rule.longest, 4_095) : Int.random(in: 1...min(rule.longest, 60), using: &random)
            let letters = Array("abc XYZ 019 &<>\"'é€ñ-.,/")
            return "x" + String((1..<max(length, 1)).map { _ in letters.randomElement(using: &random) ?? "y" })
        case .id: return ["80000088-1700000400", "-1", "1A2-1700000500"].randomElement(using: &random) ?? "1"
        case .amount: return sign + (chance(2) ? "84500.00" : "1234567890123")
        case .price, .quantity, .percent: return sign + (chance(2) ? "0.33333" : "1234567890")
        case .float: return "1.25"
        case .date: return "2024-02-29"
        case .datetime:
            return ["2026-01-01", "2026-01-01T10:00:00", "2026-01-01T10:00:00-06:00"].randomElement(using: &random)
                ?? ""
        case .bool: return chance(2) ? "true" : "0"
        case .guid: return rule.name == "OwnerID" && chance(2) ? "0" : "{0b7f3c1e-1111-4222-8333-444455556666}"
        case .integer, .count: return "7"
        case .word: return rule.words.randomElement(using: &random) ?? ""
        }
    }

    private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }
}

/// The outside judge.
enum XMLLint {
    static let path = "/usr/bin/xmllint"
    static let exists = FileManager.default.isExecutableFile(atPath: path)

    /// What xmllint says against Intuit's schema; empty where the document is valid.
    static func complaints(_ document: [UInt8], _ edition: Edition, _ version: QBXMLVersion) throws -> String {
        let schema = edition == .us ? "schema/us/qbxmlops" : "schema/ca/QBCqbxmlops"
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).xml")
        try Data(document).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = [
            "--noout", "--nonet", "--schema",
            Shared.root.appendingPathComponent("\(schema)\(version.rawValue)0.xsd").path, file.path,
        ]
        process.standardError = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? "" : said
    }
}
