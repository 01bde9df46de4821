import Testing

@testable import QBXML

/// A message set that is written request by request is the one that is written as a whole.
@Suite struct MessageSetWriterTests {
    private let requests: [MessageSet.Request] = [
        .init("VendorAddRq", requestID: "8089-vendors-1-add-1", body: Array("<VendorAdd>Ash</VendorAdd>".utf8)),
        .init("VendorAddRq", requestID: "8089-vendors-11-add-1", body: Array("<VendorAdd/>".utf8)),
        .init("CustomerModRq", requestID: "a&b-1-mod-2", body: Array("<CustomerMod/>".utf8)),
        .init("VendorQueryRq", requestID: "q", attributes: [("iterator", "Start")], body: []),
        .init("VendorAddRq", requestID: "8089-vendors-1-add-10", body: Array("<VendorAdd/>".utf8)),
    ]

    private func whole(_ requests: [MessageSet.Request]) -> [UInt8] {
        MessageSet(version: .v16, onError: .continueOnError, requests: requests).rendered()
    }

    private func writer() -> MessageSetWriter { MessageSetWriter(version: .v16, onError: .continueOnError) }

    @Test func oneByOneItIsTheSame() {
        var (parts, copies) = (writer(), writer())
        for request in requests {
            parts.add(request)
            request.written.withUnsafeBytes { copies.add($0) }
        }
        #expect(parts.count == 5 && copies.count == 5)
        let all = whole(requests)
        #expect(parts.finish() == all)
        #expect(copies.finish() == all)
    }

    /// Some ids begin as others do, and one has a sign that XML writes otherwise.
    @Test(arguments: 0..<5) func whatIsTakenOutLeavesTheOthers(_ number: Int) {
        var set = writer()
        for request in requests { set.add(request) }
        set.remove(requests[number].name, requestID: requests[number].requestID)
        set.remove(requests[0].name, requestID: "8089-vendors-1-add-100")
        #expect(set.count == 4)
        let other = (number + 2) % 5
        set.remove(requests[other].name, requestID: requests[other].requestID)
        set.add(requests[number])
        let rest = requests.indices.filter { $0 != number && $0 != other }.map { requests[$0] }
        #expect(set.finish() == whole(rest + [requests[number]]))
    }

    @Test func whereABodyBeginsIsTold() {
        var set = writer()
        let bodies = requests.map { set.add($0) }
        let bytes = set.finish()
        for (request, start) in zip(requests, bodies) {
            #expect(bytes[start...].starts(with: request.body))
            #expect(request.body.isEmpty || bytes[start - 1] == UInt8(ascii: ">"))
        }
    }
}
