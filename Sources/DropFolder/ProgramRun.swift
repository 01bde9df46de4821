import CLinux
import Domain
import Glibc

/// A program of the office's own that is run to its end, or to the end of our patience.
///
/// It gets its input as a file that is only in memory, so that it need not read it; a clean environment; the folder `/`;
/// and nothing else that is open here.
public struct ProgramRun: Sendable {
    /// How it ended.
    public enum End: Sendable, Hashable {
        /// By itself, with this status; 0 is good.
        case status(Int32)
        /// By a signal.
        case signal(Int32)
        /// It was killed with everything that it had started in its session, since it took too long.
        case tookTooLong
    }

    /// How it ended, and what it printed: at most so much as is kept, the rest is read and dropped.
    public struct Outcome: Sendable, Hashable {
        /// How it ended.
        public var end: End
        /// The beginning of what it printed, for either output.
        public var said: [UInt8]
    }

    /// So many bytes of what it prints are kept.
    private static let kept = 2_048
    /// So long it is waited for at a time, in milliseconds.
    private static let beat: Int32 = 20

    private let path: String
    private let arguments: [String]
    private let environment: [String]

    /// A program that is not run yet.
    /// - Parameters:
    ///   - command: its path, and its arguments; not empty.
    ///   - environment: each as `NAME=value`.
    public init(_ command: [String], environment: [String]) {
        path = command.first ?? ""
        arguments = command
        self.environment = environment
    }

    /// Runs it, and waits for its end: to be called on a thread that may be held up.
    /// - Parameters:
    ///   - input: what it reads from its standard input.
    ///   - patience: after this time it is killed.
    /// - Returns: how it ended.
    /// - Throws: a `SystemError` where it cannot be started.
    public func run(input: [UInt8], patience: Duration) throws -> Outcome {
        let file = try Self.memory(holding: input)
        defer { close(file) }
        var ends: [Int32] = [-1, -1]
        guard plumbline_pipe(&ends) == 0 else { throw SystemError("pipe2", errno: errno) }
        defer { close(ends[0]) }
        let child: Int32
        do {
            defer { close(ends[1]) }
            child = try start(input: file, output: ends[1])
        }
        return Self.wait(for: child, reading: ends[0], patience: patience)
    }

    /// A file in memory, to be read from its beginning.
    private static func memory(holding bytes: [UInt8]) throws -> Int32 {
        let file = plumbline_memory_file()
        guard file >= 0 else { throw SystemError("memfd_create", errno: errno) }
        do {
            try System.writeAll(file, bytes, path: [])
            guard lseek(file, 0, SEEK_SET) == 0 else { throw SystemError("lseek", errno: errno) }
        } catch {
            close(file)
            throw error
        }
        return file
    }

    private func start(input: Int32, output: Int32) throws -> Int32 {
        let arguments = self.arguments.map { strdup($0) } + [nil]
        let environment = self.environment.map { strdup($0) } + [nil]
        defer { (arguments + environment).forEach { free($0) } }
        let child = plumbline_start(path, arguments, environment, input, output)
        guard child > 0 else { throw SystemError("posix_spawn", path, errno: errno) }
        return child
    }

    private static func wait(for child: Int32, reading output: Int32, patience: Duration) -> Outcome {
        let deadline = ContinuousClock.now + patience
        var said: [UInt8] = []
        while true {
            // Once nobody has the other end, there is nothing to be waited for but the end.
            if !isReadable(output, within: beat) { usleep(useconds_t(beat) * 1_000) }
            read(output, &said)
            var status: Int32 = 0
            let ended = waitpid(child, &status, WNOHANG)
            if ended == child {
                read(output, &said)
                return Outcome(end: Self.end(status), said: said)
            }
            // Somebody else in this process took its end: how it ended cannot be told, and counts as not well.
            if ended < 0, errno != EINTR { return Outcome(end: .status(-1), said: said) }
            if ContinuousClock.now >= deadline {
                kill(-child, SIGKILL)
                kill(child, SIGKILL)
                waitpid(child, &status, 0)
                return Outcome(end: .tookTooLong, said: said)
            }
        }
    }

    private static func end(_ status: Int32) -> End {
        let signal = status & 0x7f
        return signal == 0 ? .status(status >> 8 & 0xff) : .signal(signal)
    }

    private static func isReadable(_ output: Int32, within milliseconds: Int32) -> Bool {
        var waited = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        return poll(&waited, 1, milliseconds) > 0 && waited.revents & Int16(POLLIN) != 0
    }

    /// Reads what is there, and no more than a pipe holds at a time.
    private static func read(_ output: Int32, _ said: inout [UInt8]) {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        for _ in 0..<16 where isReadable(output, within: 0) {
            let got = Glibc.read(output, &buffer, buffer.count)
            guard got > 0 else { return }
            said += buffer.prefix(min(got, kept - said.count))
        }
    }
}
