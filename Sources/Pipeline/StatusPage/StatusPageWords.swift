import Domain
import Foundation

/// How the status page says times, amounts and kinds.
struct StatusPageWords: Sendable {
    /// The zone of the QuickBooks machine; nil: UTC.
    let zone: TimeZone?

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// What the zone is called.
    var zoneName: String { zone?.identifier ?? "UTC" }

    /// `2026-11-29T14:05:09`, in the zone.
    private func local(_ seconds: Int64) -> Substring {
        let style = Date.ISO8601FormatStyle(timeZone: zone ?? .gmt)
        return Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(style).prefix(19)
    }

    /// `Nov 29, 2026, 2:05 PM`
    func time(_ seconds: Int64) -> String {
        let parts = local(seconds).split(whereSeparator: { "-T:".contains($0) }).compactMap { Int($0) }
        guard parts.count == 6, (1...12).contains(parts[1]) else { return String(local(seconds)) }
        let hour = parts[3] % 12 == 0 ? 12 : parts[3] % 12
        let minute = parts[4] < 10 ? "0\(parts[4])" : "\(parts[4])"
        return "\(Self.months[parts[1] - 1]) \(parts[2]), \(parts[0]), \(hour):\(minute) \(parts[3] < 12 ? "AM" : "PM")"
    }

    /// The same of a time as the ledger has it, `2026-11-29T21:05:09Z`; as it stands where it is none.
    func time(_ utc: String) -> String { Self.seconds(utc).map { time($0) } ?? utc }

    /// `2026-11-29 14:05`, for spreadsheets.
    func cell(_ utc: String) -> String {
        Self.seconds(utc).map { String(local($0).prefix(16)).replacing("T", with: " ") } ?? utc
    }

    /// `2026-11-29`: the day that a time is in.
    func day(_ seconds: Int64) -> String { String(local(seconds).prefix(10)) }

    /// When the day began that a time is in, UTC.
    func startOfDay(_ seconds: Int64) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone ?? .gmt
        let start = calendar.startOfDay(for: Date(timeIntervalSince1970: TimeInterval(seconds)))
        return WallClock.text(Int64(start.timeIntervalSince1970))
    }

    private static func seconds(_ utc: String) -> Int64? {
        (try? Date(utc, strategy: .iso8601)).map { Int64($0.timeIntervalSince1970) }
    }

    /// `$12,345.67`, `-$0.05`
    static func money(_ amount: Amount) -> String {
        (amount.isNegative ? "-$" : "$") + amount.magnitude.grouped
    }

    /// The same, or at least so much; nil where nothing has an amount.
    static func money(_ money: StatusPage.Money) -> String? {
        guard money.isAny else { return nil }
        return (money.isWhole ? "" : "at least ") + Self.money(money.amount)
    }

    /// `1,234`
    static func number(_ number: Int) -> String {
        var text = String(number)
        var place = text.count - 3
        while place > 0 {
            text.insert(",", at: text.index(text.startIndex, offsetBy: place))
            place -= 3
        }
        return text
    }

    /// `3 vendors`
    static func count(_ count: Int, _ word: String) -> String {
        "\(number(count)) \(count == 1 ? word : plural(word))"
    }

    /// The word of an entity in the singular.
    static func word(_ entity: Entity) -> String { entity == .budgets ? "budget" : entity.singular }

    static func plural(_ word: String) -> String {
        if word.hasSuffix("y") { return word.dropLast() + "ies" }
        return word.hasSuffix("s") ? word : word + "s"
    }

    /// Who can do what a remedy says, as its words tell. Remedies name the command, the file or the program where
    /// something is to be done, and that says who has it.
    static func who(can remedy: String) -> String {
        var who: [String] = []
        if remedy.contains("in Procore") || remedy.contains("Procore again") {
            who.append("whoever may change it in Procore")
        }
        if remedy.contains("in QuickBooks") || remedy.contains("QuickBooks' ") {
            who.append("whoever may change it in QuickBooks")
        }
        let isForAdministrator = ["plumbline ", "plumbline.yaml", "dmesg", "Mount ", "sudo", "disk"]
            .contains { remedy.contains($0) }
        if isForAdministrator || remedy.lowercased().contains("administrator") {
            who.append("the administrator of Plumbline")
        }
        if remedy.contains("report it") { who.append("whoever keeps Plumbline, told by you") }
        return who.isEmpty ? "you" : who.joined(separator: ", or ")
    }
}

extension StatusPage {
    /// The kinds of record that are about money, those first that move it.
    static let moneyKinds: [Entity] = [
        .contractPayments, .requisitions, .directCosts, .commitmentChangeOrders, .commitments, .budgetChanges,
        .budgetModifications, .budgets,
    ]

    /// Every kind, those first that are about money.
    static let kinds: [Entity] = moneyKinds + Entity.allCases.filter { !moneyKinds.contains($0) }
}

extension StatusPage.Item {
    /// Text of others' making on one line: without control characters, and without those that turn the direction of
    /// what stands around them.
    static func plain(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnwelcome) else { return text }
        var plain = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { plain.append(isUnwelcome(scalar) ? " " : scalar) }
        return String(plain)
    }

    private static func isUnwelcome(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1f, 0x7f...0x9f, 0x061c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff,
            0xfff9...0xffff:
            true
        default: false
        }
    }
}
