import Domain
import GRDB

extension RecordKey {
    /// The records that costs and payments refer to by their QuickBooks ids, and the kind of object that those are of.
    static let knownToQuickBooks: [Entity: QuickBooksKind] = [
        .vendors: .vendor, .projects: .customer, .costCodes: .itemService, .requisitions: .bill,
    ]
}

/// Job costs and bill payments: one record for each QuickBooks transaction and job, or payment and bill, whose
/// `quickBooksID` is `<TxnID>|<the other one's id>`.
extension Books {
    /// The kinds of transaction that are imported as one entity or another.
    static let importedKinds: [Entity: [QuickBooksKind]] = [
        .directCosts: [.bill, .check, .creditCardCharge, .creditCardCredit, .vendorCredit, .journalEntry, .paycheck],
        .contractPayments: [.billPaymentCheck, .billPaymentCreditCard],
    ]

    /// The imported record with a composite id.
    public func imported(_ entity: Entity, _ id: String) throws -> LedgerRecord? {
        for kind in Self.importedKinds[entity] ?? [] {
            if let record = try record(entity, kind, id), record.imported != nil { return record }
        }
        return nil
    }

    /// The imported records of one transaction, oldest first.
    public func imported(_ entity: Entity, ofTransaction txnID: String) throws -> [LedgerRecord] {
        try (Self.importedKinds[entity] ?? []).flatMap { kind in
            // A bar stands behind the TxnID; what follows a bar in the alphabet is a brace.
            try many("entity = ? AND list = ? AND list_id >= ? AND list_id < ? ORDER BY id") { bind in
                bind(entity.rawValue)
                bind(kind.rawValue)
                bind(txnID + "|")
                bind(txnID + "}")
            }
        }
    }

    /// The jobs of a full name in QuickBooks, oldest first.
    public func jobs(fullName: String) throws -> [LedgerRecord] { try records(.projects, fullName) }

    /// The items of a full name in QuickBooks, oldest first.
    public func items(fullName: String) throws -> [LedgerRecord] { try records(.standardCostCodes, fullName) }

    private func records(_ entity: Entity, _ fullName: String) throws -> [LedgerRecord] {
        try makeFullNames()
        return try many("entity = ? AND full_name = ? ORDER BY id") { bind in
            bind(entity.rawValue)
            bind(fullName)
        }
    }

    /// The records that a request was made for, or that Procore says QuickBooks has, and that are not tied to anything
    /// there: QuickBooks may have them all the same, where an answer is still on its way.
    public func untied(_ entity: Entity) throws -> [LedgerRecord] {
        try many("entity = ? AND (attempts > 0 OR claimed_id IS NOT NULL) AND list_id IS NULL ORDER BY id") {
            $0(entity.rawValue)
        }
    }

    /// Remembers that QuickBooks deleted a transaction, for responses from before that are dropped later.
    public func setDeleted(transaction txnID: String) throws {
        try setFact("deleted \(txnID)", "1")
    }

    /// Whether QuickBooks deleted a transaction.
    public func isDeleted(transaction txnID: String) throws -> Bool {
        try fact("deleted \(txnID)") != nil
    }
}
