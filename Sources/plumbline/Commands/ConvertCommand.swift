import ArgumentParser
import Foundation
import Pipeline

/// Shows what a file would become.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Show what a file would become; nothing is written.",
        discussion:
            "Documents go to standard output, problems to standard error. Exit status: 0 all well, 1 with problems.")

    @Argument(help: "A Procore export or a QuickBooks response.")
    var file: String

    @OptionGroup var root: RootOption

    @Flag(help: "Print one JSON object: the receipt, and the documents as text.")
    var json = false

    func run() throws {
        let preview: Preview
        do {
            preview = try Preview(file: file, root: root.root)
        } catch {
            throw couldNotRun(error)
        }
        if json {
            print(String(decoding: preview.json.bytes(pretty: true), as: UTF8.self))
        } else {
            for document in preview.documents {
                FileHandle.standardError.write(Data("\(document.path)\n".utf8))
                FileHandle.standardOutput.write(Data(document.bytes))
            }
            FileHandle.standardError.write(Data(preview.problems.utf8))
        }
        if preview.isTroubled { throw ExitCode(1) }
    }
}
