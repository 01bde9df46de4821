/// The filters of the queries the sandbox answers, in the notation of `LayoutNotation`.
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
        "lines": "IncludeLineItems:bool",
        "links": "IncludeLinkedTxns:bool",
        "returned": "IncludeRetElement*≤50",
    ]

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
        "Host":             "$returned",
        "Company":          "$returned OwnerID*:guid",
    ]
}
