import Foundation

/// `plumbline webconnector serve` over a root, on a port of its own.
final class ConnectorServer {
    let root: TestRoot
    let port: Int
    /// What the player has to trust; nil: plain HTTP.
    let authority: String?
    let password: String
    private let process = Process()

    /// Serves a root whose folders are there, to a user `books`.
    /// - Throws: where it does not come to listen.
    init(_ root: TestRoot, host: String? = "localhost") throws {
        self.root = root
        port = try Self.freePort()
        var section = "\nwebconnector:\n  port: \(port)\n"
        if let host {
            let folder = root.path + "/certificates"
            _ = try Tool.run(
                Tool.plumbline, ["webconnector", "certificate", "--host", host, "--in", folder])
            section += "  certificate: \(folder)/\(host).crt\n  key: \(folder)/\(host).key\n"
            authority = folder + "/plumbline-authority.crt"
        } else {
            authority = nil
        }
        let yaml = root.path + "/plumbline.yaml"
        try (root.text("plumbline.yaml") + section).write(toFile: yaml, atomically: true, encoding: .utf8)
        let added = try root.run("webconnector", "add-user", "books").output
        password = added.components(separatedBy: "this once: ").last?.trimmingCharacters(in: .newlines) ?? ""
        try Self.keep(password, in: root.path + "/password")
        try start()
    }

    var address: String { "\(authority == nil ? "http" : "https")://localhost:\(port)/webconnector" }

    /// What it said so far.
    var log: String { root.text("webconnector.log") }

    private func start() throws {
        let log = root.path + "/webconnector.log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        process.executableURL = URL(fileURLWithPath: Tool.plumbline)
        process.arguments = ["webconnector", "serve", "--root", root.path]
        process.standardError = FileHandle(forWritingAtPath: log)
        try process.run()
        let end = Date().addingTimeInterval(60)
        while !self.log.contains("is served at"), process.isRunning, Date() < end { usleep(20_000) }
        guard self.log.contains("is served at") else { throw Silent(log: self.log) }
    }

    struct Silent: Error { let log: String }

    /// Ends it as a signal does.
    /// - Returns: its exit status.
    @discardableResult func end() -> Int32 {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// The arguments of a player that knows the password, and whom to trust.
    func arguments(_ more: [String]) -> [String] {
        ["sandbox", "--root", root.path, "--webconnector", address, "--user", "books", "--password-file"]
            + [root.path + "/password"] + (authority.map { ["--authority", $0] } ?? []) + more
    }

    /// Plays one update.
    func update(_ more: String...) throws -> (status: Int32, output: String) {
        try Tool.run(Tool.plumbline, arguments(["--once"] + more))
    }

    /// Writes a file that nobody else may read.
    static func keep(_ secret: String, in path: String, mode: Int = 0o600) throws {
        try "\(secret)\n".write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    /// A port that nobody has now.
    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, length)
                _ = getsockname(descriptor, $0, &length)
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
