import Glibc
import Seeds
import Synchronization
import Testing

@testable import Pipeline

@Suite struct StageChannelTests {
    private typealias Channel = StageChannel<Int, String>

    private struct Failure: Error, Equatable {
        var number = 0
    }

    /// Values that a thread has come to.
    private final class Seen: Sendable {
        private let values = Mutex<[Int]>([])
        var all: [Int] { values.withLock { $0 } }
        func add(_ value: Int) { values.withLock { $0.append(value) } }
    }

    /// Waits until one side of a channel waits for the other, which is certain to come.
    private func untilAsleep(_ side: Channel.Side, _ channel: Channel) {
        while channel.asleep != side { sched_yield() }
    }

    private func sending(_ numbers: Range<Int>, weight: Int = 1, to channel: Channel, _ sent: Seen = Seen())
        -> StageThread
    {
        StageThread(with: ()) { _ in
            channel.close(
                with: Result {
                    for number in numbers {
                        try channel.send(number, weight: weight)
                        sent.add(number)
                    }
                    return "all"
                })
        }
    }

    private func everything(in channel: Channel) throws -> ([Int], String) {
        var all: [Int] = []
        while true {
            switch try channel.receive() {
            case .value(let value): all.append(value)
            case .end(let end): return (all, end)
            }
        }
    }

    // MARK: - Order and room

    @Test(arguments: [0, 1, 7, 8, 9, 1_000]) func everythingIsReceivedInOrderAndThenTheEnd(count: Int) throws {
        let channel = Channel(capacity: 8)
        let thread = sending(0..<count, to: channel)
        let (all, end) = try everything(in: channel)
        thread.join()
        #expect(all == Array(0..<count))
        #expect(end == "all")
        guard case .end("all") = try channel.receive() else {
            Issue.record("Asked again, the channel says the same.")
            return
        }
    }

    /// - Parameter fitting: how many values of that weight lie in 8 units.
    @Test(arguments: [(1, 8), (2, 4), (3, 2), (8, 1), (1_000, 1), (0, 8)])
    func theSenderStopsWhereTheChannelIsFull(weight: Int, fitting: Int) throws {
        let channel = Channel(capacity: 8)
        let sent = Seen()
        let thread = sending(0..<100, weight: weight, to: channel, sent)
        untilAsleep(.sender, channel)
        #expect(sent.all.count == fitting)
        for received in 1...3 {
            _ = try channel.receive()
            untilAsleep(.sender, channel)
            #expect(sent.all.count == fitting + received)
        }
        channel.refuse(Failure())
        thread.join()
    }

    @Test func aHeavyValueWaitsUntilTheChannelIsEmptyAndLightOnesBehindItWait() throws {
        let channel = Channel(capacity: 4)
        let sent = Seen()
        let thread = StageThread(with: [(0, 1), (1, 1), (2, 100), (3, 1)]) { values in
            channel.close(
                with: Result {
                    for (number, weight) in values {
                        try channel.send(number, weight: weight)
                        sent.add(number)
                    }
                    return "all"
                })
        }
        for expected in [[0, 1], [0, 1], [0, 1, 2]] {
            untilAsleep(.sender, channel)
            #expect(sent.all == expected)
            _ = try channel.receive()
        }
        let (rest, _) = try everything(in: channel)
        thread.join()
        #expect(rest == [3])
    }

    // MARK: - Failures

    @Test func whatWasSentBeforeAFailureIsReceivedBeforeIt() throws {
        let channel = Channel(capacity: 8)
        try channel.send(1)
        try channel.send(2)
        channel.close(with: .failure(Failure(number: 1)))
        // Only the first end counts.
        channel.close(with: .success("all"))
        for expected in [1, 2] {
            guard case .value(expected) = try channel.receive() else {
                Issue.record("\(expected) comes before the failure.")
                return
            }
        }
        for _ in 0..<2 {
            #expect(throws: Failure(number: 1)) { _ = try channel.receive() }
        }
        #expect(throws: Channel.Closed.self) { try channel.send(3) }
    }

    @Test func aRefusalReachesASenderThatWaitsForRoomAndEveryOneAfter() throws {
        let channel = Channel(capacity: 1)
        let failures = Seen()
        let thread = StageThread(with: ()) { _ in
            for _ in 0..<3 {
                do { while true { try channel.send(0) } } catch { failures.add((error as? Failure)?.number ?? -1) }
            }
            do { try channel.drain() } catch { failures.add((error as? Failure)?.number ?? -1) }
        }
        untilAsleep(.sender, channel)
        channel.refuse(Failure(number: 7))
        channel.refuse(Failure(number: 8))
        thread.join()
        #expect(failures.all == [7, 7, 7, 7])
        #expect(throws: Failure(number: 7)) { _ = try channel.receive() }
    }

