import Converters

/// The groups of cases, in the order in which a reader meets them: what Procore's exports become in QuickBooks, what
/// QuickBooks' answers become in Procore, and what goes on between the files.
///
/// A group is a folder below `Fixtures`. A converter that has no line here is introduced by what it says of itself; a new
/// folder of another kind needs one, or `FixtureIndexTests` says so.
struct FixtureGroup {
    /// A heading of the index page, above some groups.
    struct Chapter {
        let heading: String
        let groups: [FixtureGroup]
    }

    /// The folder: `company-to-vendor`.
    let folder: String
    /// What stands above the group's cases.
    let heading: String
    /// One sentence: what is converted, from what, and to what.
    let introduction: String

    init(_ folder: String, _ heading: String, _ introduction: String) {
        self.folder = folder
        self.heading = heading
        self.introduction = introduction
    }

    static let chapters = written + (further.isEmpty ? [] : [Chapter(heading: "And more", groups: further)])

    /// Converters without a line of their own.
    private static let further = allConverters.filter { converter in
        !written.flatMap(\.groups).contains { $0.folder == converter.name }
            && FixtureCase.converters.contains(converter.name)
    }.map { FixtureGroup($0.name, "\($0.sides.from) to \($0.sides.to)", $0.summary) }

    private static let written = [
        Chapter(heading: "From Procore to QuickBooks: lists", groups: lists),
        Chapter(heading: "From Procore to QuickBooks: transactions", groups: transactions),
        Chapter(heading: "From QuickBooks to Procore", groups: home),
        Chapter(heading: "Between the files", groups: between),
    ]

    private static let lists = [
        FixtureGroup(
            "cost-code-to-item", "Cost codes become Items",
            "An export of Procore's cost codes, as JSON or CSV, becomes Service items, each with a description and an "
                + "account for either side."),
        FixtureGroup(
            "company-to-vendor", "Companies become Vendors",
            "An export of Procore's company directory, as JSON or CSV, becomes Vendors. What files of every kind may "
                + "look like, and what happens to requests that are refused, locked or lost, is shown here too."),
        FixtureGroup(
            "project-to-job", "Projects become Jobs",
            "An export of Procore's projects becomes Jobs: Customers below the customer that the configuration names."),
        FixtureGroup(
            "project-cost-code-to-job-and-item", "Project cost codes tie a Job to an Item",
            "An export of one project's cost codes makes nothing in QuickBooks: once the Job and the Item are known, "
                + "Procore is told both ids."),
        FixtureGroup(
            "wbs-code-to-item", "WBS codes stand for Items",
            "An export of a project's WBS codes makes nothing of its own: it says which Item is meant by a line that "
                + "names a WBS code alone."),
    ]

    private static let transactions = [
        FixtureGroup(
            "budget-to-estimate", "Budgets become Estimates",
            "An export of a project's budget lines, or the rows of a budget view, becomes an Estimate of the "
                + "project's Job with a line for each."),
        FixtureGroup(
            "budget-modification-to-estimate-lines", "Budget modifications become lines of the Estimate",
            "An export of transfers between budget lines puts two lines below those of the Estimate: one that takes, "
                + "one that gives."),
        FixtureGroup(
            "budget-change-to-estimate-lines", "Budget changes become lines of the Estimate",
            "An export of approved budget changes puts a line below those of the Estimate for each line changed."),
        FixtureGroup(
            "commitment-to-purchase-order", "Commitments become PurchaseOrders",
            "An export of approved work order contracts and purchase order contracts, with their lines in the same "
                + "file or in files of their own, becomes PurchaseOrders."),
        FixtureGroup(
            "change-order-to-purchase-order-lines", "Change orders become lines of the PurchaseOrder",
            "An export of approved change orders to a commitment puts lines at the end of its PurchaseOrder; what is "
                + "there stays as it is."),
        FixtureGroup(
            "requisition-to-bill", "Subcontractor invoices become Bills",
            "An export of approved subcontractor invoices (in Procore's API, requisitions) becomes Bills, each line "
                + "linked to the line of the order that it bills, with retainage on lines of its own."),
        FixtureGroup(
            "payment-to-bill-payment-check", "Payments of Procore Pay become BillPaymentChecks",
            "An export of payments that Procore Pay settled becomes BillPaymentChecks for the Bills of their invoices."),
    ]

    private static let home = [
        FixtureGroup(
            "vendor-to-company", "Vendors become companies",
            "QuickBooks' answer to a query for its Vendors becomes Procore JSON that makes or changes companies; "
                + "Procore's own answer brings their ids. How answers are encoded and cut short is shown here too."),
        FixtureGroup(
            "job-to-project", "Jobs become projects",
            "QuickBooks' answer to a query for its Customers becomes Procore JSON that makes or changes projects; only "
                + "Jobs are projects."),
        FixtureGroup(
            "job-cost-to-direct-cost", "Job costs become direct costs",
            "QuickBooks' answer to a query for bills, checks, card charges, credits or journal entries becomes Procore "
                + "JSON: a direct cost for each project that a transaction names, and then its lines."),
        FixtureGroup(
            "paycheck-to-direct-cost", "Paychecks become direct costs",
            "A QuickBooks detail report that somebody saved becomes Procore JSON for the payroll of each project, "
                + "since no query shows paychecks."),
        FixtureGroup(
            "bill-payment-to-contract-payment", "Bill payments become payments issued",
            "QuickBooks' answer to a query for payments of bills, by check or card, becomes Procore JSON: a payment "
                + "for each Bill of ours that is paid, and its reversal where the payment is voided."),
    ]

    private static let between = [
        FixtureGroup(
            "answers", "Answers from QuickBooks",
            "QuickBooks' answers to what was sent: whole or cut short, known or strange, shown again, changed by hand "
                + "or deleted there."),
        FixtureGroup(
            "status-codes", "Status codes of QuickBooks",
            "Each status code and HRESULT that QuickBooks may answer with, and what follows from it: the record is "
                + "linked, fails, waits, or is asked after."),
        FixtureGroup(
            "pulls", "Pulls",
            "A command or a schedule asks QuickBooks for a list or for transactions, window by window and page by "
                + "page, until all of it has come."),
        FixtureGroup(
            "company-check", "The company check",
            "QuickBooks is asked which company is open, and while it is another one nothing leaves and nothing is "
                + "taken from it."),
        FixtureGroup(
            "commands", "Commands",
            "`retry`, `resend`, `link` and `unlink` change what is remembered of a record, and the record goes, "
                + "waits or is asked after."),
    ]
}
