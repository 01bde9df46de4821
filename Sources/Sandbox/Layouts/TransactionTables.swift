/// The fields of the transactions, in QuickBooks' order, in the notation of `LayoutNotation`.
///
/// Facts from Intuit's qbXML reference for 13.0 to 16.0: order, lengths and editions. Tax amounts of the Australian
/// edition and totals in the home currency are left out.
enum TransactionTables {
    // swift-format-ignore
    static let blocks: [String: String] = [
        "txn":       "MR.TxnID!:id R.TimeCreated R.TimeModified M.EditSequence!≤16 R.EditSequence R.TxnNumber",
        "currency":  "R.CurrencyRef R.ExchangeRate",
        "linked":    "TxnID:id TxnType TxnDate RefNumber LinkType Amount:amount",
        "dataExt":   "OwnerID!:guid DataExtName!≤31 DataExtValue!",
        "billable":  "BillableStatus(Billable,NotBillable,HasBeenBilled)",

        "estimateLine": "MR.TxnLineID!:id ItemRef Desc≤4095 Quantity:quantity UnitOfMeasure≤31 MR.OverrideUOMSetRef Rate:price|r1 RatePercent:percent|r2 ClassRef Amount:amount AM.OptionForPriceRuleConflict(Zero,BasePrice) InventorySiteRef InventorySiteLocationRef SalesTaxCodeRef MarkupRate:price|m1 MarkupRatePercent:percent|m2 AM.PriceLevelRef|m3 A.OverrideItemAccountRef Other1≤29 Other2≤29 A.DataExt*{dataExt}",
        "purchaseLine": "MR.TxnLineID!:id ItemRef ManufacturerPartNumber≤31 Desc≤4095 Quantity:quantity UnitOfMeasure≤31 MR.OverrideUOMSetRef Rate:price ClassRef Amount:amount InventorySiteLocationRef CustomerRef ServiceDate SalesTaxCodeRef/CA R.ReceivedQuantity:quantity R.UnbilledQuantity:quantity R.IsBilled MR.IsManuallyClosed AM.OverrideItemAccountRef Other1≤29 Other2≤29 A.DataExt*{dataExt}",
        "expenseLine":  "MR.TxnLineID!:id AccountRef Amount:amount Memo≤4095 CustomerRef ClassRef SalesTaxCodeRef/CA $billable SalesRepRef A.DataExt*{dataExt}",
        "itemLine":     "MR.TxnLineID!:id ItemRef InventorySiteRef InventorySiteLocationRef SerialNumber≤4095|n1 LotNumber≤40|n2 Desc≤4095 Quantity:quantity UnitOfMeasure≤31 MR.OverrideUOMSetRef Cost:price Amount:amount CustomerRef ClassRef SalesTaxCodeRef/CA $billable AM.OverrideItemAccountRef SalesRepRef A.DataExt*{dataExt}",
        // Only bills receive orders.
        "billItemLine": "MR.TxnLineID!:id ItemRef InventorySiteRef InventorySiteLocationRef SerialNumber≤4095|n1 LotNumber≤40|n2 Desc≤4095 Quantity:quantity UnitOfMeasure≤31 MR.OverrideUOMSetRef Cost:price Amount:amount CustomerRef ClassRef SalesTaxCodeRef/CA $billable AM.OverrideItemAccountRef A.LinkToTxn{link} SalesRepRef A.DataExt*{dataExt}",
        "link":         "TxnID!:id TxnLineID!:id",
        "cardTxn":      "$txn A.AccountRef! MR.AccountRef PayeeEntityRef TxnDate R.Amount:amount $currency RefNumber≤11 Memo≤4095 IsTaxIncluded/CA SalesTaxCodeRef/CA AM.ExchangeRate AR.ExternalGUID:guid $costLines",
        "costLines":    "M.ClearExpenseLines:bool A.ExpenseLineAdd*{expenseLine} M.ExpenseLineMod*{expenseLine} R.ExpenseLineRet*{expenseLine} M.ClearItemLines:bool A.ItemLineAdd*{itemLine}~ A.ItemGroupLineAdd*{itemGroup}~ M.ItemLineMod*{itemLine}~ M.ItemGroupLineMod*{itemGroup}~ R.ItemLineRet*{itemLine}",
        "journalLine":  "AR.TxnLineID:id AccountRef Amount:amount Memo≤4095 EntityRef ClassRef ItemSalesTaxRef/CA $billable",
        "applyCheck":   "TxnID!:id Amount:amount",

        // Groups are read, then answered 1030.
        "groupHead":     "M.TxnLineID!:id A.ItemGroupRef! M.ItemGroupRef A.Desc Quantity:quantity UnitOfMeasure≤31 M.OverrideUOMSetRef A.ServiceDate A.InventorySiteRef A.InventorySiteLocationRef A.DataExt*{dataExt}",
        "estimateGroup": "$groupHead M.EstimateLineMod*{estimateLine}",
        "purchaseGroup": "$groupHead M.PurchaseOrderLineMod*{purchaseLine}",
        "itemGroup":     "$groupHead M.ItemLineMod*{itemLine}",

        "applied":     "TxnID!:id PaymentAmount:amount SetCredit*{setCredit} DiscountAmount:amount DiscountAccountRef DiscountClassRef",
        "setCredit":   "CreditTxnID!:id TxnLineID:id AppliedAmount!:amount Override:bool",
        "appliedRet":  "TxnID:id TxnType TxnDate RefNumber BalanceRemaining:amount Amount:amount DiscountAmount:amount DiscountAccountRef DiscountClassRef",
    ]

