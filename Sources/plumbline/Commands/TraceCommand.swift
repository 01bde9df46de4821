import ArgumentParser
import Pipeline

/// Shows the life of one record.
struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Show the whole life of a record or file, from any of its names.",
        discussion: "Exit status: 0 something was found, 1 nothing has that name, 2 it could not run.")

    @Argument(
        help: """
            A file name, Procore id, number, name or code or a part of it, the id of a line, a ListID, TxnID or requestID; \
            or kind and id, as vendors/401104.
            """)
    var term: String

    @OptionGroup var root: RootOption

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let trace: Trace
        do {
            trace = try Trace(term, root: root.root)
        } catch {
            throw couldNotRun(error)
        }
        if json { print(String(decoding: trace.json.bytes(pretty: true), as: UTF8.self)) }
        guard !trace.isEmpty else {
            if !json { print("Nothing here is called \(term).") }
            throw ExitCode(1)
        }
        if !json { print(trace.text) }
    }
}
