/// An invented contractor: what both Procore's exports and the expected books are made from.
///
/// All amounts are whole cents.
struct Contractor {
    var companyID = 8089
    var name = "Fixture Builders, Inc."
    var currency: String
    var vendors: [Vendor] = []
    var costCodes: [CostCode] = []
    var projects: [Project] = []

    struct Vendor {
        var id: Int
        var name: String
    }

    struct CostCode {
        var id: Int
        var parent: Int?
        var code: String
        var fullCode: String
        var name: String
    }

    struct Project {
        var id: Int
        var index: Int
        var number: String
        var name: String
        var budget: Budget
        var commitments: [Commitment] = []
    }

    struct Budget {
        /// How the budget is exported.
        enum Form { case lineItems, detailRows, twoPages }

        var form: Form
        var lines: [Line] = []
        var modifications: [Modification] = []
        var changes: [Change] = []

        struct Line {
            var id: Int
            var code: Int
            var cents: Int
        }

        /// Money moved between budget lines; `from` is nil for money from outside.
        struct Modification {
            var id: Int
            var from: Int?
            var to: Int
            var cents: Int
        }

        struct Change {
            var id: Int
            var number: Int
            var status: String
            var lines: [Line]
        }
    }

    struct Commitment {
        enum Kind: String { case workOrder = "WorkOrderContract", purchaseOrder = "PurchaseOrderContract" }
        /// How the commitment is exported: alone, in a list, or as a header of v2.0 with its lines apart.
        enum Form { case show, list, headerAndLines }

        var id: Int
        var number: String
        var title: String
        var kind: Kind
        var form: Form
        var isUnitBased: Bool
        var status = "Approved"
        var vendor: Int
        var retainagePercent: Int
        var lines: [Line]
        var changeOrders: [ChangeOrder] = []
        var requisitions: [Requisition] = []
        var payments: [Payment] = []

        var total: Int { lines.reduce(0) { $0 + $1.cents } }
        var isApproved: Bool { status == "Approved" }
        var approvedChanges: [ChangeOrder] { changeOrders.filter(\.isApproved) }

        struct Line {
            var id: Int
            var code: Int
            var description: String
            var cents: Int
            /// Unit-based lines only.
            var quantity: Int?
            var unitCents: Int?
        }
    }

    struct ChangeOrder {
        /// How the change order is exported: a package with its lines, or a header with its lines of v2.0 apart.
        enum Form { case package, headerAndLines }

        var id: Int
        var number: String
        var status: String
        var form: Form
        var lines: [Line]

        var total: Int { lines.reduce(0) { $0 + $1.cents } }
        var isApproved: Bool { status == "approved" }

        struct Line {
            var id: Int
            var code: Int
            var description: String
            var cents: Int
            /// The commitment's line that is changed; nil for new work. Only v2.0 tells it.
            var changedLineID: Int?
        }
    }

    struct Payment {
        var id: Int
        var requisition: Int?
        var cents: Int
        var date: String
        var checkNumber: String?
        /// Set for Procore Pay only.
        var externalID: String?
    }
}
