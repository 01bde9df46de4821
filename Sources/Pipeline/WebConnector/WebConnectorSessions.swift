import Domain
import DropFolder
import Logging
import QBXML
import SyncLedger
import WebConnector

/// The sessions of the Web Connector with one or several roots, told apart by the user's name.
///
/// What has to outlast this process stands in each root's sync ledger: another one over the same roots goes on with every
/// ticket. Here is only what may be forgotten: who guessed passwords, and which root a ticket belongs to.
public actor WebConnectorSessions: SessionAnswering {
    private let doors: [RootDoor]
    private let users: RootUsers
    private let clock: WallClock
    private let logger: Logger
    /// How many passwords wait to be looked at: each takes a good part of a second.
    private var passwordsWaiting = 0
    private var guesses = LoginGuard()
    private var rootOfTicket: [String: Int] = [:]
    /// What the machine said in a session, where it could not be written to the ledger.
    private var faults: [String: String] = [:]

    private static let mostPasswords = 8
    private static let mostTickets = 1_024

    /// Serves these roots.
    /// - Throws: what keeps a root from being opened; a `Problem` where two have a user of one name.
    public init(roots paths: [String], clock: WallClock = .system, logger: Logger) throws {
        try self.init(roots: paths, clock: clock, logger: logger, patience: WebConnectorUsers.patience)
    }

    init(
        roots paths: [String], clock: WallClock, logger: Logger, patience: Double, mostLedgers: Int = OpenLedgers.usual
    ) throws {
        let places = try paths.map { try RootPlace(path: $0, clock: clock, logger: logger, patience: patience) }
        users = try RootUsers(places)
        let openLedgers = OpenLedgers(most: mostLedgers)
        doors = places.map { RootDoor($0, among: openLedgers) }
        self.clock = clock
        self.logger = logger
        // Every ledger was open for a moment.
        Memory.giveBack()
    }

    /// How many ledgers are open.
    var openLedgers: Int {
        get async {
            var open = 0
            for door in doors where await door.isOpen { open += 1 }
            return open
        }
    }

    /// Closes the ledgers that no call has needed for so long; each does that by itself after `RootDoor.rest`.
    func closeLedgers(unusedFor rest: Duration) async {
        for door in doors { await door.closeWhenUnused(for: rest) }
    }

    /// Reads each root's configuration again: it counts from the next call on, and one that is wrong or cannot take the
    /// place of the one before does not.
    /// - Returns: what came of each, by its root. Where the same process owns the root, the owner says so already.
    @discardableResult public func readConfigurationsAgain() async -> [(root: String, reading: ConfigurationReading)] {
        var readings: [(root: String, reading: ConfigurationReading)] = []
        for door in doors { readings.append((door.place.path, await door.readConfigurationAgain())) }
        return readings
    }

    // MARK: - Logging in

    /// Looks at name and password, and begins a session of the root that has the user.
    public func authenticate(user: String, password: String, from address: String) async -> Authentication {
        guard guesses.allows(user, from: address, at: clock.now()) else {
            logger.warning("\(Self.shown(user)) from \(address) is not let in for a while, after wrong passwords.")
            return .refused
        }
        guard passwordsWaiting < Self.mostPasswords else { return .busy }
        passwordsWaiting += 1
        defer { passwordsWaiting -= 1 }
        do {
            guard let number = try await users.root(of: user, password: password) else {
                guesses.failed(user, from: address, at: clock.now())
                logger.warning("Wrong name or password: \(Self.shown(user)) from \(address).")
                return .refused
            }
            guesses.succeeded(user, from: address)
            let ticket = Self.newTicket()
            let answer = try await doors[number].use { try $0.begin(ticket, user: user) }
            remember(ticket, number)
            logger.info("\(user) from \(address): \(Self.words(answer)).")
            return answer
        } catch {
            logger.error("\(Self.shown(user)) has to wait: \(Self.words(error))")
            return .busy
        }
    }

    /// 128 random bits: tickets made from a clock collided, and mixed companies.
    private static func newTicket() -> String {
        "{\(PasswordHash.random(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())}"
    }

    private static func words(_ answer: Authentication) -> String {
        switch answer {
        case .session: "a session begins"
        case .nothingToDo: "nothing is to be done"
        case .refused: "not let in"
        case .busy: "somebody else is served"
        }
    }

    /// A name that somebody sent, for the log.
    private static func shown(_ name: String) -> String { RelativePath(String(name.prefix(64))).shown }

    // MARK: - Sessions

    private func remember(_ ticket: String, _ number: Int) {
        if rootOfTicket.count >= Self.mostTickets { rootOfTicket.removeAll() }
        rootOfTicket[ticket] = number
    }

    /// The place of a ticket's root; nil: nobody here gave it out.
    private func place(of ticket: String) async throws -> Int? {
        if let known = rootOfTicket[ticket] { return known }
        guard !ticket.isEmpty else { return nil }
        let kept = ServedRoot.kept(ticket)
        var fault: (any Error)?
        for (number, door) in doors.enumerated() {
            do {
                if try await door.glance({ ledger in try ledger.read { try $0.session(ticket: kept) } }) != nil {
                    remember(ticket, number)
                    return number
                }
            } catch {
                // It may be another root's.
                fault = error
            }
        }
        if let fault { throw fault }
        return nil
    }

    /// Does something in the session of a ticket; nil: there is no such session.
    private func inSession<Result: Sendable>(
        _ ticket: String, _ body: @escaping @Sendable (ServedRoot, ConnectorSession) throws -> Result
    ) async throws -> Result? {
        guard let number = try await place(of: ticket) else { return nil }
        return try await doors[number].use { root in
            let kept = ServedRoot.kept(ticket)
            guard let session = try root.ledger.readWithoutTransaction({ try $0.session(ticket: kept) }) else {
                return nil
            }
            return try body(root, session)
        }
    }

    private func tell(_ error: any Error, _ call: Call, _ ticket: String) {
        if faults.count >= Self.mostTickets { faults.removeAll() }
        faults[ticket] =
            (error as? LedgerFault)?.kind == .busy
            ? "Plumbline is busy with a large file. Nothing is lost: update again in a few minutes."
            : "Plumbline cannot go on: \(Self.words(error))"
        logger.error("\(call.rawValue): \(Self.words(error))")
    }

    /// What went wrong, for people.
    static func words(_ error: any Error) -> String {
        guard let problem = error as? Problem else { return "\(error)" }
        return "\(problem.what) \(problem.remedy)"
    }

    private static let unknown = "This session is not known here. Update again to begin another one."

    // MARK: - Calls

    /// Hands out the next document of the session's root, or the one that is outstanding.
    public func nextRequest(_ call: SendRequest) async -> NextRequest {
        do {
            if let number = try await place(of: call.ticket),
                let next = try await doors[number].use({ try $0.next(call) })
            {
                return next
            }
            logger.warning("sendRequestXML of a session that is not known here.")
        } catch {
            tell(error, .sendRequestXML, call.ticket)
        }
        return .error
    }

    /// A place in the inbox of the session's root. What comes under a ticket that nobody gave out is read and forgotten:
    /// anybody could send it.
    public nonisolated func beginResponse(ticket: String?) async throws -> any ResponseSink {
        let number: Int
        if let ticket {
            guard let known = try await place(of: ticket) else { return NoResponse() }
            number = known
        } else {
            guard !doors.isEmpty else { return NoResponse() }
            number = 0
        }
        let door = doors[number]
        return ResponseFile(door.place.folders.beginAnswer(), root: number, door.disk)
    }

    /// Takes a response or a refusal: when this returns 1 to 100, it is durable in the inbox.
    public func receive(_ call: ReceivedResponse) async -> Int {
        let file = call.response as? ResponseFile
        let hasFailed =
            !call.hresult.allSatisfy { "0xX ".contains($0) } || call.hresult.isEmpty && !call.message.isEmpty
        let refusal = hasFailed ? Refusal(hresult: call.hresult, message: call.message) : nil
        do {
            guard let number = try await place(of: call.ticket) else {
                await call.response?.abandon()
                logger.warning("receiveResponseXML of a session that is not known here: it was not taken.")
                return -1
            }
            let reply = try await doors[number].use { root in
                let arriving = try file.map { $0.root == number ? $0.arriving : try $0.moved(to: root.folders) }
                return try root.receive(.init(arriving: arriving, refusal: refusal), ticket: call.ticket)
            }
            return reply ?? -1
        } catch {
            // Where it has its name by now, the next session finds that it was answered.
            await call.response?.abandon()
            tell(error, .receiveResponseXML, call.ticket)
            return -1
        }
    }

    /// Tells that QuickBooks cannot be reached, and ends the session: `done`.
    public func connectionError(ticket: String, hresult: String, message: String) async -> String {
        let refusal = Refusal(hresult: hresult, message: message)
        do {
            _ = try await inSession(ticket) { try $0.connectionError(refusal, in: $1) }
        } catch {
            tell(error, .connectionError, ticket)
        }
        return "done"
    }

    /// What went wrong last in a session.
    public func lastError(ticket: String) async -> String {
        if let fault = faults.removeValue(forKey: ticket) { return fault }
        do {
            let error = try await inSession(ticket) { $1.error ?? "Nothing went wrong in this session." }
            return error ?? Self.unknown
        } catch {
            tell(error, .getLastError, ticket)
            return faults[ticket] ?? Self.unknown
        }
    }

    /// Ends a session.
    public func close(ticket: String) async -> String {
        defer {
            rootOfTicket[ticket] = nil
            faults[ticket] = nil
        }
        do {
            return try await inSession(ticket) { try $0.close($1) } ?? Self.unknown
        } catch {
            tell(error, .closeConnection, ticket)
            return faults[ticket] ?? Self.unknown
        }
    }
}
