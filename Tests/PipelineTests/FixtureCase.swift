import Foundation
import Testing

/// A folder below `Fixtures`: one thing that can happen to one converter's files, named by a sentence.
struct FixtureCase: Sendable, CustomTestStringConvertible {
    /// The converter's name: `company-to-vendor`.
    let converter: String
    /// The sentence: `a-typical-company-becomes-a-vendor`.
    let name: String

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
    static let converters = names(in: root)
    static let all = converters.flatMap { converter in
        names(in: root.appendingPathComponent(converter)).map { FixtureCase(converter: converter, name: $0) }
    }

    var testDescription: String { "\(converter)/\(name)" }
    var folder: URL { Self.root.appendingPathComponent(converter).appendingPathComponent(name) }

    /// The names in a folder, sorted, without those that start with a dot; none where there is no folder.
    static func names(in folder: URL) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }

    /// The text of a file of the case; nil where it is absent.
    func text(_ name: String) -> String? {
        try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    /// Every file dropped and every wait, in order; the last one is the input.
    func steps() throws -> [FixtureStep] {
        let before = folder.appendingPathComponent("before")
        var steps = try Self.names(in: before).map { name in
            try FixtureStep(String(name.drop { $0 != "-" }.dropFirst()), at: before.appendingPathComponent(name))
        }
        let inputs = folder.appendingPathComponent("input")
        for name in Self.names(in: inputs) {
            steps.append(try FixtureStep(name, at: inputs.appendingPathComponent(name)))
        }
        for name in Self.names(in: folder) where name.hasPrefix("input.") {
            steps.append(try FixtureStep(name, at: folder.appendingPathComponent(name)))
        }
        return steps
    }

    /// The configuration: the case's own, or the usual one.
    var configuration: String {
        text("plumbline.yaml") ?? """
            company_id: 8089
            quickbooks:
              income_account: Construction Income
              expense_account: Job Expenses

            """
    }
}

/// A file that is dropped, or a wait: a file named `wait-61s`.
struct FixtureStep {
    let name: String
    let bytes: Data
    /// How long to wait instead of dropping anything.
    let seconds: Int64?

    init(_ name: String, at url: URL) throws {
        self.name = name
        bytes = try Data(contentsOf: url)
        seconds = name.hasPrefix("wait-") ? Int64(name.dropFirst("wait-".count).dropLast()) : nil
    }

    /// The path below the inbox: responses and refusals come from QuickBooks.
    var path: String {
        (name.hasSuffix(".xml") || name.hasSuffix(".error.txt") ? "quickbooks/" : "procore/") + name
    }
}
