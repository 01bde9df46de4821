import Foundation

/// A password from standard input.
enum PasswordInput {
    /// From a terminal without showing what is typed, else the first line.
    static func read() -> String {
        guard isatty(STDIN_FILENO) == 1 else { return readLine() ?? "" }
        var before = termios()
        tcgetattr(STDIN_FILENO, &before)
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before) }
        FileHandle.standardError.write(Data("Password: ".utf8))
        let password = readLine() ?? ""
        FileHandle.standardError.write(Data("\n".utf8))
        return password
    }
}
