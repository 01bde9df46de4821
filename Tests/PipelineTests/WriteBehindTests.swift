import Synchronization
import Testing

@testable import Pipeline

@Suite struct WriteBehindTests {
    private struct Failure: Error {}

    /// What the thread has written.
    private final class Written: Sendable {
        private let values = Mutex<[Int]>([])
        var all: [Int] { values.withLock { $0 } }
        func add(_ value: Int) { values.withLock { $0.append(value) } }
    }

    @Test(arguments: [0, 1, 3, 4, 5, 1_000]) func everythingIsWrittenInOrderBeforeWaitingEnds(count: Int) throws {
        let written = Written()
        let behind = WriteBehind<Int> { written.add($0) }
        for number in 0..<count { try behind.put(number) }
        try behind.drain()
        #expect(written.all == Array(0..<count))
        behind.stop()
        behind.stop()
    }

    @Test func afterAFailureNothingMoreIsWrittenAndItIsToldUntilTheEnd() throws {
        let written = Written()
        let behind = WriteBehind<Int> { value in
            if value == 3 { throw Failure() }
            written.add(value)
        }
        defer { behind.stop() }
        #expect(throws: Failure.self) {
            for number in 0..<100 { try behind.put(number) }
        }
        #expect(throws: Failure.self) { try behind.drain() }
        #expect(throws: Failure.self) { try behind.put(4) }
        #expect(throws: Failure.self) { try behind.drain() }
        #expect(written.all == [0, 1, 2])
    }

    @Test func stoppingWaitsForWhatWasGiven() throws {
        let written = Written()
        let behind = WriteBehind<Int> { written.add($0) }
        for number in 0..<4 { try behind.put(number) }
        behind.stop()
        #expect(written.all == [0, 1, 2, 3])
        #expect(throws: (any Error).self) { try behind.put(4) }
    }

    @Test func whoeverForgetsToStopItStopsItToo() throws {
        let written = Written()
        do {
            let behind = WriteBehind<Int> { written.add($0) }
            for number in 0..<4 { try behind.put(number) }
        }
        #expect(written.all == [0, 1, 2, 3])
    }
}
