import ArgumentParser
import Pipeline

/// Says in one line whether a root does its work.
struct HealthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Say in one line whether the root does its work.",
        discussion: """
            Exit status: 0 well; 1 degraded, as it works and something needs a person; 2 failing, as it does not work.
            """)

    @OptionGroup var root: RootOption

    @Flag(help: "Print JSON, with all reasons.")
    var json = false

    @Flag(help: "Print metrics for Prometheus' textfile collector.")
    var prometheus = false

    func validate() throws {
        if json, prometheus { throw ValidationError("Say --json or --prometheus, not both.") }
    }

    func run() throws {
        let health = Health(root: root.root)
        if prometheus {
            print(health.metrics, terminator: "")
        } else {
            print(json ? String(decoding: health.json.bytes(pretty: true), as: UTF8.self) : health.line)
        }
        if health.grade != .well { throw ExitCode(health.grade.rawValue) }
    }
}
