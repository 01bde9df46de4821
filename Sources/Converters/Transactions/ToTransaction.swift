import Domain
import Procore
import QBXML

/// A converter of Procore records that may come in fragments: a header here, its lines there.
public protocol FromDocument: Converter {
    /// The record whose transaction it adds lines to; nil: it has one of its own, or does not say yet.
    static func owner(of source: DocumentSource) -> RecordKey?
    /// What a record should be in QuickBooks, from what was dropped so far.
    /// - Throws: what the sync ledger throws; what is wrong with the record is part of the result.
    static func convert(
        _ source: DocumentSource, settings: Settings, references: any References
    ) throws -> Conversion
}

extension FromDocument {
    /// A transaction of its own.
    public static func owner(of source: DocumentSource) -> RecordKey? { nil }
}

/// A converter of Procore documents to a QuickBooks transaction, or to further lines of one.
public protocol ToTransaction: FromDocument {
    /// What it becomes.
    static var object: TransactionObject { get }
    /// Whether its lines go into the transaction of another record, such as a change order's into its commitment's.
    static var isAddition: Bool { get }
    /// Where the number that some content wants stands in QuickBooks: two records that meet in one must both stop.
    static func numberKey(of content: Content) -> String?
}

extension ToTransaction {
    /// A transaction of its own.
    public static var isAddition: Bool { false }
    /// Its number need not be its own.
    public static func numberKey(of content: Content) -> String? { nil }
}

/// What a converter of documents makes of what was dropped so far.
public enum Conversion: Sendable {
    /// What it should be in QuickBooks.
    case mapped(Mapped)
    /// It cannot be said yet: why, and the records whose arrival may change that.
    case waits(String, [RecordKey])
    /// A rule leaves it out.
    case skipped(Skipped)
    /// Everything that is wrong with it.
    case refused([Problem])
}

/// What a converter may know of other records: a narrow view of the sync ledger, for reading.
public protocol References {
    /// What another record should be in QuickBooks; nil while that is not known.
    func wanted(_ key: RecordKey) throws -> Content?
    /// What Procore said of another record; nil while nothing was dropped.
    func source(_ key: RecordKey) throws -> DocumentSource?
    /// The records that add lines to the transaction of another one, and what those should be.
    func additions(to key: RecordKey) throws -> [(key: RecordKey, content: Content?)]
    /// Why there is nothing to be had from another record: `Waits for vendor 401104, which …`.
    func absence(of key: RecordKey) throws -> String
}

/// Collects everything that is wrong with one document.
struct Findings {
    let shown: String
    private(set) var problems: [Problem] = []

    init(_ shown: String) {
        self.shown = shown
    }

    /// The result of a step; nil where it failed, and the problem is noted.
    mutating func attempt<Result>(in place: String? = nil, _ step: () throws(Problem) -> Result) -> Result? {
        do throws(Problem) {
            return try step()
        } catch {
            add(error, in: place)
            return nil
        }
    }

    /// The same for a mapping table.
    mutating func map<Source>(
        _ record: Source, _ rows: [Row<Source>], in place: String? = nil, settings: Settings
    ) -> Mapped? {
        let shown = place.map { "\(self.shown), \($0)" } ?? self.shown
        do {
            return try Converters.map(record, rows, shown: shown, settings: settings)
        } catch {
            problems += error.all
            return nil
        }
    }

    mutating func add(_ problem: Problem, in place: String? = nil) {
        problems.append(problem.of(place.map { "\(shown), \($0)" } ?? shown))
    }

    /// The mapped content, unless something is wrong.
    func conversion(_ mapped: Mapped?) -> Conversion {
        guard problems.isEmpty, var mapped else { return .refused(problems.uniqued()) }
        mapped.notes = mapped.notes.uniqued()
        return .mapped(mapped)
    }
}
