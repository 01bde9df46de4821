import Procore

/// One of Procore's lists, and how it is fetched.
///
/// Where `domain/procore.md` names no path for a list, the one of Procore's REST reference is taken, and the page named in
/// `reference`. Two are assumed, since no public copy shows their list: "List Budget Line Items" and "List Budget
/// Modifications".
struct ProcoreList {
    /// By which it is remembered how far it was fetched: `requisitions/225906`
    let key: String
    /// Where it is dropped, without what makes the name its own: `project-225906/budget_line_items`
    let file: String
    /// The page of Procore's REST reference that describes it.
    let reference: String
    let path: String
    var query: [(String, String)] = []
    /// Whether it takes `filters[updated_at]`.
    var isWindowed = false
    /// Whether it has pages.
    var isPaged = true
    /// Where each of its records is fetched on its own, since the list shows only their headers.
    var each: Each?

    /// The call that shows a record of the list, or a list below it.
    struct Each {
        /// What stands ahead of the id in the path.
        let path: String
        /// The name of the field that has the id; nil: it stands behind the path.
        var parameter: String?
        var query: [(String, String)] = []
        /// Where it is dropped, ahead of the id: `project-225906/work_order_contract`
        let file: String
        /// What stands behind the id in the name.
        var ending = ""
    }
}

extension ProcoreExport {
    /// The lists of this export, in the order in which Procore's ERP guide has them depend on each other.
    func lists(of project: String) -> [ProcoreList] {
        let ofProject = [("project_id", project)]
        let folder = "project-\(project)"
        switch self {
        case .vendors, .projects: return []
        case .costCodes:
            return [
                ProcoreList(
                    key: "cost_codes/\(project)", file: "\(folder)/cost_codes", reference: "List Cost Codes",
                    path: "/rest/v1.0/cost_codes", query: ofProject)
            ]
        case .budgets:
            return [
                ProcoreList(
                    key: "budgets/\(project)", file: "\(folder)/budget_line_items",
                    reference: "List Budget Line Items", path: "/rest/v1.1/budget_line_items", query: ofProject)
            ]
        case .modifications:
            return [
                ProcoreList(
                    key: "modifications/\(project)", file: "\(folder)/budget_modifications",
                    reference: "List Budget Modifications", path: "/rest/v1.0/budget_modifications", query: ofProject)
            ]
        case .changes: return [Self.budgetChanges(project)]
        case .commitments: return Self.contracts.map { Self.contractList($0, project, isWhole: false) }
        case .changeOrders:
            let path = "/rest/v1.0/change_order_packages"
            return [
                ProcoreList(
                    key: "change_orders/\(project)", file: "\(folder)/change_order_packages",
                    reference: "List Change Order Packages", path: path, query: ofProject, isWindowed: true,
                    each: .init(path: path, query: ofProject, file: "\(folder)/change_order_package"))
            ]
        case .requisitions:
            let path = "/rest/v1.1/requisitions"
            return [
                ProcoreList(
                    key: "requisitions/\(project)", file: "\(folder)/requisitions",
                    reference: "List Requisitions (Subcontractor Invoices) for Project", path: path, query: ofProject,
                    isWindowed: true,
                    each: .init(path: path, query: ofProject + [("view", "extended")], file: "\(folder)/requisition"))
            ]
        case .payments: return Self.contracts.map { Self.contractList($0, project, isWhole: true) }
        }
    }

    /// The changes of a project's budget; the list has no lines, only each change has ("List Budget Change Summaries").
    private static func budgetChanges(_ project: String) -> ProcoreList {
        let path = "/rest/v1.0/projects/\(project)/budget_changes"
        return ProcoreList(
            key: "changes/\(project)", file: "project-\(project)/budget_changes",
            reference: "List Budget Change Summaries", path: path, isPaged: false,
            each: .init(path: path, file: "project-\(project)/budget_change"))
    }

    private static let contracts = ["work_order_contract", "purchase_order_contract"]

    /// The contracts of a project with their lines; or, since the list of payments wants a contract ("List Contract
    /// Payments"), the payments of each.
    private static func contractList(_ kind: String, _ project: String, isWhole: Bool) -> ProcoreList {
        let path = "/rest/v1.0/\(kind)s"
        let ofProject = [("project_id", project)]
        let payments = ProcoreList.Each(
            path: "/rest/v1.0/contract_payments", parameter: "contract_id", query: ofProject,
            file: "project-\(project)/\(kind)", ending: ".contract_payments")
        return ProcoreList(
            key: "\(isWhole ? "payments/" : "")\(kind)s/\(project)", file: "project-\(project)/\(kind)s",
            reference: kind == "work_order_contract" ? "List work order contracts" : "List purchase order contracts",
            path: path, query: ofProject, isWindowed: !isWhole,
            each: isWhole ? payments : .init(path: path, query: ofProject, file: "project-\(project)/\(kind)"))
    }

    /// The company's vendors, in the view that Procore gives by default, which is the whole one.
    static func vendorList(company: String) -> ProcoreList {
        ProcoreList(
            key: "vendors", file: "vendors", reference: "List company vendors", path: "/rest/v1.0/vendors",
            query: [("company_id", company)], isWindowed: true)
    }

    /// The standard cost codes of one of the company's lists. The default view has nothing but ids.
    static func standardCostCodes(company: String, list: String) -> ProcoreList {
        ProcoreList(
            key: "standard_cost_codes/\(list)", file: "standard_cost_codes-\(list)",
            reference: "List Standard Cost Codes", path: "/rest/v1.0/standard_cost_codes",
            query: [("company_id", company), ("standard_cost_code_list_id", list), ("view", "extended")])
    }
}
