import Converters
import Domain
import QBXML
import SyncLedger

/// What QuickBooks says of deleted transactions, as far as they were imported: a deleted one is taken back like a voided
/// one.
struct CostDeletions {
    let work: Work

    /// Takes a `TxnDeletedRet`; says whether it was about an imported cost or payment.
    func take(_ ret: Element) throws -> Bool {
        guard ret.name == "TxnDeletedRet", let txnID = ret["TxnID"], !txnID.isEmpty else { return false }
        let records = try [Entity.directCosts, .contractPayments].flatMap {
            try work.books.imported($0, ofTransaction: txnID)
        }
        for record in records {
            guard record.editSequence != Imported.deleted else {
                work.receipt.count(record.entity, .unchanged)
                continue
            }
            try Imported.takeBack(record, editSequence: Imported.deleted, modifiedAt: nil, in: work)
        }
        return !records.isEmpty
    }
}
