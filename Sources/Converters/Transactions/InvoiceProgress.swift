import Domain
import Procore

/// What one item of a subcontractor invoice comes to in this period.
///
/// ```
/// gross    = work completed + materials presently stored - stored before + materials moved (where they move)
/// withheld = retained on work + on new materials + on materials moved
/// released = released on work + on stored materials
/// net      = gross - withheld + released
/// ```
/// Source: Procore REST "Requisitions (Subcontractor Invoices)"; the identity of the totals with `current_payment_due`.
/// Where Procore states `gross_amount` and `net_amount` they are used, and checked against the parts.
struct InvoiceProgress {
    let key: String
    let item: Content.Line
    let description: String?
    let gross: Amount
    let withheld: Amount
    let released: Amount
    /// Whether the previous invoice is needed to tell, and is not known.
    let needsPrevious: Bool

    /// What is due for it.
    var net: Amount { gross - withheld + released }

    /// - Parameters:
    ///   - previous: the previous invoice, where it was dropped.
    ///   - hasPrevious: whether there is one.
    init(
        _ item: Content.Line, _ header: Content, previous: DocumentSource?, hasPrevious: Bool
    ) throws(Problem) {
        func amount(_ field: String) throws(Problem) -> Amount { try item.money(field) ?? .zero }
        key = item.key
        self.item = item
        description = item["description_of_work"]
        try Self.refuseTax(item)
        let before = try Self.previous(item, previous)
        let stored = try amount("materials_presently_stored")
        let retained = try amount("materials_stored_retainage_currently_retained")
        var isUnknown = false
        // What was stored before: stated, or taken from the previous invoice; nothing where this is the first one.
        func earlier(_ stated: Amount?, _ known: Amount?, isNeeded: Bool) -> Amount {
            if let stated = stated ?? known { return stated }
            if hasPrevious, isNeeded { isUnknown = true }
            return .zero
        }
        let storedBefore = earlier(
            try item.money("materials_presently_stored_from_previous_progress"), before?.stored,
            isNeeded: !stored.isZero)
        let moves = header["move_materials_to_previous_work_completed"] == "true"
        let derived =
            try amount("work_completed_this_period") + stored - storedBefore
            + (moves ? try amount("materials_moved") : .zero)
        let storedIsUnknown = isUnknown
        let stated = try item.money("gross_amount")
        if let stated {
            isUnknown = false
            if !storedIsUnknown, stated != derived { throw Sums.differ("gross_amount", stated, "its parts", derived) }
        }
        gross = stated ?? derived
        let onMaterials: Amount
        if let new = try item.money("materials_stored_retainage_new_materials") {
            onMaterials = new
        } else {
            onMaterials = retained - earlier(nil, before?.retained, isNeeded: !retained.isZero)
        }
        withheld =
            try amount("work_completed_retainage_retained_this_period") + onMaterials
            + amount("materials_retainage_retained_moved")
        released =
            try amount("work_completed_retainage_released_this_period")
            + amount("materials_stored_retainage_released_this_period")
        needsPrevious = isUnknown
        if !isUnknown, let net = try item.money("net_amount"), net != gross - withheld + released {
            throw Sums.differ("net_amount", net, "gross, retainage withheld and released", gross - withheld + released)
        }
        try refuseLumpSum()
    }

    private static func refuseTax(_ item: Content.Line) throws(Problem) {
        guard let tax = try item.number("taxes"), !tax.isZero else { return }
        throw Problem(
            field: "taxes", what: "The item has \(tax.money) of tax, and taxes are not mapped to QuickBooks.",
            remedy: "Enter the bill in QuickBooks by hand.")
    }

    private func refuseLumpSum() throws(Problem) {
        guard item["item_type"] == "whole_change_order_item", !gross.isZero || !withheld.isZero || !released.isZero
        else { return }
        throw Problem(
            field: "item_type",
            what: "It bills a whole change order as a lump sum, which has no cost code and no line of the order.",
            remedy: "Bill the change order by its lines in Procore, or enter the bill in QuickBooks by hand.")
    }

    private static func previous(
        _ item: Content.Line, _ source: DocumentSource?
    ) throws(Problem) -> (stored: Amount, retained: Amount)? {
        guard let source, let line = item["line_item_id"] else { return nil }
        let items =
            (source.lines(DocumentFragment.contractItems) ?? [])
            + (source.lines(DocumentFragment.changeOrderItems) ?? [])
        guard !items.isEmpty else { return nil }
        var stored = Amount.zero
        var retained = Amount.zero
        for earlier in items where earlier["line_item_id"] == line {
            stored += try earlier.money("materials_presently_stored") ?? .zero
            retained += try earlier.money("materials_stored_retainage_currently_retained") ?? .zero
        }
        return (stored, retained)
    }
}

/// Finds the line of the order that an item of an invoice bills.
enum OrderLines {
    enum Found {
        /// The line, as the order or a change order to it has it.
        case found(Content.Line)
        case waits(String, [RecordKey])
        case refused(Problem)
    }

    static func find(
        _ item: InvoiceProgress, _ contract: RecordKey, _ order: Content, _ references: any References
    ) throws -> Found {
        guard let id = item.item["line_item_id"] else {
            return .refused(
                Problem(
                    field: "line_item_id", what: "It does not say which line of the commitment it bills.",
                    remedy: "Export the invoice again from Procore, unchanged, and drop the new file."))
        }
        if let line = try line(id, contract, order, references) { return .found(line) }
        if let change = item.item["change_order_package_id"].map({ RecordKey(.commitmentChangeOrders, $0) }) {
            return .waits(try references.absence(of: change), [change, contract])
        }
        return .waits(
            "Waits for line \(id), which neither \(contract.shown) nor a change order to it has.", [contract])
    }

    /// The line of one of Procore's ids; the key of a line that several became names them all.
    static func line(
        _ id: String, _ contract: RecordKey, _ order: Content, _ references: any References
    ) throws -> Content.Line? {
        if let line = order.line(id) { return line }
        for addition in try references.additions(to: contract) {
            if let line = addition.content?.line(id) { return line }
        }
        return nil
    }
}
