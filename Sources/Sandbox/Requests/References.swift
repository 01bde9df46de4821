import QBXML

/// What a reference element points at.
struct ReferenceTarget {
    /// The list in which it is looked up.
    let list: String
    /// The kinds it may be; nil: any of the list.
    let kinds: [String]?
    /// The list as QuickBooks' messages call it.
    let word: String

    /// The target of a reference such as `TermsRef` or `ExpenseAccountRef`.
    init(_ reference: String) {
        let stem = String(reference.dropLast("Ref".count))
        switch stem {
        case "PrefVendor": self.init("Entity", ["Vendor"], "Vendor")
        case "ItemSalesTax": self.init("Item", ["ItemSalesTax"], "Item Sales Tax")
        case _ where stem.hasSuffix("Account"): self.init("Account", nil, "Account")
        case _ where stem.hasSuffix("TaxCode"): self.init("SalesTaxCode", nil, "SalesTaxCode")
        default: self.init(stem, nil, stem)
        }
    }

    private init(_ list: String, _ kinds: [String]?, _ word: String) {
        self.list = list
        self.kinds = kinds
        self.word = word
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
        let target = ReferenceTarget(reference.name)
        let list = isParent ? Lists.list(of: kind) : target.list
        if !listID.isEmpty, !Self.isListID(listID) { throw Status.malformedID(listID) }
        let found = try listID.isEmpty ? record(list: list, fullName: fullName) : record(list: list, listID: listID)
        let kinds = isParent ? (Lists.items.contains(kind) ? Lists.items : [kind]) : target.kinds
        if let found, kinds?.contains(found.kind) ?? true { return found }
        throw isParent ? Status.noSuchParent(named, of: kind) : Status.noSuchReference(target.word, named, in: kind)
    }

    /// Whether a text has the shape of an id: a hexadecimal number, a hyphen, a number.
    private static func isListID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && parts[0].allSatisfy(\.isHexDigit)
            && parts[1].isDigits
    }
}
