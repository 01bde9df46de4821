import Domain
import QBXML

/// A kind of QuickBooks transaction and the names of its messages and lines.
public struct TransactionObject: Sendable, Hashable {
    /// The kind whose ids it has.
    public let kind: QuickBooksKind
    /// A line in an Add, a Mod and an answer.
    public let lineAdd: String
    /// See `lineAdd`.
    public let lineMod: String
    /// See `lineAdd`.
    public let lineRet: String
    /// Whom the transaction is with: what a query by party filters by.
    public let party: String
    /// Whether lines can be put to it later.
    public let grows: Bool

    /// Estimates.
    public static let estimate = TransactionObject(
        kind: .estimate, lineAdd: "EstimateLineAdd", lineMod: "EstimateLineMod", lineRet: "EstimateLineRet",
        party: "CustomerRef/ListID", grows: true)
    /// Purchase orders.
    public static let purchaseOrder = TransactionObject(
        kind: .purchaseOrder, lineAdd: "PurchaseOrderLineAdd", lineMod: "PurchaseOrderLineMod",
        lineRet: "PurchaseOrderLineRet", party: "VendorRef/ListID", grows: true)
    /// Bills, as far as they have item lines. A Mod cannot link lines to an order, so they do not grow.
    public static let bill = TransactionObject(
        kind: .bill, lineAdd: "ItemLineAdd", lineMod: "ItemLineMod", lineRet: "ItemLineRet", party: "VendorRef/ListID",
        grows: false)
    /// Checks that pay bills.
    public static let billPaymentCheck = TransactionObject(
        kind: .billPaymentCheck, lineAdd: "AppliedToTxnAdd", lineMod: "AppliedToTxnMod", lineRet: "AppliedToTxnRet",
        party: "PayeeEntityRef/ListID", grows: false)

    /// `BillAdd`
    public var add: String { kind.rawValue + "Add" }
    /// `BillMod`
    public var mod: String { kind.rawValue + "Mod" }
    /// `BillRet`
    public var ret: String { kind.rawValue + "Ret" }
    /// `BillQuery`
    public var query: String { kind.rawValue + "Query" }

    /// The body of an Add request, in the order of the tables.
    /// - Parameter content: what the transaction should be.
    /// - Parameter externalGUID: by which an Add that was repeated is known.
    /// - Parameter text: what a value is written as; every reference is known by now.
    public func addBody(_ content: Content, externalGUID: String, text: (Content.Value) -> String) -> [UInt8] {
        addBody(content, externalGUID: externalGUID) { writer, value in writer.text(text(value)) }
    }

    /// The same.
    /// - Parameter value: writes a value.
    func addBody(
        _ content: Content, externalGUID: String, value: (inout XMLWriter, Content.Value) -> Void
    ) -> [UInt8] {
        var writer = XMLWriter(capacity: 512 + content.lines.count * 320)
        writer.open(add)
        write(content.fields, to: &writer, value: value)
        writer.leaf("ExternalGUID", externalGUID)
        for line in content.lines {
            writer.newline()
            writer.open(lineAdd)
            write(line.fields, to: &writer, value: value)
            writer.close(lineAdd)
        }
        writer.close(add)
        return writer.bytes
    }

    /// What a Mod does to the lines of a transaction.
    public struct LineChanges: Sendable {
        /// Every line that is there, in order.
        public var kept: [String]
        /// What changes in some of them, by `TxnLineID`.
        public var changed: [String: [Content.Field]]
        /// The new lines, which come below.
        public var added: [Content.Line]

        /// Changes to lines.
        public init(kept: [String], changed: [String: [Content.Field]] = [:], added: [Content.Line] = []) {
            self.kept = kept
            self.changed = changed
            self.added = added
        }
    }

    /// The body of a Mod request. A line that is there and not listed would be deleted, so either all are listed or none.
    /// - Parameters:
    ///   - txnID: of the transaction.
    ///   - editSequence: the last that QuickBooks gave it.
    ///   - text: what a value is written as.
    ///   - header: the fields that change; an empty one is cleared.
    ///   - lines: nil leaves the lines untouched.
    public func modBody(
        txnID: String, editSequence: String, header: [Content.Field], lines: LineChanges?,
        text: (Content.Value) -> String
    ) -> [UInt8] {
        var writer = XMLWriter()
        writer.open(mod)
        writer.leaf("TxnID", txnID)
        writer.leaf("EditSequence", editSequence)
        write(header, to: &writer, text)
        for id in lines?.kept ?? [] {
            writer.newline()
            writer.open(lineMod)
            writer.leaf("TxnLineID", id)
            write(lines?.changed[id] ?? [], to: &writer, text)
            writer.close(lineMod)
        }
        for line in lines?.added ?? [] {
            writer.newline()
            writer.open(lineMod)
            writer.leaf("TxnLineID", "-1")
            write(line.fields, to: &writer, text)
            writer.close(lineMod)
        }
        writer.close(mod)
        return writer.bytes
    }

    /// The body of a query for one transaction with its lines.
    public func queryBody(txnID: String) -> [UInt8] {
        var writer = XMLWriter()
        writer.leaf("TxnID", txnID)
        lines(&writer)
        return writer.bytes
    }

    /// The body of a query for the transactions of a vendor or job and, where there is one, of a number.
    public func queryBody(partyID: String, refNumber: String?) -> [UInt8] {
        var writer = XMLWriter()
        write(
            [Content.Field("EntityFilter/ListID", partyID)]
                + (refNumber.map {
                    [.init("RefNumberFilter/MatchCriterion", "Contains"), .init("RefNumberFilter/RefNumber", $0)]
                } ?? []), to: &writer
        ) { if case .text(let text) = $0 { text } else { "" } }
        lines(&writer)
        return writer.bytes
    }

    /// The body of a query for one transaction with its lines and, where QuickBooks shows them, with what is linked to it.
    public func inspectionBody(txnID: String) -> [UInt8] {
        var writer = XMLWriter()
        writer.leaf("TxnID", txnID)
        lines(&writer)
        if kind != .billPaymentCheck { writer.leaf("IncludeLinkedTxns", "true") }
        return writer.bytes
    }

    /// Whether QuickBooks voids such a transaction: one that posts nothing is only deleted.
    public var canBeVoided: Bool { kind == .bill || kind == .billPaymentCheck }

    /// `TxnDel`, `TxnVoid`
    public static func removal(isVoid: Bool) -> String { isVoid ? "TxnVoid" : "TxnDel" }

    /// The body of a request that deletes or voids a transaction.
    /// - Parameter txnID: of the transaction.
    /// - Parameter isVoid: whether it is voided: it stays then, without amounts.
    public func removalBody(txnID: String, isVoid: Bool) -> [UInt8] {
        var writer = XMLWriter()
        writer.leaf(Self.removal(isVoid: isVoid) + "Type", kind.rawValue)
        writer.leaf("TxnID", txnID)
        return writer.bytes
    }

    private func lines(_ writer: inout XMLWriter) {
        writer.leaf("IncludeLineItems", "true")
    }
}
