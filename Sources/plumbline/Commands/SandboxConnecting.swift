import ArgumentParser
import Domain
import DropFolder
import Foundation
import Sandbox
import SandboxConnector
import ServiceLifecycle

/// How the sandbox plays the Web Connector.
struct ConnectorOptions: ParsableArguments {
    @Option(
        name: .customLong("webconnector"),
        help: ArgumentHelp("Play the Web Connector against this address.", valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("The user, as add-user has it.", valueName: "name"))
    var user: String?

    @Option(
        help: ArgumentHelp(
            "A file with the password on its first line, and mode 0600; without it, standard input.", valueName: "file")
    )
    var passwordFile: String?

    @Option(
        help: ArgumentHelp(
            "The authority that vouches for the server, in PEM; without it, those that this machine trusts.",
            valueName: "file"))
    var authority: String?

    @Option(help: ArgumentHelp("The support page; the default is /support on the same host.", valueName: "url"))
    var support: String?

    @Option(help: ArgumentHelp("How many seconds lie between two updates.", valueName: "seconds"))
    var every = 10

    @Option(
        help: ArgumentHelp(
            "How long a server that is just being started is waited for; the default is not at all.",
            valueName: "seconds"))
    var wait = 0

    func validate() throws {
        guard url != nil else {
            guard [user, passwordFile, authority, support].allSatisfy({ $0 == nil }), wait == 0 else {
                throw ValidationError(
                    "--user, --password-file, --authority, --support and --wait belong to --webconnector URL.")
            }
            return
        }
        guard user != nil else { throw ValidationError("--webconnector needs --user NAME.") }
        guard (1...86_400).contains(every) else { throw ValidationError("--every is from 1 to 86400 seconds.") }
        guard (0...86_400).contains(wait) else { throw ValidationError("--wait is from 0 to 86400 seconds.") }
    }

    /// Plays the Web Connector until a signal, or one update.
    /// - Throws: `ExitCode(1)` where that one failed; what keeps it from running.
    func play(_ url: String, for desk: ConnectorDesk, once: Bool) async throws {
        let address = try ConnectorAddress(url, support: support)
        let trust = try ConnectorTrust(authority: authority)
        let password = try passwordFile.map { try SecretFile.firstLine(at: $0) } ?? PasswordInput.read()
        guard !password.isEmpty else {
            throw Problem(
                what: "No password came.",
                remedy: "Write it to a file with mode 0600 and name that with --password-file, or to standard input.")
        }
        let player = ConnectorPlayer(address, trust, ConnectorLogin(user: user ?? "", password: password), desk) {
            FileHandle.standardOutput.write(Data("\($0)\n".utf8))
        }
        guard once else { return try await play(player) }
        try await player.add(patience: .seconds(wait))
        guard try await player.update() == .done else { throw ExitCode(1) }
    }

    private func play(_ player: ConnectorPlayer) async throws {
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(
                    service: ConnectorService(player: player, pause: .seconds(every), patience: .seconds(wait)),
                    successTerminationBehavior: .gracefullyShutdownGroup)
            ], gracefulShutdownSignals: [.sigterm, .sigint], logger: makeLogger(quiet: true))
        // A server that does not answer holds nobody up.
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        try await ServiceGroup(configuration: configuration).run()
    }
}

/// Updates at intervals: told to end, it finishes the document in hand and closes the session.
private struct ConnectorService: Service {
    let player: ConnectorPlayer
    let pause: Duration
    let patience: Duration

    func run() async throws {
        let sleep: @Sendable (Duration) async throws -> Void = { wait in
            try await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
        }
        do {
            try await player.add(patience: patience, sleep: sleep)
            while !Task.isShuttingDownGracefully {
                _ = try await player.update(isEnding: { Task.isShuttingDownGracefully }, sleep: sleep)
                try await sleep(pause)
            }
        } catch is CancellationError {
            return
        }
    }
}
