import Foundation

/// A decimal number, exactly as it was written: dollars, a quantity, a price. Never binary floating point.
///
/// Dollars have two decimals, prices and quantities up to five. Source of the limits: Intuit qbXML reference, AMTTYPE
/// (13 digits before the point), PRICETYPE and QUANTYPE (10).
public struct Amount: Sendable, Hashable, Comparable, CustomStringConvertible {
    private let value: DecimalNumber

    /// Nothing.
    public static let zero = Amount(value: DecimalNumber(0, places: 0))
    /// One.
    public static let one = Amount(value: DecimalNumber(1, places: 0))
    /// A hundred, for percentages.
    public static let hundred = Amount(value: DecimalNumber(100, places: 0))

    private init(value: DecimalNumber) {
        self.value = value
    }

    private init(_ decimal: Decimal) {
        value = DecimalNumber(decimal)
    }

    /// Reads a number as JSON writes it: `250.0`, `-1500`, `4.5e3`; nil for anything else, such as `12%` or `1,200.00`.
    public init?(_ text: some StringProtocol) {
        var written = String(text)
        if let plain = written.withUTF8({ DecimalNumber(plain: $0, mostDigits: 15) }) {
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
        let components = rest.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = components.first, Self.isDigits(whole), components.count == 1 || Self.isDigits(components[1]),
            whole.utf8.count <= 15, components.count == 1 || components[1].utf8.count <= 15,
            let digits = Decimal(string: String(rest), locale: Locale(identifier: "en_US_POSIX"))
        else { return nil }
        var scaled = digits
        if exponent != 0 {
            var source = digits
            guard NSDecimalMultiplyByPowerOf10(&scaled, &source, Int16(exponent), .plain) == .noError else {
                return nil
            }
        }
        // What is a number here can be written out, and is the same number when it is read again.
        guard scaled < 1_000_000_000_000_000 else { return nil }
        value = DecimalNumber(isNegative ? -scaled : scaled)
        guard fits(15) else { return nil }
    }

    /// Reads digits with a point from their bytes; nil for everything else, of which some is a number all the same.
    public init?(plain text: UnsafeBufferPointer<UInt8>) {
        guard let plain = DecimalNumber(plain: text, mostDigits: 15) else { return nil }
        value = plain
    }

    /// Adds what `description` says.
    public func write(to bytes: inout [UInt8]) { value.write(to: &bytes) }

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

    private static func isDigits(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    /// Whether it is nothing.
    public var isZero: Bool { value == Self.zero.value }
    /// Whether it is below zero.
    public var isNegative: Bool { value.isNegative }
    /// Without its sign.
    public var magnitude: Amount { isNegative ? -self : self }

    /// Whether it can be written with so many decimals without changing it.
    public func fits(_ places: Int) -> Bool { value.fits(places) || rounded(places) == self }

    /// Rounded to so many decimals, a half away from zero. For quantities; dollars are never rounded, except
    /// where tax is told apart by its rate, which the receipt says.
    public func rounded(_ places: Int) -> Amount {
        if value.fits(places) { return self }
        var source = value.decimal
        var result = Decimal()
        NSDecimalRound(&result, &source, places, .plain)
        return Amount(result)
    }

    /// Divided, to so many decimals, a half away from zero; nil by nothing.
    public func divided(by divisor: Amount, places: Int) -> Amount? {
        divisor.isZero ? nil : Amount(value.decimal / divisor.value.decimal).rounded(places)
    }

    /// As short as it can be: `12500`, `212.5`, `-0.05`.
    public var description: String { value.description }

    /// With at least two decimals, as QuickBooks writes money: `12500.00`, `-0.05`. More only where it has more.
    public var money: String {
        let text = description
        guard let point = text.firstIndex(of: ".") else { return text + ".00" }
        let decimals = text.distance(from: point, to: text.endIndex) - 1
        return decimals < 2 ? text + "0" : text
    }

    /// The same in cents; nil where it has more than two decimals, or too many digits for a whole number.
    public var cents: Int64? { value.scaled(to: 2) }

    /// So many cents.
    public init(cents: Int64) {
        value = DecimalNumber(cents, places: 2)
    }

    /// Less is less.
    public static func < (left: Amount, right: Amount) -> Bool { left.value < right.value }
    /// The sum.
    public static func + (left: Amount, right: Amount) -> Amount { Amount(value: left.value + right.value) }
    /// The difference.
    public static func - (left: Amount, right: Amount) -> Amount { left + -right }
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
