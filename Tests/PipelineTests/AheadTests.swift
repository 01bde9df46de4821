import Testing

@testable import Pipeline

@Suite struct AheadTests {
    private struct Failure: Error {}

    /// Something that only one thread may have at a time.
    private final class Counter {
        var next = 0
    }

    private func counting(upTo end: Int, weight: Int = 1, failing: Bool = false) -> Ahead<Int> {
        Ahead(from: Counter(), batchSize: 10) { counter, put in
            while counter.next < end {
                try put(counter.next, weight)
                counter.next += 1
            }
            if failing { throw Failure() }
        }
    }

    private func everything(of ahead: Ahead<Int>) throws -> [Int] {
        var all: [Int] = []
        while true {
            let batch = try ahead.next()
            if batch.isEmpty { return all }
            all += batch
        }
    }

    @Test(arguments: [0, 1, 9, 10, 11, 1_000])
    func everythingComesInOrder(count: Int) throws {
        let ahead = counting(upTo: count)
        let all = try everything(of: ahead)
        ahead.stop()
        #expect(all == Array(0..<count))
    }

    @Test(arguments: [20_000, 200_000, 4 << 20])
    func heavyValuesComeInOrderToo(weight: Int) throws {
        let ahead = counting(upTo: 100, weight: weight)
        let first = try ahead.next()
        #expect(first.count == min(10, max(1, (65_536 + weight - 1) / weight)), "64 KiB and no more stand in a batch")
        let all = try everything(of: ahead)
        ahead.stop()
        #expect(first + all == Array(0..<100))
    }

    @Test func whatCameBeforeAFailureIsTakenFirst() throws {
        let ahead = counting(upTo: 25, failing: true)
        defer { ahead.stop() }
        var all: [Int] = []
        #expect(throws: Failure.self) {
            while true { all += try ahead.next() }
        }
        #expect(all == Array(0..<25))
    }

    @Test func stoppingEarlyEndsTheOtherThread() throws {
        let ahead = counting(upTo: .max)
        let first = try ahead.next()
        #expect(first == Array(0..<10))
        ahead.stop()
        ahead.stop()
    }

    @Test func oneThatNobodyTookFromCanBeStopped() {
        counting(upTo: .max).stop()
        counting(upTo: 3).stop()
        counting(upTo: 25, failing: true).stop()
    }
}
