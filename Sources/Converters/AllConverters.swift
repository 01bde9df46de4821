/// Every converter, in the order in which things must exist on the other side.
public let allConverters: [any Converter.Type] = [
    CostCodeToItem.self, CompanyToVendor.self, ProjectToJob.self,
    VendorToCompany.self, JobToProject.self,
]
