import Dispatch
import Synchronization

/// A bounded channel between two stages of the flow: one thread sends, one other thread receives, in the same order.
///
/// **Why threads, and not tasks.** Both sides block: in SQLite, in libxml2, in reads and writes of files. A task that
/// blocks occupies one of the few threads of Swift's cooperative pool, on which the daemon's own tasks run. And one side
/// is mostly the thread that is inside a transaction of the sync ledger, which must not be suspended: it would come back
/// on another thread. Swift's libraries for channels (swift-async-algorithms, swift-nio) suspend tasks or belong to event
/// loops and cannot be waited for by a synchronous thread, so this one is ours.
///
/// **Who owns what.** A value is the sender's until it is sent and the receiver's once it is received; meanwhile it is
/// the channel's. The ledger's thread makes the channel, and starts and joins the other one (`StageThread`). This is the
/// only place where the two share anything that changes.
///
/// **How much may lie in it.** Values are weighed. One is sent only when it fits beside what lies there already; one that
/// is heavier than the channel waits until the channel is empty. What the receiver works on counts no more.
///
/// **How it ends.**
/// - The sender has sent everything, or has failed: `close`. The receiver gets what came before, and then how it ended.
/// - The receiver has failed, or has enough: `refuse`. What lies in the channel is dropped, and whatever the sender does
///   from then on throws the receiver's reason, even if it is waiting for room just now.
///
/// Either way nobody is left waiting, and both ends stay as they are: asked again, they give the same answer.
final class StageChannel<Value: Sendable, End: Sendable>: Sendable {
    /// What the receiver gets.
    enum Received: Sendable {
        case value(Value)
        /// There are no more values.
        case end(End)
    }

    /// The two threads.
    enum Side: Sendable {
        case sender, receiver
    }

    private struct State {
        /// What was sent and not received yet, the oldest first.
        var waiting: [(value: Value, weight: Int)] = []
        /// What all that weighs.
        var weight = 0
        /// Whether the receiver works on the value that it received last.
        var isInHand = false
        /// How the sender ended.
        var end: Result<End, any Error>?
        /// Why the receiver takes no more.
        var refusal: (any Error)?
        /// Who waits for the other; never both, as one waits for what only the other can change.
        var asleep: Side?
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let senderWakes = DispatchSemaphore(value: 0)
    private let receiverWakes = DispatchSemaphore(value: 0)

    /// An empty channel.
    /// - Parameter capacity: what may lie in it, in the unit of the values' weights.
    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Sending was tried after the channel was closed: a mistake of ours.
    struct Closed: Error {}

    // MARK: - The sender

    /// Sends a value, once there is room for it.
    /// - Throws: the reason of a receiver that takes no more.
    func send(_ value: Value, weight: Int = 1) throws {
        let weight = min(max(1, weight), capacity)
        try act(as: .sender) { state throws -> Void? in
            if let refusal = state.refusal { throw refusal }
            guard state.end == nil else { throw Closed() }
            guard state.weight + weight <= capacity else { return nil }
            state.waiting.append((value, weight))
            state.weight += weight
            return ()
        }
    }

    /// Waits until the receiver is done with everything that was sent.
    /// - Throws: the reason of a receiver that takes no more.
    func drain() throws {
        try act(as: .sender) { state throws -> Void? in
            if let refusal = state.refusal { throw refusal }
            return state.waiting.isEmpty && !state.isInHand ? () : nil
        }
    }

    /// Says how sending ended; only the first time counts.
    func close(with end: Result<End, any Error>) {
        act(as: .sender) { state -> Void? in
            state.end = state.end ?? end
            return ()
        }
    }

    // MARK: - The receiver

    /// The next value, once there is one, or the end. Whoever asks is done with the value before.
    /// - Throws: what the sender failed with, once everything it sent before has been received.
    func receive() throws -> Received {
        try act(as: .receiver) { state -> Result<Received, any Error>? in
            state.isInHand = false
            guard !state.waiting.isEmpty else {
                if let refusal = state.refusal { return .failure(refusal) }
                return state.end?.map { .end($0) }
            }
            let (value, weight) = state.waiting.removeFirst()
            state.weight -= weight
            state.isInHand = true
            return .success(.value(value))
        }.get()
    }

    /// Takes no more, and says why; only the first time counts.
    func refuse(_ reason: any Error) {
        act(as: .receiver) { state -> Void? in
            state.refusal = state.refusal ?? reason
            state.waiting = []
            state.weight = 0
            state.isInHand = false
            return ()
        }
    }

    // MARK: - Waiting

    /// Which side waits for the other just now.
    var asleep: Side? { state.withLock { $0.asleep } }

    /// Does something to the state as soon as that can be done; meanwhile this side sleeps.
    ///
    /// Whatever one side does may be what the other waits for, so that is woken each time. It is woken once for each time
    /// that it said it sleeps: no wake-up is lost, and none is left over.
    /// - Parameter attempt: nil where it cannot be done yet; it throws before it has changed anything.
    private func act<Done: Sendable, Failure: Error>(
        as side: Side, _ attempt: (inout State) throws(Failure) -> Done?
    ) throws(Failure) -> Done {
        while true {
            let (done, wakes) = try state.withLock { state throws(Failure) in
                let done = try attempt(&state)
                let wakes = state.asleep != nil && state.asleep != side
                if done == nil { state.asleep = side } else if wakes { state.asleep = nil }
                return (done, wakes)
            }
            if wakes { (side == .sender ? receiverWakes : senderWakes).signal() }
            if let done { return done }
            (side == .sender ? senderWakes : receiverWakes).wait()
        }
    }
}
