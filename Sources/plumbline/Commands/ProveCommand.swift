import ArgumentParser
import Foundation
import Pipeline

/// Proves the promises on the user's own machine.
struct ProveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Kill Plumbline again and again in scratch folders, and show that nothing is lost or doubled.",
        discussion: """
            No root is touched. Exit status: 0 every promise was kept, 1 one was broken, 2 it could not run.
            """)

    @Option(name: .customLong("in"), help: "The folder to try it in; its disk is what is proven.")
    var folder = FileManager.default.temporaryDirectory.path

    @Option(help: "How often it is killed in each direction.")
    var kills = 25

    func validate() throws {
        guard kills > 0 else { throw ValidationError("--kills is at least 1.") }
    }

    func run() throws {
        let isKept: Bool
        do {
            print(Self.line("", "tried", "times", "what came of it"))
            let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            isKept = try Proof(in: folder, program: program, kills: kills).run { row in
                print(Self.line(row.isKept ? "kept" : "BROKEN", row.what, String(row.tried), row.result))
            }
        } catch {
            throw couldNotRun(error)
        }
        if !isKept { throw ExitCode(1) }
    }

    private static func line(_ verdict: String, _ what: String, _ times: String, _ result: String) -> String {
        func cell(_ text: String, _ width: Int) -> String { text.padding(toLength: width, withPad: " ", startingAt: 0) }
        return cell(verdict, 8) + cell(what, 54) + cell(times, 7) + result
    }
}
