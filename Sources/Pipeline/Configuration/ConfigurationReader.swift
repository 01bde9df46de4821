import Converters
import Domain
import Foundation
import Yams

/// Reads typed values from a YAML tree by dotted key, and collects everything that is wrong with them.
struct ConfigurationReader {
    private let node: Node?
    var findings: [String] = []

    init(node: Node?) {
        self.node = node
    }

    /// Every key that docs/guide/reference.md names, those of later features too, so that one file serves all versions.
    static let known: [String] = [
        "account_codes", "closed_before", "company_id", "company_key", "items", "ledger", "link_same_name", "lump_sum",
        "match_first", "notify", "notify.command", "notify.every", "notify.from", "notify.mail", "notify.sendmail",
        "notify.unanswered", "procore", "procore.base_url", "procore.credentials", "procore.fetch", "procore.interval",
        "procore.login_url", "procore.projects", "procore.timeout", "pull", "pull.costs", "pull.items", "pull.jobs",
        "pull.orders",
        "pull.payments", "pull.vendors",
        "purchase_tax", "quickbooks", "quickbooks.accounts", "quickbooks.bank_account", "quickbooks.company",
        "quickbooks.credit_card_account", "quickbooks.customer", "quickbooks.customers",
        "quickbooks.edition", "quickbooks.electronic_ref", "quickbooks.expense_account", "quickbooks.income_account",
        "quickbooks.payable_account", "quickbooks.qbxml", "quickbooks.retainage_item", "quickbooks.time_zone",
        "retainage_lines", "retention", "retention.archive", "retention.keep", "review", "roots", "settle",
        "share_commands", "short_forms", "statuses",
        "statuses.change_orders",
        "statuses.commitments", "statuses.invoices", "tax_rates", "update_addresses", "vendor_types",
        "webconnector", "webconnector.address", "webconnector.certificate", "webconnector.company_file",
        "webconnector.interval", "webconnector.key", "webconnector.metrics", "webconnector.port", "webconnector.serve",
        "webconnector.url",
    ]
    /// Sections whose keys are the user's own.
    private static let open: Set<String> = [
        "account_codes", "quickbooks.accounts", "quickbooks.customers", "review", "tax_rates",
    ]

    /// A finding for every key that nothing reads, with the nearest that something does.
    mutating func refuseUnknownKeys() {
        guard let node else { return }
        guard let mapping = node.mapping else {
            findings.append("plumbline.yaml should be a list of keys and values, such as company_id: 8089.")
            return
        }
        refuse(mapping, prefix: "")
    }

    private mutating func refuse(_ mapping: Node.Mapping, prefix: String) {
        for (key, value) in mapping {
            let path = prefix + (key.scalar?.string ?? "?")
            guard Self.known.contains(path) else {
                let nearest = Self.known.min { editDistance($0, path) < editDistance($1, path) } ?? ""
                findings.append("There is no key \(path); did you mean \(nearest)?")
                continue
            }
            if let inner = value.mapping, !Self.open.contains(path) { refuse(inner, prefix: path + ".") }
        }
    }

    private func find(_ path: String) -> Node? {
        var node = node
        for key in path.split(separator: ".") { node = node?.mapping?[Node(String(key))] }
        return node
    }

    /// The value of a key as it stands; nil where absent or null.
    func value(_ path: String) -> Node? {
        guard let found = find(path), !Self.isNull(found) else { return nil }
        return found
    }

    /// Whether there is a section of this name, with keys or without.
    mutating func hasSection(_ path: String) -> Bool {
        guard let found = find(path) else { return false }
        if found.mapping != nil || Self.isNull(found) { return true }
        findings.append("\(path) should be keys and values.")
        return false
    }

    /// The text as it stands, so that ids and versions are not taken for numbers; nil where absent or null.
    mutating func text(_ path: String) -> String? {
        guard let found = find(path), !Self.isNull(found) else { return nil }
        guard let scalar = found.scalar else {
            findings.append("\(path) should be one value.")
            return nil
        }
        return scalar.string
    }

    private static func isNull(_ node: Node) -> Bool {
        guard let scalar = node.scalar, scalar.style != .singleQuoted, scalar.style != .doubleQuoted else {
            return false
        }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    mutating func flag(_ path: String) -> Bool? {
        guard let text = text(path) else { return nil }
        switch text.lowercased() {
        case "true", "yes": return true
        case "false", "no": return false
        default:
            findings.append("\(path) is \"\(text)\"; it can be true or false.")
            return nil
        }
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ path: String, _: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        guard let text = text(path) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        findings.append(
            "\(path) is \"\(text)\"; it can be \(Choice.allCases.map(\.rawValue).joined(separator: " or ")).")
        return nil
    }

    /// A list of texts; nil where absent.
    mutating func list(_ path: String) -> [String]? {
        guard let found = find(path), !Self.isNull(found) else { return nil }
        if let list = found.sequence { return list.compactMap { $0.scalar?.string } }
        findings.append("\(path) should be a list.")
        return nil
    }

    /// A short word that may stand in a requestID.
    mutating func identifier(_ path: String) -> String? {
        guard let text = text(path) else { return nil }
        let letters = text.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
        }
        if letters, (1...8).contains(text.utf8.count) { return text }
        findings.append("\(path) is \"\(text)\"; it can be one to eight letters and digits.")
        return nil
    }

