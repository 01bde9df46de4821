import Converters
import Domain
import SyncLedger

/// Which requests wait for a person's word, and what becomes of them where what is wanted changes meanwhile.
///
/// A document in `outbox/review` is like any other: written in the same order, kept byte for byte, its records queued, each
/// with one unanswered request. Nothing carries it. Approved, its bytes leave under a new number, and its requests are
/// that document's from then on; rejected, its records have failed.
extension Settings.Review {
    /// Whether requests about a kind of record wait, whatever they come to.
    func covers(_ entity: Entity) -> Bool {
        guard isOn, let rule = rules[entity] else { return false }
        return rule == .always
    }

    /// Whether a request about a record waits. What counts is the larger of the totals before and after it, since money moves
    /// either way.
    func covers(_ record: LedgerRecord) -> Bool {
        guard isOn, let rule = rules[record.entity] else { return false }
        guard case .above(let limit) = rule else { return true }
        return [record.wanted, record.confirmed].contains { ($0?.total?.magnitude ?? .zero) > limit }
    }
}

extension ProcessingContext {
    /// Where the request of a record waits for a person's word, takes back the document that carries it: something else is
    /// wanted by now. All other records in it are decided anew with this one.
    /// - Parameter id: of a record that is about to be decided.
    /// - Returns: whether there was such a request.
    @discardableResult
    func replaceReview(of id: Int64) throws -> Bool {
        guard try requests.mayReview.get(), let open = try books.openRequest(of: id),
            try books.isInReview(open.document)
        else {
            return false
        }
        try replaceReview(open.document) { $0.id == id ? nil : .asIs }
        return true
    }

    /// Takes back a document that waits for a person's word, and has its records decided anew.
    /// - Parameters:
    ///   - number: of the document.
    ///   - question: what QuickBooks is asked first about a record; nil: the record is left to the caller.
    func replaceReview(_ number: Int, asking question: (LedgerRecord) -> Freed?) throws {
        let name = try books.document(number)?.name ?? ""
        for request in try books.openRequests(ofDocument: number) {
            try books.answer(
                request, status: LedgerRequest.replaced, message: "taken back before it was decided", file: intake ?? 0)
            guard var record = try books.record(id: request.record) else { continue }
            try addEvent("taken back", record, "\(request.requestID): it waited for approval in \(name)")
            switch question(record) {
            case nil: continue
            case .asIs: record.release()
            case .asking(let question): record.release(asking: question)
            }
            try books.update(record)
        }
        try books.decide(LedgerReview(document: number, verdict: .replaced, who: nil, at: now, sentAs: nil))
    }

    /// How a record is set free whose request was taken back.
    enum Freed {
        /// To be decided anew.
        case asIs
        /// QuickBooks is asked this first.
        case asking(LedgerRequest.Operation)
    }
}

extension Books {
    /// Which document of a record waits for a person's word, in words; nil: none does.
    func waitForApproval(of record: LedgerRecord) throws -> String? {
        guard record.state == .queued, let open = try openRequest(of: record.id), try isInReview(open.document),
            let document = try document(open.document)
        else { return nil }
        return "Waits for approval: outbox/review/\(document.pageName)."
    }
}
