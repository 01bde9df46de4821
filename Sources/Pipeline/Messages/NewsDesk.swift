import SyncLedger

/// Tells people what came up in a root, by the ways that `notify` names: at most one message in ten minutes, each thing
/// once. Nothing that goes wrong here stops the root.
struct NewsDesk {
    private let root: OpenRoot
    private let clock: WallClock
    /// How long whoever is given a message may take.
    private let patience: Duration
    private var channels: [NewsChannel.Way: NewsChannel] = [:]
    private var next = Duration.zero

    /// So often it is looked whether there is something to tell, at most, and for at most a hundredth of the time.
    private static let pause = Duration.seconds(5)
    private static let share = 100

    init(_ root: OpenRoot, clock: WallClock, patience: Duration = Messenger.patience) {
        self.root = root
        self.clock = clock
        self.patience = patience
    }

    /// The ways that are configured.
    private var ways: [NewsChannel.Way] {
        guard let settings = root.configuration.notify else { return [] }
        return NewsChannel.Way.allCases.filter { $0 == .command ? !settings.command.isEmpty : !settings.mail.isEmpty }
    }

    /// Remembers from where on there is something to tell: ahead of the first file, at the latest in the first look.
    /// - Throws: what SQLite says.
    mutating func begin() throws {
        for way in ways where channels[way] == nil {
            channels[way] = try NewsChannel(way, root.ledger, at: clock.now())
        }
    }

    /// Sends what is due.
    /// - Parameters:
    ///   - now: the time that has passed since the process began.
    ///   - notices: what keeps everything from going on.
    ///   - isLast: whether nothing more is waited for, and what was sent is waited for instead.
    /// - Returns: what came of messages, and what kept the ledger from being read or written.
    mutating func work(
        at now: Duration, telling notices: [StatusPage.Notice], isLast: Bool = false
    ) -> (events: [NewsChannel.Event], error: (any Error)?) {
        guard let settings = root.configuration.notify else { return ([], nil) }
        var (events, failure) = collect(isEnd: false)
        guard now >= next || isLast else { return (events, failure) }
        let began = ContinuousClock.now
        defer { next = now + max(Self.pause, (ContinuousClock.now - began) * Self.share) }
        do {
            try begin()
        } catch {
            failure = error
        }
        let lasting = notices.map(\.asNews)
        for way in ways {
            guard var channel = channels[way] else { continue }
            let wall = clock.now()
            var all = lasting
            do {
                all = try channel.look(lasting, settings, root, at: wall)
            } catch {
                failure = error
            }
            do {
                if channel.isDue(settings, isHasty: isLast, at: wall) {
                    try channel.send(all, settings, root, patience: patience, at: wall)
                }
            } catch {
                failure = error
            }
            channels[way] = channel
        }
        guard isLast else { return (events, failure) }
        let last = end()
        events += last.events
        return (events, failure ?? last.error)
    }

    /// Waits for what is under way, and writes down up to where everything is told.
    mutating func end() -> (events: [NewsChannel.Event], error: (any Error)?) {
        var (events, failure) = collect(isEnd: true)
        for way in channels.keys {
            do {
                try channels[way]?.leave(root.ledger)
            } catch {
                failure = error
            }
        }
        return (events, failure)
    }

    /// What came of messages since this was asked last.
    private mutating func collect(isEnd: Bool) -> (events: [NewsChannel.Event], error: (any Error)?) {
        var events: [NewsChannel.Event] = []
        var failure: (any Error)?
        for way in NewsChannel.Way.allCases {
            guard let event = channels[way]?.finish(root.ledger, isEnd: isEnd, at: clock.now()) else { continue }
            events.append(event)
            do {
                try channels[way]?.writeIfOwed(root.ledger)
            } catch {
                failure = error
            }
        }
        return (events, failure)
    }
}
