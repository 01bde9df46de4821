import DropFolder
import Logging

/// Watches any number of roots until it is told to stop.
///
/// One watcher serves all of them, on its thread; one task owns everything that changes.
public struct Daemon: Sendable {
    private let paths: [String]
    private let listed: ListedRoots?
    private let mailbox: Mailbox
    private let logger: Logger
    private let tell: @Sendable (DaemonState) -> Void

    /// A daemon for these roots.
    /// - Parameters:
    ///   - roots: the companies' folders.
    ///   - listed: the configuration that lists them; nil: none does.
    ///   - mailbox: what the watcher and signals bring.
    ///   - logger: told what concerns the process.
    ///   - tell: told how the daemon is after every pass, at least once a second while no root has much to do.
    public init(
        roots: [String], listed: ListedRoots? = nil, mailbox: Mailbox, logger: Logger,
        tell: @escaping @Sendable (DaemonState) -> Void = { _ in }
    ) {
        paths = roots
        self.listed = listed
        self.mailbox = mailbox
        self.logger = logger
        self.tell = tell
    }

    /// Runs until the mailbox says so; a file in hand is finished first.
    /// - Throws: what keeps a root from being opened.
    public func run() async throws {
        ignoreLeaseSignals()
        let mailbox = mailbox
        guard let roots = try await takeRoots() else { return logger.info("Stopped.") }
        defer { roots.forEach { $0.close() } }
        warnOfSameCompanies(roots)
        let workers = roots.map { RootWorker($0, logger: logger) }
        for worker in workers { worker.begin() }
        let watcher = try Watcher(inboxes: roots.map(\.folders.inbox)) { mailbox.put(.watched($0)) }
        defer { watcher.stop() }
        for root in roots {
            let (name, isPolled) = FileSystem.kind(of: root.folders.inbox)
            logger.info("Watching \(root.folders.inbox) (\(name), \(isPolled ? "polled" : "inotify")).")
        }
        var unwatched = Set(roots.indices)
        while true {
            let wasWatching = unwatched.isEmpty
            for letter in await mailbox.take() {
                switch letter {
                case .watched(let event):
                    // The first one of an inbox comes when its watches are set.
                    if case .rescan(let inbox) = event { unwatched.remove(inbox) }
                    for (number, worker) in workers.enumerated() { worker.receive(event, inbox: number) }
                case .reload:
                    tell(DaemonState(roots: roots.count, isWatching: unwatched.isEmpty, isReloading: true))
                    reload(workers)
                case .goOn: break
                case .end:
                    for worker in workers { worker.end() }
                    logger.info("Stopped.")
                    return
                }
            }
            // The first round may take long: what waits in the inboxes is no reason to be told later.
            if unwatched.isEmpty, !wasWatching { tell(state(of: workers, isWatching: true)) }
            for worker in workers { try worker.runRound() }
            tell(state(of: workers, isWatching: unwatched.isEmpty))
            // What only the start needed.
            if unwatched.isEmpty, !wasWatching { Memory.giveProgramBack() }
            if workers.contains(where: \.hasMore) { mailbox.put(.goOn) }
            guard workers.contains(where: \.isWatchStale) else { continue }
            watcher.renew()
            for worker in workers { worker.watchIsFresh() }
        }
    }

    /// - Returns: nil: it was told to end meanwhile, and has none of them.
    private func takeRoots() async throws -> [OpenRoot]? {
        var roots: [OpenRoot] = []
        for path in paths {
            guard let root = try await RootBeginning.take(path, logger: logger, isEnding: { mailbox.isEnding }) else {
                roots.forEach { $0.close() }
                return nil
            }
            roots.append(root)
        }
        return roots
    }

    private func reopenLogs(of roots: [OpenRoot]) {
        for root in roots {
            do {
                try root.reopenLogs()
            } catch {
                logger.error("The logs of \(root.folders.root) cannot be reopened: \(error)")
            }
        }
    }

    /// Opens the logs anew and reads each root's configuration again, each by itself: one that is wrong is that root's.
    private func reload(_ workers: [RootWorker]) {
        reopenLogs(of: workers.map(\.root))
        for worker in workers { worker.readConfigurationAgain() }
        do {
            for change in try listed?.changes() ?? [] {
                logger.error("plumbline.yaml, which lists the roots: \(change) That counts after a restart.")
            }
        } catch {
            logger.error("plumbline.yaml, which lists the roots, cannot be read, and counts as it was: \(error)")
        }
    }

    private func state(of workers: [RootWorker], isWatching: Bool) -> DaemonState {
        let troubles = workers.flatMap { worker in
            [worker.root.lock.heartbeat.fault?.what, worker.reports.configurationFault?.what].compactMap { what in
                what.map { "\(worker.root.folders.root): \($0)" }
            }
        }
        return DaemonState(roots: workers.count, isWatching: isWatching, troubles: troubles)
    }

    /// Two roots of one company, without keys that tell them apart, make the same ids: whose answer a file is cannot be
    /// told then.
    private func warnOfSameCompanies(_ roots: [OpenRoot]) {
        let companies = Dictionary(grouping: roots) { $0.configuration.settings.namespace }
        for (company, same) in companies.sorted(by: { $0.key < $1.key }) where same.count > 1 {
            let paths = same.map(\.folders.root).joined(separator: " and ")
            logger.warning(
                """
                \(paths) both belong to company \(company), so the answers to the one cannot be told from those to the \
                other: give each a company_key in plumbline.yaml before its first document leaves, and drop answers only \
                where they belong.
                """)
        }
    }
}
