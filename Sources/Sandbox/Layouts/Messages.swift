import QBXML

/// The messages that QuickBooks knows, and the layouts of those that the sandbox answers.
struct Messages: Sendable {
    /// What a request asks for.
    enum Verb: String, Sendable, CaseIterable {
        case add = "Add"
        case mod = "Mod"
        case query = "Query"
        case other = ""
    }

    private let adds: [String: Layout]
    private let mods: [String: Layout]
    private let rets: [String: Layout]
    private let queries: [String: Layout]

    private static let us = Messages(edition: .us)
    private static let canada = Messages(edition: .ca)

    static func of(_ edition: Edition) -> Messages { edition == .us ? us : canada }

    private init(edition: Edition) {
        let blocks = ListTables.blocks.merging(TransactionTables.blocks) { first, _ in first }
        let records = ListTables.records.merging(TransactionTables.records) { first, _ in first }
        func layouts(_ form: Layout.Form, _ isWanted: (String) -> Bool) -> [String: Layout] {
            let notation = LayoutNotation(blocks: blocks, edition: edition, form: form)
            return records.filter { isWanted($0.key) }.mapValues { notation.layout($0) }
        }
        let writable: Set = ["Vendor", "Customer", "ItemService"]
        adds = layouts(.add) { writable.contains($0) || TxnKind.all[$0] != nil }
        mods = layouts(.mod) { writable.contains($0) || TxnKind.all[$0]?.isChangeable == true }
        rets = layouts(.ret) { _ in true }
        let notation = LayoutNotation(blocks: QueryTables.blocks, edition: edition, form: .add)
        queries = QueryTables.queries.mapValues { notation.layout($0) }
    }

    /// What stands in `VendorRet`; empty for a list that the sandbox does not keep.
    func ret(_ kind: String) -> Layout { rets[kind] ?? Layout(slots: []) }

    /// What stands in a line such as `EstimateLineRet` of a transaction.
    func line(_ line: String, of kind: String) -> Layout {
        ret(kind).slot(TxnKind.element(of: line, "Ret"))?.children ?? Layout(slots: [])
    }

    /// What stands in `VendorAdd` or `VendorMod`; nil where the sandbox does not answer it.
    func body(_ kind: String, _ verb: Verb) -> Layout? {
        switch verb {
        case .add: adds[kind]
        case .mod: mods[kind]
        case .query, .other: nil
        }
    }

    /// What stands in `VendorQueryRq` or `TxnDelRq`; nil where the sandbox does not answer it.
    func query(_ kind: String) -> Layout? { queries[kind] }

    /// Splits `VendorAddRq` into `Vendor` and `Add`; nil where QuickBooks has no such request.
    static func split(_ request: String) -> (kind: String, verb: Verb)? {
        guard request.hasSuffix("Rq") else { return nil }
        let name = String(request.dropLast(2))
        guard names.contains(name) else { return nil }
        for verb in [Verb.add, .mod, .query] where name.hasSuffix(verb.rawValue) {
            return (String(name.dropLast(verb.rawValue.count)), verb)
        }
        return (name, .other)
    }

    /// The name of every request of qbXML 13.0 and later without `Rq`, so that one that exists is told from one that does not.
    static let names: Set<String> = {
        var names: Set<String> = ["ListDel", "TxnDel", "TxnVoid", "ListMerge", "SpecialAccountAdd", "SpecialItemAdd"]
        names.formUnion([
            "ClearedStatusMod", "DataExtAdd", "DataExtMod", "DataExtDel", "ListDisplayAdd", "ListDisplayMod",
        ])
        names.formUnion(["TxnDisplayAdd", "TxnDisplayMod", "DataExtDefDel"])
        for (verbs, kinds) in kindsByVerbs {
            for kind in kinds.split(whereSeparator: \.isWhitespace) {
                names.formUnion(verbs.map { kind + $0.rawValue })
            }
        }
        return names
    }()

    private static let kindsByVerbs: [(verbs: [Verb], kinds: String)] = [
        (
            [.add, .mod, .query],
            """
            Account Bill BillPaymentCheck BuildAssembly Charge Check Class CreditCardCharge
            CreditCardCredit CreditMemo Currency Customer DataExtDef Deposit Employee Estimate
            InventoryAdjustment InventorySite Invoice ItemDiscount ItemFixedAsset ItemGroup
            ItemInventory ItemInventoryAssembly ItemNonInventory ItemOtherCharge ItemPayment
            ItemReceipt ItemSalesTax ItemSalesTaxGroup ItemService ItemSubtotal JournalEntry Lead
            OtherName PriceLevel PurchaseOrder ReceivePayment SalesOrder SalesReceipt SalesRep
            SalesTaxCode SalesTaxPaymentCheck TimeTracking ToDo Transfer TransferInventory Vehicle
            Vendor VendorCredit WorkersCompCode
            """
        ),
        (
            [.add, .query],
            """
            ARRefundCreditCard BillPaymentCreditCard BillingRate CustomerMsg CustomerType
            DateDrivenTerms JobType PaymentMethod PayrollItemWage ShipMethod StandardTerms
            UnitOfMeasureSet VehicleMileage VendorType
            """
        ),
        (
            [.query],
            """
            AccountTaxLineInfo AgingReport BarCode BillToPay BudgetSummaryReport Company
            CompanyActivity CustomDetailReport CustomSummaryReport Entity GeneralDetailReport
            GeneralSummaryReport Host Item ItemAssembliesCanBuild ItemSites JobReport ListDeleted
            PayrollDetailReport PayrollItemNonWage PayrollLastPeriod PayrollSummaryReport
            Preferences ReceivePaymentToDeposit SalesTaxPayable SalesTaxReturn SalesTaxReturnLine
            Template Terms TimeReport Transaction TxnDeleted
            """
        ),
        (
            [.mod, .query],
            """
            Form1099CategoryAccountMapping
            """
        ),
    ]
}
