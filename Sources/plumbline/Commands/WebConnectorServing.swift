import ArgumentParser
import Domain
import Foundation
import Pipeline
import ServiceLifecycle
import WebConnector

extension WebConnectorCommand {
    /// Serves the outboxes.
    struct Serve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "serve",
            abstract: "Serve outbox/quickbooks to the QuickBooks Web Connector, until SIGTERM or SIGINT.",
            discussion: """
                Runs beside plumbline run; address, port and certificate stand below webconnector: in the plumbline.yaml \
                of the first root. Without a certificate only this machine can call. With serve: true there, plumbline \
                run does all of this itself.

                SIGHUP has each root's configuration read again. One that is wrong is refused, and the one before counts.

                Exit status: 0 ended by a signal; 2 it could not run.
                """)

        @Option(name: .customLong("root"), help: "A company's folder; may be repeated.")
        var roots: [String] = ["."]

        func run() async throws {
            let logger = makeLogger()
            do {
                let configuration = try WebConnectorConfiguration.deciding(roots: roots, listedIn: nil)
                try await RootBeginning.waitForOwners(of: roots, logger: logger)
                let sessions = try WebConnectorSessions(roots: roots, logger: logger)
                let server = try WebConnectorServer(
                    settings: WebConnectorSettings(configuration, roots: roots), version: Plumbline.version,
                    sessions: sessions, logger: logger)
                let reloading = ReloadSignals {
                    for (root, reading) in await sessions.readConfigurationsAgain() { reading.log(root, to: logger) }
                }
                try await ServiceGroup(
                    configuration: .init(
                        services: [
                            .init(service: server, successTerminationBehavior: .gracefullyShutdownGroup),
                            .init(service: reloading, successTerminationBehavior: .ignore),
                        ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
                ).run()
            } catch let taken as AddressTaken {
                throw couldNotRun(Self.problem(taken))
            } catch {
                throw couldNotServe(error)
            }
        }

        /// The port is taken: most likely by the process that watches the roots.
        private static func problem(_ taken: AddressTaken) -> Problem {
            Problem(
                what: taken.problem.what,
                remedy:
                    "If plumbline run serves the Web Connector already (webconnector.serve in plumbline.yaml), nothing "
                    + "more is needed. \(taken.problem.remedy)")
        }
    }

    /// Prints the file that adds Plumbline to the Web Connector.
    struct QWC: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "qwc",
            abstract: "Print the .qwc file of a user, which adds the root to the Web Connector: the same every time.")

        @Argument(help: "The user, as add-user has it.")
        var name: String

        @OptionGroup var root: RootOption

        func run() throws {
            do {
                let loaded = try Pipeline.Configuration.load(root: root.root)
                let settings = WebConnectorSettings(loaded.webConnector)
                var file = QWCFile(
                    appName: "Plumbline \(loaded.settings.namespace)", appURL: settings.publicURL,
                    supportURL: settings.publicURL, userName: name,
                    fileID: QWCFile.fileID(of: "\(loaded.settings.namespace) \(name)"))
                file.schedule = .minutes(max(1, Int(loaded.webConnector.interval.components.seconds / 60)))
                FileHandle.standardOutput.write(Data(try file.bytes()))
            } catch {
                throw couldNotRun(error)
            }
        }
    }

    /// Makes a certificate of an authority of the office's own.
    struct MakeCertificate: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "certificate",
            abstract: "Make an authority of the office's own, and a certificate for the names of this machine.",
            discussion: "An authority that is there is used again and never replaced. Its key never leaves the folder.")

        @Option(name: .customLong("host"), help: "A name by which QuickBooks' machine calls this one; may be repeated.")
        var hosts: [String]

        @Option(name: .customLong("in"), help: "The folder for keys and certificates.")
        var folder: String

        func run() throws {
            do {
                let files = try LocalAuthority.makeCertificate(in: folder, hosts: hosts)
                print("webconnector.certificate: \(files.chain)")
                print("webconnector.key: \(files.key)")
                print("For QuickBooks' machine to trust (certutil -addstore root FILE): \(files.authority)")
            } catch {
                throw couldNotRun(error)
            }
        }
    }
}

extension WebConnectorSettings {
    /// As `plumbline.yaml` has them.
    /// - Parameters:
    ///   - configuration: what it says.
    ///   - roots: the paths of the roots that are served.
    init(_ configuration: WebConnectorConfiguration, roots: [String] = []) {
        let certificate: Certificate? =
            if let chain = configuration.certificate, let key = configuration.key {
                Certificate(chainPath: chain, keyPath: key)
            } else { nil }
        let scheme = certificate == nil ? "http" : "https"
        self.init(
            host: configuration.address, port: configuration.port,
            publicURL: configuration.url ?? "\(scheme)://\(configuration.address):\(configuration.port)/webconnector",
            certificate: certificate)
        if let addresses = configuration.metrics {
            let page = MetricsPage(roots: roots)
            metrics = MetricsAccess(addresses: addresses) { await page.text() }
        }
    }
}
