/// What QuickBooks takes, request by request, in the order in which it must stand.
///
/// Facts from Intuit's qbXML reference for 13.0 to 16.0, as far as this product writes them: line groups, lot numbers,
/// card numbers and the fields of other countries' editions are left out, and so refused.
///
/// Notation: `!` required, `*` any number, `+` one or more, `*8` at most eight, `≤41` longest text in characters,
/// `:type`, `(A,B)` the words allowed, `@15` first version, `[US]` `[CA]` edition, `{ }` children, `$name` a block that
/// is defined below, `( a | b )` exactly one, `(? a | b )` at most one, `A×B` not both filled, `A∨B` one of them filled.
/// Without a type, `…Ref` is a reference by `ListID` or `FullName` (`≤` is the length of the `FullName`), `Is…` is
/// true or false, `…Date` is a date, and everything else is text.
enum RequestTables {
    // swift-format-ignore
    static let blocks: [String: String] = [
        "address": """
            Addr1≤41 Addr2≤41 Addr3≤41 Addr4≤41 Addr5≤41 City≤31 State≤21 PostalCode≤13 Country≤31 Note≤41
            Addr4×City Addr5×City
            """,
        "person": "Salutation≤15 FirstName≤25 MiddleName≤5 LastName≤25 JobTitle≤41",
        "phones": """
            Phone≤21 AltPhone≤21 Fax≤21 Email≤1023 Cc≤1023 Contact≤41 AltContact≤41
            AdditionalContactRef*8{$contactPoint}
            """,
        "contactPoint": "ContactName!≤40 ContactValue!≤255",
        "contact": """
            Salutation≤15 FirstName!≤25 MiddleName≤5 LastName≤25 JobTitle≤41 AdditionalContactRef*5{$contactPoint}
            """,
        "job": """
            JobStatus(Awarded,Closed,InProgress,None,NotAwarded,Pending) JobStartDate JobProjectedEndDate JobEndDate
            JobDesc≤99 JobTypeRef≤159
            """,
        "vendorTax": """
            SalesTaxCodeRef≤3[CA] SalesTaxCountry(Australia,Canada,UK,US)[CA] IsSalesTaxAgency[CA]
            SalesTaxReturnRef≤41[CA] TaxRegistrationNumber≤30[CA] ReportingPeriod(Monthly,Quarterly)[CA]
            IsTaxTrackedOnPurchases[CA] TaxOnPurchasesAccountRef≤159[CA] IsTaxTrackedOnSales[CA]
            TaxOnSalesAccountRef≤159[CA] IsTaxOnTax[CA] PrefillAccountRef*3≤159 CurrencyRef≤64
            """,
        "dataExt": "OwnerID!:guid DataExtName!≤31 DataExtValue!",
        "billable": "BillableStatus(Billable,NotBillable,HasBeenBilled)",
        "applied": """
            TxnID!:id PaymentAmount:amount SetCredit*{CreditTxnID!:id AppliedAmount!:amount Override:bool}
            DiscountAmount:amount DiscountAccountRef≤159 DiscountClassRef≤159 PaymentAmount∨SetCredit∨DiscountAmount
            """,
        "markup": "(? MarkupRate!:price | MarkupRatePercent!:percent | PriceLevelRef!≤31 )",
    ]

