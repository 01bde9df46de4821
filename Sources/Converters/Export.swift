import Domain
import Procore

/// A form in which Procore gives out one kind of record: how a file of it is recognised, and how it is read or why it is
/// not.
///
/// Each converter lists those that it reads. A file is what the first of them says that recognises it: by degree of
/// evidence, and within a degree in the order of `allConverters`.
public struct Export: Sendable {
    /// How surely something tells a form from all others.
    public enum Evidence: Sendable, CaseIterable {
        /// A field or columns that no other kind of record has.
        case field
        /// What a record says of its type, or several fields together.
        case type
        /// Fields that other kinds have too, all of which are ruled out by now.
        case rest
        /// The name of the file or of its folder, and fields that many have.
        case name
    }

    /// What a file shows that may be of the form.
    public enum Sign: Sendable {
        /// A record of a JSON export, and the file's path below the inbox in lower case.
        case json(@Sendable (JSONRecord, String) -> Bool)
        /// The columns of a CSV export that all stand in it, among at most so many that have a name.
        case csv(columns: [String], atMost: Int)
    }

    /// How surely it is recognised.
    public let evidence: Evidence
    /// How it is recognised.
    public let sign: Sign
    /// How its records are read; a problem where they are not taken, with the reason and what to do instead.
    public let form: Result<ExportForm, Problem>

    /// Whole records of a list, as JSON.
    public init(
        list entity: Entity, by evidence: Evidence, when isRecognised: @escaping @Sendable (JSONRecord, String) -> Bool
    ) {
        self.init(evidence: evidence, sign: .json(isRecognised), form: .success(.list(entity)))
    }

    /// Whole records of a list, as rows of a CSV template.
    /// - Parameter entity: the kind of record.
    /// - Parameter columns: those that its header has at least.
    /// - Parameter most: no file with more columns is taken for one.
    public init(list entity: Entity, columns: [String], atMost most: Int = .max) {
        self.init(evidence: .field, sign: .csv(columns: columns, atMost: most), form: .success(.list(entity)))
    }

    /// Documents or their lines, as JSON.
    public init(
        documents entity: Entity, areLines: Bool = false, by evidence: Evidence,
        when isRecognised: @escaping @Sendable (JSONRecord, String) -> Bool,
        read: @escaping ExportForm.Documents.ReadJSON
    ) {
        self.init(
            evidence: evidence, sign: .json(isRecognised),
            form: .success(.documents(.init(entity: entity, isOfLines: areLines, json: read))))
    }

    /// Lines of documents, as rows of a CSV.
    public init(
        lines entity: Entity, by evidence: Evidence = .field, columns: [String],
        read: @escaping ExportForm.Documents.ReadCSV
    ) {
        self.init(
            evidence: evidence, sign: .csv(columns: columns, atMost: .max),
            form: .success(.documents(.init(entity: entity, isOfLines: true, csv: read))))
    }

    /// JSON that is never taken.
    public init(
        refused problem: Problem, by evidence: Evidence,
        when isRecognised: @escaping @Sendable (JSONRecord, String) -> Bool
    ) {
        self.init(evidence: evidence, sign: .json(isRecognised), form: .failure(problem))
    }

    /// A table that is never taken.
    public init(refused problem: Problem, columns: [String]) {
        self.init(evidence: .type, sign: .csv(columns: columns, atMost: .max), form: .failure(problem))
    }

    private init(evidence: Evidence, sign: Sign, form: Result<ExportForm, Problem>) {
        self.evidence = evidence
        self.sign = sign
        self.form = form
    }

    /// Whether a record of a JSON file is of this form.
    /// - Parameter record: one record of it.
    /// - Parameter path: the file's path below the inbox, in lower case.
    public func isRecognised(_ record: JSONRecord, path: String) -> Bool {
        guard case .json(let isRecognised) = sign else { return false }
        return isRecognised(record, path)
    }

    /// Whether a CSV file with these columns is of this form; upper and lower case are the same.
    public func isRecognised(columns: [String]) -> Bool {
        guard case .csv(let own, let most) = sign, columns.count(where: { !$0.isEmpty }) <= most else { return false }
        let names = Set(columns.map { $0.lowercased() })
        return own.allSatisfy { names.contains($0.lowercased()) }
    }
}

extension JSONRecord {
    /// Whether all of some keys stand at the top, whatever they hold.
    func has(all keys: String...) -> Bool { keys.allSatisfy { has($0) } }
}
