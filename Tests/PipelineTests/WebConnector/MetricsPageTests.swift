import Foundation
import Testing

@testable import Pipeline

/// The metrics that whoever serves the Web Connector gives.
@Suite struct MetricsPageTests {
    @Test func ofOneRootTheyAreThoseOfTheCommand() async throws {
        let office = try ConnectorRoot()
        let text = await MetricsPage(roots: [office.path]).text()
        #expect(text == Health(root: office.path).metrics)
        #expect(text.contains("\nplumbline_served 0\n"))
    }

    @Test func ofSeveralEachValueSaysWhose() async throws {
        let (north, south) = (try ConnectorRoot(), try ConnectorRoot(company: "8090"))
        let page = MetricsPage(roots: [north.path, south.path, "/no/such/root"])
        let lines = await page.text().split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("# TYPE plumbline_health ") }.count == 1, "a family stands once")
        #expect(lines.contains("plumbline_served{root=\"\(north.path)\"} 0"))
        #expect(lines.contains("plumbline_served{root=\"\(south.path)\"} 0"))
        #expect(lines.contains("plumbline_health{root=\"/no/such/root\"} 2"))
    }

    @Test func theyAreNotReadAnewEachTime() async throws {
        let office = try ConnectorRoot()
        let page = MetricsPage(roots: [office.path], fresh: .seconds(86_400))
        let before = await page.text()
        try FileManager.default.removeItem(atPath: office.path)
        #expect(await page.text() == before)
    }

    @Test func whoMayAskIsConfigured() throws {
        func metrics(_ value: String) throws -> [String]? {
            try Configuration(yaml: "company_id: 8089\nwebconnector: {metrics: \(value)}\n").webConnector.metrics
        }
        #expect(try metrics("false") == nil)
        #expect(try metrics("true") == [])
        #expect(try metrics("[192.168.1.9, '::1']") == ["192.168.1.9", "::1"])
        #expect(throws: ConfigurationError.self) { try metrics("[office.lan]") }
        #expect(throws: ConfigurationError.self) { try metrics("everybody") }
    }
}
