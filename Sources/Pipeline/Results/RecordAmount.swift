import Domain
import Procore
import SyncLedger

extension LedgerRecord {
    /// The dollars that it is about, as the side that it comes from says; nil for an element of a list, and of documents of
    /// which that is not known yet.
    var amount: Amount? {
        guard entity.hasAmount else { return nil }
        return wanted?.total ?? imported?.total
    }

    /// The same, where the record waits for something that it cannot be said without: what its header says.
    func statedAmount(_ books: Books) throws -> Amount? {
        guard entity.hasAmount else { return nil }
        if let amount { return amount }
        return DocumentMoney.stated(entity, try books.fragments(of: id))
    }
}

extension LedgerRecord {
    /// The number or name that says most to people, beside Procore's id; nil where it has none.
    func title(_ books: Books) throws -> String? {
        let known = wanted?["RefNumber"] ?? wanted?["Name"] ?? imported?["name"]
        if let known { return known }
        guard entity.hasAmount, let header = try books.fragments(of: id)[DocumentFragment.header] else { return nil }
        return ["invoice_number", "check_number", "number", "title"].lazy.compactMap { header[$0] }.first
    }
}

extension Amount {
    /// With two decimals and separators of thousands, as people read money: `45,200.00`.
    var grouped: String {
        let text = magnitude.money
        let whole = text.prefix { $0 != "." }
        var groups: [Substring] = []
        var rest = whole
        while rest.count > 3 {
            groups.insert(rest.suffix(3), at: 0)
            rest = rest.dropLast(3)
        }
        groups.insert(rest, at: 0)
        return (isNegative ? "-" : "") + groups.joined(separator: ",") + text.dropFirst(whole.count)
    }
}
