import ArgumentParser
import Foundation
import Pipeline
import QBXML
import Sandbox

/// Answers the outbox like a small QuickBooks company.
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Answer the outbox like a small QuickBooks company, to try everything without Windows.",
        discussion:
            "The company lives in a SQLite file of its own. Answered documents move to outbox/quickbooks/.collected.")

    @OptionGroup var root: RootOption

    @Option(help: "The company's file; the default is sandbox.sqlite in the root.")
    var company: String?

    @Flag(help: "Answer what is there and end.")
    var once = false

    @Flag(help: "Print the company's lists and end.")
    var list = false

    func run() async throws {
        do {
            let configuration = try Pipeline.Configuration.load(root: root.root)
            let sandbox = try SandboxCompany(
                path: company ?? root.root + "/sandbox.sqlite", edition: configuration.settings.edition)
            try addRetainageItem(configuration, sandbox)
            if list { return try show(sandbox) }
            let loop = try SandboxLoop(root: root.root)
            repeat {
                for name in try loop.pass({ try answer($0, sandbox) }) { print("answered \(name)") }
                if !once { try await Task.sleep(for: .seconds(1)) }
            } while !once
        } catch let error as CancellationError {
            throw error
        } catch {
            throw couldNotRun(error)
        }
    }

    /// The retainage item is one that a bookkeeper makes by hand: the sandbox has nobody else to do it.
    private func addRetainageItem(_ configuration: Pipeline.Configuration, _ sandbox: SandboxCompany) throws {
        guard let name = configuration.settings.retainageItem else { return }
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

    private func answer(_ document: [UInt8], _ sandbox: SandboxCompany) throws -> SandboxLoop.Answer {
        switch try sandbox.answer(document) {
        case .response(let bytes): .response(bytes)
        case .refused(let hresult, let message): .refused(hresult: hresult, message: message)
        }
    }

    private func show(_ sandbox: SandboxCompany) throws {
        for record in try sandbox.contents() { print("\(record.type)\t\(record.listID)\t\(record.fullName)") }
    }
}
