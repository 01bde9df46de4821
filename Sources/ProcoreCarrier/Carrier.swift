import Domain
import DropFolder
import Foundation
import Procore
import SyncLedger

/// The carrier between a root's `outbox/procore`, its `inbox/procore` and Procore's API: posts what waits, fetches what is
/// due, and rests.
///
/// It takes from the outbox and drops into the inbox, as any script may; who serves the root knows nothing of it.
public final class Carrier {
    /// What came of a round.
    public struct Outcome: Sendable {
        /// Documents that were answered.
        public var answered = 0
        /// Documents that are still in the outbox.
        public var left = 0
        /// Files that were dropped.
        public var files = 0
        /// Lists that could not be fetched.
        public var failed = 0
        /// Why nothing more could be done; nil: all was tried.
        public var trouble: String?

        /// Whether nothing is left to be done.
        public var isWell: Bool { left == 0 && failed == 0 && trouble == nil }
    }

    private let client: ProcoreClient
    private let poster: Poster
    private let fetcher: Fetcher
    private let ledger: Ledger
    private let log: CarrierLog
    private let isReady: () throws -> Void
    private var troubles = 0
    private var lastTrouble: String?
    private var lastAnswer: Int64?
    private var isFirst = true
    /// How often the outbox is looked at.
    private static let glance: Int64 = 5

    /// A carrier.
    /// `isReady`: throws where the root is not to be worked with just now.
    public init(
        _ client: ProcoreClient, _ poster: Poster, _ fetcher: Fetcher, _ ledger: Ledger, log: CarrierLog,
        isReady: @escaping () throws -> Void
    ) {
        self.client = client
        self.poster = poster
        self.fetcher = fetcher
        self.ledger = ledger
        self.log = log
        self.isReady = isReady
    }

    /// Posts what waits and fetches everything, once.
    public func once() async throws -> Outcome { try await round(isFetching: true, isEnding: { false }) }

    /// Posts and fetches until it is told to end.
    /// - Parameter isEnding: whether to end; asked between documents and lists. A wait ends with an error then, which the
    ///   clock's `sleep` throws.
    public func run(isEnding: @escaping () -> Bool) async throws {
        let clock = client.clock
        let interval = client.settings.interval.components.seconds
        var due = clock.now()
        while !isEnding() {
            // What is due later than an interval from now was set by a clock that has gone back since.
            let isFetching = clock.now() >= due || due > clock.now() + interval
            let outcome = try await round(isFetching: isFetching, isEnding: isEnding)
            if outcome.trouble == nil, isFetching { due = clock.now() + interval }
            let rest = outcome.trouble == nil ? Self.glance : clock.backOff(after: troubles + 2)
            if !isEnding() { try await clock.sleep(.seconds(rest)) }
        }
    }

    private func round(isFetching: Bool, isEnding: () -> Bool) async throws -> Outcome {
        var outcome = Outcome()
        do {
            try isReady()
            if try ledger.read({ try Pause($0).reason() }) == nil {
                let posted = try await poster.pass(isEnding: isEnding)
                outcome.answered = posted.answered
                outcome.left = posted.left
            }
            if isFetching, !isEnding() {
                let fetched = try await fetcher.pass(isEnding: isEnding)
                outcome.files = fetched.files
                outcome.failed = fetched.failed
            }
            // Whoever is told to end has tried nothing more.
            if !isEnding() { try goOn() }
        } catch let error as CancellationError {
            throw error
        } catch {
            // Where it cannot be closed, the next round says what it meets.
            if (error as? LedgerFault)?.kind == .busy { try? ledger.openAnew() }
            say(error, &outcome)
        }
        noteAnswer()
        return outcome
    }

    private func goOn() throws {
        if troubles > 0 { log.event("procore goes on", [:]) }
        if troubles > 0 || isFirst { try ledger.write { try $0.strike(.trouble) } }
        troubles = 0
        lastTrouble = nil
        isFirst = false
    }

    private func say(_ error: any Error, _ outcome: inout Outcome) {
        let (what, remedy) = Self.words(error)
        outcome.trouble = "\(what) \(remedy)"
        troubles += 1
        guard outcome.trouble != lastTrouble else { return }
        lastTrouble = outcome.trouble
        log.event("procore trouble", level: .error, ["what": what, "remedy": remedy])
        // It may be the ledger that is unwell; the log has it in any case.
        try? ledger.write { [now = client.clock.now(), what = "\(what) \(remedy)"] in
            try $0.note(.init(.trouble, what: what, at: now))
        }
    }

    /// Says when Procore answered last, once a round.
    private func noteAnswer() {
        guard let answer = client.lastAnswer, answer != lastAnswer else { return }
        lastAnswer = answer
        // What only status shows is no reason to stop.
        try? ledger.write { try $0.note(.init(.asked, at: answer)) }
    }

    private static func words(_ error: any Error) -> (what: String, remedy: String) {
        switch error {
        case let failure as CallFailure: (failure.why + ".", failure.remedy)
        case let problem as Problem: (problem.what, problem.remedy)
        default: ("\(error)", "It goes on by itself once that is mended.")
        }
    }
}