    // MARK: - Draining

    @Test func drainingEndsOnlyWhenTheLastValueIsDoneWith() throws {
        let channel = Channel(capacity: 4)
        try channel.send(1)
        try channel.send(2)
        let drained = Seen()
        let thread = StageThread(with: ()) { _ in
            try? channel.drain()
            drained.add(1)
        }
        for _ in 0..<2 {
            untilAsleep(.sender, channel)
            #expect(drained.all == [])
            _ = try channel.receive()
        }
        // Both are received, and the second is still worked on.
        untilAsleep(.sender, channel)
        #expect(drained.all == [])
        let receiving = StageThread(with: ()) { _ in _ = try? channel.receive() }
        thread.join()
        #expect(drained.all == [1])
        channel.close(with: .success("all"))
        receiving.join()
    }

    // MARK: - Threads

    /// Says when it is gone.
    private final class Input {
        let seen: Seen
        init(_ seen: Seen) { self.seen = seen }
        deinit { seen.add(1) }
    }

    private func threadWithInput(_ gone: Seen, _ body: @escaping @Sendable () -> Void) -> StageThread {
        StageThread(with: Input(gone)) { _ in body() }
    }

    @Test func whatAThreadWorksWithIsGoneWhenItHasEnded() {
        for _ in 0..<100 {
            let gone = Seen()
            let thread = threadWithInput(gone) {}
            thread.join()
            #expect(gone.all == [1])
            thread.join()
        }
    }

    @Test func aReceiverThatWaitsEndsWhenTheChannelIsClosed() {
        let channel = Channel(capacity: 1)
        let gone = Seen()
        let thread = threadWithInput(gone) { while case .value = try? channel.receive() {} }
        untilAsleep(.receiver, channel)
        channel.close(with: .success("all"))
        thread.join()
        #expect(gone.all == [1])
    }

    @Test func nothingOfWhatWasSentIsKeptOnceItIsRefused() throws {
        let gone = Seen()
        final class Value: Sendable {
            let gone: Seen
            init(_ gone: Seen) { self.gone = gone }
            deinit { gone.add(1) }
        }
        let channel = StageChannel<Value, Void>(capacity: 8)
        for _ in 0..<3 { try channel.send(Value(gone)) }
        #expect(gone.all == [])
        channel.refuse(Failure())
        #expect(gone.all.count == 3)
    }

    // MARK: - Chance

    /// Both sides stop wherever they like: what is received is always what was sent, from its beginning, and both end.
    @Test(arguments: Seeded.seeds) func whateverTheTwoSidesDoWhatComesIsWhatWasSent(seed: UInt64) throws {
        var chance = Seeded(seed: seed)
        for round in 0..<300 {
            let channel = Channel(capacity: chance.int(1...9))
            let count = chance.int(0...60)
            let weights = (0..<count).map { _ in chance.int(0...12) }
            let failsAt = chance.oneIn(3) ? chance.int(0...60) : Int.max
            let enoughAt = chance.oneIn(3) ? chance.int(0...60) : Int.max
            let drainsAt = chance.oneIn(2) ? chance.int(0...60) : Int.max
            let refused = Seen()
            let thread = StageThread(with: weights) { weights in
                channel.close(
                    with: Result {
                        for (number, weight) in weights.enumerated() {
                            if number == failsAt { throw Failure(number: 1) }
                            do {
                                try channel.send(number, weight: weight)
                                if number == drainsAt { try channel.drain() }
                            } catch {
                                refused.add(1)
                                throw error
                            }
                        }
                        return "all"
                    })
            }
            var all: [Int] = []
            var end: String?
            var failure: Failure?
            do {
                receiving: while all.count < enoughAt {
                    switch try channel.receive() {
                    case .value(let value): all.append(value)
                    case .end(let said):
                        end = said
                        break receiving
                    }
                }
            } catch let error as Failure {
                failure = error
            }
            if end == nil, failure == nil { channel.refuse(Failure(number: 2)) }
            thread.join()
            let sent = min(count, failsAt)
            #expect(all == Array(0..<min(sent, enoughAt)), "round \(round)")
            if enoughAt > sent {
                #expect(refused.all == [], "round \(round)")
                #expect((end == nil) == (failsAt < count), "round \(round)")
                #expect((failure == nil) == (failsAt >= count), "round \(round)")
            }
        }
    }
}
