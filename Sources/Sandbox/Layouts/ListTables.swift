/// The fields of the lists, in QuickBooks' order, which is the same for adding, changing and giving.
///
/// Facts from Intuit's qbXML reference for 13.0 to 16.0: order, lengths and editions. Card numbers, unit-of-measure
/// changes and the payroll fields of employees are left out.
enum ListTables {
    // swift-format-ignore
    static let blocks: [String: String] = [
        "reference": "ListID:id FullName",
        "head":      "MR.ListID!:id R.TimeCreated R.TimeModified M.EditSequence!≤16 R.EditSequence",
        "address":   "Addr1≤41 Addr2≤41 Addr3≤41 Addr4≤41 Addr5≤41 City≤31 State≤21 PostalCode≤13 Country≤31 Note≤41",
        "printed":   "Addr1≤41 Addr2≤41 Addr3≤41 Addr4≤41 Addr5≤41",
        "person":    "Salutation≤15 FirstName≤25 MiddleName≤5 LastName≤25 JobTitle≤41",
        "phones":    "Phone≤21 AltPhone≤21 Fax≤21 Email≤1023 Cc≤1023 Contact≤41 AltContact≤41 AdditionalContactRef*{point} A.Contacts*{contact} M.ContactsMod*{contactMod}",
        "point":     "ContactName!≤40 ContactValue!≤255",
        "contact":   "Salutation≤15 FirstName!≤25 MiddleName≤5 LastName≤25 JobTitle≤41 AdditionalContactRef*{point}",
        "contactMod": "ListID:id EditSequence≤16 $contact",
        "notes":     "Notes≤4095 A.AdditionalNotes*{note} M.AdditionalNotesMod*{noteMod}",
        "note":      "Note!≤4095",
        "noteMod":   "NoteID!:integer Note!≤4095",
        "shipTo":    "Name!≤41 $address DefaultShipTo:bool",
        "barCode":   "BarCodeValue≤50 AssignEvenIfUsed:bool AllowOverride:bool",
        "vendorTax": "SalesTaxCodeRef/CA SalesTaxCountry(Australia,Canada,UK,US)/CA IsSalesTaxAgency/CA SalesTaxReturnRef/CA TaxRegistrationNumber≤30/CA ReportingPeriod(Monthly,Quarterly)/CA IsTaxTrackedOnPurchases/CA TaxOnPurchasesAccountRef/CA IsTaxTrackedOnSales/CA TaxOnSalesAccountRef/CA IsTaxOnTax/CA PrefillAccountRef* CurrencyRef",
        "job":       "JobStatus(Awarded,Closed,InProgress,None,NotAwarded,Pending) JobStartDate JobProjectedEndDate JobEndDate JobDesc≤99 JobTypeRef",
        "oneSide":   "Desc≤4095 Price:price|p1 PricePercent:percent|p2 AccountRef M.ApplyAccountRefToExistingTxns:bool",
        "twoSides":  "SalesDesc≤4095 SalesPrice:price IncomeAccountRef M.ApplyIncomeAccountRefToExistingTxns:bool PurchaseDesc≤4095 PurchaseCost:price PurchaseTaxCodeRef/CA ExpenseAccountRef M.ApplyExpenseAccountRefToExistingTxns:bool PrefVendorRef",
        "itemSides": "A.SalesOrPurchase!{oneSide}|s1 R.SalesOrPurchase{oneSide}|s1 M.SalesOrPurchaseMod{oneSide}|s1 A.SalesAndPurchase!{twoSides}|s2 R.SalesAndPurchase{twoSides}|s2 M.SalesAndPurchaseMod{twoSides}|s2",
    ]

    // swift-format-ignore
    static let records: [String: String] = [
        "Vendor": "$head A.Name!≤41 MR.Name≤41 IsActive ClassRef CompanyName≤41 $person VendorAddress{address} R.VendorAddressBlock{printed} ShipAddress{address} $phones NameOnCheck≤41 AccountNumber≤99 $notes VendorTypeRef TermsRef CreditLimit:amount VendorTaxIdent≤15 IsVendorEligibleFor1099/US R.Balance:amount A.OpenBalance:amount A.OpenBalanceDate BillingRateRef AR.ExternalGUID:guid $vendorTax",
        "Customer": "$head A.Name!≤41 MR.Name≤41 R.FullName IsActive ClassRef ParentRef R.Sublevel CompanyName≤41 $person BillAddress{address} R.BillAddressBlock{printed} ShipAddress{address} R.ShipAddressBlock{printed} ShipToAddress*{shipTo} $phones CustomerTypeRef TermsRef SalesRepRef R.Balance:amount R.TotalBalance:amount A.OpenBalance:amount A.OpenBalanceDate SalesTaxCodeRef ItemSalesTaxRef/US SalesTaxCountry(Australia,Canada,UK,US)/CA ResaleNumber≤15 AccountNumber≤99 CreditLimit:amount PreferredPaymentMethodRef $job $notes PreferredDeliveryMethod(None,Email,Fax) PriceLevelRef AR.ExternalGUID:guid TaxRegistrationNumber≤30/CA CurrencyRef",
        "ItemService": "$head A.Name!≤31 MR.Name≤31 R.FullName AM.BarCode{barCode} IsActive ClassRef ParentRef R.Sublevel UnitOfMeasureSetRef M.ForceUOMChange:bool IsTaxIncluded/CA SalesTaxCodeRef $itemSides AR.ExternalGUID:guid",
        "ItemNonInventory": "R.ListID R.TimeCreated R.TimeModified R.EditSequence R.Name R.FullName R.IsActive R.ParentRef R.Sublevel R.SalesOrPurchase{oneSide}",
        "Employee": "R.ListID R.TimeCreated R.TimeModified R.EditSequence R.Name R.IsActive R.FirstName R.LastName",
        "OtherName": "R.ListID R.TimeCreated R.TimeModified R.EditSequence R.Name R.IsActive",
        "Account": "R.ListID R.TimeCreated R.TimeModified R.EditSequence R.Name R.FullName R.IsActive R.ParentRef R.Sublevel R.AccountType R.Balance:amount R.TotalBalance:amount",
        "Class": "R.ListID R.TimeCreated R.TimeModified R.EditSequence R.Name R.FullName R.IsActive R.ParentRef R.Sublevel",
        "StandardTerms": "R.ListID R.TimeCreated R.TimeModified R.EditSequence R.Name R.IsActive R.StdDueDays",
        "Template": "R.ListID R.TimeCreated R.TimeModified R.EditSequence R.Name R.IsActive",
        "SalesTaxCode": "R.ListID R.TimeCreated R.TimeModified R.EditSequence R.Name R.IsActive R.IsTaxable R.Desc",
    ]
}
