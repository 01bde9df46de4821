/// Every converter: the one list that recognition, reading, deciding, `plumbline mappings` and the tests go by.
///
/// They stand in the order in which things must exist on the other side: what a converter `needs` stands above it. What
/// goes to QuickBooks comes first, then what goes to Procore.
public let allConverters: [any Converter.Type] = [
    // Lists
    CostCodeToItem.self,
    CompanyToVendor.self,
    ProjectToJob.self,
    // Codes, which tie elements of lists together
    ProjectCostCodeToJobAndItem.self,
    WBSCodeToItem.self,
    // Transactions, and what adds lines to them
    BudgetToEstimate.self,
    BudgetModificationToEstimateLines.self,
    BudgetChangeToEstimateLines.self,
    CommitmentToPurchaseOrder.self,
    ChangeOrderToPurchaseOrderLines.self,
    RequisitionToBill.self,
    PaymentToBillPaymentCheck.self,
    // From QuickBooks
    VendorToCompany.self,
    JobToProject.self,
    JobCostToDirectCost.self,
    PaycheckToDirectCost.self,
    BillPaymentToContractPayment.self,
]
