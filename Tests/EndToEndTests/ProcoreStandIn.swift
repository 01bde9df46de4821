import Foundation
import Testing

/// The small Procore of `Tests/ProcoreCarrierTests` as a process; it ends with this object.
final class ProcoreStandIn {
    private let process = Process()
    private let input = Pipe()
    let address: String

    init() throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", Checkout.path + "/Tests/ProcoreCarrierTests/fake_procore.py"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let line = output.fileHandleForReading.availableData
        address = "http://127.0.0.1:" + String(decoding: line, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Gives it an order, and takes what it says.
    @discardableResult
    func order(_ name: String, _ json: String) throws -> [String: Any] {
        try object(call("POST", "/" + name, json))
    }

    /// A call of its API, as a script makes it.
    func call(_ method: String, _ path: String, _ json: String, token: String? = nil) throws -> String {
        let result = try Tool.run(
            "/usr/bin/curl",
            [
                "-s", "-g", "-X", method, "-d", json, "-H", "Content-Type: application/json", "-H",
                "Procore-Company-Id: 8089", "-H", "Authorization: Bearer \(token ?? "")", address + path,
            ])
        try #require(result.status == 0, "\(result.output)")
        return result.output
    }

    /// A token, as a script gets one.
    func token() throws -> String {
        let form = ["grant_type=client_credentials", "client_id=app", "client_secret=pass word&1"]
        let result = try Tool.run(
            "/usr/bin/curl", ["-s", address + "/oauth/token"] + form.flatMap { ["--data-urlencode", $0] })
        return try object(result.output)["access_token"] as? String ?? ""
    }

    private func object(_ text: String) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
    }
}
