import ArgumentParser
import Domain
import Foundation
import Pipeline
import QBXML
import Sandbox
import SandboxConnector

/// Answers the outbox like a small QuickBooks company.
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Answer the outbox like a small QuickBooks company, to try everything without Windows.",
        discussion:
            """
            The company lives in a SQLite file of its own. Answered documents move to outbox/quickbooks/.collected.

            With --webconnector it plays the QuickBooks Web Connector instead: it calls plumbline webconnector, takes the \
            documents over SOAP and brings the answers back, one update every so many seconds, until SIGTERM or SIGINT. \
            An answer that a fault loses breaks the update off; a fault that matches HostQuery is met when QuickBooks is \
            opened.

            A fault says what goes wrong, and with what: match=BillAdd (a request, Bill* or *) with status=3175, \
            hresult=0x80040408 or action=lose (never arrives), drop (entered, never answered), twice, truncate \
            (value=0.4: the first 40 %), delay (value=2: seconds) or reorder. times=N ends it after N, skip=N lets the \
            first N pass; the company's file keeps count. message=... stands last. status=9002 and 9005 are of the \
            message set: it is entered, but its answer is not remembered.

            Exit status: 0 done; 1 with --webconnector and --once: the update ended with an error; 2 it could not run.
            """)

    @OptionGroup var root: RootOption

    @OptionGroup(title: "Playing the Web Connector") var connector: ConnectorOptions

    @Option(help: "The company's file; the default is sandbox.sqlite in the root.")
    var company: String?

    @Option(
        name: .customLong("fault"), help: ArgumentHelp("Let something go wrong; may be repeated.", valueName: "spec"))
    var faults: [String] = []

    @Flag(help: "Answer what is there and end.")
    var once = false

    @Flag(help: "Print the company's lists and end.")
    var list = false

    func run() async throws {
        do {
            let faults = try faults.map { try SandboxFault($0) }
            let configuration = try Pipeline.Configuration.load(root: root.root)
            let path = company ?? root.root + "/sandbox.sqlite"
            let sandbox = try SandboxCompany(path: path, edition: configuration.settings.edition)
            try addRetainageItem(configuration, sandbox)
            if list { return try show(sandbox) }
            if let url = connector.url {
                return try await connector.play(
                    url, for: ConnectorDesk(sandbox, path: path, faults: faults), once: once)
            }
            let loop = try SandboxLoop(root: root.root)
            repeat {
                for taken in try await loop.pass({ try await answer($0, sandbox, faults) }) {
                    print(taken.isAnswered ? "answered \(taken.name)" : "took \(taken.name) without an answer")
                }
                if !once { try await Task.sleep(for: .seconds(1)) }
            } while !once
        } catch let error as CancellationError {
            throw error
        } catch let code as ExitCode {
            throw code
        } catch let problem as Problem {
            FileHandle.standardError.write(Data("plumbline: \(problem.what)\n  \(problem.remedy)\n".utf8))
            throw ExitCode(2)
        } catch {
            throw couldNotRun(error)
        }
    }

    /// The retainage item is one that a bookkeeper makes by hand: the sandbox has nobody else to do it.
    private func addRetainageItem(_ configuration: Pipeline.Configuration, _ sandbox: SandboxCompany) throws {
        guard let name = configuration.settings.documents.retainageItem else { return }
        var body = XMLWriter()
        body.open("ItemServiceAdd")
        body.leaf("Name", name)
        body.open("SalesOrPurchase")
        body.open("AccountRef")
        body.leaf("FullName", "Retainage Payable")
        body.close("AccountRef")
        body.close("SalesOrPurchase")
        body.close("ItemServiceAdd")
        let set = MessageSet(
            version: configuration.settings.version, onError: .continueOnError,
            requests: [.init("ItemServiceAddRq", requestID: "retainage-item", body: body.bytes)])
        // Where it is there already, the sandbox refuses it as QuickBooks would.
        _ = try sandbox.answer(set.rendered())
    }

    private func answer(
        _ document: [UInt8], _ sandbox: SandboxCompany, _ faults: [SandboxFault]
    ) async throws -> [SandboxLoop.Answer] {
        let delivery = try sandbox.deliver(document, faults: faults)
        if delivery.delay > 0 { try await Task.sleep(for: .seconds(delivery.delay)) }
        return delivery.answers.map { answer in
            switch answer {
            case .response(let bytes): .response(bytes)
            case .refused(let hresult, let message): .refused(hresult: hresult, message: message)
            }
        }
    }

    private func show(_ sandbox: SandboxCompany) throws {
        for record in try sandbox.contents() { print("\(record.type)\t\(record.listID)\t\(record.fullName)") }
    }
}
