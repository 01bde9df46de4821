import Converters
import Domain
import Procore

/// An object or row of an export of documents, read and, where it says all by itself, converted without the sync ledger:
/// on any thread. It goes from one thread to the other as one reference.
final class DocumentRecord: Sendable {
    /// As it stood in the file.
    let raw: [UInt8]
    /// What it says; nil where that is nothing.
    let reading: Result<DocumentReading?, Problem>
    /// What a problem of it is placed by.
    let place: String?
    /// What a whole document becomes, if nothing else was dropped about it; nil where that takes the ledger.
    let own: Conversion?
    /// The fragments of a whole document as the ledger keeps them.
    let encoded: [String: [UInt8]]
    /// A document that may be asked for as it is read; nil: more has to be looked at first.
    let ready: ReadyDocument?
    /// The cost codes and WBS codes that it shows with Procore's ids.
    let codes: [SeenCode]

    init(
        raw: [UInt8], settings: Settings, at place: () -> String?, codes ofLine: (Content.Line) -> [SeenCode],
        read: () throws(Problem) -> DocumentReading?
    ) {
        self.raw = raw
        do throws(Problem) {
            let reading = try read()
            self.reading = .success(reading)
            self.place = nil
            guard case .document(let document) = reading else {
                if case .line(_, _, let line) = reading { codes = ofLine(line) } else { codes = [] }
                own = nil
                encoded = [:]
                ready = nil
                return
            }
            let source = DocumentSource(document.key, fragments: document.fragments)
            let own = try? documentConverter(of: document.key.entity).convert(
                source, settings: settings, references: NoReferences())
            let encoded = document.fragments.mapValues(\.encoded)
            ready = own.flatMap { ReadyDocument(source, $0, encoded: encoded, settings: settings) }
            self.own = own
            self.encoded = encoded
            codes = document.codes
        } catch {
            reading = .failure(error)
            self.place = place()
            own = nil
            encoded = [:]
            ready = nil
            codes = []
        }
    }
}

/// Reads the records of one kind of export.
struct DocumentConversion: Sendable {
    let form: ExportForm.Documents
    let exportContext: ExportContext
    let settings: Settings
    /// Makes its records ready; nil where there is no plan for them.
    let plan: DocumentPlan?

    init(form: ExportForm.Documents, exportContext: ExportContext, settings: Settings) {
        self.form = form
        self.exportContext = exportContext
        self.settings = settings
        plan = DocumentPlan(form, settings)
    }

    /// An object of the file; nil where the form is a CSV.
    func convert(_ json: JSONRecord) -> DocumentRecord? {
        guard let read = form.json else { return nil }
        return DocumentRecord(
            raw: json.raw, settings: settings, at: { try? json.text("id") }, codes: { SeenCode.all(in: json, as: $0) }
        ) {
            () throws(Problem) in try read(json, exportContext)
        }
    }

    /// A row of the file; nil where the form is JSON.
    func convert(_ row: CSVRow) -> DocumentRecord? {
        guard let read = form.csv else { return nil }
        return DocumentRecord(raw: row.raw, settings: settings, at: { "in row \(row.ordinal)" }, codes: { _ in [] }) {
            () throws(Problem) in try read(row, exportContext)
        }
    }
}

/// No other records are known: a conversion that asks for one cannot go on.
private struct NoReferences: References {
    private struct WereAsked: Error {}

    func wanted(_ key: RecordKey) throws -> Content? { throw WereAsked() }
    func source(_ key: RecordKey) throws -> DocumentSource? { throw WereAsked() }
    func additions(to key: RecordKey) throws -> [(key: RecordKey, content: Content?)] { throw WereAsked() }
    func absence(of key: RecordKey) throws -> String { throw WereAsked() }
}
