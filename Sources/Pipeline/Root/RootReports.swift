import Domain
import DropFolder
import Logging
import Procore

/// What is told of a root as a whole: in its own log, in that of the process, and in the owner's heartbeat, which
/// `status` reads. Each thing is told once for as long as it lasts.
struct RootReports {
    private let root: OpenRoot
    private let clock: WallClock
    /// Told what keeps the root from going on, beside the root's own log.
    private let logger: Logger?
    /// What was last said of a step that a mistake of ours keeps from being done.
    private(set) var ownFaults: [RoundStep: String] = [:]
    /// Since when the Web Connector stays away, as was told; nil: it was not.
    private var connectorAway: Int64?
    /// What keeps the status page from being written; nil: nothing.
    private var pageWaits: String?
    /// What keeps the folders of what waits for a person's word from being used, as was told; nil: nothing.
    private var reviewFault: MachineFault?
    /// Who sends people messages, and why the last one was not sent, as was told.
    private var news: (desk: NewsDesk, notSent: [NewsChannel.Way: String])
    /// What is wrong with the configuration that stands there, while the one before counts; nil: nothing.
    private(set) var configurationFault: MachineFault?

    init(_ root: OpenRoot, clock: WallClock, logger: Logger?) {
        self.root = root
        self.clock = clock
        self.logger = logger
        news = (NewsDesk(root, clock: clock), [:])
    }

    /// Writes to the log; a log that cannot be written stops nothing.
    func log(_ event: String, level: String = "info", _ fields: [(key: String, value: JSONValue)] = []) {
        try? root.journal.event(event, at: WallClock.text(clock.now()), level: level, fields)
    }

    // MARK: - Events

    /// The kernel tells nothing of the inbox.
    func polling(why: String) {
        log("polling", level: "warning", [("why", .string(why))])
    }

    /// The kernel's queue overflowed, for so manyth a time.
    func overflow(_ count: Int) {
        log(
            "overflow", level: "warning",
            [
                ("count", .number(String(count))),
                ("what", .string("More files came than inotify could tell; the inbox is looked through.")),
            ])
    }

    /// Something in the inbox is never opened.
    /// - Returns: whether it was told now, rather than before.
    func special(_ path: RelativePath, _ kind: String) throws -> Bool {
        let problem = Problem(
            what: "It is \(kind), which is never opened.",
            remedy: "Put the file itself in its place, and remove this one from the inbox.")
        let text = Receipt.problemText(file: path.shown, problems: [problem])
        do {
            guard try root.archive.report(path, problem: text) else { return false }
        } catch let error as SystemError where !InboxFault.isOfTheMachine(error) {
            // Where there can be no problem file, the log has to do, and the others go on.
            return false
        }
        log(
            "not a file", level: "warning",
            [("file", .string(path.shown)), ("what", .string(problem.what))])
        return true
    }

    // MARK: - Configuration

    /// Says that the configuration was read again, and counts.
    mutating func configurationIsRead(isOther: Bool) {
        configurationFault = nil
        log("configuration read", [("changed", .bool(isOther))])
        if isOther { logger?.info("\(root.folders.root): plumbline.yaml was read again, and counts from now on.") }
    }

    /// Says that it was read again, and that the one before goes on to count.
    mutating func configurationIsRefused(_ findings: String) {
        let fault = MachineFault(configuration: findings)
        configurationFault = fault
        log(
            "configuration refused", level: "error", [("what", .string(fault.what)), ("remedy", .string(fault.remedy))])
        logger?.error("\(root.folders.root): \(fault.what) \(fault.remedy)")
    }

    // MARK: - Faults

    /// Says what keeps the root from going on.
    func machineFault(_ fault: MachineFault) {
        guard root.lock.heartbeat.fault?.what != fault.what else { return }
        let now = WallClock.text(clock.now())
        root.lock.heartbeat.fault = OwnerHeartbeat.Fault(
            what: fault.what, remedy: fault.remedy, since: root.lock.heartbeat.fault?.since ?? now)
        log("trouble", level: "error", [("what", .string(fault.what)), ("remedy", .string(fault.remedy))])
        logger?.error("\(root.folders.root): \(fault.what) \(fault.remedy)")
    }

    /// Says that all is well again.
    func machineIsWell() {
        guard root.lock.heartbeat.fault != nil else { return }
        root.lock.heartbeat.fault = nil
        log("recovered")
        logger?.info("\(root.folders.root): all is well again.")
    }

    /// Says that a mistake of ours keeps a step from being done.
    mutating func ownFault(_ what: String, in step: RoundStep) {
        guard ownFaults[step] != what else { return }
        ownFaults[step] = what
        log("fault", level: "error", [("what", .string(what)), ("remedy", .string(FaultScope.report))])
        logger?.error("\(root.folders.root): \(what) \(FaultScope.report)")
    }

