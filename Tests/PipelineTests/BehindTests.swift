import Synchronization
import Testing

@testable import Pipeline

@Suite struct BehindTests {
    private struct Failure: Error {}

    /// What the thread has taken.
    private final class Taken: Sendable {
        private let values = Mutex<[Int]>([])
        var all: [Int] { values.withLock { $0 } }
        func add(_ value: Int) { values.withLock { $0.append(value) } }
    }

    @Test(arguments: [0, 1, 3, 4, 5, 1_000])
    func everythingIsTakenInOrderBeforeWaitingEnds(count: Int) throws {
        let taken = Taken()
        let behind = Behind<Int> { taken.add($0) }
        for number in 0..<count { try behind.put(number) }
        try behind.drain()
        #expect(taken.all == Array(0..<count))
        behind.stop()
        behind.stop()
    }

    @Test func afterAFailureNothingMoreIsTakenAndItIsToldUntilTheEnd() throws {
        let taken = Taken()
        let behind = Behind<Int> { value in
            if value == 3 { throw Failure() }
            taken.add(value)
        }
        defer { behind.stop() }
        #expect(throws: Failure.self) {
            for number in 0..<100 { try behind.put(number) }
        }
        #expect(throws: Failure.self) { try behind.drain() }
        #expect(throws: Failure.self) { try behind.put(4) }
        #expect(throws: Failure.self) { try behind.drain() }
        #expect(taken.all == [0, 1, 2])
    }

    @Test func stoppingWaitsForWhatWasGiven() throws {
        let taken = Taken()
        let behind = Behind<Int> { taken.add($0) }
        for number in 0..<4 { try behind.put(number) }
        behind.stop()
        #expect(taken.all == [0, 1, 2, 3])
    }
}
