/// What can be fetched from Procore's API, by the names that `procore.fetch` in `plumbline.yaml` has for it.
public enum ProcoreExport: String, Sendable, CaseIterable {
    /// The company's vendors, which Procore calls companies in its pages.
    case vendors
    /// The configured projects.
    case projects
    /// The company's lists of standard cost codes, and the codes of each project.
    case costCodes = "cost_codes"
    /// The budget lines of each project.
    case budgets
    /// Budget modifications, which older companies have.
    case modifications
    /// Budget changes, which took their place.
    case changes
    /// Subcontracts and purchase orders, with their lines.
    case commitments
    /// Change orders of commitments, with their lines.
    case changeOrders = "change_orders"
    /// Subcontractor invoices, with their items.
    case requisitions
    /// Payments issued, contract by contract.
    case payments
}
