import Dispatch
import Foundation
import Synchronization

/// Values that another thread makes, some batches ahead of the one that takes them: reading and converting go on while
/// the sync ledger writes.
///
/// The thread ends when it has made everything, has failed, or is told to stop. Whoever takes the values waits for it.
final class Ahead<Value: Sendable>: Sendable {
    private struct Batch {
        var values: [Value] = []
        var weight = 0

        /// How much of the room it takes.
        var units: Int { min(Ahead.units, 1 + weight / Ahead.unit) }
    }

    private struct Shared {
        var batches: [Batch] = []
        var failure: (any Error)?
        var isStopped = false
        /// Whether the last batch was taken.
        var isOver = false
    }

    /// The one who takes them has enough.
    private struct Stopped: Error {}

    private let shared = Mutex(Shared())
    /// How much may still be made before a batch has to be taken: a heavy batch takes it all.
    private let room = DispatchSemaphore(value: Ahead.units)
    /// Batches that are there to be taken; an empty one is the last.
    private let made = DispatchSemaphore(value: 0)
    private let batchSize: Int
    private static var units: Int { 8 }
    /// Bytes from which on a batch is handed over, and takes one more unit of the room.
    private static var unit: Int { 65_536 }

    /// Starts to make values.
    /// - Parameters:
    ///   - source: what they are made from, which is the other thread's from now on.
    ///   - make: makes them all, and puts one after the other, each with its weight in bytes.
    init<Source>(
        from source: sending Source, batchSize: Int = 64,
        _ make: @escaping @Sendable (inout Source, (Value, Int) throws -> Void) throws -> Void
    ) {
        self.batchSize = batchSize
        let carried = Carried(source)
        Thread.detachNewThread { [self] in
            guard var source = carried.take() else { return }
            run { put in try make(&source, put) }
        }
    }

    private func run(_ make: ((Value, Int) throws -> Void) throws -> Void) {
        var batch = Batch()
        var failure: (any Error)?
        do {
            try make { value, weight in
                batch.values.append(value)
                batch.weight += weight
                if batch.values.count == batchSize || batch.weight >= Self.unit {
                    try hand(batch)
                    batch = Batch()
                }
            }
            if !batch.values.isEmpty { try hand(batch) }
        } catch {
            // What was made before it is taken first.
            if !(error is Stopped), !batch.values.isEmpty { try? hand(batch) }
            failure = error
        }
        shared.withLock { shared in
            shared.failure = failure
            shared.batches.append(Batch())
        }
        made.signal()
    }

    private func hand(_ batch: Batch) throws {
        for _ in 0..<batch.units { room.wait() }
        let isStopped = shared.withLock { shared in
            shared.batches.append(batch)
            return shared.isStopped
        }
        made.signal()
        if isStopped { throw Stopped() }
    }

    /// The next values; none at the end.
    /// - Throws: what making them threw, once everything before it has been taken.
    func next() throws -> [Value] {
        made.wait()
        let (batch, failure) = shared.withLock { shared in
            let batch = shared.batches.removeFirst()
            shared.isOver = batch.values.isEmpty
            return (batch, shared.isOver ? shared.failure : nil)
        }
        for _ in 0..<batch.units { room.signal() }
        if let failure { throw failure }
        return batch.values
    }

    /// Has the other thread end, early if it has not made everything, and waits until it has.
    func stop() {
        shared.withLock { $0.isStopped = true }
        while !shared.withLock(\.isOver) { _ = try? next() }
    }
}

/// Something that is given to another thread, once.
private final class Carried<Value>: Sendable {
    private let value: Mutex<Value?>

    init(_ value: sending Value) {
        self.value = Mutex(value)
    }

    func take() -> sending Value? {
        value.withLock { $0.take() }
    }
}
