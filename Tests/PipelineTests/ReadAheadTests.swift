import Synchronization
import Testing

@testable import Pipeline

@Suite struct ReadAheadTests {
    private struct Failure: Error, Equatable {
        var number = 1
    }

    /// Something that only one thread may have at a time.
    private final class Counter {
        var next = 0
        let gone: Gone?
        init(_ gone: Gone? = nil) { self.gone = gone }
        deinit { gone?.isSo.withLock { $0 = true } }
    }

    private final class Gone: Sendable {
        let isSo = Mutex(false)
    }

    private func counting(
        upTo end: Int, weight: Int = 1, failing: Bool = false, _ gone: Gone? = nil, _ take: (Int) throws -> Void
    ) throws -> String {
        try ReadAhead.run(from: Counter(gone), batchSize: 10) { counter, put in
            while counter.next < end {
                try put(counter.next, weight)
                counter.next += 1
            }
            if failing { throw Failure() }
            return "\(counter.next) were read"
        } taking: { (number: Int) in
            try take(number)
        }
    }

    @Test(arguments: [0, 1, 9, 10, 11, 1_000]) func everythingIsTakenInOrderAndThenTheEnd(count: Int) throws {
        var all: [Int] = []
        let end = try counting(upTo: count) { all.append($0) }
        #expect(all == Array(0..<count))
        #expect(end == "\(count) were read")
    }

    @Test(arguments: [20_000, 200_000, 4 << 20]) func heavyValuesComeInOrderToo(weight: Int) throws {
        var all: [Int] = []
        _ = try counting(upTo: 100, weight: weight) { all.append($0) }
        #expect(all == Array(0..<100))
    }

    @Test func whatWasReadBeforeAFailureIsTakenBeforeIt() throws {
        var all: [Int] = []
        #expect(throws: Failure()) { try counting(upTo: 25, failing: true) { all.append($0) } }
        #expect(all == Array(0..<25))
    }

    /// Where what was read cannot be taken, the other thread ends wherever it is: before it has put anything, while it
    /// waits for room, after it has failed, and when it has long read everything.
    @Test(arguments: [(10, false), (25, true), (Int.max, false), (3, false)])
    func theOtherThreadHasEndedWhenTheCallEnds(end: Int, failing: Bool) throws {
        for stop in [0, 1, 9, 10, 2_000] {
            let gone = Gone()
            var taken = 0
            _ = try? counting(upTo: end, failing: failing, gone) { number in
                if number == stop { throw Failure(number: 2) }
                taken += 1
            }
            #expect(taken == min(stop, end))
            #expect(gone.isSo.withLock { $0 }, "What the thread worked with is gone, so it has ended.")
        }
    }

    @Test func whatTakingThrowsIsThrown() {
        #expect(throws: Failure(number: 2)) { try counting(upTo: .max) { _ in throw Failure(number: 2) } }
    }
}
