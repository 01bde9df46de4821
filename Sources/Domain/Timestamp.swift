/// A moment as Procore writes it in `updated_at`: ISO 8601 with `Z` or an offset.
///
/// Only ever compared with another one, to see that an export is older than the one last applied.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Seconds since 1970-01-01T00:00:00Z; fractions are kept to the microsecond.
    public let microseconds: Int64

    /// From the sync ledger.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Reads `2024-06-10T16:05:11Z`, `2020-10-19T12:17:31.250-07:00`; nil for anything else.
    public init?(_ text: String) {
        var text = text
        guard let read = text.withUTF8({ Timestamp($0) }) else { return nil }
        self = read
    }

    /// Reads the same from its bytes.
    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        var rest = text[...]
        guard let year = Self.digits(&rest, 4), Self.take(&rest, "-"), let month = Self.digits(&rest, 2),
            Self.take(&rest, "-"), let day = Self.digits(&rest, 2), Self.take(&rest, "T") || Self.take(&rest, " "),
            let hour = Self.digits(&rest, 2), Self.take(&rest, ":"), let minute = Self.digits(&rest, 2),
            Self.take(&rest, ":"), let second = Self.digits(&rest, 2),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        var fraction: Int64 = 0
        if Self.take(&rest, ".") {
            guard let first = Self.digits(&rest, 1) else { return nil }
            fraction = Int64(first) * 100_000
            var unit: Int64 = 10_000
            while let digit = Self.digits(&rest, 1) {
                fraction += Int64(digit) * unit
                unit /= 10
            }
        }
        var offset = 0
        if Self.take(&rest, "Z") {
            offset = 0
        } else if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            rest = rest.dropFirst()
            guard let hours = Self.digits(&rest, 2) else { return nil }
            _ = Self.take(&rest, ":")
            guard let minutes = Self.digits(&rest, 2), hours < 24, minutes < 60 else { return nil }
            offset = (hours * 60 + minutes) * 60 * (sign == UInt8(ascii: "-") ? -1 : 1)
        } else {
            return nil
        }
        guard rest.isEmpty else { return nil }
        let seconds = Int64(Self.days(year, month, day)) * 86_400 + Int64(hour * 3_600 + minute * 60 + second - offset)
        microseconds = seconds * 1_000_000 + fraction
    }

    /// Earlier is less.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    private static func digits(_ text: inout Slice<UnsafeBufferPointer<UInt8>>, _ count: Int) -> Int? {
        var rest = text
        var number = 0
        for _ in 0..<count {
            guard let byte = rest.popFirst(), byte &- 0x30 < 10 else { return nil }
            number = number * 10 + Int(byte &- 0x30)
        }
        text = rest
        return number
    }

    private static func take(_ text: inout Slice<UnsafeBufferPointer<UInt8>>, _ character: Unicode.Scalar) -> Bool {
        guard let first = text.first, UInt32(first) == character.value else { return false }
        text = text.dropFirst()
        return true
    }

    /// Days since 1970-01-01 in the Gregorian calendar, counted from March so that the leap day comes last.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
