import Foundation
import QBXML

/// Reads the lines of requests.
struct LineEntry {
    /// What a change of a line cannot leave empty.
    private static let kept = [
        "ItemRef", "AccountRef", "Quantity", "Rate", "Cost", "Amount", "SalesTaxCodeRef", "OverrideItemAccountRef",
    ]

    let file: CompanyFile
    let messages: Messages
    let kind: TxnKind

    /// A new line.
    /// - Throws: a `Status` for what QuickBooks refuses.
    func new(_ request: Element, _ lineKind: String) throws -> TxnLine {
        var line = TxnLine(kind: lineKind, fields: try fields(request, lineKind))
        try complete(&line, posting: posting(request))
        return line
    }

    /// What a request says of a line, by itself.
    func fields(_ request: Element, _ lineKind: String) throws -> Element {
        var fields = Element(lineKind)
        try layout(lineKind).merge(request, into: &fields)
        return fields
    }

    /// A line as it stands, with what the request says of it: a new quantity or rate gives a new amount, a new amount
    /// alone a new rate.
    func change(_ line: inout TxnLine, by request: Element) throws {
        for name in Self.kept where request.first(name)?.isBlank == true { throw Status.cannotClear(name) }
        let rate = LinePrices.rate(of: line.kind)
        if line.kind != "ExpenseLine" {
            let amount = request["Amount"].map { Numbers.value($0) }
            if amount == nil, request.first("Quantity") != nil || request.first(rate) != nil {
                line.fields.drop("Amount")
            } else if let amount, request.first(rate) == nil,
                line.fields["Amount"].map({ Numbers.value($0) }) != amount
            {
                line.fields.drop(rate)
            }
        }
        try layout(line.kind).merge(request, into: &line.fields)
        let isReposted = request.first("ItemRef") != nil || request.first("OverrideItemAccountRef") != nil
        try complete(&line, posting: isReposted ? posting(request) : .known)
    }

    /// Where a line posts to.
    enum Posting {
        /// To the account of its item.
        case item
        /// To an account that is known: one that the request names, or that of a line that stands.
        case known
    }

    /// Completes the numbers of a line, and checks that it names what it has to.
    /// - Throws: a `Status`: 3150, 3210, 3270.
    func complete(_ line: inout TxnLine, posting: Posting) throws {
        if line.kind == "ExpenseLine" {
            if line.fields.first("AccountRef") == nil { throw Status.missing("AccountRef") }
            return line.fields.fill("Amount", "0.00")
        }
        if line.kind.hasPrefix("Journal") { return try completeJournal(&line.fields) }
        try LinePrices(file: file, kind: line.kind).complete(&line.fields, posting: posting)
    }

    /// What is owed to or by somebody names whom.
    private func completeJournal(_ line: inout Element) throws {
        guard let listID = line["AccountRef/ListID"] else { throw Status.missing("AccountRef") }
        let type = try file.record(list: "Account", listID: listID)?.fields["AccountType"]
        let wanted = ["AccountsPayable": "Vendor", "AccountsReceivable": "Customer"][type ?? ""]
        let named = try line["EntityRef/ListID"].flatMap { try file.record(list: "Entity", listID: $0)?.kind }
        if let wanted, named != wanted {
            let reason = "You must choose a \(wanted.lowercased()) in the name field of this account's line."
            throw Status.notSaved("Journal Entry", reason)
        }
        line.fill("Amount", "0.00")
        if Numbers.value(line["Amount"]) < 0 {
            let reason = "The amount of a journal entry line cannot be negative."
            throw Status.invalid("Amount", line["Amount"] ?? "", reason)
        }
    }

    func posting(_ request: Element) throws -> Posting {
        guard let account = request.first("OverrideItemAccountRef") else { return .item }
        return try file.target(of: account, in: "\(kind.name) line") == nil ? .item : .known
    }

    private func layout(_ lineKind: String) -> RecordFields {
        let ret = messages.line(lineKind, of: kind.name)
        return RecordFields(file: file, kind: "\(kind.name) line", ret: ret, apart: ["TxnLineID", "LinkToTxn"])
    }
}
