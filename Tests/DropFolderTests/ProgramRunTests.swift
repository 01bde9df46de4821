import Domain
import Foundation
import Testing

@testable import DropFolder

/// Programs of the office's own.
@Suite struct ProgramRunTests {
    private func run(
        _ script: String, input: String = "", environment: [String] = ["PATH=/usr/bin:/bin"],
        patience: Duration = .seconds(20)
    ) throws -> (end: ProgramRun.End, said: String) {
        let outcome = try ProgramRun(["/bin/sh", "-c", script], environment: environment)
            .run(input: Array(input.utf8), patience: patience)
        return (outcome.end, String(decoding: outcome.said, as: UTF8.self))
    }

    @Test func itReadsWhatItIsGivenAndItsEndIsTold() throws {
        let told = try run("cat; echo and this >&2; exit 3", input: "some words\n")
        #expect(told.end == .status(3))
        #expect(told.said == "some words\nand this\n")
        #expect(try run("kill -TERM $$").end == .signal(SIGTERM))
    }

    @Test func whatItDoesNotReadKeepsNobodyWaiting() throws {
        let told = try run("exit 0", input: String(repeating: "x", count: 1_000_000))
        #expect(told.end == .status(0))
    }

    @Test func itFindsACleanPlace() throws {
        setenv("PLUMBLINE_SECRET", "mine", 1)
        defer { unsetenv("PLUMBLINE_SECRET") }
        let open = Foundation.open("/dev/null", O_RDONLY)
        defer { close(open) }
        // What the shell itself opens is not of ours: /proc/self/fd is read by ls, which has one more.
        let told = try run("pwd; env | grep -c SECRET; ls /proc/self/fd | tr '\\n' ' '; trap")
        #expect(told.said == "/\n0\n0 1 2 3 ")
    }

    @Test func signalsAreAsTheyAreByDefault() throws {
        signal(SIGUSR1, SIG_IGN)
        defer { signal(SIGUSR1, SIG_DFL) }
        #expect(try run("kill -USR1 $$; exit 0").end == .signal(SIGUSR1))
    }

    @Test func oneThatHangsIsKilledWithWhatItStarted() throws {
        let begin = ContinuousClock.now
        let told = try run("sleep 600 & echo $!; wait", patience: .milliseconds(300))
        #expect(told.end == .tookTooLong)
        #expect(ContinuousClock.now - begin < .seconds(20))
        let child = try #require(Int32(told.said.trimmingCharacters(in: .newlines)))
        // It is told to end, and the kernel may need a moment for it. Whoever takes over orphans may too: a zombie is dead.
        func isAlive() -> Bool {
            let state = (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8))?.split(separator: ")")
                .last
            return state.map { !$0.contains(" Z ") && !$0.contains(" X ") } ?? false
        }
        while isAlive(), ContinuousClock.now - begin < .seconds(20) { usleep(10_000) }
        #expect(!isAlive())
    }

    @Test func muchThatIsPrintedIsReadAndLittleKept() throws {
        let told = try run("head -c 300000 /dev/zero | tr '\\0' y; exit 5")
        #expect(told.end == .status(5))
        #expect(told.said == String(repeating: "y", count: 2_048))
    }

    @Test func oneThatLeavesAProcessBehindIsNotWaitedForBeyondItsOwnEnd() throws {
        let begin = ContinuousClock.now
        let told = try run("sleep 5 & echo done")
        #expect(told.end == .status(0) && told.said == "done\n")
        #expect(ContinuousClock.now - begin < .seconds(5))
    }

    @Test func oneThatIsNotThereCannotBeStarted() throws {
        #expect(throws: SystemError("posix_spawn", "/no/such/program", errno: ENOENT)) {
            try ProgramRun(["/no/such/program"], environment: []).run(input: [], patience: .seconds(1))
        }
    }
}
