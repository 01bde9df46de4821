import Domain
import SyncLedger

/// A record about which a mistake of ours was met while a file that another one brought set it free. The mistake is about
/// that record: it fails, and the file is taken as if nothing had been.
struct FailedRecord {
    private let id: Int64
    /// What stands in the receipt of the file that set it free.
    let problem: Problem

    /// So many records may fail in one file before the file itself is set aside.
    private static let most = 100

    /// Fails a record.
    /// - Parameters:
    ///   - id: the record; nil where the mistake is not about a record that was set free.
    ///   - earlier: those that the same file set free and that failed before; nothing helps where it is one of them.
    /// - Parameter at: when, UTC.
    /// - Returns: nil where no record is at fault.
    init?(_ id: Int64?, _ error: any Error, after earlier: [FailedRecord], _ books: Books, at: String) throws {
        guard let id, earlier.count < Self.most, !earlier.contains(where: { $0.id == id }),
            var record = try books.record(id: id)
        else { return nil }
        self.id = id
        problem = Problem(
            record: record.shown,
            what:
                "It was to go on now, and Plumbline met an error of its own, so nothing of it was sent. The error: \(error)",
            remedy:
                "Please report it with this text to those who keep Plumbline. After an update, plumbline retry gives it "
                + "another attempt.")
        record.fail(problem.what, remedy: problem.remedy)
        record.attempts.due = nil
        try books.update(record)
        try books.addEvent("failed", record: id, file: nil, at: at, detail: record.reason)
    }
}
