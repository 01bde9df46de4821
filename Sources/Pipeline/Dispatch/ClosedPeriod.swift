import Converters
import Domain
import QBXML

extension Settings.Documents {
    /// Whether a new transaction is dated on an open day.
    func isOpen(_ wanted: Content) -> Bool {
        guard let closedBefore, let date = wanted["TxnDate"].flatMap({ CalendarDate($0) }) else { return true }
        return date.description >= closedBefore.description
    }
}

extension Dispatch {
    /// Refuses a new transaction that is dated before the first open day. What is in QuickBooks already is only tied, and
    /// lines that are put below an order or estimate post to no account, so both go on.
    func refuseClosedPeriod(_ wanted: Content, _ kind: QuickBooksKind) throws(Stop) {
        guard !context.settings.documents.isOpen(wanted), let open = context.settings.documents.closedBefore,
            let date = wanted["TxnDate"]
        else { return }
        throw .fail([
            Problem(
                field: "TxnDate",
                what: "The \(kind.words) would be dated \(date), and the books are closed before \(open).",
                remedy: "Give it a date from \(open) on in Procore and drop it again; or have the administrator set "
                    + "closed_before in plumbline.yaml to an earlier day, and then drop retry.txt with the line failed into the inbox (or run plumbline retry --failed)."
            )
        ])
    }
}
