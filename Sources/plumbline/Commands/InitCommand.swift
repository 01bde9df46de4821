import ArgumentParser
import Domain
import DropFolder
import Foundation
import Pipeline

/// Makes the folders and a commented configuration.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make the folders of a company and a commented plumbline.yaml.")

    @Argument(help: "The company's folder; without one, this folder.")
    var folder: String?

    @Option(help: "Procore's id of the company.")
    var companyID: UInt64?

    func run() throws {
        do {
            if folder == nil, Self.isCheckout(".") { throw Self.checkout }
            let folders = RootFolders(root: URL(fileURLWithPath: folder ?? ".").path)
            try folders.create()
            let path = folders.root + "/plumbline.yaml"
            if FileManager.default.fileExists(atPath: path) {
                print("\(path) is there already and stays as it is.")
            } else {
                try writeAtomically(
                    Array(Pipeline.Configuration.template(companyID: companyID.map(String.init)).utf8), to: path)
                print(
                    "Made \(path): name the accounts of new items there"
                        + (companyID == nil ? ", and company_id." : "."))
            }
            print("Drop Procore's exports into \(folders.inbox)/procore.")
        } catch {
            throw couldNotRun(error)
        }
    }

    /// Whether a folder holds the source of Plumbline and is no company's folder yet. Its `inbox/` looks like one, and it
    /// is where `init` is easily run by mistake.
    private static func isCheckout(_ folder: String) -> Bool {
        guard !FileManager.default.fileExists(atPath: folder + "/plumbline.yaml"),
            let package = FileManager.default.contents(atPath: folder + "/Package.swift")
        else { return false }
        return String(decoding: package, as: UTF8.self).contains(#"name: "plumbline","#)
    }

    private static let checkout = Problem(
        what: "This folder holds Plumbline's source, and a company's folder belongs elsewhere.",
        remedy:
            "Name it, as in plumbline init ../office --company-id 8089; plumbline init . makes it here all the same.")
}
