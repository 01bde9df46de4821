/// A generator that gives the same numbers for the same seed (SplitMix64), so that a failed test can be repeated.
///
/// A test takes `Seeded.seeds` as its arguments: the seed then stands in the report of what failed.
public struct Seeded: RandomNumberGenerator, Sendable {
    /// The seeds of the property tests.
    public static let seeds: [UInt64] = [1, 2, 3, 8_089]

    private var state: UInt64

    /// The generator of a seed.
    public init(seed: UInt64) { state = seed }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A whole number of the range.
    public mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// Whether one of so many cases came up.
    public mutating func oneIn(_ cases: Int) -> Bool { int(1...cases) == 1 }

    /// So many decimal digits.
    public mutating func digits(_ count: Int) -> String {
        String((0..<count).map { _ in Character(String(int(0...9))) })
    }

    /// A text of at most so many characters, of which many are such as break readers: marks of JSON, CSV and XML,
    /// controls, accents loose and composed, the ends of Unicode's ranges.
    public mutating func text(atMost count: Int) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<int(0...count) { text.append(scalar()) }
        return String(text)
    }

    private mutating func scalar() -> Unicode.Scalar {
        let awkward = Array(
            "\"\\/'<>&;,:=-.$()[]{}\u{0}\u{1}\t\n\r\u{1f} \u{7f}éñ€\u{301}\u{a0}\u{2019}\u{2028}"
                .unicodeScalars)
        switch int(0...9) {
        case 0...3: return Unicode.Scalar(UInt8(int(0x20...0x7e)))
        case 4...6: return awkward[int(0...awkward.count - 1)]
        case 7: return Unicode.Scalar(UInt32(int(0x80...0x24f))) ?? "x"
        case 8: return Unicode.Scalar(UInt32(int(0x250...0xffff))) ?? "\u{ffff}"
        default: return Unicode.Scalar(UInt32(int(0x1_0000...0x10_ffff))) ?? "x"
        }
    }
}