    /// Says that the Web Connector stays away, once for as long as it does, and that it called again.
    mutating func connector(_ absence: ConnectorAbsence?) {
        guard absence?.since != connectorAway else { return }
        connectorAway = absence?.since
        guard let absence else {
            log("connector returned")
            logger?.info("\(root.folders.root): the Web Connector called again.")
            return
        }
        log(
            "connector absent", level: "warning",
            [
                ("since", .string(WallClock.text(absence.since))), ("what", .string(absence.what)),
                ("remedy", .string(absence.remedy)),
            ])
        logger?.warning("\(root.folders.root): the Web Connector: \(absence.what) \(absence.remedy)")
    }

    /// What the status page says of everything: what keeps the root from going on, and mistakes of ours.
    var notices: [StatusPage.Notice] {
        let machine = root.lock.heartbeat.fault.map {
            StatusPage.Notice(what: $0.what, remedy: $0.remedy, since: $0.since)
        }
        let own = ownFaults.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            StatusPage.Notice(what: $0.value, remedy: FaultScope.report, since: nil)
        }
        let configuration = configurationFault.map {
            StatusPage.Notice(what: $0.what, remedy: $0.remedy, since: nil)
        }
        return [machine, configuration].compactMap { $0 } + own
    }

    /// Says that the status page cannot be written, once for as long as that lasts for the same reason.
    mutating func pageFault(_ error: any Error) {
        let what = "The status page in outbox/results cannot be written: \(error)"
        guard pageWaits != what else { return }
        pageWaits = what
        let remedy =
            "Everything else goes on. See that nothing else has the names \(StatusPages.names.joined(separator: ", ")) "
            + "there, and that Plumbline's user may write in that folder."
        log("page waits", level: "warning", [("what", .string(what)), ("remedy", .string(remedy))])
        logger?.warning("\(root.folders.root): \(what) \(remedy)")
    }

    /// Says that it can be written again.
    mutating func pageIsWell() {
        guard pageWaits != nil else { return }
        pageWaits = nil
        log("page goes on")
    }

    /// Says that the folders of what waits for a person's word cannot be used, once for as long as it lasts, and that they
    /// can again.
    mutating func reviewFault(_ fault: MachineFault?) {
        guard fault != reviewFault else { return }
        reviewFault = fault
        guard let fault else { return log("review recovered") }
        log("review trouble", level: "error", [("what", .string(fault.what)), ("remedy", .string(fault.remedy))])
        logger?.error("\(root.folders.root): outbox/review: \(fault.what) \(fault.remedy)")
    }

    /// A step was done.
    mutating func done(_ step: RoundStep) {
        ownFaults[step] = nil
    }
}

// MARK: - Messages

extension RootReports {
    /// Remembers from where on people are told; where that fails, the first round tries again.
    mutating func beginTelling() { try? news.desk.begin() }

    /// Sends people messages, where they are due.
    /// - Throws: what the ledger says; what it did not keep from being told was told all the same.
    mutating func tellPeople(at now: Duration) throws {
        let (events, error) = news.desk.work(at: now, telling: lastingNotices)
        for event in events { tell(event) }
        if let error { throw error }
    }

    /// Sends them now, and waits until they were taken.
    mutating func tellPeopleAtOnce(at now: Duration) {
        let (events, error) = news.desk.work(at: now, telling: lastingNotices, isLast: true)
        for event in events { tell(event) }
        if let error { ownFault("Messages are not sent: \(error)", in: .news) }
    }

    /// Waits for what is under way.
    mutating func endTelling() {
        let (events, error) = news.desk.end()
        for event in events { tell(event) }
        if let error { ownFault("What was told cannot be written down: \(error)", in: .news) }
    }

    /// What people are told of beside what the ledger knows.
    private var lastingNotices: [StatusPage.Notice] {
        notices
            + [reviewFault].compactMap { $0 }.map {
                StatusPage.Notice(what: "outbox/review: \($0.what)", remedy: $0.remedy, since: nil)
            }
    }

    private mutating func tell(_ event: NewsChannel.Event) {
        switch event {
        case .sent(let way, let summary):
            news.notSent[way] = nil
            log("message sent", [("way", .string(way.rawValue)), ("what", .string(summary))])
        case .failed(let way, let why):
            guard news.notSent[way] != why else { return }
            news.notSent[way] = why
            let what = "The message by \(way.rawValue) was not sent: \(why)"
            let remedy =
                "What was in it is told with the next one. See that what notify.\(way == .mail ? "sendmail" : "command") "
                + "names in plumbline.yaml can be run by Plumbline's user, within the limits of its unit, and ends within "
                + "30 seconds with status 0."
            log(
                "message not sent", level: "warning",
                [("way", .string(way.rawValue)), ("what", .string(what)), ("remedy", .string(remedy))])
            logger?.warning("\(root.folders.root): \(what) \(remedy)")
        }
    }
}
