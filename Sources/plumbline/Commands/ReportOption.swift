import ArgumentParser
import Foundation
import Pipeline
import Procore

/// What every mending command does with what became of it: 0 done, 1 something named could not be done, 2 it could not
/// run.
struct ReportOption: ParsableArguments {
    @Flag(help: "Print one JSON object: what was done, the problems, the documents.")
    var json = false

    /// Has commands done, and reports them together.
    func run(_ commands: [QueuedCommand], root: String, after first: CommandOutcome = CommandOutcome()) async throws {
        var outcome = first
        do {
            for command in commands {
                let next = try await CommandQueue(root: root).run(command)
                outcome.done += next.done
                outcome.problems += next.problems
                outcome.outputs += next.outputs
            }
        } catch {
            if outcome != CommandOutcome() { report(outcome) }
            throw couldNotRun(error)
        }
        report(outcome)
        if !outcome.problems.isEmpty { throw ExitCode(1) }
    }

    private func report(_ outcome: CommandOutcome) {
        if json {
            let object = JSONValue.object([
                ("done", .array(outcome.done.map(JSONValue.string))),
                ("problems", .array(outcome.problems.map(JSONValue.string))),
                ("outputs", .array(outcome.outputs.map(JSONValue.string))),
            ])
            return print(String(decoding: object.bytes(pretty: true), as: UTF8.self))
        }
        for line in outcome.done { print(line) }
        for path in outcome.outputs { print("  \(path)") }
        for line in outcome.problems { FileHandle.standardError.write(Data((line + "\n").utf8)) }
        if outcome.done.isEmpty, outcome.problems.isEmpty { print("There is nothing to do.") }
    }
}