    // swift-format-ignore
    static let lists: [String: String] = [
        "VendorAdd": """
            Name!≤41:name IsActive ClassRef≤159 CompanyName≤41 $person VendorAddress{$address} ShipAddress{$address}
            $phones Contacts*{$contact} NameOnCheck≤41 AccountNumber≤99 Notes≤4095 AdditionalNotes*{Note!≤4095}
            VendorTypeRef≤159 TermsRef≤31 CreditLimit:amount VendorTaxIdent≤15 IsVendorEligibleFor1099[US]
            OpenBalance:amount OpenBalanceDate BillingRateRef≤31 ExternalGUID:guid $vendorTax
            """,
        "VendorMod": """
            ListID!:id EditSequence!≤16 Name≤41:name IsActive ClassRef≤159 CompanyName≤41 $person
            VendorAddress{$address} ShipAddress{$address} $phones ContactsMod*{ListID:id EditSequence≤16 $contact}
            NameOnCheck≤41 AccountNumber≤99 Notes≤4095 AdditionalNotesMod*{NoteID!:integer Note!≤4095}
            VendorTypeRef≤159 TermsRef≤31 CreditLimit:amount VendorTaxIdent≤15 IsVendorEligibleFor1099[US]
            BillingRateRef≤31 $vendorTax
            """,
        "CustomerAdd": """
            Name!≤41:name IsActive ClassRef≤159 ParentRef≤209 CompanyName≤41 $person BillAddress{$address}
            ShipAddress{$address} ShipToAddress*50{Name!≤41 $address DefaultShipTo:bool} $phones Contacts*{$contact}
            CustomerTypeRef≤159 TermsRef≤31 SalesRepRef≤5 OpenBalance:amount OpenBalanceDate SalesTaxCodeRef≤3
            ItemSalesTaxRef≤31[US] SalesTaxCountry(Australia,Canada,UK,US)[CA] ResaleNumber≤15 AccountNumber≤99
            CreditLimit:amount PreferredPaymentMethodRef≤31 $job Notes≤4095 AdditionalNotes*{Note!≤4095}
            PreferredDeliveryMethod(None,Email,Fax) PriceLevelRef≤31 ExternalGUID:guid TaxRegistrationNumber≤30[CA]
            CurrencyRef≤64
            """,
        "CustomerMod": """
            ListID!:id EditSequence!≤16 Name≤41:name IsActive ClassRef≤159 ParentRef≤209 CompanyName≤41 $person
            BillAddress{$address} ShipAddress{$address} ShipToAddress*50{Name!≤41 $address DefaultShipTo:bool}
            $phones ContactsMod*{ListID:id EditSequence≤16 $contact} CustomerTypeRef≤159 TermsRef≤31 SalesRepRef≤5
            SalesTaxCodeRef≤3 ItemSalesTaxRef≤31[US] SalesTaxCountry(Australia,Canada,UK,US)[CA] ResaleNumber≤15
            AccountNumber≤99 CreditLimit:amount PreferredPaymentMethodRef≤31 $job Notes≤4095
            AdditionalNotesMod*{NoteID!:integer Note!≤4095} PreferredDeliveryMethod(None,Email,Fax) PriceLevelRef≤31
            TaxRegistrationNumber≤30[CA] CurrencyRef≤64
            """,
        "ItemServiceAdd": """
            Name!≤31:name BarCode{BarCodeValue≤50 AssignEvenIfUsed:bool AllowOverride:bool} IsActive ClassRef≤159
            ParentRef≤159 UnitOfMeasureSetRef≤31 IsTaxIncluded[CA] SalesTaxCodeRef≤3 ( SalesOrPurchase!{Desc≤4095 (?
            Price!:price | PricePercent!:percent ) AccountRef≤159} | SalesAndPurchase!{SalesDesc≤4095
            SalesPrice:price IncomeAccountRef≤159 PurchaseDesc≤4095 PurchaseCost:price PurchaseTaxCodeRef≤3[CA]
            ExpenseAccountRef≤159 PrefVendorRef≤41} ) ExternalGUID:guid
            """,
        "ItemServiceMod": """
            ListID!:id EditSequence!≤16 Name≤31:name BarCode{BarCodeValue≤50 AssignEvenIfUsed:bool
            AllowOverride:bool} IsActive ClassRef≤159 ParentRef≤159 UnitOfMeasureSetRef≤31 ForceUOMChange:bool
            IsTaxIncluded[CA] SalesTaxCodeRef≤3 (? SalesOrPurchaseMod!{Desc≤4095 (? Price!:price |
            PricePercent!:percent ) AccountRef≤159 ApplyAccountRefToExistingTxns:bool} |
            SalesAndPurchaseMod!{SalesDesc≤4095 SalesPrice:price IncomeAccountRef≤159
            ApplyIncomeAccountRefToExistingTxns:bool PurchaseDesc≤4095 PurchaseCost:price PurchaseTaxCodeRef≤3[CA]
            ExpenseAccountRef≤159 ApplyExpenseAccountRefToExistingTxns:bool PrefVendorRef≤41} )
            """,
    ]

