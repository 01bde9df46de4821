import ArgumentParser
import Foundation
import Pipeline

/// Shows what a file would become.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Show what a file would become; nothing is written.",
        discussion:
            "Documents go to standard output, notes about the file and problems to standard error. "
            + "Exit status: 0 all well, 1 with problems.")

    @Argument(help: "A Procore export or a QuickBooks response.")
    var file: String

    @OptionGroup var root: RootOption

    @Flag(help: "Print one JSON object: the receipt, the documents as text, and the explanation.")
    var json = false

    @Flag(help: "Show for every element the field it comes from, the rule, and what was changed on the way.")
    var explain = false

    func run() throws {
        let preview: Preview
        do {
            preview = try Preview(file: file, root: root.root, explains: explain)
        } catch {
            throw couldNotRun(error)
        }
        if json {
            print(String(decoding: preview.json.bytes(pretty: true), as: UTF8.self))
        } else {
            if explain { print(preview.explanation) }
            for document in preview.documents {
                FileHandle.standardError.write(Data("\(document.path)\n".utf8))
                FileHandle.standardOutput.write(Data(document.bytes))
            }
            FileHandle.standardError.write(Data(preview.notes.utf8))
            FileHandle.standardError.write(Data(preview.problems.utf8))
        }
        if preview.isTroubled { throw ExitCode(1) }
    }
}
