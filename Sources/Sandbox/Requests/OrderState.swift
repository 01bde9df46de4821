import Foundation
import QBXML

/// What has been received of a purchase order, and what is closed.
struct OrderState {
    let order: TxnRecord
    /// By `TxnLineID`; a line that no bill names is not there.
    let received: [String: Decimal]

    /// What is still to come of a line; nil for one without a quantity.
    func left(of line: TxnLine) -> Decimal? {
        line.fields["Quantity"].map { Numbers.value($0) - (received[line.lineID] ?? 0) }
    }

    /// Whether all of a line has come; without a quantity, whether a bill names it.
    func isReceived(_ line: TxnLine) -> Bool {
        left(of: line).map { $0 <= 0 } ?? (received[line.lineID] != nil)
    }

    /// Whether somebody closed a line, or its order.
    func isClosed(_ line: TxnLine) -> Bool {
        order.fields.isTrue("IsManuallyClosed") || line.fields.isTrue("IsManuallyClosed")
    }

    /// Whether nothing more is to come.
    var isFullyReceived: Bool {
        let lines = order.lines.filter(\.hasItem)
        return lines.contains(where: isReceived)
            && lines.allSatisfy { isReceived($0) || $0.fields.isTrue("IsManuallyClosed") }
    }

    /// Closing an order closes its lines; closing all of its lines closes the order.
    /// - Parameter isClosed: what the request says of the order; nil: nothing.
    func close(_ order: inout TxnRecord, as isClosed: Bool?) {
        for place in order.lines.indices where order.lines[place].hasItem {
            if isClosed == false { order.lines[place].fields.put("IsManuallyClosed", "false") }
            if isClosed == true, !isReceived(order.lines[place]) {
                order.lines[place].fields.put("IsManuallyClosed", "true")
            }
        }
        let lines = order.lines.filter(\.hasItem)
        let closed = lines.filter { $0.fields.isTrue("IsManuallyClosed") }
        let isAll = !closed.isEmpty && lines.allSatisfy { $0.fields.isTrue("IsManuallyClosed") || isReceived($0) }
        order.fields.put("IsManuallyClosed", isAll || isClosed == true ? "true" : "false")
    }
}
