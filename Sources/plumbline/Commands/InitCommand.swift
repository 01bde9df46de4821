import ArgumentParser
import DropFolder
import Foundation
import Pipeline

/// Makes the folders and a commented configuration.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make the folders of a company and a commented plumbline.yaml.")

    @Argument(help: "The company's folder.")
    var folder = "."

    @Option(help: "Procore's id of the company.")
    var companyID: UInt64?

    func run() throws {
        do {
            let folders = RootFolders(root: URL(fileURLWithPath: folder).path)
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
}
