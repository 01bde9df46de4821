/// The filters of the queries the sandbox answers, and what requests name that delete and void, in the notation of `LayoutNotation`.
enum QueryTables {
    // swift-format-ignore
    static let blocks: [String: String] = [
        "filters": "ListID*:id|q1 FullName*|q2 MaxReturned:count|q3 ActiveStatus(ActiveOnly,InactiveOnly,All)|q3 FromModifiedDate:datetime|q3 ToModifiedDate:datetime|q3 NameFilter{nameFilter}|n1 NameRangeFilter{nameRange}|n2",
        "nameFilter": "MatchCriterion!(StartsWith,Contains,EndsWith) Name!",
        "nameRange": "FromName ToName",
        "which": "ListID*:id|w1 FullName*|w2 ListIDWithChildren:id|w3 FullNameWithChildren|w4",
        "txns": "TxnID*:id|q1 RefNumber*|q2 RefNumberCaseSensitive*|q3 MaxReturned:count|q4 ModifiedDateRangeFilter{modified}|d1 TxnDateRangeFilter{txnDates}|d2 EntityFilter{which}|q4 AccountFilter{which}|q4 RefNumberFilter{refNumber}|r1 RefNumberRangeFilter{refNumbers}|r2 CurrencyFilter{which}|q4",
        "modified": "FromModifiedDate:datetime ToModifiedDate:datetime",
        "txnDates": "FromTxnDate ToTxnDate DateMacro",
        "refNumber": "MatchCriterion!(StartsWith,Contains,EndsWith) RefNumber!",
        "refNumbers": "FromRefNumber ToRefNumber",
        "who": "ListID*:id|w1 FullName*|w2",
        "deleted": "FromDeletedDate:datetime ToDeletedDate:datetime",
        "lines": "IncludeLineItems:bool",
        "links": "IncludeLinkedTxns:bool",
        "returned": "IncludeRetElement*≤50",
    ]

    /// The kinds of transaction that can be voided; all of them can be deleted too.
    private static let voidable =
        "ARRefundCreditCard,Bill,BillPaymentCheck,BillPaymentCreditCard,Charge,Check,CreditCardCharge,CreditCardCredit,"
        + "CreditMemo,Deposit,InventoryAdjustment,Invoice,ItemReceipt,JournalEntry,SalesReceipt,VendorCredit"

    /// The kinds that can be deleted.
    private static let deletable =
        voidable + ",BuildAssembly,Estimate,PurchaseOrder,ReceivePayment,SalesOrder,SalesTaxPaymentCheck,TimeTracking,"
        + "TransferInventory,VehicleMileage"

    /// The lists whose records can be deleted.
    private static let lists =
        "Account,BillingRate,Class,Currency,Customer,CustomerMsg,CustomerType,DateDrivenTerms,Employee,InventorySite,"
        + "ItemDiscount,ItemFixedAsset,ItemGroup,ItemInventory,ItemInventoryAssembly,ItemNonInventory,ItemOtherCharge,"
        + "ItemPayment,ItemSalesTax,ItemSalesTaxGroup,ItemService,ItemSubtotal,JobType,OtherName,PaymentMethod,"
        + "PayrollItemNonWage,PayrollItemWage,PriceLevel,SalesRep,SalesTaxCode,ShipMethod,StandardTerms,ToDo,"
        + "UnitOfMeasureSet,Vehicle,Vendor,VendorType,WorkersCompCode"

    // swift-format-ignore
    static let queries: [String: String] = [
        "Vendor":           "$filters $returned OwnerID*:guid",
        "Customer":         "$filters $returned OwnerID*:guid",
        "Employee":         "$filters $returned OwnerID*:guid",
        "OtherName":        "$filters $returned OwnerID*:guid",
        "Entity":           "$filters $returned",
        "Item":             "$filters $returned OwnerID*:guid",
        "ItemService":      "$filters $returned OwnerID*:guid",
        "ItemNonInventory": "$filters $returned OwnerID*:guid",
        "Account":          "$filters AccountType*(AccountsPayable,AccountsReceivable,Bank,CostOfGoodsSold,CreditCard,Equity,Expense,FixedAsset,Income,LongTermLiability,NonPosting,OtherAsset,OtherCurrentAsset,OtherCurrentLiability,OtherExpense,OtherIncome)|q3 $returned OwnerID*:guid",
        "Class":            "$filters $returned",
        "Terms":            "$filters $returned",
        "StandardTerms":    "$filters $returned",
        "SalesTaxCode":     "$filters $returned",
        "Estimate":         "$txns $lines $links $returned OwnerID*:guid",
        "PurchaseOrder":    "$txns $lines $links $returned OwnerID*:guid",
        "Bill":             "$txns PaidStatus(All,PaidOnly,NotPaidOnly)|q4 $lines $links $returned OwnerID*:guid",
        "BillPaymentCheck": "$txns $lines $returned OwnerID*:guid",
        "BillPaymentCreditCard": "$txns $lines $returned OwnerID*:guid",
        "VendorCredit":     "$txns $lines $links $returned OwnerID*:guid",
        "Check":            "$txns $lines $links $returned OwnerID*:guid",
        "CreditCardCharge": "$txns $lines $returned OwnerID*:guid",
        "CreditCardCredit": "$txns $lines $returned OwnerID*:guid",
        "JournalEntry":     "$txns $lines $returned OwnerID*:guid",
        "TimeTracking":     "TxnID*:id|q1 MaxReturned:count|q2 ModifiedDateRangeFilter{modified}|d1 TxnDateRangeFilter{txnDates}|d2 TimeTrackingEntityFilter{who}|q2 $returned",
        "TxnDel":           "TxnDelType!(\(deletable)) TxnID!:id",
        "TxnVoid":          "TxnVoidType!(\(voidable)) TxnID!:id",
        "TxnDeleted":       "TxnDelType!*(\(deletable)) DeletedDateRangeFilter{deleted} $returned",
        "ListDel":          "ListDelType!(\(lists)) ListID!:id",
        "ListDeleted":      "ListDelType!*(\(lists)) DeletedDateRangeFilter{deleted} $returned",
        "Host":             "$returned",
        "Company":          "$returned OwnerID*:guid",
        "Preferences":      "$returned",
    ]
}
