/// One record of the sandbox company, for status output and tests.
public struct SandboxRecord: Sendable, Hashable {
    /// The kind of record: `Vendor`, `Customer`, `ItemService`, `Account`, `PurchaseOrder`, `Bill`.
    public let type: String
    /// QuickBooks' id: `80000001-1700000001`, unique only within its list; of a transaction its TxnID.
    public let listID: String
    /// The name with those of its parents: `Job Expenses:Concrete`; of a transaction its number, if it has one.
    public let fullName: String
    /// What the next change of the record has to name.
    public let editSequence: String
    /// Whether it is active. Transactions are, except for estimates that somebody put away.
    public let isActive: Bool
    /// The further fields by path, such as `Phone`, `VendorAddress/City` and `TermsRef/FullName`. Of a field that
    /// repeats, the first.
    public let fields: [String: String]
}