    // swift-format-ignore
    static let records: [String: String] = [
        "Estimate":      "$txn A.CustomerRef! MR.CustomerRef ClassRef TemplateRef TxnDate RefNumber≤11 BillAddress{address} R.BillAddressBlock{printed} ShipAddress{address} R.ShipAddressBlock{printed} IsActive M.CreateChangeOrder:bool PONumber≤25 TermsRef DueDate SalesRepRef FOB≤13 R.Subtotal:amount ItemSalesTaxRef/US R.SalesTaxPercentage:percent R.SalesTaxTotal:amount R.TotalAmount:amount $currency Memo≤4095 CustomerMsgRef IsToBeEmailed IsTaxIncluded/CA CustomerSalesTaxCodeRef Other≤29 AM.ExchangeRate AR.ExternalGUID:guid R.LinkedTxn*{linked} A.EstimateLineAdd!*{estimateLine}|l1~ A.EstimateLineGroupAdd!*{estimateGroup}|l1~ M.EstimateLineMod*{estimateLine}~ M.EstimateLineGroupMod*{estimateGroup}~ R.EstimateLineRet*{estimateLine}",
        "PurchaseOrder": "$txn VendorRef ClassRef InventorySiteRef|s1 ShipToEntityRef|s2 TemplateRef TxnDate RefNumber≤11 VendorAddress{address} R.VendorAddressBlock{printed} ShipAddress{address} R.ShipAddressBlock{printed} TermsRef DueDate ExpectedDate ShipMethodRef FOB≤13 R.TotalAmount:amount $currency MR.IsManuallyClosed R.IsFullyReceived Memo≤4095 VendorMsg≤99 IsToBePrinted IsToBeEmailed IsTaxIncluded/CA SalesTaxCodeRef/CA Other1≤25 Other2≤29 AM.ExchangeRate AR.ExternalGUID:guid R.LinkedTxn*{linked} A.PurchaseOrderLineAdd!*{purchaseLine}|l1~ A.PurchaseOrderLineGroupAdd!*{purchaseGroup}|l1~ M.PurchaseOrderLineMod*{purchaseLine}~ M.PurchaseOrderLineGroupMod*{purchaseGroup}~ R.PurchaseOrderLineRet*{purchaseLine}",
        "Bill":          "$txn A.VendorRef! MR.VendorRef VendorAddress{address} APAccountRef TxnDate DueDate R.AmountDue:amount $currency RefNumber≤20 TermsRef Memo≤4095 IsTaxIncluded/CA SalesTaxCodeRef/CA AM.ExchangeRate R.IsPaid AR.ExternalGUID:guid A.LinkToTxnID*:id R.LinkedTxn*{linked} M.ClearExpenseLines:bool A.ExpenseLineAdd*{expenseLine} M.ExpenseLineMod*{expenseLine} R.ExpenseLineRet*{expenseLine} M.ClearItemLines:bool A.ItemLineAdd*{billItemLine}~ A.ItemGroupLineAdd*{itemGroup}~ M.ItemLineMod*{itemLine}~ M.ItemGroupLineMod*{itemGroup}~ R.ItemLineRet*{itemLine} R.OpenAmount:amount",
        "BillPaymentCheck": "$txn A.PayeeEntityRef! R.PayeeEntityRef APAccountRef TxnDate A.BankAccountRef! R.BankAccountRef R.Amount:amount $currency A.IsToBePrinted!|p1 A.RefNumber!≤11|p2 R.RefNumber Memo≤4095 A.ExchangeRate R.IsToBePrinted AR.ExternalGUID:guid A.AppliedToTxnAdd!*{applied} R.AppliedToTxnRet*{appliedRet}",
        "BillPaymentCreditCard": "$txn A.PayeeEntityRef! R.PayeeEntityRef APAccountRef TxnDate A.CreditCardAccountRef! R.CreditCardAccountRef R.Amount:amount $currency RefNumber≤11 Memo≤4095 A.ExchangeRate AR.ExternalGUID:guid A.AppliedToTxnAdd!*{applied} R.AppliedToTxnRet*{appliedRet}",
        "VendorCredit":  "$txn A.VendorRef! MR.VendorRef APAccountRef TxnDate R.CreditAmount:amount $currency RefNumber≤20 Memo≤4095 IsTaxIncluded/CA SalesTaxCodeRef/CA AM.ExchangeRate AR.ExternalGUID:guid R.LinkedTxn*{linked} $costLines R.OpenAmount:amount",
        "Check":         "$txn A.AccountRef! MR.AccountRef PayeeEntityRef RefNumber≤11 TxnDate R.Amount:amount $currency Memo≤4095 Address{address} R.AddressBlock{printed} IsToBePrinted IsTaxIncluded/CA SalesTaxCodeRef/CA AM.ExchangeRate AR.ExternalGUID:guid A.ApplyCheckToTxnAdd*{applyCheck} M.ApplyCheckToTxnMod*{applyCheck} R.LinkedTxn*{linked} $costLines",
        "CreditCardCharge": "$cardTxn",
        "CreditCardCredit": "$cardTxn",
        "JournalEntry":  "$txn TxnDate RefNumber≤11 IsAdjustment IsHomeCurrencyAdjustment|h1 IsAmountsEnteredInHomeCurrency|h2 CurrencyRef|h2 ExchangeRate|h2 AR.ExternalGUID:guid JournalDebitLine*{journalLine}~ JournalCreditLine*{journalLine}~",
        "TimeTracking":  "$txn TxnDate AM.EntityRef! R.EntityRef CustomerRef ItemServiceRef Duration!:duration ClassRef PayrollItemWageRef Notes≤4095 $billable AR.ExternalGUID:guid",
    ]
}
