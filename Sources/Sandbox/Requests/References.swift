import QBXML

/// What a reference element points at.
struct ReferenceTarget {
    /// The list in which it is looked up.
    let list: String
    /// The kinds it may be; nil: any of the list.
    let kinds: [String]?
    /// The list as QuickBooks' messages call it.
    let word: String
    /// The only type of account it may be; nil: any.
    var accountType: String?

    /// The target of a reference such as `TermsRef` or `ExpenseAccountRef`.
    /// - Parameter kind: the kind of record that holds the reference: the account of a check is one of a bank.
    init(_ reference: String, in kind: String = "") {
        let stem = String(reference.dropLast("Ref".count))
        switch stem {
        case "Vendor", "PrefVendor": self.init("Entity", ["Vendor"], "Vendor")
        case "Customer": self.init("Entity", ["Customer"], "Customer")
        case "Entity", "PayeeEntity", "ShipToEntity": self.init("Entity", nil, "Entity")
        case "APAccount": self.init("Account", nil, "AR/AP Account", "AccountsPayable")
        case "BankAccount": self.init("Account", nil, "Account", "Bank")
        case "CreditCardAccount": self.init("Account", nil, "Account", "CreditCard")
        case "ItemSalesTax": self.init("Item", ["ItemSalesTax"], "Item Sales Tax")
        case "ItemService": self.init("Item", ["ItemService"], "Item")
        case "Account": self.init("Account", nil, "Account", TxnKind.all[kind]?.account)
        case _ where stem.hasSuffix("Account"): self.init("Account", nil, "Account")
        case _ where stem.hasSuffix("Class"): self.init("Class", nil, "Class")
        case _ where stem.hasSuffix("TaxCode"): self.init("SalesTaxCode", nil, "SalesTaxCode")
        default: self.init(stem, nil, stem)
        }
    }

    private init(_ list: String, _ kinds: [String]?, _ word: String, _ accountType: String? = nil) {
        self.list = list
        self.kinds = kinds
        self.word = word
        self.accountType = accountType
    }
}

extension CompanyFile {
    /// The record that a reference names; nil where the reference is empty. A `ListID` counts before a `FullName`.
    /// - Throws: a `Status`: 3000, 3130 for a parent, 3140 for everything else.
    func target(of reference: Element, in kind: String) throws -> ListRecord? {
        let listID = (reference["ListID"] ?? "").trimmed
        let fullName = (reference["FullName"] ?? "").trimmed
        let named = listID.isEmpty ? fullName : listID
        guard !named.isEmpty else { return nil }
        let isParent = reference.name == "ParentRef"
        let target = ReferenceTarget(reference.name, in: kind)
        let list = isParent ? Lists.list(of: kind) : target.list
        if !listID.isEmpty, !Self.isListID(listID) { throw Status.malformedID(listID) }
        let found = try listID.isEmpty ? record(list: list, fullName: fullName) : record(list: list, listID: listID)
        let kinds = isParent ? (Lists.items.contains(kind) ? Lists.items : [kind]) : target.kinds
        if let found, kinds?.contains(found.kind) ?? true {
            if let type = target.accountType, found.fields["AccountType"] != type {
                throw Status.wrongAccount(target.word, named, in: kind)
            }
            return found
        }
        throw isParent ? Status.noSuchParent(named, of: kind) : Status.noSuchReference(target.word, named, in: kind)
    }

    /// Whether a text has the shape of an id: a hexadecimal number, a hyphen, a number.
    private static func isListID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && parts[0].allSatisfy(\.isHexDigit)
            && parts[1].isDigits
    }
}
