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
    private let log: CarrierLog
    private let isReady: () throws -> Void
    private var troubles = 0
    private var lastTrouble: String?
    /// How often the outbox is looked at.
    private static let glance: Int64 = 5

    /// A carrier.
    /// - Parameter isReady: throws where the root is not to be worked with just now.
    public init(
        _ client: ProcoreClient, _ poster: Poster, _ fetcher: Fetcher, log: CarrierLog,
        isReady: @escaping () throws -> Void
    ) {
        self.client = client
        self.poster = poster
        self.fetcher = fetcher
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
        var due = clock.now()
        while !isEnding() {
            let isFetching = clock.now() >= due
            let outcome = try await round(isFetching: isFetching, isEnding: isEnding)
            if outcome.trouble == nil, isFetching { due = clock.now() + client.settings.interval.components.seconds }
            let rest = outcome.trouble == nil ? Self.glance : clock.backOff(after: troubles + 2)
            if !isEnding() { try await clock.sleep(.seconds(rest)) }
        }
    }

    private func round(isFetching: Bool, isEnding: () -> Bool) async throws -> Outcome {
        var outcome = Outcome()
        do {
            try isReady()
            let posted = try await poster.pass(isEnding: isEnding)
            outcome.answered = posted.answered
            outcome.left = posted.left
            if isFetching, !isEnding() {
                let fetched = try await fetcher.pass(isEnding: isEnding)
                outcome.files = fetched.files
                outcome.failed = fetched.failed
            }
            if troubles > 0 { log.event("procore goes on", [:]) }
            troubles = 0
            lastTrouble = nil
        } catch let error as CancellationError {
            throw error
        } catch {
            outcome.trouble = Self.words(error)
            troubles += 1
            if outcome.trouble != lastTrouble {
                log.event("procore trouble", level: .error, ["what": outcome.trouble ?? ""])
            }
            lastTrouble = outcome.trouble
        }
        return outcome
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case let failure as CallFailure: failure.why + "."
        case let problem as Problem: "\(problem.what) \(problem.remedy)"
        default: "\(error)"
        }
    }
}
