import Dispatch
import Foundation
import Synchronization

/// A thread that takes values, one after the other, while the one that gives them goes on.
///
/// After a failure nothing more is taken. Whoever gives values learns of it when it gives more, or waits.
final class Behind<Value: Sendable>: Sendable {
    private struct Shared {
        var waiting: [Value] = []
        var failure: (any Error)?
        var isOver = false
    }

    private let shared = Mutex(Shared())
    /// How many values may still be given before the first is taken.
    private let room = DispatchSemaphore(value: Behind.most)
    private let given = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private static var most: Int { 4 }

    /// Starts to take values.
    init(_ take: @escaping @Sendable (Value) throws -> Void) {
        Thread.detachNewThread { [self] in
            while let value = next() {
                do {
                    if shared.withLock({ $0.failure == nil }) { try take(value) }
                } catch {
                    shared.withLock { $0.failure = error }
                }
                room.signal()
            }
            ended.signal()
        }
    }

    private func next() -> Value? {
        given.wait()
        return shared.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
    }

    /// Gives a value.
    /// - Throws: what taking an earlier one threw.
    func put(_ value: Value) throws {
        room.wait()
        shared.withLock { $0.waiting.append(value) }
        given.signal()
        try rethrow()
    }

    /// Waits until everything that was given has been taken.
    /// - Throws: what taking it threw.
    func drain() throws {
        for _ in 0..<Self.most { room.wait() }
        for _ in 0..<Self.most { room.signal() }
        try rethrow()
    }

    /// Ends the thread once everything has been taken, and waits for it.
    func stop() {
        let wasOver = shared.withLock { shared in
            defer { shared.isOver = true }
            return shared.isOver
        }
        guard !wasOver else { return }
        given.signal()
        ended.wait()
    }

    private func rethrow() throws {
        if let failure = shared.withLock({ $0.failure }) { throw failure }
    }
}
