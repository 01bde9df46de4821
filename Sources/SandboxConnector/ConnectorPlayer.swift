import Domain
import WebConnector

/// Plays Intuit's QuickBooks Web Connector against a server of its calls, with a sandbox company for QuickBooks.
///
/// It says in lines of text what the real one's window would show. Passwords are in none of them.
public struct ConnectorPlayer: Sendable {
    private let address: ConnectorAddress
    private let trust: ConnectorTrust
    private let login: ConnectorLogin
    private let desk: ConnectorDesk
    private let say: @Sendable (String) -> Void

    /// A player that has not called yet.
    /// `say`: takes the lines.
    public init(
        _ address: ConnectorAddress, _ trust: ConnectorTrust, _ login: ConnectorLogin, _ desk: ConnectorDesk,
        say: @escaping @Sendable (String) -> Void
    ) {
        self.address = address
        self.trust = trust
        self.login = login
        self.desk = desk
        self.say = say
    }

    /// What happens when an application is added: a look at its address and at its support page, without a login.
    ///
    /// Source: Intuit, "QuickBooks Web Connector Programmer's Guide", appendix A: QBWC1048, QBWC1003, QBWC1004.
    /// - Parameters:
    ///   - patience: how long a server that does not listen yet is waited for.
    ///   - sleep: waits; what it throws ends the waiting.
    /// - Throws: a `Problem` where either does not answer, or its certificate is not trusted.
    public func add(
        patience: Duration = .zero,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) async throws {
        let end = ContinuousClock.now + patience
        while true {
            do {
                try await connected { try await lookAtPages($0) }
                break
            } catch let trouble as WireTrouble {
                guard trouble.isUnheard, ContinuousClock.now < end else { throw trouble.problem }
                try await sleep(.milliseconds(200))
            }
        }
        let isEncrypted = address.url.lowercased().hasPrefix("https")
        say("\(address.url) and \(address.support) answer\(isEncrypted ? "; the certificate is trusted" : "").")
    }

    private func lookAtPages(_ wire: ConnectorWire) async throws {
        for (url, code) in [(address.url, "QBWC1048"), (address.support, "QBWC1003")] {
            let status = try await wire.page(url)
            guard status == 200 else {
                throw Problem(
                    what: "\(url) answers with status \(status), where the Web Connector wants 200 (\(code)).",
                    remedy: "The address is that of plumbline webconnector, with its path /webconnector.")
            }
        }
    }

    /// One update, over a connection of its own.
    /// - Parameters:
    ///   - isEnding: whether no further document is to be asked for.
    ///   - sleep: waits; what it throws ends the update.
    /// - Throws: a `Problem` where the login is refused; what SQLite says. Anything else is said and fails the update.
    public func update(
        isEnding: @escaping @Sendable () -> Bool = { false },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) async throws -> ConnectorOutcome {
        try await connected { wire in
            do {
                return try await ConnectorUpdate(
                    login: login, desk: desk, ask: { try await wire.ask($0) }, say: say, isEnding: isEnding,
                    sleep: sleep
                ).run()
            } catch let refused as LoginRefused {
                throw refused.problem
            } catch let trouble as WireTrouble {
                return failed(trouble.problem)
            } catch let problem as Problem {
                return failed(problem)
            }
        }
    }

    private func failed(_ problem: Problem) -> ConnectorOutcome {
        say("Error: \(problem.what) \(problem.remedy)")
        return .failed
    }

    private func connected<Result: Sendable>(_ body: (ConnectorWire) async throws -> Result) async throws -> Result {
        let wire = ConnectorWire(address, trust)
        do {
            let result = try await body(wire)
            await wire.close()
            return result
        } catch {
            await wire.close()
            throw error
        }
    }
}
