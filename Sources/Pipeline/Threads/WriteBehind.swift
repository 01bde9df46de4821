/// Writes behind: a thread of its own writes one thing after the other, while the one that gives them goes on.
///
/// After a failure nothing more is written. Whoever gives learns of it when it gives more, or waits.
final class WriteBehind<Value: Sendable> {
    private let channel: StageChannel<Value, Void>
    private let thread: StageThread

    /// Starts to write.
    /// - Parameters:
    ///   - room: how many may lie between the two, beside the one that is written just now.
    ///   - write: writes one.
    init(room: Int = 3, _ write: @escaping @Sendable (Value) throws -> Void) {
        let channel = StageChannel<Value, Void>(capacity: room)
        self.channel = channel
        thread = StageThread(with: ()) { _ in
            do {
                while case .value(let value) = try channel.receive() { try write(value) }
            } catch {
                channel.refuse(error)
            }
        }
    }

    deinit {
        stop()
    }

    /// Gives something to be written, once there is room.
    /// - Throws: what writing something earlier threw.
    func put(_ value: Value) throws {
        try channel.send(value)
    }

    /// Waits until everything that was given is written.
    /// - Throws: what writing it threw.
    func drain() throws {
        try channel.drain()
    }

    /// Ends the thread once everything is written, or writing has failed, and waits for it. Nothing is given afterwards.
    func stop() {
        channel.close(with: .success(()))
        thread.join()
    }
}
