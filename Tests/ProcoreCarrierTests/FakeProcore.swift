import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The small Procore of `fake_procore.py`, as a process of its own; it ends with this object.
final class FakeProcore {
    private let process = Process()
    private let input = Pipe()
    let address: String

    /// What it has, and how it was asked.
    struct Contents: Decodable {
        struct Payment: Decodable {
            let id: Int
            let origin_id: String?
            let amount: String?
        }
        struct Record: Decodable {
            let id: Int
            let origin_id: String?
        }
        let payments: [Payment]
        let vendors: [Record]
        let calls: [String]
        let tokens: Int

        func calls(_ start: String) -> [String] { calls.filter { $0.hasPrefix(start) } }
    }

    init() throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "fake_procore.py")
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script.path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = Data()
        while !line.contains(10) {
            let part = output.fileHandleForReading.availableData
            guard !part.isEmpty else { break }
            line += part
        }
        address = "http://127.0.0.1:" + String(decoding: line, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Lets things go wrong: `{"match": "POST /rest", "do": "close after", "times": 1}`.
    func faults(_ faults: [[String: any Sendable]]) async throws { try await order("_faults", faults) }

    /// Gives it lists, by their paths.
    func lists(_ lists: [String: any Sendable]) async throws { try await order("_lists", lists) }

    /// The same, as JSON.
    func lists(json: String) async throws { try await order("_lists", Data(json.utf8)) }

    func set(_ values: [String: any Sendable]) async throws { try await order("_set", values) }

    /// Has it serve over TLS too, with a certificate that nobody trusts; nil where this machine cannot make one.
    func secure(in folder: String) async throws -> String? {
        let answer = try await order("_secure", ["folder": folder])
        let port = (try JSONSerialization.jsonObject(with: answer) as? [String: Any])?["port"] as? Int
        return port.map { "https://127.0.0.1:\($0)" }
    }

    func forgetCalls() async throws { try await order("_reset", [String: Int]()) }

    func contents() async throws -> Contents {
        try JSONDecoder().decode(Contents.self, from: await order("_contents", [String: Int]()))
    }

    @discardableResult
    private func order(_ path: String, _ body: any Sendable) async throws -> Data {
        try await order(path, JSONSerialization.data(withJSONObject: body))
    }

    @discardableResult
    private func order(_ path: String, _ body: Data) async throws -> Data {
        guard let url = URL(string: "\(address)/\(path)") else { throw URLError(.badURL) }
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.httpBody = body
        return try await URLSession.shared.data(for: request).0
    }
}
