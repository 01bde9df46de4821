import Foundation

/// What an `Amount` is: an integer and the place of its point, as nearly all are, or a Foundation `Decimal` for the
/// others. Each number has one form only, so that equal numbers are the same.
enum DecimalNumber: Sendable, Hashable {
    /// Fewer than 19 digits, at most 15 of them behind the point, and no zero at the end behind it.
    case short(Int64, places: Int)
    /// Anything else.
    case long(Decimal)

    private static let mostPlaces = 15
    private static let mostDigits: UInt64 = 1_000_000_000_000_000_000

    /// `digits` with the point before the last `places` of them.
    init(_ digits: Int64, places: Int) {
        var (digits, places) = (digits, places)
        while places > 0, digits % 10 == 0 { (digits, places) = (digits / 10, places - 1) }
        self =
            places <= Self.mostPlaces && digits.magnitude < Self.mostDigits
            ? .short(digits, places: places) : .long(Self.decimal(digits, places))
    }

    init(_ decimal: Decimal) {
        var text = "\(decimal)"
        self = text.withUTF8 { Self(plain: $0, mostDigits: 18) } ?? .long(decimal)
    }

    /// Reads digits with a point: `-1500.25`; nil for everything else, and for more digits.
    init?(plain text: UnsafeBufferPointer<UInt8>, mostDigits: Int) {
        let isNegative = text.first == UInt8(ascii: "-")
        var count = 0
        var digits: Int64 = 0
        var places: Int?
        for byte in text[(isNegative ? 1 : 0)...] {
            switch byte {
            case 0x30...0x39:
                count += 1
                guard count <= mostDigits else { return nil }
                digits = digits * 10 + Int64(byte - 0x30)
                if let known = places { places = known + 1 }
            case UInt8(ascii: ".") where places == nil && count > 0: places = 0
            default: return nil
            }
        }
        guard count > 0, places != 0, places ?? 0 <= Self.mostPlaces else { return nil }
        self.init(isNegative ? -digits : digits, places: places ?? 0)
    }

    var decimal: Decimal {
        switch self {
        case .short(let digits, let places): Self.decimal(digits, places)
        case .long(let decimal): decimal
        }
    }

    private static func decimal(_ digits: Int64, _ places: Int) -> Decimal {
        Decimal(sign: digits < 0 ? .minus : .plus, exponent: -places, significand: Decimal(digits.magnitude))
    }

    var isNegative: Bool {
        switch self {
        case .short(let digits, _): digits < 0
        case .long(let decimal): decimal < 0
        }
    }

    /// Whether it has at most so many places behind the point; false also where that takes more than its digits.
    func fits(_ places: Int) -> Bool {
        if case .short(_, let own) = self { own <= places } else { false }
    }

    /// Its digits, with so many of them behind the point; nil where it has more, or too many for an integer.
    func scaled(to most: Int) -> Int64? {
        guard case .short(var digits, let places) = self, places <= most else { return nil }
        for _ in places..<most {
            let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            digits = product
        }
        return digits
    }

    /// As short as it can be: `12500`, `212.5`, `-0.05`.
    var description: String {
        guard case .short(let digits, let places) = self else { return "\(decimal)" }
        guard places > 0 else { return String(digits) }
        var text = String(digits.magnitude)
        if text.utf8.count <= places { text = String(repeating: "0", count: places + 1 - text.utf8.count) + text }
        let point = text.utf8.index(text.endIndex, offsetBy: -places)
        return (digits < 0 ? "-" : "") + text[..<point] + "." + text[point...]
    }

    /// Adds what `description` says.
    func write(to bytes: inout [UInt8]) {
        guard case .short(let digits, let places) = self else { return bytes.append(contentsOf: "\(decimal)".utf8) }
        if digits < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = digits.magnitude
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { text in
            var start = text.count
            var written = 0
            while rest > 0 || written <= places {
                if written == places, places > 0 {
                    start -= 1
                    text[start] = UInt8(ascii: ".")
                }
                start -= 1
                text[start] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
                written += 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
        }
    }

    /// Both as integers behind the same point; nil where those are too long.
    private static func aligned(_ left: Self, _ right: Self) -> (Int64, Int64, places: Int)? {
        guard case .short(var first, let firstPlaces) = left, case .short(var second, let secondPlaces) = right else {
            return nil
        }
        let places = max(firstPlaces, secondPlaces)
        var overflow = false
        for _ in firstPlaces..<places where !overflow {
            (first, overflow) = first.multipliedReportingOverflow(by: 10)
        }
        for _ in secondPlaces..<places where !overflow {
            (second, overflow) = second.multipliedReportingOverflow(by: 10)
        }
        return overflow ? nil : (first, second, places)
    }

    static func < (left: Self, right: Self) -> Bool {
        if let (first, second, _) = aligned(left, right) { first < second } else { left.decimal < right.decimal }
    }

    static func + (left: Self, right: Self) -> Self {
        if let (first, second, places) = aligned(left, right) {
            let (sum, overflow) = first.addingReportingOverflow(second)
            if !overflow { return Self(sum, places: places) }
        }
        return Self(left.decimal + right.decimal)
    }

    static func * (left: Self, right: Self) -> Self {
        if case .short(let first, let firstPlaces) = left, case .short(let second, let secondPlaces) = right {
            let (product, overflow) = first.multipliedReportingOverflow(by: second)
            if !overflow { return Self(product, places: firstPlaces + secondPlaces) }
        }
        return Self(left.decimal * right.decimal)
    }

    static prefix func - (number: Self) -> Self {
        switch number {
        case .short(let digits, let places): .short(-digits, places: places)
        case .long(let decimal): .long(-decimal)
        }
    }
}
