/// A row of numbers that is the same for the same seed, on every machine.
struct SeededRandom {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 2 &+ 1
    }

    /// A number from 0 to below `bound`.
    mutating func below(_ bound: Int) -> Int {
        state = state &* 2_862_933_555_777_941_757 &+ 3_037_000_493
        return Int(state >> 33) % bound
    }

    /// A number within a range.
    mutating func number(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// An amount in cents, never whole dollars.
    mutating func cents(inDollars range: ClosedRange<Int>) -> Int {
        number(in: range) * 100 + number(in: 1...99)
    }

    /// The elements in another order.
    mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var result = elements
        for index in result.indices.reversed() where index > 0 {
            result.swapAt(index, below(index + 1))
        }
        return result
    }
}
