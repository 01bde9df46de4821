import Domain
import Procore

/// How the records of one kind of export are read.
public enum ExportForm: Sendable {
    /// Elements of lists, each a whole record.
    case list(Entity)
    /// Documents and their lines, which may come in several files.
    case documents(Documents)

    /// A kind of document export.
    public struct Documents: Sendable {
        /// Reads an object of a JSON export.
        public typealias ReadJSON = @Sendable (JSONRecord, ExportContext) throws(Problem) -> DocumentReading
        /// Reads a row of a CSV export, which may hold nothing.
        public typealias ReadCSV = @Sendable (CSVRow, ExportContext) throws(Problem) -> DocumentReading?

        /// The kind of document.
        public let entity: Entity
        /// Whether the documents' lines stand in it, without the documents themselves.
        public let isOfLines: Bool
        /// Reads an object; nil where the form is a CSV.
        public var json: ReadJSON?
        /// Reads a row; nil where the form is JSON.
        public var csv: ReadCSV?
    }
}
