import Domain
import Foundation
import Testing

@testable import Pipeline

/// A folder below `Fixtures`: one thing that can happen to one converter's files, or to what goes on between the files,
/// named by a sentence.
struct FixtureCase: Sendable, CustomTestStringConvertible {
    /// The converter's name: `company-to-vendor`.
    let converter: String
    /// The sentence: `a-typical-company-becomes-a-vendor`.
    let name: String

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
    static let converters = names(in: root).filter { $0 != "README.md" }
    /// The folders of what is no converter's: how every status code ends, what commands do, what company answers.
    static let others: Set<String> = ["answers", "commands", "company-check", "pulls", "status-codes"]
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

    /// The text of a file of the case, in which `{every kind}` stands for the names of all entities; nil where it is absent.
    func text(_ name: String) -> String? {
        let text = try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        return text?.replacing("{every kind}", with: Entity.allCases.map(\.rawValue).joined(separator: ", "))
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

/// A file that is dropped; a wait: a file named `wait-61s`; or a command: a file named `retry.command`.
struct FixtureStep {
    let name: String
    let bytes: Data
    /// How long to wait instead of dropping anything.
    let seconds: Int64?
    /// What to do instead of dropping anything.
    var command: QueuedCommand? {
        get throws {
            guard name.hasSuffix(".command") else { return nil }
            let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
            switch (words.first, words.dropFirst()) {
            case ("retry", ["--failed"]): return .retryFailed
            case ("retry", let terms): return .retry(Array(terms))
            case ("resend", ["--unanswered"]): return .resendUnanswered
            case ("resend", let ids): return .resend(Array(ids))
            case ("link", let parts) where parts.count == 3:
                return .link([.init(record: "\(parts[1])/\(parts[2])", quickBooksID: parts[3])])
            case ("unlink", let parts) where parts.count == 2: return .unlink("\(parts[1])/\(parts[2])")
            case ("undo", let terms):
                return .undo(
                    UndoWish(terms: terms.filter { $0 != "--void" }, isVoid: terms.contains("--void"), who: "anna"))
            case ("approve", ["--all"]): return .review(.init(isApproval: true, documents: nil, who: "ben"))
            case ("pull", let parts):
                let subject = try #require(parts.first.flatMap(PullSubject.init(rawValue:)))
                return .pull(subject, since: parts.count == 3 ? parts.last : nil)
            default: throw CocoaError(.formatting)
            }
        }
    }

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
