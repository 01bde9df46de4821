import Converters
import Domain
import QBXML
import SyncLedger

/// Reads `NAME.error.txt`: QuickBooks refused a document as a whole, so all its requests fail together.
enum RefusalIntake {
    /// Reads the two lines `hresult=` and `message=`.
    /// - Throws: a `Problem` when it is not that, or belongs to no document of ours.
    static func take(_ bytes: [UInt8], name: String, _ context: ProcessingContext) throws {
        context.receipt.direction = .toProcore
        guard let refusal = Refusal(sideFile: bytes) else {
            throw Problem(
                what: "An error file has the lines hresult= and message=, and this one has none.",
                remedy: "Write the HRESULT that QuickBooks gave as hresult=0x…, and drop the file again.")
        }
        try take(refusal, name: name, context)
    }

    /// Takes a refusal, however it was written down.
    /// - Throws: a `Problem` when it belongs to no document of ours.
    static func take(_ refusal: Refusal, name: String, _ context: ProcessingContext) throws {
        context.receipt.direction = .toProcore
        guard let sequence = Int(name.prefix { $0.isASCII && $0.isNumber }),
            let document = try context.books.document(sequence), document.outbox == .quickbooks
        else {
            throw Problem(
                what: "\(name) belongs to no document that left here.",
                remedy: "Name it as the refused document, with .error.txt in place of .xml, and drop it again.")
        }
        // Of a document that was sent once more, the requests are those of the first one.
        let open = try context.books.openRequests(ofDocument: document.repeats ?? sequence)
        let writeBacks = UpdateBatches(context)
        let answers = Answers(context: context, writeBacks: writeBacks)
        for request in open { try answers.refused(request, refusal) }
        for pull in try context.books.openPulls(ofDocument: document.repeats ?? sequence) {
            try Pulls(context: context).failed(pull, status: LedgerRequest.refusedWhole)
            context.receipt.add(refusal.problem.of(pull.requestID))
        }
        if open.isEmpty, let entity = document.entity { context.receipt.count(entity, .unchanged) }
        try context.books.markAnswered(sequence, by: context.intake ?? 0)
        try Dispatch.run(context, writingBack: writeBacks)
    }
}
