import Domain
import Foundation

@testable import WebConnector

/// Answers calls as told, and remembers what came.
actor FakeSessions: SessionAnswering {
    private(set) var told: [String] = []
    private(set) var sinks: [FakeSink] = []
    private(set) var lastSent: SendRequest?
    var fate = Authentication.session(ticket: "{1}", companyFile: "")
    var next = NextRequest.error
    var percent = 50
    var errorText = "There is a reason."
    var refusesToKeep = false

    func set(fate: Authentication) { self.fate = fate }
    func set(next: NextRequest) { self.next = next }
    func set(percent: Int) { self.percent = percent }
    func set(errorText: String) { self.errorText = errorText }
    func refuseToKeep() { refusesToKeep = true }

    func authenticate(user: String, password: String, from address: String) -> Authentication {
        told.append("authenticate \(user) \(password) \(address)")
        return fate
    }

    func nextRequest(_ call: SendRequest) -> NextRequest {
        lastSent = call
        return next
    }

    func beginResponse(ticket: String?) throws -> any ResponseSink {
        told.append("begin \(ticket ?? "nil")")
        if refusesToKeep { throw SystemError("write", "response.xml", errno: ENOSPC) }
        let sink = FakeSink()
        sinks.append(sink)
        return sink
    }

    func receive(_ call: ReceivedResponse) -> Int {
        told.append("receive \(call.ticket) \(call.response != nil) [\(call.hresult)] [\(call.message)]")
        return percent
    }

    func connectionError(ticket: String, hresult: String, message: String) -> String {
        told.append("connectionError \(hresult) \(message)")
        return ""
    }

    func lastError(ticket: String) -> String { errorText }
    func close(ticket: String) -> String { "Closed \(ticket)." }
}

/// Keeps a response, and how long its longest piece was.
actor FakeSink: ResponseSink {
    private(set) var bytes: [UInt8] = []
    private(set) var longest = 0
    private(set) var count = 0
    private(set) var isAbandoned = false
    /// The most memory that this process had while it arrived, in KiB.
    private(set) var mostResident = 0

    func write(_ piece: [UInt8]) {
        if count >> 20 != (count + piece.count) >> 20 { mostResident = max(mostResident, residentKiB()) }
        count += piece.count
        longest = max(longest, piece.count)
        if bytes.count < 1 << 20 { bytes += piece }
    }

    func abandon() { isAbandoned = true }

    var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// How much memory this process has now, in KiB.
func residentKiB() -> Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
        let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") })
    else { return 0 }
    return Int(line.filter(\.isNumber)) ?? 0
}