    /// `2s`, `500ms`, `10m`, `2h`
    mutating func interval(_ path: String) -> Duration? {
        guard let text = text(path) else { return nil }
        let number = text.prefix { $0.isASCII && $0.isNumber }
        if let count = Int(number), count < 1_000_000 {
            switch text.dropFirst(number.count) {
            case "ms": return .milliseconds(count)
            case "s": return .seconds(count)
            case "m": return .seconds(count * 60)
            case "h": return .seconds(count * 3600)
            default: break
            }
        }
        findings.append("\(path) is \"\(text)\"; it is a number with ms, s, m or h behind it, such as 2s.")
        return nil
    }

    /// How often each subject is pulled, in seconds; those that never are are left out.
    mutating func pulls(_ path: String) -> [PullSubject: Int64] {
        var intervals: [PullSubject: Int64] = [:]
        for subject in PullSubject.chosen where text("\(path).\(subject.rawValue)").map({ $0 != "never" }) == true {
            guard let interval = interval("\(path).\(subject.rawValue)") else { continue }
            if interval < .seconds(60) {
                findings.append("\(path).\(subject.rawValue) is shorter than a minute: 1m is the least.")
            } else {
                intervals[subject] = interval.components.seconds
            }
        }
        return intervals
    }

    /// `2026-09-30`
    mutating func date(_ path: String) -> CalendarDate? {
        guard let text = text(path) else { return nil }
        if text.utf8.count == 10, let date = CalendarDate(text) { return date }
        findings.append("\(path) is \"\(text)\"; it is a day, such as 2026-09-30.")
        return nil
    }

    /// `America/Denver`
    mutating func timeZone(_ path: String) -> TimeZone? {
        guard let text = text(path) else { return nil }
        // An abbreviation such as EST would not know summer time.
        if TimeZone.knownTimeZoneIdentifiers.contains(text) || text == "UTC", let zone = TimeZone(identifier: text) {
            return zone
        }
        findings.append("\(path) is \"\(text)\"; it is the name of a time zone, such as America/Denver.")
        return nil
    }

    /// `[vendors, jobs, items]`
    mutating func lists(_ path: String) -> Set<Entity> {
        let names: [String: Entity] = ["vendors": .vendors, "jobs": .projects, "items": .standardCostCodes]
        var lists: Set<Entity> = []
        for name in list(path) ?? [] {
            if let entity = names[name] {
                lists.insert(entity)
            } else {
                findings.append("\(path) has \"\(name)\"; it can have vendors, jobs and items.")
            }
        }
        return lists
    }

    /// `[retry, link, resend, pause]`, which is also what counts where there is nothing.
    mutating func shareCommands(_ path: String) -> Set<ShareCommand> {
        guard let names = list(path) else { return Set(ShareCommand.allCases) }
        var commands: Set<ShareCommand> = []
        for name in names {
            if let command = ShareCommand(rawValue: name) {
                commands.insert(command)
            } else {
                findings.append("\(path) has \"\(name)\"; it can have retry, link, resend, undo and pause.")
            }
        }
        return commands
    }

    /// Keys and values of the user's own.
    mutating func map(_ path: String) -> [String: String] {
        guard let found = find(path), !Self.isNull(found) else { return [:] }
        guard let mapping = found.mapping else {
            findings.append("\(path) should be keys and values.")
            return [:]
        }
        var map: [String: String] = [:]
        for (key, value) in mapping {
            if let key = key.scalar?.string, let value = value.scalar?.string, !value.isEmpty {
                map[key] = value
            } else {
                findings.append("\(path).\(key.scalar?.string ?? "?") should be one value.")
            }
        }
        return map
    }

    /// `{H: 13, "Q+": 14.975}`: percentages from 0 to 100, with at most five decimals.
    mutating func percentages(_ path: String) -> [String: Amount] {
        var rates: [String: Amount] = [:]
        for (name, text) in map(path) {
            if let rate = Amount(text), !rate.isNegative, rate <= .hundred, rate.fits(5) {
                rates[name] = rate
            } else {
                findings.append("\(path).\(name) is \"\(text)\"; it is a rate in percent, such as 13 or 14.975.")
            }
        }
        return rates
    }

    /// `{"03": {expense: "Job Expenses:Concrete"}}`
    mutating func accounts(_ path: String) -> [String: Settings.ItemAccounts] {
        guard let found = find(path), !Self.isNull(found) else { return [:] }
        guard let mapping = found.mapping else {
            findings.append("\(path) should be cost code prefixes with their accounts.")
            return [:]
        }
        var accounts: [String: Settings.ItemAccounts] = [:]
        for (key, value) in mapping {
            guard let prefix = key.scalar?.string, let sides = value.mapping else {
                findings.append("\(path).\(key.scalar?.string ?? "?") should name an income or expense account.")
                continue
            }
            var exception = Settings.ItemAccounts()
            for (side, account) in sides {
                switch side.scalar?.string {
                case "income": exception.income = account.scalar?.string
                case "expense": exception.expense = account.scalar?.string
                default: findings.append("\(path).\(prefix) can have the keys income and expense.")
                }
            }
            accounts[prefix] = exception
        }
        return accounts
    }

    /// `all`, or a list of vendor types.
    mutating func vendorTypes(_ path: String) -> Set<String>? {
        guard let found = find(path), !Self.isNull(found), found.scalar?.string != "all" else { return nil }
        if let list = found.sequence { return Set(list.compactMap { $0.scalar?.string }) }
        if let one = found.scalar?.string { return [one] }
        findings.append("\(path) should be all, or a list of QuickBooks vendor types.")
        return nil
    }
}
