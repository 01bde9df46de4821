import Converters
import Domain
import DropFolder
import Foundation
import Procore
import QBXML
import SyncLedger

/// What a file would become, without touching folders or ledger.
public struct Preview: Sendable {
    /// The documents that it would lead to, by the path that they would have.
    public var documents: [(path: String, bytes: [UInt8])] = []
    /// The receipt that it would get.
    public var receipt: JSONValue = .null
    /// The problems, as a problem file says them; empty where there is none.
    public var problems = ""
    /// What the receipt says about the file as a whole, although nothing is wrong; empty where that is nothing.
    public var notes = ""
    /// How each field would come about, where that was asked for.
    public var steps: [MappingStep] = []
    /// Whether anything in it would be rejected or fail.
    public var isTroubled = false

    /// Converts a file against a scratch copy of the root's ledger, where there is one.
    /// - Parameter file: the path of an export or a response.
    /// - Parameter root: the company's folder.
    /// - Parameter explains: whether to tell how each field would come about.
    /// - Throws: a `ConfigurationError`, or what the machine says.
    public init(file: String, root: String, explains: Bool = false) throws {
        let root = URL(fileURLWithPath: root).path
        let configuration = try Configuration.load(root: root)
        var settings = configuration.settings
        settings.explains = explains
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("plumbline-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let ledger = try Ledger(
            scratch: scratch.appendingPathComponent("ledger").path,
            copyOf: OpenRoot.ledgerPath(configuration, root: root))
        let stage = PreviewStage()
        let now = WallClock.system.now()
        let name = RelativePath(file).shown
        let source = try FileSource(path: file)
        let (receipt, documents) = try ledger.write { books in
            let context = try ProcessingContext(
                books: books, settings: settings, stage: stage,
                provenance: Provenance(
                    now: now, intake: try books.lastIntake() + 1,
                    source: name.split(separator: "/").last.map(String.init) ?? name))
            do {
                let digest = try books.savepoint {
                    try FileReading(context: context, rejects: NoRejects(), hint: name).read(source, size: source.size)
                }
                context.receipt.file.sha256 = digest.description
            } catch let problem as Problem {
                context.documents.discardAll()
                var receipt = Receipt(intake: context.receipt.file.intake, file: context.source, received: context.at)
                receipt.isRejected = true
                receipt.add(problem)
                return (receipt, stage.documents)
            }
            return (context.receipt, stage.documents)
        }
        self.documents = documents
        self.receipt = receipt.json
        problems = Receipt.problemText(file: receipt.file.name, problems: receipt.problems)
        for note in receipt.notes where note.record == nil && note.field == nil {
            notes += "\(receipt.file.name)\n  \(note.what)\n"
        }
        steps = receipt.steps
        isTroubled = !receipt.problems.isEmpty
    }
}

private final class PreviewStage: DocumentStage {
    let packer = DocumentPacker()
    private var staged: [(sequence: Int, path: String, bytes: [UInt8])] = []
    var documents: [(path: String, bytes: [UInt8])] { staged.map { ($0.path, $0.bytes) } }

    func stage(_ document: LedgerDocument, bytes: [UInt8], rules: Edition?) throws {
        if let rules { try MessageRules.refuse(bytes, edition: rules) }
        staged.append((document.sequence, document.path, bytes))
    }

    func settle() {}

    func discard(_ document: LedgerDocument) {
        staged.removeAll { $0.path == document.path }
    }

    func discard(from sequence: Int) {
        staged.removeAll { $0.sequence >= sequence }
    }
}

private final class NoRejects: RejectedRecords {
    func begin(_ shape: RejectedShape) {}
    func add(_ raw: [UInt8]) {}
}

extension Preview {
    /// For people: record by record, each element with the field it came from, the rule, and what was changed.
    public var explanation: String {
        var text = ""
        var record: String?
        for step in steps {
            if step.record != record {
                text += "\(text.isEmpty ? "" : "\n")\(step.record)\n"
                record = step.record
            }
            text += "  \(step.target) = \(step.written ?? "(nothing)")\n"
            let raw = step.raw.map { $0 == step.written ? "" : " \"\($0)\"" } ?? ""
            text += "      from \(step.source)\(raw); \(step.rule)\n"
            for change in step.changes { text += "      \(change)\n" }
        }
        return text
    }

    /// For scripts: the receipt, the documents as text, and the explanation where it was asked for.
    public var json: JSONValue {
        .object([
            ("receipt", receipt),
            (
                "documents",
                .array(
                    documents.map {
                        .object([
                            ("path", .string($0.path)), ("text", .string(String(decoding: $0.bytes, as: UTF8.self))),
                        ])
                    })
            ),
            (
                "explanation",
                .array(
                    steps.map { step in
                        .object([
                            ("record", .string(step.record)), ("element", .string(step.target)),
                            ("field", .string(step.source)), ("value", step.raw.map(JSONValue.string) ?? .null),
                            ("rule", .string(step.rule)), ("written", step.written.map(JSONValue.string) ?? .null),
                            ("changes", .array(step.changes.map(JSONValue.string))),
                        ])
                    })
            ),
        ])
    }
}
