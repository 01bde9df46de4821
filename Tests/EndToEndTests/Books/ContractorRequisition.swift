/// A subcontractor invoice of the invented contractor, and its arithmetic.
extension Contractor {
    struct Requisition {
        var id: Int
        var previousID: Int?
        var number: Int
        var invoiceNumber: String
        var billingDate: String
        var status = "approved"
        var items: [Item]

        var isApproved: Bool { status == "approved" }
        var gross: Int { sum(\.gross) }
        var withheld: Int { sum(\.withheld) }
        var released: Int { sum(\.released) }
        /// What is due now.
        var net: Int { sum(\.net) }

        func sum(_ part: (Item) -> Int) -> Int {
            items.reduce(0) { $0 + part($1) }
        }
    }

    /// One line of an invoice. What stood before this period is carried, so that every total can be told.
    struct Item {
        var id: Int
        /// The commitment's or the change order's line.
        var lineID: Int
        /// The change order; nil for a line of the commitment.
        var changeOrderID: Int?
        var code: Int
        var description: String
        var scheduled: Int
        var unitQuantity: Int?
        var unitCents: Int?

        var workBefore = 0
        var work = 0
        var quantityBefore = 0
        var quantity = 0
        var storedBefore = 0
        var stored = 0
        var workRetainedBefore = 0
        var workRetained = 0
        var workReleased = 0
        var storedRetainedBefore = 0
        var storedRetained = 0
        var storedReleased = 0

        var gross: Int { work + stored - storedBefore }
        var withheld: Int { workRetained + storedRetained }
        var released: Int { workReleased + storedReleased }
        var net: Int { gross - withheld + released }

        var billedBefore: Int { workBefore + storedBefore }
        var billed: Int { workBefore + work + stored }
        var retainedBefore: Int { workRetainedBefore + storedRetainedBefore }
        var workRetainedAfter: Int { workRetainedBefore + workRetained - workReleased }
        var storedRetainedAfter: Int { storedRetainedBefore + storedRetained - storedReleased }

        /// The same line at the start of the next period.
        func carried(id: Int) -> Item {
            var next = Item(
                id: id, lineID: lineID, changeOrderID: changeOrderID, code: code, description: description,
                scheduled: scheduled, unitQuantity: unitQuantity, unitCents: unitCents)
            next.workBefore = workBefore + work
            next.quantityBefore = quantityBefore + quantity
            next.storedBefore = stored
            next.stored = stored
            next.workRetainedBefore = workRetainedAfter
            next.storedRetainedBefore = storedRetainedAfter
            return next
        }
    }
}
