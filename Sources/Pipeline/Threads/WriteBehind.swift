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
    convenience init(room: Int = 3, _ write: @escaping @Sendable (Value) throws -> Void) {
        self.init(room: room, with: ()) { _, value in try write(value) }
    }

    /// Starts to write with something that only the thread has from now on.
    /// - Parameters:
    ///   - room: how many may lie between the two, beside the one that is written just now.
    ///   - tool: what it writes with.
    ///   - write: writes one.
    init<Tool>(
        room: Int = 3, with tool: sending Tool, _ write: @escaping @Sendable (inout Tool, Value) throws -> Void
    ) {
        let channel = StageChannel<Value, Void>(capacity: room)
        self.channel = channel
        thread = StageThread(with: tool) { tool in
            do {
                while case .value(let value) = try channel.receive() { try write(&tool, value) }
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
