import Dispatch
import Foundation
import Synchronization

/// The thread of a stage: it does one thing, ends, and is waited for by whoever started it.
///
/// `StageChannel` says why there are threads at all, and is how they talk.
final class StageThread: Sendable {
    private let ended = DispatchSemaphore(value: 0)

    /// Starts a thread.
    /// - Parameters:
    ///   - input: what it works with, and alone has from now on. It is gone before the thread ends.
    ///   - body: what it does.
    init<Input>(with input: sending Input, _ body: @escaping @Sendable (inout Input) -> Void) {
        let carried = Carried(input)
        Thread.detachNewThread { [ended] in
            Self.run(carried, body)
            ended.signal()
        }
    }

    private static func run<Input>(_ carried: Carried<Input>, _ body: (inout Input) -> Void) {
        guard var input = carried.take() else { return }
        body(&input)
    }

    /// Waits until the thread has ended.
    func join() {
        ended.wait()
        // Whoever asks again finds that it has.
        ended.signal()
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
