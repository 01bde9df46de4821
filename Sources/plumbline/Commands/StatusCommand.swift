import ArgumentParser
import Pipeline

/// Says how a root stands.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show counts, what waits, what failed, and what was refused or left out.")

    @OptionGroup var root: RootOption

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        do {
            let status = try Status(root: root.root)
            print(json ? String(decoding: status.json.bytes(pretty: true), as: UTF8.self) : status.text)
        } catch {
            throw couldNotRun(error)
        }
    }
}