    // swift-format-ignore
    static let transactions: [String: String] = [
        "EstimateAdd": """
            CustomerRef!≤209 ClassRef≤159 TemplateRef≤31 TxnDate RefNumber≤11 BillAddress{$address}
            ShipAddress{$address} IsActive PONumber≤25 TermsRef≤31 DueDate SalesRepRef≤5 FOB≤13
            ItemSalesTaxRef≤31[US] Memo≤4095 CustomerMsgRef≤101 IsToBeEmailed IsTaxIncluded[CA]
            CustomerSalesTaxCodeRef≤3 Other≤29 ExchangeRate:float ExternalGUID:guid EstimateLineAdd+{ItemRef≤159
            Desc≤4095 Quantity:quantity UnitOfMeasure≤31 (? Rate!:price | RatePercent!:percent ) ClassRef≤159
            Amount:amount OptionForPriceRuleConflict(Zero,BasePrice) InventorySiteRef≤31 InventorySiteLocationRef≤31
            SalesTaxCodeRef≤3 $markup OverrideItemAccountRef≤159 Other1≤29 Other2≤29 DataExt*{$dataExt}}
            """,
        "EstimateMod": """
            TxnID!:id EditSequence!≤16 CustomerRef≤209 ClassRef≤159 TemplateRef≤31 TxnDate RefNumber≤11
            BillAddress{$address} ShipAddress{$address} IsActive CreateChangeOrder:bool PONumber≤25 TermsRef≤31
            DueDate SalesRepRef≤5 FOB≤13 ItemSalesTaxRef≤31[US] Memo≤4095 CustomerMsgRef≤101 IsToBeEmailed
            IsTaxIncluded[CA] CustomerSalesTaxCodeRef≤3 Other≤29 ExchangeRate:float EstimateLineMod*{TxnLineID!:id
            ItemRef≤159 Desc≤4095 Quantity:quantity UnitOfMeasure≤31 OverrideUOMSetRef≤31 (? Rate!:price |
            RatePercent!:percent ) ClassRef≤159 Amount:amount OptionForPriceRuleConflict(Zero,BasePrice)
            InventorySiteRef≤31 InventorySiteLocationRef≤31 SalesTaxCodeRef≤3 $markup Other1≤29 Other2≤29}
            """,
        "PurchaseOrderAdd": """
            VendorRef≤41 ClassRef≤159 (? InventorySiteRef≤31 | ShipToEntityRef≤209 ) TemplateRef≤31 TxnDate
            RefNumber≤11 VendorAddress{$address} ShipAddress{$address} TermsRef≤31 DueDate ExpectedDate
            ShipMethodRef≤15 FOB≤13 Memo≤4095 VendorMsg≤99 IsToBePrinted IsToBeEmailed IsTaxIncluded[CA]
            SalesTaxCodeRef≤3[CA] Other1≤25 Other2≤29 ExchangeRate:float ExternalGUID:guid
            PurchaseOrderLineAdd+{ItemRef≤159 ManufacturerPartNumber≤31 Desc≤4095 Quantity:quantity UnitOfMeasure≤31
            Rate:price ClassRef≤159 Amount:amount InventorySiteLocationRef≤31 CustomerRef≤209 ServiceDate
            SalesTaxCodeRef≤3[CA] OverrideItemAccountRef≤159 Other1≤29 Other2≤29 DataExt*{$dataExt}}
            """,
        "PurchaseOrderMod": """
            TxnID!:id EditSequence!≤16 VendorRef≤41 ClassRef≤159 (? InventorySiteRef≤31 | ShipToEntityRef≤209 )
            TemplateRef≤31 TxnDate RefNumber≤11 VendorAddress{$address} ShipAddress{$address} TermsRef≤31 DueDate
            ExpectedDate ShipMethodRef≤15 FOB≤13 IsManuallyClosed Memo≤4095 VendorMsg≤99 IsToBePrinted IsToBeEmailed
            IsTaxIncluded[CA] SalesTaxCodeRef≤3[CA] Other1≤25 Other2≤29 ExchangeRate:float
            PurchaseOrderLineMod*{TxnLineID!:id ItemRef≤159 ManufacturerPartNumber≤31 Desc≤4095 Quantity:quantity
            UnitOfMeasure≤31 OverrideUOMSetRef≤31 Rate:price ClassRef≤159 Amount:amount InventorySiteLocationRef≤31
            CustomerRef≤209 ServiceDate SalesTaxCodeRef≤3[CA] IsManuallyClosed OverrideItemAccountRef≤159 Other1≤29
            Other2≤29}
            """,
        "BillAdd": """
            VendorRef!≤41 VendorAddress{$address} APAccountRef≤159 TxnDate DueDate RefNumber≤20 TermsRef≤31
            Memo≤4095 IsTaxIncluded[CA] SalesTaxCodeRef≤3[CA] ExchangeRate:float ExternalGUID:guid LinkToTxnID*:id
            ExpenseLineAdd*{AccountRef≤159 Amount:amount Memo≤4095 CustomerRef≤209 ClassRef≤159
            SalesTaxCodeRef≤3[CA] $billable SalesRepRef≤5 DataExt*{$dataExt}} ItemLineAdd*{ItemRef≤159
            InventorySiteRef≤31 InventorySiteLocationRef≤31 Desc≤4095 Quantity:quantity UnitOfMeasure≤31 Cost:price
            Amount:amount CustomerRef≤209 ClassRef≤159 SalesTaxCodeRef≤3[CA] $billable OverrideItemAccountRef≤159
            LinkToTxn{TxnID!:id TxnLineID!:id} SalesRepRef≤5 DataExt*{$dataExt} ItemRef×LinkToTxn}
            """,
        "BillMod": """
            TxnID!:id EditSequence!≤16 VendorRef≤41 VendorAddress{$address} APAccountRef≤159 TxnDate DueDate
            RefNumber≤20 TermsRef≤31 ClassRef≤159@15 Memo≤4095 IsTaxIncluded[CA] SalesTaxCodeRef≤3[CA]
            ExchangeRate:float ClearExpenseLines:bool ExpenseLineMod*{TxnLineID!:id AccountRef≤159 Amount:amount
            Memo≤4095 CustomerRef≤209 ClassRef≤159 SalesTaxCodeRef≤3[CA] $billable SalesRepRef≤5}
            ClearItemLines:bool ItemLineMod*{TxnLineID!:id ItemRef≤159 InventorySiteRef≤31
            InventorySiteLocationRef≤31 Desc≤4095 Quantity:quantity UnitOfMeasure≤31 OverrideUOMSetRef≤31 Cost:price
            Amount:amount CustomerRef≤209 ClassRef≤159 SalesTaxCodeRef≤3[CA] $billable OverrideItemAccountRef≤159
            SalesRepRef≤5}
            """,
        "BillPaymentCheckAdd": """
            PayeeEntityRef!≤209 APAccountRef≤159 TxnDate BankAccountRef!≤159 ( IsToBePrinted! | RefNumber!≤11 )
            Memo≤4095 ExchangeRate:float ExternalGUID:guid AppliedToTxnAdd+{$applied}
            """,
        "BillPaymentCreditCardAdd": """
            PayeeEntityRef!≤209 APAccountRef≤159 TxnDate CreditCardAccountRef!≤159 RefNumber≤11 Memo≤4095
            ExchangeRate:float ExternalGUID:guid AppliedToTxnAdd+{$applied}
            """,
    ]
}
