import Domain
import Foundation
import Testing

@testable import SandboxConnector

@Suite struct ConnectorAddressTests {
    @Test func theSupportPageIsOnTheSameHost() throws {
        let address = try ConnectorAddress("https://plumbline.office.lan:8443/webconnector")
        #expect(address.support == "https://plumbline.office.lan:8443/support")
        #expect(address.place == "plumbline.office.lan:8443")
        #expect(try ConnectorAddress("http://localhost/webconnector").support == "http://localhost/support")
        let other = try ConnectorAddress("https://a.lan/webconnector", support: "https://A.lan:8444/help")
        #expect(other.support == "https://A.lan:8444/help")
        #expect(throws: Problem.self) { try ConnectorAddress("https://a.lan/x", support: "https://b.lan/help") }
    }

    @Test(arguments: [
        "", "localhost:8443/webconnector", "ftp://localhost/", "https:///webconnector", "https://me:word@localhost/",
        "http://plumbline.office.lan/webconnector", "http://192.168.0.9/webconnector",
    ])
    func addressesThatAreNone(url: String) {
        #expect(throws: Problem.self) { try ConnectorAddress(url) }
    }

    @Test func aPasswordIsSeenNowhere() {
        let login = ConnectorLogin(user: "books", password: "a-secret-word")
        var dumped = ""
        dump(login, to: &dumped)
        #expect(!"\(login) \(dumped)".contains("a-secret-word"))
    }

    @Test func anAuthorityThatCannotBeRead() throws {
        let path = NSTemporaryDirectory() + "plumbline-test-\(UUID().uuidString).crt"
        #expect(throws: Problem.self) { try ConnectorTrust(authority: path) }
        try "no certificate".write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: Problem.self) { try ConnectorTrust(authority: path) }
    }
}
