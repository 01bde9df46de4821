import Foundation

/// A decimal number, exactly as it was written: dollars, a quantity, a price. Never binary floating point.
///
/// Dollars have two decimals, prices and quantities up to five. Source of the limits: Intuit qbXML reference, AMTTYPE
/// (13 digits before the point), PRICETYPE and QUANTYPE (10).
public struct Amount: Sendable, Hashable, Comparable, CustomStringConvertible {
    private let value: Decimal

    /// Nothing.
    public static let zero = Amount(value: 0)
    /// One.
    public static let one = Amount(value: 1)

    private init(value: Decimal) {
        self.value = value
    }

    /// Reads a number as JSON writes it: `250.0`, `-1500`, `4.5e3`; nil for anything else, such as `12%` or `1,200.00`.
    public init?(_ text: some StringProtocol) {
        if let plain = Self.plain(text.utf8) {
            value = plain
            return
        }
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative { rest = rest.dropFirst() }
        var exponent = 0
        if let mark = rest.firstIndex(where: { $0 == "e" || $0 == "E" }) {
            var power = rest[rest.index(after: mark)...]
            if power.first == "+" { power = power.dropFirst() }
            guard let number = Int(power), (-20...20).contains(number) else { return nil }
            exponent = number
            rest = rest[..<mark]
        }
        let parts = rest.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, Self.isDigits(whole), parts.count == 1 || Self.isDigits(parts[1]),
            whole.utf8.count <= 15, parts.count == 1 || parts[1].utf8.count <= 15,
            let digits = Decimal(string: String(rest), locale: Locale(identifier: "en_US_POSIX"))
        else { return nil }
        var scaled = digits
        if exponent != 0 {
            var source = digits
            guard NSDecimalMultiplyByPowerOf10(&scaled, &source, Int16(exponent), .plain) == .noError else {
                return nil
            }
        }
        value = isNegative ? -scaled : scaled
        // What is a number here can be written out, and is the same number when it is read again.
        guard magnitude.value < 1_000_000_000_000_000, fits(15) else { return nil }
    }

    /// Reads money as Procore's CSV exports write it: `110582.87`, `$1,200,000.00`, `($250.00)`, `-$250.00`.
    ///
    /// Source: Procore's exported lists, whose style varies.
    public init?(csv text: some StringProtocol) {
        var rest = Substring(text.filter { !$0.isWhitespace })
        var sign = ""
        if rest.first == "(", rest.last == ")" {
            sign = "-"
            rest = rest.dropFirst().dropLast()
        } else if rest.first == "-" {
            sign = "-"
            rest = rest.dropFirst()
        }
        if rest.first == "$" { rest = rest.dropFirst() }
        if rest.first == "-", sign.isEmpty {
            sign = "-"
            rest = rest.dropFirst()
        }
        if rest.contains(",") {
            let whole = rest.prefix { $0 != "." }
            let groups = whole.split(separator: ",", omittingEmptySubsequences: false)
            guard groups.dropFirst().allSatisfy({ $0.utf8.count == 3 }), (1...3).contains(groups[0].utf8.count) else {
                return nil
            }
            rest = Substring(whole.filter { $0 != "," } + rest.dropFirst(whole.count))
        }
        self.init(sign + rest)
    }

    /// A number of at most 15 digits and a point, as nearly all are: `-1500.25`; nil for all others.
    private static func plain(_ text: some Sequence<UInt8>) -> Decimal? {
        var digits = 0
        var number: Int64 = 0
        var places: Int?
        var isNegative = false
        for (index, byte) in text.enumerated() {
            switch byte {
            case 0x30...0x39:
                digits += 1
                number = number * 10 + Int64(byte - 0x30)
                places = places.map { $0 + 1 }
            case UInt8(ascii: "-") where index == 0: isNegative = true
            case UInt8(ascii: ".") where places == nil && digits > 0: places = 0
            default: return nil
            }
            guard digits <= 15 else { return nil }
        }
        guard digits > 0, places != 0 else { return nil }
        let sign: FloatingPointSign = isNegative && number != 0 ? .minus : .plus
        return Decimal(sign: sign, exponent: -(places ?? 0), significand: Decimal(number))
    }

    private static func isDigits(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    /// Whether it is nothing.
    public var isZero: Bool { value.isZero }
    /// Whether it is below zero.
    public var isNegative: Bool { value < 0 }
    /// Without its sign.
    public var magnitude: Amount { isNegative ? -self : self }

    /// Whether it can be written with so many decimals without changing it.
    public func fits(_ places: Int) -> Bool { rounded(places) == self }

    /// Rounded to so many decimals, a half away from zero. For quantities only; dollars are never rounded.
    public func rounded(_ places: Int) -> Amount {
        var source = value
        var result = Decimal()
        NSDecimalRound(&result, &source, places, .plain)
        return Amount(value: result)
    }

    /// Divided, to so many decimals, a half away from zero; nil by nothing.
    public func divided(by divisor: Amount, places: Int) -> Amount? {
        divisor.isZero ? nil : Amount(value: value / divisor.value).rounded(places)
    }

    /// As short as it can be: `12500`, `212.5`, `-0.05`.
    public var description: String { "\(value)" }

    /// With at least two decimals, as QuickBooks writes money: `12500.00`, `-0.05`. More only where it has more.
    public var money: String {
        let text = description
        guard let point = text.firstIndex(of: ".") else { return text + ".00" }
        let decimals = text.distance(from: point, to: text.endIndex) - 1
        return decimals < 2 ? text + "0" : text
    }

    /// Less is less.
    public static func < (left: Amount, right: Amount) -> Bool { left.value < right.value }
    /// The sum.
    public static func + (left: Amount, right: Amount) -> Amount { Amount(value: left.value + right.value) }
    /// The difference.
    public static func - (left: Amount, right: Amount) -> Amount { Amount(value: left.value - right.value) }
    /// The product, exact as long as it has no more than 38 digits.
    public static func * (left: Amount, right: Amount) -> Amount { Amount(value: left.value * right.value) }
    /// The same with the other sign.
    public static prefix func - (amount: Amount) -> Amount { Amount(value: -amount.value) }
    /// Adds.
    public static func += (left: inout Amount, right: Amount) { left = left + right }
}

extension Sequence<Amount> {
    /// The total.
    public var sum: Amount { reduce(.zero, +) }
}
