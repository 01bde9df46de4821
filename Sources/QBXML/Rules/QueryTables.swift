/// What QuickBooks takes as filters of its queries, in the notation of `RequestTables`.
enum QueryTables {
    // swift-format-ignore
    static let blocks: [String: String] = [
        "ret": "IncludeRetElement*≤50",
        "retOwner": "IncludeRetElement*≤50 OwnerID*:guid",
        "listDates": """
            MaxReturned:count ActiveStatus(ActiveOnly,InactiveOnly,All) FromModifiedDate:datetime
            ToModifiedDate:datetime (? NameFilter!{MatchCriterion!(StartsWith,Contains,EndsWith) Name!} |
            NameRangeFilter!{FromName ToName} )
            """,
        "total": """
            TotalBalanceFilter{Operator!(LessThan,LessThanEqual,Equal,GreaterThan,GreaterThanEqual) Amount!:amount}
            """,
        "currency": "CurrencyFilter{( ListID+:id | FullName+≤64 )}",
        "class": "ClassFilter{$which}",
        "which": "( ListID+:id | FullName+ | ListIDWithChildren!:id | FullNameWithChildren! )",
        "dates": """
            MaxReturned:count (? ModifiedDateRangeFilter!{FromModifiedDate:datetime ToModifiedDate:datetime} |
            TxnDateRangeFilter!{FromTxnDate ToTxnDate} )
            """,
        "txn": """
            $dates EntityFilter{$which} AccountFilter{$which} (?
            RefNumberFilter!{MatchCriterion!(StartsWith,Contains,EndsWith) RefNumber!} |
            RefNumberRangeFilter!{FromRefNumber ToRefNumber} ) $currency
            """,
        "txnQuery": "(? TxnID+:id | RefNumber+ | RefNumberCaseSensitive+ | $txn ) IncludeLineItems:bool",
        "deletedTxns": """
            Bill,BillPaymentCheck,BillPaymentCreditCard,Check,CreditCardCharge,CreditCardCredit,Estimate,ItemReceipt,
            JournalEntry,PurchaseOrder,TimeTracking,VendorCredit
            """,
        "accountTypes": """
            AccountsPayable,AccountsReceivable,Bank,CostOfGoodsSold,CreditCard,Equity,Expense,FixedAsset,Income,
            LongTermLiability,NonPosting,OtherAsset,OtherCurrentAsset,OtherCurrentLiability,OtherExpense,OtherIncome
            """,
    ]

    // swift-format-ignore
    static let queries: [String: String] = [
        "VendorQuery":                 "(? ListID+:id | FullName+ | $listDates $total $currency $class ) $retOwner",
        "CustomerQuery":               "(? ListID+:id | FullName+ | $listDates $total $currency $class ) $retOwner",
        "ItemQuery":                   "(? ListID+:id | FullName+ | $listDates ) $retOwner",
        "ItemServiceQuery":            "(? ListID+:id | FullName+ | $listDates $class ) $retOwner",
        "EntityQuery":                 "(? ListID+:id | FullName+ | $listDates ) $ret",
        "AccountQuery": """
            (? ListID+:id | FullName+ | $listDates AccountType*($accountTypes) $currency ) $retOwner
            """,
        "ClassQuery":                  "(? ListID+:id | FullName+ | $listDates ) $ret",
        "TermsQuery":                  "(? ListID+:id | FullName+ | $listDates ) $ret",
        "CompanyQuery":                "$retOwner",
        "HostQuery":                   "$ret",
        "PreferencesQuery":            "$ret",
        "BillQuery": """
            (? TxnID+:id | RefNumber+ | RefNumberCaseSensitive+ | $txn PaidStatus(All,PaidOnly,NotPaidOnly) )
            IncludeLineItems:bool IncludeLinkedTxns:bool $retOwner
            """,
        "EstimateQuery":               "$txnQuery IncludeLinkedTxns:bool $retOwner",
        "PurchaseOrderQuery":          "$txnQuery IncludeLinkedTxns:bool $retOwner",
        "CheckQuery":                  "$txnQuery IncludeLinkedTxns:bool $retOwner",
        "VendorCreditQuery":           "$txnQuery IncludeLinkedTxns:bool $retOwner",
        "ItemReceiptQuery":            "$txnQuery IncludeLinkedTxns:bool $retOwner",
        "CreditCardChargeQuery":       "$txnQuery $retOwner",
        "CreditCardCreditQuery":       "$txnQuery $retOwner",
        "JournalEntryQuery":           "$txnQuery $retOwner",
        "BillPaymentCheckQuery":       "$txnQuery $retOwner",
        "BillPaymentCreditCardQuery":  "$txnQuery $retOwner",
        "TxnDeletedQuery": """
            TxnDelType+($deletedTxns) DeletedDateRangeFilter{FromDeletedDate:datetime ToDeletedDate:datetime} $ret
            """,
        "ListDeletedQuery": """
            ListDelType+(Customer,ItemService,Vendor) DeletedDateRangeFilter{FromDeletedDate:datetime
            ToDeletedDate:datetime} $ret
            """,
        "TimeTrackingQuery": """
            (? TxnID+:id | $dates TimeTrackingEntityFilter{( ListID+:id | FullName+ )} ) $ret
            """,
    ]

    // swift-format-ignore
    /// What deletes and voids transactions. A request names the kind and the id, and takes no filters; estimates and
    /// purchase orders are deleted, and not voided.
    static let removals: [String: String] = [
        "TxnDel":                      "TxnDelType!(Bill,BillPaymentCheck,Estimate,PurchaseOrder) TxnID!:id",
        "TxnVoid":                     "TxnVoidType!(Bill,BillPaymentCheck) TxnID!:id",
    ]

    /// The queries that can neither count nor iterate, since there is only one object to return.
    static let single: Set<String> = ["CompanyQuery", "HostQuery", "PreferencesQuery"]
}
