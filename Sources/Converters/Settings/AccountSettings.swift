import QBXML

extension Settings {
    /// The accounts of an item; of an exception, nil means the default one.
    public struct ItemAccounts: Sendable, Equatable {
        /// Full name of the income account.
        public var income: String?
        /// Full name of the expense account.
        public var expense: String?

        /// These accounts.
        public init(income: String? = nil, expense: String? = nil) {
            self.income = income
            self.expense = expense
        }
    }

    /// The accounts that items and documents are posted to.
    public struct Accounts: Sendable, Equatable {
        /// Those of new items.
        public var items = ItemAccounts()
        /// Exceptions by cost code prefix; the longest prefix wins.
        public var exceptions: [String: ItemAccounts] = [:]
        /// Full name of the accounts payable account; nil: QuickBooks' default one.
        public var payable: String?
        /// Full name of the account that bills are paid from.
        public var bank: String?
        /// Cost codes by the full name of the account, or of the payroll item, for costs that name no item.
        public var codes: [String: String] = [:]
    }

    /// The account of a side of the item made from a cost code.
    public func account(_ side: WritableKeyPath<ItemAccounts, String?>, for fullCode: String) -> String? {
        let exceptions = accounts.exceptions
        let prefixes = exceptions.keys.filter { fullCode.hasPrefix($0) && exceptions[$0]?[keyPath: side] != nil }
        if let longest = prefixes.max(by: { $0.count < $1.count }) { return exceptions[longest]?[keyPath: side] }
        return accounts.items[keyPath: side]
    }

    /// The cost code that the configuration gives an account; upper and lower case do not matter.
    public func costCode(ofAccount fullName: String) -> String? {
        let codes = accounts.codes
        if let code = codes[fullName] { return code }
        let key = QuickBooksText.comparisonKey(fullName)
        return codes.keys.sorted().first { QuickBooksText.comparisonKey($0) == key }.flatMap { codes[$0] }
    }
}
