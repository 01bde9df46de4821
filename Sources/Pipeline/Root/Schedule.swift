/// What a root waits for: when the next scan, heartbeat, sync or pull is due, and how long it pauses after a fault.
///
/// It has no clock and does nothing: the time is handed in, as it has passed since the process began, and whoever does
/// what is due says so.
struct Schedule {
    /// Something that is done again and again.
    struct Recurring {
        /// How long after the last time it is due.
        let interval: Duration
        private var last: Duration

        /// - Parameter isDueAtOnce: whether the first time is now, rather than after the interval.
        init(every interval: Duration, isDueAtOnce: Bool) {
            self.interval = interval
            last = isDueAtOnce ? .zero - interval : .zero
        }

        func isDue(at now: Duration) -> Bool { now - last >= interval }

        mutating func done(at now: Duration) { last = now }
    }

    /// When receipts are told to people: files go first, so that a flood of them takes no longer for it.
    struct Telling {
        /// How long one round tells at the most, beyond the receipts in hand.
        static let longest = Duration.milliseconds(100)
        private var next = (idle: Duration.zero, busy: Duration.zero)

        /// - Parameter isBusy: whether files came in this round.
        func isDue(at now: Duration, isBusy: Bool) -> Bool { now >= (isBusy ? next.busy : next.idle) }

        /// Some were told: a fifth of the time goes into it, and a fiftieth while files come.
        mutating func done(in time: Duration, at now: Duration) {
            next = (now + time * 4, now + max(.seconds(2), time * 50))
        }
    }

    /// How long a process lives before it takes a file that would be set aside if it ended with that once more.
    private static let youth = Duration.seconds(2)
    /// How often the inbox is scanned although nothing was told, since inotify is never the only source.
    private static let rescanInterval = Duration.seconds(60)
    /// The first pause before what stands in its own way is tried again; each is twice as long as the one before.
    private static let firstPause = Duration.seconds(1)
    /// The longest pause after a machine fault, in seconds.
    private static let longestPause = 30

    /// How often the owner file says that we are alive.
    var heartbeats = Recurring(every: .seconds(15), isDueAtOnce: true)
    /// How often receipts and logs are made durable.
    var syncs = Recurring(every: .seconds(60), isDueAtOnce: false)
    /// How often it is checked whether QuickBooks is to be asked for what is new.
    var pulls = Recurring(every: .seconds(20), isDueAtOnce: true)
    /// How often it is checked whether the Web Connector stays away.
    var connectorChecks = Recurring(every: .seconds(60), isDueAtOnce: true)
    /// When receipts are told to people.
    var telling = Telling()
    /// Whether something is left to be finished: by an earlier process, or since the machine failed us.
    private(set) var needsRecovery = true
    /// How often the machine failed us since the last recovery.
    private(set) var failures = 0
    private var pausedUntil = Duration.zero
    private var lastScan = Duration.zero
    private var needsScan = true
    /// How often the inbox is scanned where the kernel tells nothing of it, and whether that is so.
    private var polling: (interval: Duration, isOn: Bool)
    /// When what stands in its own way is tried again, and how long after that: soon at first, then once a minute.
    private var nextTry = (at: Duration.zero, pause: firstPause)

    /// The schedule of a process that begins.
    /// - Parameter settle: how long a file has to stay unchanged where nobody tells that it was closed.
    init(settle: Duration) {
        polling = (max(settle, .seconds(1)), false)
    }

    /// How long a file has to stay unchanged is another time now.
    mutating func settle(_ settle: Duration) { polling.interval = max(settle, .seconds(1)) }

    // MARK: - Scans

    /// The inbox is to be scanned in the next round.
    mutating func askForScan() { needsScan = true }

    /// The kernel tells nothing of this inbox, so it is scanned as often as files settle.
    mutating func poll() { polling.isOn = true }

    func isScanDue(at now: Duration) -> Bool {
        needsScan || now - lastScan >= (polling.isOn ? polling.interval : Self.rescanInterval)
    }

    /// The inbox has been scanned, or is just now.
    mutating func scanned(at now: Duration) {
        needsScan = false
        lastScan = now
    }

    // MARK: - Faults of the machine

    /// Whether no pause is on.
    func isAwake(at now: Duration) -> Bool { now >= pausedUntil }

    /// The machine failed us: a pause, longer each time, and then everything that was begun is finished first.
    /// - Parameter isShort: whether the pause is a second each time.
    mutating func pause(isShort: Bool, at now: Duration) {
        failures += 1
        needsRecovery = true
        pausedUntil = now + .seconds(isShort ? 1 : min(Self.longestPause, 1 << min(failures, 5)))
    }

    /// Something is left to be finished.
    mutating func askForRecovery() { needsRecovery = true }

    /// Whether the process has just begun, and may be killed again as soon as the one before it.
    func isYoung(at now: Duration) -> Bool { now < Self.youth }

    /// A file may only be taken by a process that is not young: nothing goes on until then.
    mutating func waitForAge() { pausedUntil = Self.youth }

    /// Everything that was left is finished.
    mutating func recovered() {
        needsRecovery = false
        failures = 0
        needsScan = true
    }

    // MARK: - What stands in its own way

    /// Has files and folders that stand in their own way tried again, where it is time for that.
    /// - Parameters:
    ///   - waits: whether there are any.
    ///   - holdsTaken: whether one of them was taken already.
    mutating func tryAgain(waits: Bool, holdsTaken: Bool, at now: Duration) {
        guard waits else { return nextTry = (.zero, Self.firstPause) }
        guard now >= nextTry.at else { return }
        if nextTry.at > .zero {
            needsScan = true
            if holdsTaken { needsRecovery = true }
        }
        nextTry = (now + nextTry.pause, min(nextTry.pause * 2, Self.rescanInterval))
    }
}
