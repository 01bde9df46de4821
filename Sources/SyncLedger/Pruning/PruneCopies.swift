import Foundation
import GRDB

/// What a prune takes out, as lines of JSON for an archive.
extension Books {
    /// The events of a piece that go.
    /// - Parameters:
    ///   - last: the number of the event before the piece.
    ///   - most: so many events are looked at.
    ///   - prune: what goes.
    /// - Returns: the number of the last event of the piece, and a line for each that goes; nil: there is no piece.
    public func copyEvents(after last: Int64, most: Int, _ prune: LedgerPrune) throws -> (end: Int64, lines: [String])?
    {
        guard let end = try end(of: "event", "id", after: last, upTo: prune.bounds.event, most: most) else {
            return nil
        }
        return (
            end,
            try lines(
                """
                SELECT json_object('event', event.id, 'at', event.at, 'kind', event.kind, 'detail', event.detail,
                    'record', (SELECT entity || '/' || coalesce(procore_id, '@' || list_id) FROM record
                        WHERE record.id = event.record),
                    'intake', event.file)
                FROM event WHERE \(Self.eventsGoing) ORDER BY event.id
                """, ["from": last, "to": end, "before": prune.before])
        )
    }

    /// The documents of a piece whose bytes go.
    /// - Parameters:
    ///   - last: the number of the document before the piece.
    ///   - most: so many documents are looked at.
    ///   - prune: what goes.
    /// - Returns: the number of the last document of the piece, and a line for each that goes; nil: there is no piece.
    public func copyDocuments(
        after last: Int64, most: Int, _ prune: LedgerPrune
    ) throws -> (end: Int64, lines: [String])? {
        guard let end = try end(of: "document", "sequence", after: last, upTo: prune.bounds.document, most: most)
        else { return nil }
        return (
            end,
            try lines(
                """
                SELECT json_object('document', sequence, 'name', name, 'outbox', outbox, 'at', at, 'intake', source,
                    'answered_by', answered_by, 'text', document_text(bytes))
                FROM document WHERE \(Self.documentsGoing) ORDER BY sequence
                """, ["from": last, "to": end, "moment": prune.moment])
        )
    }

    /// A file that goes, as a line.
    public func copyFile(_ intake: Int) throws -> String? {
        try lines(
            """
            SELECT json_object('intake', intake, 'file', name, 'received', received, 'outcome', outcome,
                'sha256', sha256, 'filed_as', filed_as, 'receipt', CAST(receipt AS TEXT), 'summary', summary,
                'outputs', outputs, 'problem', problem_text)
            FROM file WHERE intake = :intake
            """, ["intake": intake]
        ).first
    }

    private func lines(_ sql: String, _ values: StatementArguments) throws -> [String] {
        try String.fetchAll(try db.cachedStatement(sql: sql), arguments: values)
    }
}
