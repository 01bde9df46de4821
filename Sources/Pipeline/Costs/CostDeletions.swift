import Converters
import Domain
import QBXML
import SyncLedger

/// What QuickBooks says of deleted transactions, as far as they were imported: a deleted one is taken back like a voided
/// one.
struct CostDeletions {
    let context: ProcessingContext

    private static let kinds: Set<QuickBooksKind> = [
        .bill, .check, .creditCardCharge, .creditCardCredit, .vendorCredit, .journalEntry, .billPaymentCheck,
        .billPaymentCreditCard,
    ]

    /// Takes a `TxnDeletedRet`; says whether it was about a cost or payment, or may have been.
    func take(_ ret: Element) throws -> Bool {
        guard ret.name == "TxnDeletedRet", let txnID = ret["TxnID"], !txnID.isEmpty else { return false }
        let type = ret["TxnDelType"]
        let records = try [Entity.directCosts, .contractPayments].flatMap {
            try context.books.imported($0, ofTransaction: txnID)
        }.filter { type == nil || $0.kind?.rawValue == type }
        if records.isEmpty, let type, QuickBooksKind(rawValue: type).map(Self.kinds.contains) == true {
            // A response from before the deletion may be dropped after this one.
            try context.books.setDeleted(transaction: txnID)
            return true
        }
        for record in records {
            guard record.tie.editSequence != Imported.deleted else {
                context.receipt.count(record.entity, .unchanged)
                continue
            }
            try Imported.takeBack(record, editSequence: Imported.deleted, modifiedAt: nil, in: context)
        }
        return !records.isEmpty
    }
}
