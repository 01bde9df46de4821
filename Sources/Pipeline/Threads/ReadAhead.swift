/// Reads ahead: a thread of its own reads and converts, and stays some batches in front of the one that writes what was
/// read to the sync ledger.
///
/// The thread lives as long as the call. It ends when it has read everything or has failed, and early when what was read
/// cannot be taken.
enum ReadAhead {
    /// The room of the channel, in units of a batch's weight: a heavy batch takes all of it.
    private static let room = 8
    /// Bytes from which on a batch is handed over, and takes one more unit of the room.
    private static let unit = 65_536

    /// What was read and not handed over yet.
    private struct Batch<Value> {
        var values: [Value] = []
        var bytes = 0

        var weight: Int { 1 + bytes / unit }
    }

    /// Nothing more is taken.
    private struct Enough: Error {}

    /// Reads on another thread and takes what it read on this one, in the same order.
    /// - Parameters:
    ///   - source: what is read, which only the other thread has from now on.
    ///   - batchSize: at most so many values are handed over together.
    ///   - read: reads to the end, and puts one value after the other, each with its weight in bytes.
    ///   - take: takes a value.
    /// - Returns: what `read` returned.
    /// - Throws: what `take` threw; what `read` threw, once everything that it put before has been taken.
    static func run<Source, Value: Sendable, End: Sendable>(
        from source: sending Source, batchSize: Int = 64,
        reading read: @escaping @Sendable (inout Source, _ put: (Value, Int) throws -> Void) throws -> End,
        taking take: (Value) throws -> Void
    ) throws -> End {
        let channel = StageChannel<[Value], End>(capacity: room)
        let thread = StageThread(with: source) { source in
            channel.close(with: Result { try send(to: channel, batchSize) { try read(&source, $0) } })
        }
        defer {
            channel.refuse(Enough())
            thread.join()
        }
        while true {
            switch try channel.receive() {
            case .value(let batch): for value in batch { try take(value) }
            case .end(let end): return end
            }
        }
    }

    /// Sends what is read in batches.
    private static func send<Value: Sendable, End: Sendable>(
        to channel: StageChannel<[Value], End>, _ batchSize: Int,
        _ read: (_ put: (Value, Int) throws -> Void) throws -> End
    ) throws -> End {
        var batch = Batch<Value>()
        let end = Result {
            try read { value, bytes in
                batch.values.append(value)
                batch.bytes += bytes
                guard batch.values.count == batchSize || batch.bytes >= unit else { return }
                try channel.send(batch.values, weight: batch.weight)
                batch = Batch()
            }
        }
        // What was read before a failure is taken before it.
        if !batch.values.isEmpty { try channel.send(batch.values, weight: batch.weight) }
        return try end.get()
    }
}
