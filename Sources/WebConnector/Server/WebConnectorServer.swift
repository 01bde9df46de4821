import Domain
import Glibc
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle

/// Serves the QuickBooks Web Connector: SOAP 1.1 over HTTPS, until it is told to stop.
///
/// It reads and writes what is on the wire, and asks a ``SessionAnswering`` for everything else. Each call is one line in
/// the log; passwords never are.
public struct WebConnectorServer: Service {
    private let settings: WebConnectorSettings
    private let sessions: any SessionAnswering
    private let logger: Logger
    private let tls: TLSConfiguration?
    private let version: String
    private let whenListening: @Sendable (Int) async -> Void

    /// A server that does not listen yet.
    /// `version`: what `serverVersion` answers.
    /// `whenListening`: told the port, once there is one.
    /// - Throws: a `Problem` where it must not or cannot be served: plain HTTP beyond this machine, unreadable certificates.
    public init(
        settings: WebConnectorSettings, version: String, sessions: any SessionAnswering, logger: Logger,
        whenListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws {
        try settings.check()
        self.settings = settings
        self.sessions = sessions
        self.version = version
        self.logger = logger
        self.whenListening = whenListening
        tls = try settings.certificate.map(Self.configuration)
    }

    /// Listens and answers until the service is shut down; calls in hand are answered first.
    /// - Throws: `AddressTaken`; a `Problem` where the address is none of this machine's; what else the machine says.
    public func run() async throws {
        let (limits, logger) = (settings.limits, logger)
        let connections = OpenConnections(most: limits.mostConnections)
        let plain = HTTPServerBuilder.http1(
            configuration: .init(additionalChannelHandlers: [
                ConnectionGuard(limits: limits, among: connections, logger: logger)
            ]))
        var quiet = logger
        quiet.logLevel = max(quiet.logLevel, .warning)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let application = Application(
            responder: WireResponder(settings: settings, version: version, sessions: sessions, logger: logger),
            server: try tls.map { try .tls(plain, tlsConfiguration: $0) } ?? plain,
            configuration: .init(
                address: .hostname(settings.host, port: settings.port),
                // As many as Linux lets wait by default (net.core.somaxconn): who waits there is not turned away.
                backlog: 4_096,
                availableConnectionsDelegate: ConnectionLimit(connections, logger: logger)),
            onServerRunning: { [settings, whenListening] channel in
                // SwiftNIO accepts four at a time, and looks at the limit between two times only.
                try? await channel.setOption(.maxMessagesPerRead, value: 1).get()
                let port = channel.localAddress?.port ?? settings.port
                let how = settings.certificate == nil ? "plain HTTP, for this machine alone" : "HTTPS"
                logger.info("The Web Connector is served at \(settings.host):\(port)\(settings.path), over \(how).")
                await whenListening(port)
            },
            eventLoopGroupProvider: .shared(group), logger: quiet)
        do {
            try await Self.run(application, on: group)
        } catch let error as IOError {
            throw Self.explained(error, settings)
        } catch let error as SocketAddressError {
            throw Problem(
                what: "\(settings.host) cannot be listened at (\(error)).",
                remedy: "Set webconnector.address in plumbline.yaml to an address of this machine, or 0.0.0.0 for all.")
        }
    }

    private static func run(_ application: some ApplicationProtocol, on group: MultiThreadedEventLoopGroup) async throws
    {
        do {
            try await withTaskExecutorPreference(NetworkThread(group.any())) { try await application.run() }
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }

    /// What the machine says about the address, in words.
    private static func explained(_ error: IOError, _ settings: WebConnectorSettings) -> any Error {
        let place = "Port \(settings.port) of \(settings.host)"
        return switch error.errnoCode {
        case EADDRINUSE:
            AddressTaken(
                problem: Problem(
                    what: "\(place) is taken by another program.",
                    remedy: "End that one, or give webconnector.port in plumbline.yaml another number."))
        case EACCES:
            Problem(
                what: "\(place) may not be listened at by this user.",
                remedy: "Give webconnector.port in plumbline.yaml a number above 1023.")
        case EADDRNOTAVAIL:
            Problem(
                what: "\(settings.host) is no address of this machine.",
                remedy: "Set webconnector.address in plumbline.yaml to one that is, or 0.0.0.0 for all.")
        default: error
        }
    }

    /// TLS 1.2 and newer. Nothing older is offered: it is no longer safe, and Windows has had 1.2 since version 7.
    private static func configuration(_ files: WebConnectorSettings.Certificate) throws -> TLSConfiguration {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(files.chainPath)
            let key = try NIOSSLPrivateKey(file: files.keyPath, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            // Fails here, rather than in each connection, where key and certificate do not fit.
            _ = try NIOSSLContext(configuration: configuration)
            return configuration
        } catch {
            throw Problem(
                what: "The certificate \(files.chainPath) with the key \(files.keyPath) cannot be used (\(error)).",
                remedy:
                    "Name the certificate and its private key, both in PEM and readable for the user that runs Plumbline."
            )
        }
    }
}

/// Another program listens where the Web Connector is to be served.
public struct AddressTaken: Error, CustomStringConvertible {
    /// In words.
    public let problem: Problem

    /// What and where, and what to do.
    public var description: String { "\(problem.what) \(problem.remedy)" }
}
