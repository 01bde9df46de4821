/// Every converter, in the order in which things must exist on the other side.
public let allConverters: [any Converter.Type] = [
    CostCodeToItem.self, CompanyToVendor.self, ProjectToJob.self,
    ProjectCostCodeToJobAndItem.self, WBSCodeToItem.self,
    BudgetToEstimate.self, BudgetModificationToEstimateLines.self, BudgetChangeToEstimateLines.self,
    CommitmentToPurchaseOrder.self, ChangeOrderToPurchaseOrderLines.self, RequisitionToBill.self,
    PaymentToBillPaymentCheck.self,
    VendorToCompany.self, JobToProject.self, JobCostToDirectCost.self, PaycheckToDirectCost.self,
    BillPaymentToContractPayment.self,
]
