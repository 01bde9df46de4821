/// Paths of fields that stand in the sync ledger as one or two bytes each.
///
/// The number of a path is its place in the list. Ledgers hold these numbers, so nothing is ever moved, changed or taken out:
/// what is new goes to the end. A path that is not here is written out. The first 64 take one byte each, all others two.
enum ContentPaths {
    /// Numbered from 0.
    static let names: [String] = listed.split(separator: " ").map(String.init)

    /// The number of each path.
    static let numbers: [String: Int] = Dictionary(
        names.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })

    /// So many take one byte.
    private static let short = 64
    /// The bytes with which a number of one byte begins: those that no text in UTF-8 begins with.
    private static let shortStart: UInt8 = 0x80
    /// The first of two bytes: those that are nowhere in UTF-8.
    private static let longStart: UInt8 = 0xf8
    /// So many numbers follow one first byte.
    private static let page = 128

    /// Adds the number of a path; false, and nothing added, for one that has none.
    static func write(_ path: String, to bytes: inout [UInt8]) -> Bool {
        guard let number = numbers[path] else { return false }
        if number < short {
            bytes.append(shortStart + UInt8(number))
        } else {
            bytes.append(longStart + UInt8((number - short) / page))
            bytes.append(shortStart + UInt8((number - short) % page))
        }
        return true
    }

    /// The path whose number stands at the beginning of a field, and how many bytes it takes; nil where none does, or one
    /// that is not known.
    static func read(_ field: Slice<UnsafeRawBufferPointer>) -> (path: String, length: Int)? {
        guard let first = field.first, first >= shortStart else { return nil }
        if first < shortStart + UInt8(short) {
            let number = Int(first - shortStart)
            return number < names.count ? (names[number], 1) : nil
        }
        guard first >= longStart, field.count > 1 else { return nil }
        let second = field[field.startIndex + 1]
        guard second >= shortStart else { return nil }
        let number = short + Int(first - longStart) * page + Int(second - shortStart)
        return number < names.count ? (names[number], 2) : nil
    }

    private static let listed = """
        Name CompanyName VendorAddress/Addr1 VendorAddress/Addr2 VendorAddress/Addr3 VendorAddress/City \
        VendorAddress/State VendorAddress/PostalCode VendorAddress/Country Phone Fax Email NameOnCheck Contact Notes \
        IsActive ParentRef/ListID CustomerRef/ListID VendorRef/ListID ItemRef/ListID PayeeEntityRef/ListID TxnDate \
        RefNumber Memo VendorMsg Desc Quantity Rate Cost Amount UnitOfMeasure SalesAndPurchase/SalesDesc \
        SalesAndPurchase/PurchaseDesc SalesAndPurchase/IncomeAccountRef/FullName \
        SalesAndPurchase/ExpenseAccountRef/FullName name address city state_code zip business_phone fax_number \
        email_address number title status description updated_at vendor.id project.id cost_code amount quantity \
        unit_cost extended_type accounting_method contract_date contract_type grand_total has_lines code full_code id \
        origin_id ShipAddress/Addr1 ShipAddress/Addr2 ShipAddress/Addr3 ShipAddress/Addr4 ShipAddress/Addr5 \
        ShipAddress/City ShipAddress/State ShipAddress/PostalCode ShipAddress/Country ParentRef/FullName \
        VendorTypeRef/FullName APAccountRef/FullName BankAccountRef/FullName ItemRef/FullName CustomerRef/FullName \
        CurrencyRef/ListID CurrencyRef/FullName AccountRef/FullName ItemGroupRef/FullName LinkToTxn/TxnID \
        LinkToTxn/TxnLineID LinkedTxn/Amount AppliedToTxnRet/TxnID AppliedToTxnRet/RefNumber AppliedToTxnRet/Amount \
        DueDate Mobile Salutation FirstName LastName JobStatus StartDate ProjectedEndDate EndDate JobDesc ExternalGUID \
        IsManuallyClosed ExpectedDate budget_line_item_id line_item_id contract_id commitment_id contract.id \
        commitment.id project_id vendor_id cost_code_id cost_code.id line_item_type_id line_item_type unit_price uom \
        tax_code tax_code_id position company country_code mobile_phone notes is_active trade_name website \
        invoice_number invoice_date billing_date payment_date check_number method payment_method own_id period_start \
        period_end date due_date total_amount net_amount retainage retention_amount tax_amount balance approved \
        executed contract_item contract_items change_order_items flat_code biller biller_id biller_type \
        standard_cost_code.id standard_cost_code_id parent_id parent.id active project_number county
        """
}
